// Draws what the picker sees: the present line, the walk, how far it is, what was said last.
(() => {
  "use strict";
  const pick = window.purveyorPick;
  const { fill } = pick;
  const language = document.documentElement.lang;
  const count = (value) => value.toLocaleString(language);
  const day = (text) => (text ? new Date(`${text}T12:00`).toLocaleDateString(language) : "");

  function element(name, more = {}, ...children) {
    const found = document.createElement(name);
    Object.entries(more).forEach(([key, value]) => (key in found ? (found[key] = value) : found.setAttribute(key, value)));
    found.append(...children);
    return found;
  }

  class View {
    constructor(root, draft, words) {
      Object.assign(this, { root, draft, words, rows: new Map() });
      const lines = this.$("lines");
      draft.told.lines.forEach((line) => {
        const place = element("span", { className: "pick-row-place mono" }, line.location || "–");
        const what = element("span", { className: "pick-row-what" }, element("strong", { className: "mono" }, line.sku), element("span", { className: "sub" }, line.title));
        const sum = element("span", { className: "pick-row-sum" });
        const mark = element("span", { className: "pick-row-mark" });
        const button = element("button", { type: "button", className: "pick-row" }, place, what, sum, mark);
        button.dataset.line = line.line;
        this.rows.set(line.line, { button, sum, mark });
        lines.append(element("li", {}, button));
      });
    }

    $(name) { return this.root.querySelector(`[data-${name}]`); }

    text(name, words) { this.$(name).textContent = words; }

    show(name, visible) { this.$(name).hidden = !visible; }

    // Everything there is to see; ``present`` is the number of the line at hand.
    draw(present, stopped) {
      const { draft, words } = this;
      draft.told.lines.forEach((line) => this.drawRow(line, line.line === present));
      this.drawNow(draft.of(present), stopped);
      const sums = { picked: count(draft.picked), asked: count(draft.asked) };
      this.text("progress-words", fill(words.progress, sums));
      Object.assign(this.$("progress"), { max: draft.asked || 1, value: draft.picked });
      this.text("kept", draft.keeps ? (draft.steps.length ? words.kept : "") : words.notKept);
      this.root.querySelector("[data-do=undo]").disabled = !draft.steps.length || Boolean(stopped);
      this.root.querySelector("[data-do=finish]").disabled = Boolean(stopped);
      const whole = draft.told.lines.every((line) => draft.done(line.line));
      this.root.toggleAttribute("data-whole", whole);
    }

    drawRow(line, isPresent) {
      const { button, sum, mark } = this.rows.get(line.line);
      const one = this.draft.of(line.line);
      const state = this.draft.state(line.line);
      button.dataset.state = state;
      if (isPresent && button.getAttribute("aria-current") !== "step") this.reveal(button);
      if (isPresent) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      sum.textContent = `${count(one.picked)} / ${count(line.quantity)}`;
      mark.textContent = state === "open" ? "" : this.words[`state_${state}`];
    }

    reveal(button) {
      window.scrollTo({ top: 0 });
      const list = this.$("lines");
      const row = button.parentElement;
      if (list.scrollHeight > list.clientHeight) list.scrollTop = row.offsetTop - list.offsetTop - (list.clientHeight - row.offsetHeight) / 2;
    }

    drawNow(one, stopped) {
      const { line } = one;
      const state = this.draft.state(line.line);
      const now = this.$("now");
      now.dataset.state = state;
      this.text("now-location", line.location || this.words.noLocation);
      this.text("now-sku", line.sku);
      this.text("now-title", line.title);
      this.text("now-ean", line.ean);
      this.text("now-asin", line.asin);
      this.text("now-asked", count(line.quantity));
      this.text("now-picked", count(one.picked));
      this.text("now-cases", line.cases);
      this.show("now-cases", Boolean(line.cases));
      this.drawMore(one, state);
      const withCase = Boolean(line.case_pack) && line.case_pack > 1;
      this.show("case", withCase);
      if (withCase) this.text("case", fill(this.words.case, { size: count(line.case_pack) }));
      now.querySelectorAll(".pick-acts button, [data-do=prepared], [data-do=lot]").forEach((button) => { button.disabled = Boolean(stopped); });
    }

    drawMore(one, state) {
      const { line } = one;
      this.show("now-short", Boolean(one.short));
      this.text("now-short", one.short ? this.reason(one.short) : "");
      this.show("now-prep", Boolean(line.prep));
      this.text("now-prep-words", line.prep);
      this.$("now-prep").dataset.state = one.prepared ? "full" : state;
      this.root.querySelector("[data-do=prepared]").setAttribute("aria-pressed", String(one.prepared));
      this.show("now-lot", line.expiry_tracked || one.named);
      this.text("now-lot-words", one.lot || "–");
      this.text("now-expiry-words", day(one.expiry) || "–");
    }

    reason(code) { return (this.draft.told.reasons.find(([name]) => name === code) || [code, code])[1]; }

    // What happened, said and shown: ``tone`` is good, ask or wrong. What is wrong stays until something else happens.
    say(words, tone = "good") {
      this.$("said-box").dataset.tone = tone;
      this.text(tone === "wrong" ? "wrong" : "told", words);
      this.text(tone === "wrong" ? "told" : "wrong", "");
      this.show("heard", tone === "wrong");
      this.show("go", false);
    }

    offer(words, address) {
      const link = this.$("go");
      Object.assign(link, { href: address, textContent: words, hidden: false });
    }
  }

  Object.assign(pick, { View, element, count, day });
})();
