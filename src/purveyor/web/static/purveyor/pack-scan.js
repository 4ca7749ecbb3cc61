// Tells a scanner from a hand: a scanner is a keyboard that types a burst and ends it with Enter, wherever the focus is.
(() => {
  "use strict";
  const pack = window.purveyorPack;
  const GAP = 60;
  const SHORTEST = 2;
  const SHORTEST_IN_FIELD = 6;
  const isField = (el) => el instanceof HTMLElement && (/^(TEXTAREA|SELECT)$/.test(el.tagName) || (el.tagName === "INPUT" && !/^(checkbox|radio|button)$/.test(el.type)));

  class Scanner {
    // ``scanned(code)`` is told of a burst; ``typed(key)`` of a letter by hand outside of fields: whether it was one.
    constructor({ scanned, typed }) {
      Object.assign(this, { scanned, typed, burst: "", last: -Infinity, timer: 0, field: null, before: "" });
      window.addEventListener("keydown", (event) => this.down(event), true);
    }

    down(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
      if (["Shift", "CapsLock", "Unidentified"].includes(event.key)) return;
      const quick = event.timeStamp - this.last <= GAP;
      this.last = event.timeStamp;
      const long = this.burst.length >= (this.field ? SHORTEST_IN_FIELD : SHORTEST);
      if (event.key.length === 1) this.letter(event, quick);
      else if (event.key === "Enter" && quick && long) this.scan(event);
      else this.flush();
    }

    letter(event, quick) {
      const field = isField(event.target) ? event.target : null;
      if (!quick || field !== this.field) {
        this.flush();
        this.field = field;
        this.before = field ? field.value : "";
      }
      if (event.key === " " && !this.burst) return;
      this.burst += event.key;
      clearTimeout(this.timer);
      if (field) return;
      // A letter of its own waits until it is sure that no burst follows.
      this.timer = setTimeout(() => this.flush(), GAP + 20);
      event.stopImmediatePropagation();
      event.preventDefault();
    }

    flush() {
      clearTimeout(this.timer);
      const letters = this.field ? "" : this.burst;
      this.burst = "";
      [...letters].forEach((key) => this.typed(key));
    }

    scan(event) {
      clearTimeout(this.timer);
      const { field, before, burst } = this;
      this.burst = "";
      this.field = null;
      if (field) field.value = before;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.scanned(burst.trim());
    }
  }

  pack.Scanner = Scanner;

  // What a scanned code does, as methods of the desk (pack.js).
  pack.scans = {
    scan(code) {
      const box = this.tree.boxOf(code);
      if (box) return this.scanBox(box);
      const lines = this.tree.linesOf(code);
      if (lines.length) return this.scanProduct(lines[0]);
      this.scannedLast = "";
      return this.warn(pack.fill(this.words.unknown, { code }));
    },

    // A box takes what is carried, or a pallet the carton scanned before it; else it is filled from now on.
    scanBox(name) {
      if (this.carried) return this.drop(this.carried.name, name);
      const before = this.scannedLast;
      const [kind, key] = pack.parts(name);
      this.scannedLast = kind === "carton" ? name : "";
      if (kind === "pallet" && before && this.tree.row(before) && this.tree.row(before).pallet !== key) return this.drop(before, name);
      this.fillFrom(name);
      this.choose(name);
      return true;
    },

    scanProduct(line) {
      this.scannedLast = "";
      if (!this.filled) return this.warn(pack.fill(this.words.scanFirst, { sku: line.sku }));
      const to = this.filled;
      const many = this.byCase ? line.case_pack || 1 : 1;
      return this.keeper.push((tree) => {
        const eaches = Math.min(many, tree.waiting(line.id));
        if (eaches && tree.row(to)) return { kind: "place", line: line.id, eaches, to: pack.toOf(to) };
        this.warn(eaches ? this.words.goneNow : pack.fill(this.words.allPlaced, { sku: line.sku }));
        return null;
      }, pack.fill(this.words.scanning, { sku: line.sku, to: this.named.box(to) }), (told, step) => this.tellPlaced(step, line, to));
    },
  };
})();
