// Draws the grid: only the rows in view exist, each used again for the next one while one scrolls.
(() => {
  "use strict";
  const grid = window.purveyorGrid;
  const SPARE = 6;

  const element = (name, given = {}, ...inside) => {
    const el = document.createElement(name);
    Object.entries(given).forEach(([key, value]) => el.setAttribute(key, value));
    el.append(...inside);
    return el;
  };

  // The price that is shown: typed, said, or found.
  function priceOf(cell, now) {
    const typed = cell.draft && cell.draft.price ? grid.decimal(cell.draft.price) : undefined;
    return typed === undefined ? (now && now.price) || cell.found.price : typed;
  }

  class View {
    // ``columns``: delivery and kind of each; ``words`` what is said, by name; ``at`` gives what is chosen.
    constructor(root, { columns, groups, words, at }) {
      Object.assign(this, { root, words, at });
      this.rows = [];
      this.pool = [];
      this.head = element("div", { role: "rowgroup", class: "g-head" });
      this.body = element("div", { role: "rowgroup", class: "g-body" });
      root.append(this.head, this.body);
      root.addEventListener("scroll", () => this.soon(), { passive: true });
      new ResizeObserver(() => this.soon(true)).observe(root);
      this.shape(columns, groups);
    }

    // The columns that are shown, and the deliveries above them.
    shape(columns, groups) {
      this.columns = columns;
      const widths = columns.map((column) => `var(--g-${column.kind})`).join(" ");
      this.root.style.setProperty("--g-columns", `var(--g-row) ${widths}`);
      this.root.setAttribute("aria-colcount", columns.length + 1);
      const corner = element("div", { role: "columnheader", class: "g-name", "aria-colindex": 1 }, this.words.product);
      const above = element("div", { role: "row", class: "g-row g-groups", "aria-rowindex": 1 }, corner);
      let column = 2;
      groups.forEach((group) => {
        const told = { role: "columnheader", "aria-colindex": column, "aria-colspan": group.span };
        const cell = element("div", told, element("strong", {}, group.name), element("span", { class: "sub" }, group.days));
        cell.style.gridColumn = `${column} / span ${group.span}`;
        above.append(cell);
        column += group.span;
      });
      const below = element("div", { role: "row", class: "g-row", "aria-rowindex": 2 });
      below.append(element("div", { role: "columnheader", class: "g-name", "aria-colindex": 1 }, this.words.row));
      columns.forEach((one, index) => {
        below.append(element("div", { role: "columnheader", "aria-colindex": index + 2, class: `g-${one.kind}` }, one.label));
      });
      this.head.replaceChildren(above, below);
      this.body.replaceChildren();
      this.pool = [];
      this.height = 0;
      this.soon(true);
    }

    show(rows) {
      this.rows = rows;
      this.root.setAttribute("aria-rowcount", rows.length + 2);
      this.soon(true);
    }

    soon(all = false) {
      this.all = this.all || all;
      if (this.asked) return;
      this.asked = requestAnimationFrame(() => {
        this.asked = 0;
        this.draw();
      });
    }

    draw() {
      const { root, rows } = this;
      if (!this.height) {
        const first = this.newRow();
        this.body.append(first.el);
        this.height = first.el.getBoundingClientRect().height || 44;
        this.body.replaceChildren();
        this.pool = [];
      }
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
      this.pool.forEach((row) => { row.kept = false; });
      for (let index = first; index < last; index += 1) {
        const row = this.pool[index % this.pool.length];
        row.kept = true;
        if (row.index !== index || row.of !== rows[index] || all) this.fill(row, index);
      }
      this.pool.forEach((row) => {
        row.el.hidden = !row.kept;
        if (!row.kept) row.index = -1;
      });
      [this.first, this.last] = [first, last];
      this.mark();
    }

    newRow() {
      const number = this.pool.length;
      const title = element("span", { class: "main" });
      const sub = element("span", { class: "sub" });
      const name = element("div", { role: "rowheader", class: "g-name", "aria-colindex": 1 }, title, sub);
      const el = element("div", { role: "row", class: "g-row" }, name);
      const cells = this.columns.map((column, index) => {
        const main = element("span", { class: "main" });
        const below = element("span", { class: "sub" });
        const told = { role: "gridcell", id: `g-${number}-${index}`, "aria-colindex": index + 2 };
        const cell = element("div", told, main, below);
        el.append(cell);
        return { el: cell, main, below };
      });
      return { el, title, sub, cells, index: -1, of: null };
    }

    fill(row, index) {
      const of = this.rows[index];
      Object.assign(row, { index, of });
      row.el.style.transform = `translateY(${index * this.height}px)`;
      row.el.setAttribute("aria-rowindex", index + 3);
      if (row.shown !== of) {
        row.el.classList.toggle("g-unmapped", !of.mapped);
        row.title.textContent = of.title || of.sku || of.asin;
        row.sub.textContent = [of.number, of.asin, of.sku].filter(Boolean).join(" · ");
        row.title.title = of.title;
        row.shown = of;
      }
      this.columns.forEach((column, at) => this.fillCell(row.cells[at], of.cells[column.delivery], column.kind));
    }

    // Redraw what shows these cells.
    redraw(cells) {
      const rows = new Set(cells.map((cell) => cell.row));
      this.pool.forEach((row) => { if (row.kept && rows.has(row.of)) this.fill(row, row.index); });
      this.mark();
    }

    fillCell(place, cell, kind) {
      if (place.editing) return;
      const now = cell && grid.said(cell);
      let main = "";
      let below = "";
      let old = "";
      if (cell && kind === "quantity") {
        main = cell.draft && typeof cell.draft.quantity === "string" && Number.isNaN(grid.whole(cell.draft.quantity)) ? cell.draft.quantity : grid.pieces((now || cell.found).quantity);
        old = this.before(cell, (one) => grid.pieces(one.quantity), grid.pieces(cell.asked));
        below = old ? grid.pieces(cell.found.quantity) : `${this.words.of} ${grid.pieces(cell.asked)}`;
      } else if (cell && kind === "price") {
        main = cell.draft && cell.draft.price && Number.isNaN(grid.decimal(cell.draft.price)) ? cell.draft.price : grid.amount(priceOf(cell, now));
        old = this.before(cell, (one) => grid.amount(one.price), grid.amount(cell.price));
        below = old ? grid.amount(cell.found.price) : "";
      } else if (cell && kind === "verdict") {
        main = now ? (now.yes ? this.words.yes : this.words.no) : "";
        old = this.before(cell, (one) => (one.yes ? this.words.yes : this.words.no), this.words.yes);
        below = old ? (cell.found.yes ? this.words.yes : this.words.no) : now ? "" : this.words.open;
      } else if (cell) {
        main = grid.text(cell, "comment");
        below = Object.entries(cell.words).map(([key, told]) => told[3] && `${this.words.stages[key] || key}: ${told[3]}`).filter(Boolean).join(" · ");
      }
      const title = kind === "comment" ? [main, below].filter(Boolean).join(" · ") : (cell && cell.wrong) || "";
      this.put(place, { main, below, old, title, classes: this.classes(cell, kind, now), open: cell && cell.may, wrong: cell && cell.wrong });
    }

    // Write what is not there yet: while one scrolls most of it is.
    put(place, told) {
      const was = place.told || {};
      place.told = told;
      if (was.main !== told.main) place.main.textContent = told.main;
      if (was.below !== told.below || was.old !== told.old) {
        place.below.textContent = told.below;
        if (told.old) place.below.prepend(element("s", {}, told.old), " → ");
      }
      if (was.classes !== told.classes) {
        place.el.className = told.classes;
        place.active = false;
      }
      if ((was.title || "") !== told.title) place.el.title = told.title;
      if (was.open !== told.open) {
        if (told.open) place.el.removeAttribute("aria-readonly");
        else place.el.setAttribute("aria-readonly", "true");
      }
      if (Boolean(was.wrong) !== Boolean(told.wrong)) {
        if (told.wrong) place.el.setAttribute("aria-invalid", "true");
        else place.el.removeAttribute("aria-invalid");
      }
    }

    // The value that stood there before an earlier stage changed it: what was seen when this stage answered, else what
    // was asked; empty where it is the same.
    before(cell, read, asked) {
      const old = cell.seen ? read(cell.seen) : asked;
      return old === read(cell.found) ? "" : old;
    }

    classes(cell, kind, now) {
      if (!cell) return `g-${kind} g-none`;
      const marks = [`g-${kind}`];
      if (!cell.may) marks.push("g-closed");
      if (!now) marks.push("g-open");
      else if (!now.yes) marks.push("g-no");
      if (cell.seen) marks.push("g-changed");
      if (cell.draft) marks.push("g-unsaved");
      if (cell.clash) marks.push("g-clash");
      if (cell.wrong) marks.push("g-wrong");
      return marks.join(" ");
    }

    // Show what is chosen.
    mark() {
      const { row: active, column } = this.at.active;
      const [top, bottom, left, right] = this.at.range();
      let shown = "";
      this.pool.forEach((row) => {
        if (!row.kept) return;
        const inRows = row.index >= top && row.index <= bottom;
        row.cells.forEach((place, index) => {
          const chosen = inRows && index >= left && index <= right;
          if (place.chosen !== chosen) place.el.setAttribute("aria-selected", String(chosen));
          place.chosen = chosen;
          const is = row.index === active && index === column;
          if (place.active !== is) place.el.classList.toggle("g-active", is);
          else if (is) place.el.classList.add("g-active");
          if (is) {
            place.el.setAttribute("aria-label", this.label(row.of, index));
            shown = place.el.id;
          } else if (place.active) place.el.removeAttribute("aria-label");
          place.active = is;
        });
      });
      if (shown) this.root.setAttribute("aria-activedescendant", shown);
      else this.root.removeAttribute("aria-activedescendant");
    }

    // What a screen reader says of a cell.
    label(of, index) {
      const column = this.columns[index];
      const cell = of.cells[column.delivery];
      const parts = [of.title || of.sku || of.asin, column.group, column.label];
      if (!cell) return [...parts, this.words.none].join(", ");
      const place = this.placeOf(of, index);
      parts.push(place ? `${place.main.textContent} ${place.below.textContent}` : "");
      if (!grid.said(cell)) parts.push(this.words.open);
      if (cell.seen) parts.push(this.words.changed);
      if (cell.clash) parts.push(this.words.clash);
      if (cell.wrong) parts.push(cell.wrong);
      return parts.filter((part) => part.trim()).join(", ");
    }

    placeOf(of, index) {
      const row = this.pool.find((one) => one.kept && one.of === of);
      return row && row.cells[index];
    }

    // Bring the active cell into view.
    reveal() {
      const { row, column } = this.at.active;
      const { root, height } = this;
      const head = this.head.offsetHeight;
      const top = row * height;
      if (top < root.scrollTop) root.scrollTop = top;
      const room = root.clientHeight - head - height;
      if (top > root.scrollTop + room) root.scrollTop = top - room;
      const cell = this.head.lastElementChild.children[column + 1];
      const name = this.head.lastElementChild.firstElementChild.offsetWidth;
      if (!cell) return;
      if (cell.offsetLeft - name < root.scrollLeft) root.scrollLeft = cell.offsetLeft - name;
      const right = cell.offsetLeft + cell.offsetWidth - root.clientWidth;
      if (right > root.scrollLeft) root.scrollLeft = right;
      this.soon();
    }
  }

  grid.View = View;
  grid.element = element;
})();
