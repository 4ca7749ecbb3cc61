// The two questions of the editor: facts of a box, lot and expiry of pieces. Methods of the desk (pack.js).
(() => {
  "use strict";
  const pack = window.purveyorPack;

  // A whole number as either language writes it; null for nothing, NaN for what is none.
  function whole(text) {
    const bare = text.trim();
    if (!bare) return null;
    const grouped = /^\d{1,3}([.,'\s]\d{3})+$/.test(bare) ? bare.replace(/\D/g, "") : bare;
    return /^\d{1,9}$/.test(grouped) ? Number(grouped) : NaN;
  }

  pack.whole = whole;
  pack.forms = {
    ask(which, name) {
      const dialog = this.root.querySelector(`[data-pack-ask="${which}"]`);
      const row = this.tree.row(name);
      if (!row) return;
      this.asked = { name, dialog };
      dialog.querySelector("[data-pack-ask-name]").textContent = this.named.what(name);
      dialog.querySelector("[data-pack-ask-wrong]").textContent = "";
      this.inputs(dialog).forEach((input) => {
        const value = row[input.name];
        input.value = value === null || value === undefined ? "" : String(value);
      });
      dialog.showModal();
      const first = this.inputs(dialog)[0];
      first.focus();
      first.select();
    },

    inputs(dialog) { return [...dialog.querySelectorAll("input")]; },

    closeAsk() {
      const { dialog } = this.asked || {};
      if (dialog && dialog.open) dialog.close();
      this.asked = null;
    },

    listenForms() {
      this.root.querySelectorAll("dialog form").forEach((form) => form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.kept(form.closest("dialog"));
      }));
    },

    kept(dialog) {
      const { name } = this.asked;
      const told = {};
      const wrong = this.inputs(dialog).find((input) => {
        const text = input.value.trim();
        told[input.name] = ["sscc", "lot"].includes(input.name) ? text : input.name === "expiry" ? text || null : whole(text);
        return Number.isNaN(told[input.name]);
      });
      if (wrong) {
        dialog.querySelector("[data-pack-ask-wrong]").textContent = this.words.whole;
        wrong.focus();
        return;
      }
      const what = this.named.what(name);
      this.closeAsk();
      const words = pack.fill(this.words.kept, { what });
      this.keeper.push((tree) => this.factsStep(tree, name, told), words, () => this.say(words));
    },

    // The facts that are other than before.
    factsStep(tree, name, told) {
      const row = tree.row(name);
      const [kind, key] = pack.parts(name);
      if (!row) return this.warn(this.words.goneNow);
      if (kind === "content") {
        const { eaches, ...rest } = told;
        return { kind: "set_content", content: row.id, ...rest, ...(eaches ? { eaches } : {}) };
      }
      const other = Object.fromEntries(Object.entries(told).filter(([field, value]) => (row[field] ?? "") !== (value ?? "")));
      return Object.keys(other).length ? { kind: "set_box", box: kind, key, ...other } : null;
    },
  };
})();
