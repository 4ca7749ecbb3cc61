// What somebody picked so far, step by step: each can be taken back, all is kept in this browser until it was sent.
(() => {
  "use strict";
  const pick = (window.purveyorPick = {});

  pick.fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

  // A name nobody else draws, also where the page is not served by TLS.
  function draw() {
    return [...crypto.getRandomValues(new Uint8Array(8))].map((one) => one.toString(16).padStart(2, "0")).join("");
  }

  // What was picked of a line, from the steps that concern it.
  function blank(line) {
    return { line, lots: new Map(), picked: 0, lot: "", expiry: "", named: false, short: "", prepared: false };
  }

  const apply = {
    add(of, step) {
      const key = JSON.stringify([step.lot, step.expiry]);
      of.lots.set(key, (of.lots.get(key) || 0) + step.eaches);
      of.picked += step.eaches;
      if (of.picked >= of.line.quantity) of.short = "";
    },
    lot(of, step) { Object.assign(of, { lot: step.lot, expiry: step.expiry, named: true }); },
    short(of, step) { of.short = step.reason; },
    prepared(of, step) { of.prepared = step.on; },
  };

  class Draft {
    constructor(told, store) {
      this.told = told;
      this.store = store;
      this.keeps = true;
      this.begin();
    }

    begin() {
      Object.assign(this, { id: draw(), turn: 0, tried: false, by: this.told.by, at: "", seen: this.told.seen, steps: [] });
      this.fold();
    }

    fold() {
      this.lines = new Map(this.told.lines.map((line) => [line.line, blank(line)]));
      this.steps.forEach((step) => apply[step.kind](this.lines.get(step.line), step));
    }

    of(number) { return this.lines.get(number); }

    get picked() { return [...this.lines.values()].reduce((sum, one) => sum + one.picked, 0); }

    get asked() { return this.told.lines.reduce((sum, one) => sum + one.quantity, 0); }

    // ``open``, ``part``, ``prep`` (all there, not prepared), ``full`` or ``short`` (a reason was said).
    state(number) {
      const one = this.of(number);
      if (one.picked >= one.line.quantity) return one.line.prep && !one.prepared ? "prep" : "full";
      if (one.short) return "short";
      return one.picked ? "part" : "open";
    }

    done(number) { return ["full", "short"].includes(this.state(number)); }

    // Eaches of the lot that is at hand.
    atHand(number) {
      const one = this.of(number);
      return one.lots.get(JSON.stringify([one.lot, one.expiry])) || 0;
    }

    add(step) {
      this.changes();
      this.steps.push(step);
      if (!this.at) this.at = new Date().toISOString();
      apply[step.kind](this.of(step.line), step);
      this.write();
    }

    // Takes the last step back and answers it; undefined where there is none.
    undo() {
      const step = this.steps.pop();
      if (!step) return undefined;
      this.changes();
      this.fold();
      this.write();
      return step;
    }

    // What was sent once and is changed afterwards is another result.
    changes() {
      if (this.tried) Object.assign(this, { turn: this.turn + 1, tried: false });
    }

    get reference() { return `scan-${this.id}-${this.turn}`; }

    isOurs(reference) { return reference.startsWith(`scan-${this.id}-`); }

    rows() {
      return [...this.lines.values()].flatMap((one) => {
        const lots = [...one.lots].filter(([_key, eaches]) => eaches > 0);
        const reason = one.short;
        if (!lots.length) return reason ? [{ line: one.line.line, quantity: "0", reason }] : [];
        return lots.map(([key, eaches]) => {
          const [lot, expiry] = JSON.parse(key);
          return { line: one.line.line, quantity: String(eaches), lot, expiry, reason, prepared: one.prepared ? "yes" : "" };
        });
      });
    }

    sent() {
      return JSON.stringify({ reference: this.reference, version: this.told.version, seen: this.seen, lines: this.rows() });
    }

    // Kept in this browser

    get key() { return this.store + this.told.version; }

    write() {
      const { id, turn, tried, by, at, seen, steps } = this;
      try {
        if (steps.length) localStorage.setItem(this.key, JSON.stringify({ id, turn, tried, by, at, seen, steps }));
        else localStorage.removeItem(this.key);
        this.keeps = true;
      } catch {
        this.keeps = false;
      }
    }

    forget() {
      try {
        this.kept().forEach(([key]) => localStorage.removeItem(key));
      } catch { /* a browser that keeps nothing has nothing to forget */ }
    }

    // Everything kept of this list, of whatever version, the newest first.
    kept() {
      const found = [];
      try {
        Object.keys(localStorage).filter((key) => key.startsWith(this.store)).forEach((key) => {
          const told = JSON.parse(localStorage.getItem(key));
          if (Array.isArray(told.steps) && told.steps.length) found.push([key, told]);
        });
      } catch { return found; }
      return found.sort(([_a, one], [_b, other]) => (one.at < other.at ? 1 : -1));
    }

    // Takes up what was kept. What the list no longer asks for is left out.
    resume(told, isSame) {
      const { id, turn, tried, by, at, seen } = told;
      this.begin();
      Object.assign(this, isSame ? { id, turn, tried, seen } : {}, { by, at });
      told.steps.forEach((step) => {
        const one = this.of(step.line);
        if (!one || !apply[step.kind]) return;
        const eaches = step.kind === "add" ? Math.min(step.eaches, one.line.quantity - one.picked) : 0;
        if (step.kind === "add" && !eaches) return;
        const fits = step.kind === "add" ? { ...step, eaches } : step;
        this.steps.push(fits);
        apply[fits.kind](one, fits);
      });
      this.write();
    }
  }

  pick.Draft = Draft;
  pick.countOf = (steps) => steps.reduce((sum, step) => sum + (step.kind === "add" ? step.eaches : 0), 0);
})();
