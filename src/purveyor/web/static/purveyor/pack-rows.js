// What each row of the editor says.
(() => {
  "use strict";
  const pack = window.purveyorPack;
  const { count, fill, kilos, many } = pack;
  const days = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeZone: "UTC" });
  const some = (...parts) => parts.filter(Boolean).join(" · ");

  class Words {
    constructor(words, tree) { Object.assign(this, { words, tree }); }

    // A box by its name.
    box(name) {
      const [kind, key] = pack.parts(name);
      return kind === "loose" ? this.words.loose : fill(this.words[kind], { key });
    }

    weight(row) {
      if (row.weight_grams) return kilos(row.weight_grams);
      return row.reckoned_grams ? fill(this.words.reckoned, { weight: kilos(row.reckoned_grams) }) : "";
    }

    pieces(name) { return (this.tree.inside.get(name) || []).reduce((sum, row) => sum + row.eaches, 0); }

    facts(row) {
      const sides = row.length_mm ? `${[row.length_mm, row.width_mm, row.height_mm].map((side) => (side ? count(side) : "–")).join(" × ")} mm` : "";
      const tare = row.tare_grams ? fill(this.words.tare, { weight: kilos(row.tare_grams) }) : "";
      return some(this.weight(row), tare, sides, row.sscc && `SSCC ${row.sscc}`);
    }

    // What something is called in a sentence.
    what(name) {
      const row = this.tree.row(name);
      const [kind] = pack.parts(name);
      if (kind === "line") return row.sku;
      if (kind !== "content") return this.box(name);
      return some(this.tree.lines.get(row.line).sku, row.lot);
    }

    // Main and second line, the number at the end, and classes.
    row(one) { return this[one.kind](one.row, one); }

    line(row) {
      const sub = some(`${row.order}/${row.line}`, row.case_pack && fill(this.words.case, { count: row.case_pack }), row.title);
      const done = row.placed >= row.here;
      return { main: row.sku, sub, sum: `${count(row.placed)} / ${count(row.here)}`, look: done ? "p-done" : "p-open", part: row.here ? row.placed / row.here : 1 };
    }

    content(row) {
      const line = this.tree.lines.get(row.line);
      const lot = row.lot && fill(this.words.lot, { lot: row.lot });
      const expiry = row.expiry && fill(this.words.expiry, { day: days.format(new Date(row.expiry)) });
      return { main: line.sku, sub: some(`${line.order}/${line.line}`, lot, expiry, line.title), sum: count(row.eaches), look: "" };
    }

    carton(row) {
      const pieces = this.pieces(`carton:${row.key}`);
      return { main: fill(this.words.carton, { key: row.key }), sub: pieces ? many(this.words.pieces, pieces) : this.words.empty, sum: this.weight(row), look: pieces ? "" : "p-empty" };
    }

    pallet(row) {
      const cartons = (this.tree.on.get(row.key) || []).length;
      const pieces = this.pieces(`pallet:${row.key}`);
      const told = some(cartons && many(this.words.cartons, cartons), pieces && many(this.words.pieces, pieces));
      return { main: fill(this.words.pallet, { key: row.key }), sub: told || this.words.empty, sum: this.weight(row), look: "p-pallet" };
    }

    loose(row) { return { main: this.words.loose, sub: many(this.words.cartons, row.count), sum: "", look: "p-pallet p-loose" }; }

    found(row) { return { main: row.message, sub: "", sum: row.check, look: `p-found ${row.severity === "block" ? "bad" : "warn"}` }; }
  }

  pack.Words = Words;
  pack.some = some;
})();
