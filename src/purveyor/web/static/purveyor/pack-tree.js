// A packing as the editor knows it: boxes, what lies in them, lines, what is found. Nothing of the page in here.
(() => {
  "use strict";
  const language = document.documentElement.lang;
  const numbers = new Intl.NumberFormat(language);
  const weights = new Intl.NumberFormat(language, { maximumFractionDigits: 3 });
  const fill = (text, told) => text.replace(/\{(\w+)\}/g, (_all, name) => told[name]);
  const TABLES = { pallets: "key", cartons: "key", contents: "id", lines: "id" };
  const byPosition = (one, other) => one.position - other.position;

  class Tree {
    constructor(told) { this.load(told); }

    // All of it, as the server tells it. Which rows are other than before, by their name.
    load(told) {
      const before = new Map(this.pallets ? this.names() : []);
      Object.keys(TABLES).forEach((table) => { this[table] = new Map(told[table].map((row) => [row[TABLES[table]], row])); });
      this.take(told);
      const now = new Map(this.names());
      return new Set([...now].filter(([name, text]) => before.get(name) !== text).map(([name]) => name));
    }

    // What a step changed.
    apply(told) {
      Object.entries(told.gone).forEach(([table, keys]) => keys.forEach((key) => this[table].delete(key)));
      Object.entries(told.changed).forEach(([table, rows]) => rows.forEach((row) => this[table].set(row[TABLES[table]], row)));
      told.lines.forEach((row) => this.lines.set(row.id, row));
      this.take(told);
    }

    take({ version, state, findings, undo, differences, blocks, warnings }) {
      Object.assign(this, { version, state, findings, undo, differences, blocks, warnings });
      this.index();
    }

    index() {
      this.inside = new Map();
      this.on = new Map();
      this.found = new Map();
      const put = (map, name, row) => (map.has(name) ? map.get(name).push(row) : map.set(name, [row]));
      [...this.contents.values()].sort((one, other) => one.id - other.id).forEach((row) => put(this.inside, pack.placeOf(row), row));
      [...this.cartons.values()].sort(byPosition).forEach((row) => put(this.on, row.pallet || "", row));
      this.findings.forEach((one) => put(this.found, one.box ? `${one.box}:${one.key}` : one.line ? `line:${one.line}` : "", one));
    }

    *names() {
      for (const table of ["pallets", "cartons", "contents"]) {
        for (const [key, row] of this[table]) yield [`${table.slice(0, -1)}:${key}`, JSON.stringify({ ...row, position: 0, reckoned_grams: 0 })];
      }
    }

    // The pieces of a line that are not placed yet.
    waiting(id) {
      return (this.inside.get("") || []).filter((row) => row.line === id).reduce((sum, row) => sum + row.eaches, 0);
    }

    // A row by its name, such as carton:C4.
    row(name) {
      const [kind, key] = pack.parts(name);
      if (kind === "loose") return { key: "" };
      const table = this[`${kind}s`];
      return (table && table.get(TABLES[`${kind}s`] === "id" ? Number(key) : key)) || null;
    }

    // What is drawn of the boxes, in the order of the eye; ``folded`` names what is shut.
    boxes(folded) {
      const rows = [];
      const pallets = [...this.pallets.values()].sort(byPosition);
      pallets.forEach((row) => {
        this.add(rows, { name: `pallet:${row.key}`, kind: "pallet", level: 1, row, opens: true, open: !folded.has(`pallet:${row.key}`) });
        if (folded.has(`pallet:${row.key}`)) return;
        this.contentsOf(rows, `pallet:${row.key}`, 2);
        (this.on.get(row.key) || []).forEach((carton) => this.carton(rows, carton, 2, folded));
      });
      const loose = this.on.get("") || [];
      if (pallets.length) rows.push({ name: "loose:", kind: "loose", level: 1, row: { count: loose.length }, opens: loose.length > 0, open: !folded.has("loose:") });
      if (!folded.has("loose:") || !pallets.length) loose.forEach((carton) => this.carton(rows, carton, pallets.length ? 2 : 1, folded));
      return rows;
    }

    carton(rows, row, level, folded) {
      const name = `carton:${row.key}`;
      const opens = this.inside.has(name);
      this.add(rows, { name, kind: "carton", level, row, opens, open: opens && !folded.has(name) });
      if (!folded.has(name)) this.contentsOf(rows, name, level + 1);
    }

    contentsOf(rows, name, level) {
      (this.inside.get(name) || []).forEach((row) => rows.push({ name: `content:${row.id}`, kind: "content", level, row }));
    }

    // A row, with what is found of it below.
    add(rows, one) {
      rows.push(one);
      (this.found.get(one.name) || []).forEach((finding, place) => {
        rows.push({ name: `found:${one.name}:${place}`, kind: "found", level: one.level + 1, row: finding, of: one.name });
      });
    }

    // The lines with pieces here, or only those with some that are not placed.
    linesShown(only) {
      const rows = [];
      this.lines.forEach((row) => {
        if (only ? row.placed >= row.here : !row.here && !row.differs) return;
        const name = `line:${row.id}`;
        this.add(rows, { name, kind: "line", level: 1, row });
        if (!row.message || row.accepted) return;
        const told = { check: "", severity: "block", message: row.message, way_out: "" };
        rows.push({ name: `found:${name}:differs`, kind: "found", level: 2, row: told, of: name });
      });
      return rows;
    }

    total() {
      let placed = 0;
      let here = 0;
      this.lines.forEach((row) => { placed += row.placed; here += row.here; });
      return { placed, here };
    }

    // The boxes that a scanned code names.
    boxOf(code) {
      const digits = code.replace(/[\s()]/g, "").replace(/^00(?=\d{18}$)/, "");
      const wanted = code.trim().toLowerCase();
      for (const [table, kind] of [["cartons", "carton"], ["pallets", "pallet"]]) {
        for (const row of this[table].values()) {
          if (row.key.toLowerCase() === wanted || (row.sscc && row.sscc === digits)) return `${kind}:${row.key}`;
        }
      }
      return "";
    }

    // The lines of a scanned product, those with pieces to place first.
    linesOf(code) {
      const wanted = code.trim().toLowerCase();
      const bare = wanted.replace(/^0+(?=\d{8,})/, "");
      const named = [...this.lines.values()].filter((row) =>
        [row.sku, row.asin].some((name) => name && name.toLowerCase() === wanted) || (row.ean && row.ean.replace(/^0+/, "") === bare));
      return named.sort((one, other) => (this.waiting(other.id) > 0) - (this.waiting(one.id) > 0));
    }
  }

  const pack = {
    Tree,
    fill,
    count: (value) => numbers.format(value),
    kilos: (grams) => `${weights.format(grams / 1000)} kg`,
    many: (words, count, told = {}) => fill(words[count === 1 ? 0 : 1], { count: numbers.format(count), ...told }),
    parts: (name) => [name.slice(0, name.indexOf(":")), name.slice(name.indexOf(":") + 1)],
    // Where pieces lie: the name of the box, blank where they are not placed.
    placeOf: (row) => (row.carton ? `carton:${row.carton}` : row.pallet ? `pallet:${row.pallet}` : ""),
    // A box as a step names it.
    toOf: (name) => { const [kind, key] = pack.parts(name); return { [kind]: key }; },
    element: (name, given = {}, ...inside) => {
      const el = document.createElement(name);
      Object.entries(given).forEach(([key, value]) => el.setAttribute(key, value));
      el.append(...inside);
      return el;
    },
  };
  window.purveyorPack = pack;
})();
