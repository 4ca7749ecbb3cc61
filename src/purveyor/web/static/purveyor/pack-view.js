// Draws a pane of the editor: only the rows in view exist, each used again for the next one while one scrolls.
(() => {
  "use strict";
  const pack = window.purveyorPack;
  const { element } = pack;
  const SPARE = 5;

  class Pane {
    // ``at`` says what is chosen, filled and carried; ``words`` what each row says.
    constructor(root, { words, at, id }) {
      Object.assign(this, { root, words, at, id, rows: [], places: new Map(), pool: [], active: 0, height: 0 });
      this.body = element("div", { role: "none", class: "p-body" });
      root.append(this.body);
      root.addEventListener("scroll", () => this.soon(), { passive: true });
      new ResizeObserver(() => this.soon(true)).observe(root);
      root.removeAttribute("aria-busy");
    }

    // Show these rows; what was chosen stays chosen where it is still there.
    show(rows) {
      const was = this.current();
      this.rows = rows;
      this.places = new Map(rows.map((one, place) => [one.name, place]));
      if (was && this.places.has(was.name)) this.active = this.places.get(was.name);
      this.active = Math.max(0, Math.min(this.active, rows.length - 1));
      this.number();
      this.soon(true);
    }

    // Of how many brothers each row is which.
    number() {
      const open = [];
      this.rows.forEach((one) => {
        open.length = one.level;
        const family = open[one.level - 1] || (open[one.level - 1] = { size: 0 });
        one.place = family.size += 1;
        one.family = family;
      });
    }

    current() { return this.rows[this.active] || null; }

    // Choose a row by its place, and bring it into view.
    go(place, reveal = true) {
      if (!this.rows.length) return;
      this.active = Math.max(0, Math.min(this.rows.length - 1, place));
      if (reveal) this.reveal();
      this.soon(true);
    }

    goTo(name) {
      if (this.places.has(name)) this.go(this.places.get(name));
      return this.places.has(name);
    }

    reveal() {
      const { root, height } = this;
      const top = this.active * height;
      if (top < root.scrollTop) root.scrollTop = top;
      else if (top + height > root.scrollTop + root.clientHeight) root.scrollTop = top + height - root.clientHeight;
    }

    // Rows that fit into the pane.
    get page() { return Math.max(1, Math.floor(this.root.clientHeight / (this.height || 56)) - 1); }

    soon(all = false) {
      this.all = this.all || all;
      if (!this.asked) this.asked = requestAnimationFrame(() => { this.asked = 0; this.draw(); });
    }

    measure() {
      const first = this.newRow();
      this.body.append(first.el);
      this.height = first.el.getBoundingClientRect().height || 56;
      first.el.remove();
      this.pool = [];
    }

    draw() {
      const { root, rows } = this;
      if (!this.height) this.measure();
      this.body.style.height = `${rows.length * this.height}px`;
      const shown = Math.ceil((root.clientHeight || 600) / this.height) + 2 * SPARE;
      const first = Math.max(0, Math.min(rows.length - shown, Math.floor(root.scrollTop / this.height) - SPARE));
      const last = Math.min(rows.length, first + shown);
      while (this.pool.length < Math.min(shown, rows.length)) {
        const row = this.newRow();
        this.pool.push(row);
        this.body.append(row.el);
      }
      const all = this.all;
      this.all = false;
      const kept = new Set();
      for (let index = first; index < last; index += 1) {
        const row = this.pool[index % this.pool.length];
        kept.add(row);
        if (row.index !== index || all) this.put(row, index);
      }
      this.pool.forEach((row) => {
        row.el.hidden = !kept.has(row);
        if (row.el.hidden) row.index = -1;
      });
      const at = this.rows.length ? this.pool.find((row) => row.index === this.active) : null;
      if (at) root.setAttribute("aria-activedescendant", at.el.id);
      else root.removeAttribute("aria-activedescendant");
    }

    newRow() {
      const el = element("div", { role: "treeitem", class: "p-row", id: `${this.id}-${this.pool.length}` });
      const [fold, grip, main, sub, sum] = ["p-fold", "p-grip", "main", "sub", "p-sum"].map((name) => element("span", { class: name }));
      fold.setAttribute("aria-hidden", "true");
      grip.setAttribute("aria-hidden", "true");
      el.append(fold, element("span", { class: "p-text" }, main, sub), sum, grip);
      return { el, fold, main, sub, sum, index: -1, told: {} };
    }

    // Write what is not there yet.
    put(row, index) {
      const one = this.rows[index];
      const told = { ...this.words.row(one), name: one.name, level: one.level, index };
      const was = row.told;
      const { el } = row;
      row.index = index;
      row.told = told;
      if (was.index !== index) el.style.transform = `translateY(${index * this.height}px)`;
      ["main", "sub", "sum"].forEach((name) => { if (was[name] !== told[name]) row[name].textContent = told[name]; });
      if (was.main !== told.main || was.sub !== told.sub) el.title = [told.main, told.sub].filter(Boolean).join("\n");
      told.classes = this.classes(one, told, index);
      if (was.classes !== told.classes) el.className = told.classes;
      if (was.part !== told.part) el.style.setProperty("--part", told.part === undefined ? 0 : told.part);
      if (was.level !== told.level) {
        el.setAttribute("aria-level", told.level);
        el.style.setProperty("--level", told.level);
      }
      this.say(el, "aria-posinset", one.place);
      this.say(el, "aria-setsize", one.family.size);
      this.say(el, "aria-selected", String(index === this.active));
      this.say(el, "aria-expanded", one.opens ? String(one.open) : null);
      row.fold.textContent = one.opens ? (one.open ? "▾" : "▸") : "";
    }

    say(el, name, value) {
      if (value === null) el.removeAttribute(name);
      else if (el.getAttribute(name) !== String(value)) el.setAttribute(name, value);
    }

    classes(one, told, index) {
      const { at } = this;
      return ["p-row", `p-${one.kind}`, told.look, index === this.active && "p-active",
        one.name === at.filled && "p-filled", at.carried && one.name === at.carried.name && "p-carried",
        one.name === at.under && "p-under", at.fresh.has(one.name) && "p-fresh"].filter(Boolean).join(" ");
    }

    // The row under a point of the screen.
    rowOf(el) {
      const row = el && el.closest && el.closest(".p-row");
      if (!row || !this.root.contains(row)) return null;
      const found = this.pool.find((one) => one.el === row);
      return found && found.index >= 0 ? this.rows[found.index] : null;
    }
  }

  pack.Pane = Pane;
})();
