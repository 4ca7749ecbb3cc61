// What stands around the grid: totals, the state of saving, clashes, the active cell in full. Methods of its sheet (grid.js).
(() => {
  "use strict";
  const grid = window.purveyorGrid;
  const { element, fill } = grid;

  grid.panels = {
    // Totals

    sum() {
      const found = { pieces: 0, value: 0, decided: 0, undecided: 0, changed: 0, wrong: 0 };
      this.cells.forEach((cell) => {
        const { pieces, value } = grid.outcome(cell);
        if (cell.row.mapped) {
          found.pieces += pieces;
          found.value += value;
          found[grid.counted(cell) ? "decided" : "undecided"] += 1;
        }
        if (grid.changed(cell)) found.changed += 1;
        if (cell.wrong) found.wrong += 1;
      });
      return found;
    },

    count() {
      if (this.counting) return;
      this.counting = setTimeout(() => {
        this.counting = 0;
        this.counted(this.sum());
      }, 60);
    },

    counted(now) {
      this.now = now;
      this.tellState(this.keeper);
      this.totals.forEach((total) => {
        const el = document.querySelector(`[data-total="${total.key}"]`);
        if (!el) return;
        const mine = total.key === this.told.stage;
        const pieces = mine ? now.pieces : total.eaches;
        const value = mine ? now.value / grid.PLACES : total.value;
        el.querySelector("[data-pieces]").textContent = grid.pieces(pieces);
        el.querySelector("[data-amount]").textContent = grid.amount(value);
        el.querySelector("[data-decided]").textContent = grid.pieces(mine ? now.decided : total.decided);
      });
      const counts = { undecided: now.undecided, changed: now.changed };
      document.querySelectorAll("[data-count]").forEach((el) => { el.textContent = grid.pieces(counts[el.dataset.count]); });
      document.querySelectorAll("[data-needs-none-open]").forEach((button) => { button.disabled = now.undecided > 0; });
    },

    // What the server said

    taken(answer) {
      this.totals = answer.totals || this.totals;
      document.querySelectorAll("[data-offer-version]").forEach((input) => { input.value = answer.version; });
      this.view.redraw(answer.cells.map(([key]) => this.cells.get(key)).filter(Boolean));
      this.count();
      this.tellClashes();
      this.detail();
    },

    tellState(keeper) {
      const el = document.querySelector("[data-save-state]");
      const words = {
        saved: this.words.saved,
        waiting: fill(this.words.waiting, { count: keeper.open }),
        saving: this.words.saving,
        failed: fill(this.words.failed, { count: keeper.open }),
        refused: `${fill(this.words.refused, { count: keeper.open })} ${keeper.why === "signed-out" ? this.words.signedOut : keeper.why}`,
      };
      const bad = this.now && this.now.wrong;
      el.textContent = bad && keeper.state === "saved" ? fill(this.words.wrong, { count: bad }) : words[keeper.state];
      el.dataset.state = bad && keeper.state === "saved" ? "refused" : keeper.state;
      const again = document.querySelector("[data-save-now]");
      if (again) again.hidden = !["failed", "refused"].includes(keeper.state);
    },

    clashes() { return [...this.cells.values()].filter((cell) => cell.clash); },

    tellClashes() {
      const box = document.querySelector("[data-clashes]");
      const found = this.clashes();
      box.hidden = !found.length;
      if (!found.length) return;
      box.querySelector("[data-clash-count]").textContent = fill(this.words.clashes, { count: found.length });
      box.querySelector("[data-clash-rows]").replaceChildren(...found.slice(0, 50).map((cell) => this.clashRow(cell)));
    },

    clashRow(cell) {
      const delivery = this.told.deliveries.find((one) => one.position === cell.delivery);
      const name = `${cell.row.title || cell.row.asin} · ${delivery.name}`;
      const theirs = cell.clash.mine || cell.clash.now;
      const row = element("tr", {}, element("th", { scope: "row" }, name));
      row.append(element("td", {}, this.spoken(grid.said(cell))));
      const by = element("span", { class: "sub" }, cell.clash.by);
      row.append(element("td", {}, theirs ? this.spoken(theirs) : this.words.open, by));
      const choice = element("td", { class: "actions" });
      [["mine", this.words.keepMine], ["theirs", this.words.takeTheirs]].forEach(([which, word]) => {
        const button = element("button", { type: "button", class: "button small" }, word, element("span", { class: "sr-only" }, ` ${name}`));
        button.addEventListener("click", () => this.decide(cell, which === "mine"));
        choice.append(button);
      });
      row.append(choice);
      return row;
    },

    spoken(now) {
      if (!now) return this.words.open;
      if (!now.yes) return this.words.no;
      return [`${grid.pieces(now.quantity)}`, now.price ? `× ${grid.amount(String(now.price).replace(",", "."))}` : "", now.comment].filter(Boolean).join(" ");
    },

    decide(cell, mine) {
      this.keeper.decide(cell, mine);
      this.view.redraw([cell]);
      this.tellClashes();
      this.count();
      this.root.focus({ preventScroll: true });
    },

    // The active cell in full, below the grid.
    detail() {
      clearTimeout(this.detailing);
      this.detailing = setTimeout(() => this.tellDetail(), 80);
    },

    tellDetail() {
      const box = document.querySelector("[data-detail]");
      const cell = this.cellAt(this.active.row, this.active.column);
      box.hidden = !cell;
      if (!cell) return;
      const delivery = this.told.deliveries.find((one) => one.position === cell.delivery);
      box.querySelector("[data-detail-name]").textContent = `${cell.row.title || cell.row.asin} · ${delivery.name}`;
      const facts = [[this.words.asked, this.spoken({ yes: true, quantity: cell.asked, price: cell.price, comment: "" })]];
      Object.entries(cell.words).forEach(([key, told]) => {
        facts.push([this.words.stages[key] || key, this.spoken({ yes: Boolean(told[0]), quantity: told[1], price: told[2], comment: told[3] })]);
      });
      if (cell.draft) facts.push([this.words.unsaved, this.spoken(grid.said(cell))]);
      if (cell.wrong) facts.push([this.words.problem, cell.wrong]);
      const list = box.querySelector("[data-detail-facts]");
      list.replaceChildren(...facts.map(([name, told]) => element("div", {}, element("dt", {}, name), element("dd", {}, told))));
      box.querySelector("[data-detail-history]").href = this.root.dataset.history.replace("/0/0/", `/${cell.row.number}/${cell.delivery}/`);
    },
  };
})();
