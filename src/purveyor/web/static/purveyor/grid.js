// The grid of an offer's answers: what is shown and chosen, what is said of it, the clipboard, the filters.
(() => {
  "use strict";
  const grid = window.purveyorGrid;
  const { fill } = grid;
  const KINDS = ["quantity", "price", "verdict", "comment"];

  class Sheet {
    constructor(root, told) {
      this.root = root;
      this.words = JSON.parse(root.dataset.words);
      this.active = { row: 0, column: 0 };
      this.anchor = { row: 0, column: 0 };
      this.onward = false;
      this.editing = null;
      this.only = "";
      this.text = "";
      this.hidden = new Set(this.kept("columns", []));
      this.load(told);
      this.view = new grid.View(root, { columns: this.columns(), groups: this.groups(), words: this.words, at: this });
      this.keeper = new grid.Keeper({
        address: root.dataset.save,
        stage: told.stage,
        token: document.querySelector("#grid-token input").value,
        store: root.dataset.store,
        cells: this.cells,
        tell: (keeper) => this.tellState(keeper),
        taken: (answer) => this.taken(answer),
      });
      this.listen();
      this.narrow();
      const recalled = this.keeper.recall();
      if (recalled) this.say(fill(this.words.recalled, { count: recalled }));
      this.count();
      this.tellState(this.keeper);
    }

    kept(name, otherwise) {
      try { return JSON.parse(localStorage.getItem(`purveyor:grid:${name}`)) || otherwise; } catch { return otherwise; }
    }

    load(told) {
      this.told = told;
      this.cells = new Map();
      this.rows = told.rows.map(([number, asin, sku, title, mapped, cells]) => {
        const row = { number, asin, sku, title, mapped: Boolean(mapped), cells: [], find: `${asin} ${sku} ${title} ${number}`.toLowerCase() };
        row.cells = cells.map((cell, index) => cell && grid.cellOf(row, told.deliveries[index].position, cell));
        row.cells.forEach((cell) => { if (cell) this.cells.set(`${number}/${cell.delivery}`, cell); });
        return row;
      });
      this.totals = told.totals;
      this.base = this.sum();
    }

    columns() {
      return this.told.deliveries.flatMap((delivery, index) =>
        KINDS.filter((kind) => !this.hidden.has(kind)).map((kind) => ({
          delivery: index, kind, label: this.words[kind], group: delivery.name,
        })));
    }

    groups() {
      const span = KINDS.length - this.hidden.size;
      return this.told.deliveries.map((delivery) => ({ ...delivery, span }));
    }

    // What is chosen, as rows and columns from and to.
    range() {
      const { active, anchor } = this;
      return [
        Math.min(active.row, anchor.row), Math.max(active.row, anchor.row),
        Math.min(active.column, anchor.column), Math.max(active.column, anchor.column),
      ];
    }

    cellAt(row, column) {
      const place = this.view.columns[column];
      const of = this.view.rows[row];
      return of && place ? of.cells[place.delivery] : null;
    }

    go(row, column, extend = false) {
      const last = this.view.rows.length - 1;
      if (last < 0) return;
      this.active = {
        row: Math.max(0, Math.min(last, row)),
        column: Math.max(0, Math.min(this.view.columns.length - 1, column)),
      };
      if (!extend) this.anchor = this.active;
      this.view.reveal();
      this.view.mark();
      this.detail();
    }

    by(rows, columns, extend) { this.go(this.active.row + rows, this.active.column + columns, extend); }

    // To the next cell in reading order; false at the end.
    next(step) {
      const { row, column } = this.active;
      const count = this.view.columns.length;
      const place = row * count + column + step;
      if (place < 0 || place >= this.view.rows.length * count) return false;
      this.go(Math.floor(place / count), place % count);
      return true;
    }

    // Saying

    // Say something of cells at once: [cell, kind, text]; how many were understood.
    put(given) {
      const touched = new Set();
      let lost = 0;
      given.forEach(([cell, kind, text]) => {
        if (!cell || !cell.may || cell.clash) lost += cell ? 1 : 0;
        else if (grid.say(cell, kind, text)) touched.add(cell);
        else lost += text.trim() ? 1 : 0;
      });
      touched.forEach((cell) => this.keeper.touch(cell));
      this.view.redraw([...touched]);
      this.count();
      this.detail();
      if (lost) this.say(fill(this.words.passed, { count: lost }));
      return touched.size;
    }

    chosen() {
      const [top, bottom, left, right] = this.range();
      const found = [];
      for (let row = top; row <= bottom; row += 1) {
        for (let column = left; column <= right; column += 1) found.push([row, column]);
      }
      return found;
    }

    empty() {
      this.put(this.chosen().map(([row, column]) => [this.cellAt(row, column), this.view.columns[column].kind, ""]));
    }

    toggle() {
      const first = this.cellAt(this.active.row, this.active.column);
      const now = first && grid.said(first);
      const text = now && now.yes ? "no" : "yes";
      this.put(this.chosen().map(([row, column]) => [this.cellAt(row, column), "verdict", text]));
    }

    // The first row of what is chosen, for all rows of it.
    down() {
      const [top, bottom, left, right] = this.range();
      const given = [];
      for (let row = top + 1; row <= bottom; row += 1) {
        for (let column = left; column <= right; column += 1) {
          const { kind } = this.view.columns[column];
          const from = this.cellAt(top, column);
          if (from) given.push([this.cellAt(row, column), kind, grid.text(from, kind)]);
        }
      }
      this.put(given);
    }

    copy() {
      const [top, bottom, left, right] = this.range();
      const lines = [];
      for (let row = top; row <= bottom; row += 1) {
        const line = [];
        for (let column = left; column <= right; column += 1) {
          const cell = this.cellAt(row, column);
          const { kind } = this.view.columns[column];
          const text = cell ? grid.text(cell, kind) : "";
          line.push(kind === "verdict" && text ? this.words[text] : text.replace(/[\t\r\n]+/g, " "));
        }
        lines.push(line.join("\t"));
      }
      return lines.join("\n");
    }

    paste(text) {
      const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
      const [top, bottom, left, right] = this.range();
      const single = lines.length === 1 && lines[0].length === 1;
      const given = [];
      const put = (row, column, word) => {
        const place = this.view.columns[column];
        if (place && this.view.rows[row]) given.push([this.cellAt(row, column), place.kind, word]);
      };
      if (single) this.chosen().forEach(([row, column]) => put(row, column, lines[0][0]));
      else {
        const wide = Math.max(...lines.map((line) => line.length));
        lines.forEach((line, down) => line.forEach((word, across) => put(top + down, left + across, word)));
        this.anchor = { row: top, column: left };
        this.active = {
          row: Math.min(this.view.rows.length - 1, Math.max(bottom, top + lines.length - 1)),
          column: Math.min(this.view.columns.length - 1, Math.max(right, left + wide - 1)),
        };
        this.anchor = { row: top, column: left };
      }
      const count = this.put(given.filter(([cell]) => cell));
      this.view.mark();
      if (count) this.say(fill(this.words.pasted, { count }));
    }

    listen() {
      const { root } = this;
      root.addEventListener("keydown", (event) => this.key(event));
      root.addEventListener("pointerdown", (event) => this.press(event));
      root.addEventListener("pointerover", (event) => {
        const place = this.pressed && event.buttons === 1 && this.placeUnder(event);
        if (place && !this.editing) this.go(place.row, place.column, true);
      });
      window.addEventListener("pointerup", () => { this.pressed = false; });
      root.addEventListener("click", () => { if (this.second) this.edit(); });
      root.addEventListener("dblclick", (event) => { if (this.placeUnder(event) && !this.editing) this.edit(); });
      root.addEventListener("copy", (event) => this.clip(event, false));
      root.addEventListener("cut", (event) => this.clip(event, true));
      root.addEventListener("paste", (event) => {
        if (this.editing) return;
        event.preventDefault();
        this.paste(event.clipboardData.getData("text/plain"));
      });
      root.addEventListener("scroll", () => {
        const { row } = this.active;
        if (this.editing && (row < this.view.first || row >= this.view.last)) this.close(true);
      }, { passive: true });
      document.querySelectorAll("[data-only]").forEach((button) => {
        button.addEventListener("click", () => this.choose(button.dataset.only));
      });
      document.querySelectorAll("[data-column]").forEach((box) => {
        box.checked = !this.hidden.has(box.dataset.column);
        box.addEventListener("change", () => this.columnsChosen());
      });
      const find = document.querySelector("[data-find]");
      if (find) find.addEventListener("input", () => { this.text = find.value.trim().toLowerCase(); this.narrow(); });
      document.querySelectorAll("[data-after-saving]").forEach((form) => {
        form.addEventListener("submit", (event) => this.hold(event, form));
      });
      const now = document.querySelector("[data-save-now]");
      if (now) now.addEventListener("click", () => this.keeper.now());
      document.querySelectorAll("[data-clash-all]").forEach((button) => {
        button.addEventListener("click", () => this.clashes().forEach((cell) => this.decide(cell, button.dataset.clashAll === "mine")));
      });
    }

    clip(event, cut) {
      if (this.editing) return;
      event.preventDefault();
      event.clipboardData.setData("text/plain", this.copy());
      if (cut) this.empty();
    }

    columnsChosen() {
      const boxes = [...document.querySelectorAll("[data-column]")];
      if (!boxes.some((box) => box.checked)) boxes[0].checked = true;
      this.hidden = new Set(boxes.filter((box) => !box.checked).map((box) => box.dataset.column));
      localStorage.setItem("purveyor:grid:columns", JSON.stringify([...this.hidden]));
      this.close(true);
      this.view.shape(this.columns(), this.groups());
      this.go(this.active.row, 0);
    }

    // What decides about the whole waits until everything typed has arrived.
    async hold(event, form) {
      if (!this.keeper.open) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      await this.keeper.settled();
      if (this.keeper.open || this.clashes().length) this.say(this.words.first);
      else form.requestSubmit(event.submitter);
    }

    // Filters

    choose(only) {
      this.only = only;
      this.narrow();
    }

    wanted(row) {
      if (this.text && !row.find.includes(this.text)) return false;
      if (this.only === "unmapped") return !row.mapped;
      if (!this.only) return true;
      const test = { undecided: grid.undecided, changed: grid.changed, mine: grid.mine };
      return row.cells.some((cell) => cell && test[this.only](cell));
    }

    narrow() {
      this.close(true);
      document.querySelectorAll("[data-only]").forEach((button) => {
        button.setAttribute("aria-pressed", String(button.dataset.only === this.only));
      });
      this.view.show(this.rows.filter((row) => this.wanted(row)));
      this.root.scrollTop = 0;
      this.active = this.anchor = { row: 0, column: Math.min(this.active.column, this.view.columns.length - 1) };
      this.view.draw();
      this.detail();
      const none = document.querySelector("[data-none]");
      if (none) none.hidden = this.view.rows.length > 0;
    }

    say(text) {
      const el = document.querySelector("[data-said]");
      el.textContent = text;
    }
  }

  Object.assign(Sheet.prototype, grid.keys, grid.panels);

  async function open(root) {
    try {
      const answer = await fetch(root.dataset.board, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const sheet = new Sheet(root, await answer.json());
      root.removeAttribute("aria-busy");
      root.dataset.ready = "1";
      root.sheet = sheet;
    } catch (error) {
      document.querySelector("[data-failed]").hidden = false;
      throw error;
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const root = document.querySelector("[data-grid]");
    if (root) open(root);
  });
})();
