// Saves what was typed in the background: one request at a time, tried again until it arrived. What has not arrived yet
// stays in the cells and in this browser, so that neither a lost connection nor a closed window loses it.
(() => {
  "use strict";
  const grid = window.purveyorGrid;
  const SOON = 400;
  const MOST = 300;
  const LONGEST_PAUSE = 30000;

  class Keeper {
    // ``send`` posts cells and answers what became of them; ``tell`` is called with every change of the state.
    constructor({ address, stage, token, store, cells, tell, taken }) {
      Object.assign(this, { address, stage, token, store, cells, tell, taken });
      this.waiting = new Set();
      this.under = null;
      this.tries = 0;
      this.timer = 0;
      this.state = "saved";
      this.why = "";
      window.addEventListener("pagehide", () => this.write());
      window.addEventListener("online", () => this.now());
      window.addEventListener("beforeunload", (event) => { if (this.open) event.preventDefault(); });
    }

    get open() { return this.waiting.size + (this.under ? this.under.size : 0); }

    // A cell says something new.
    touch(cell) {
      if (cell.draft && !cell.clash) this.waiting.add(cell);
      else this.waiting.delete(cell);
      this.remember();
      this.set(this.open ? "waiting" : this.under ? "saving" : "saved");
      if (!this.tries) this.later(SOON);
    }

    later(pause) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.flush(), pause);
    }

    // Try at once, whatever the last try said.
    now() {
      this.tries = 0;
      return this.flush();
    }

    async flush() {
      clearTimeout(this.timer);
      if (this.under || !this.waiting.size) return;
      const part = [...this.waiting].slice(0, MOST);
      this.under = new Map(part.map((cell) => [cell, JSON.stringify(cell.draft)]));
      part.forEach((cell) => this.waiting.delete(cell));
      this.set("saving");
      try {
        this.arrived(await this.post(part));
      } catch (error) {
        this.failed(error);
      }
    }

    async post(part) {
      const cells = part.map((cell) => ({ row: cell.row.number, delivery: cell.delivery, version: cell.basis, ...cell.draft }));
      const answer = await fetch(this.address, {
        method: "POST",
        headers: { "X-CSRFToken": this.token, Accept: "application/json" },
        body: new URLSearchParams({ answers: JSON.stringify({ stage: this.stage, cells }) }),
      });
      if (answer.redirected || answer.status === 401) throw Object.assign(new Error("signed-out"), { still: true });
      const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
      if (!told) throw Object.assign(new Error(""), { status: answer.status });
      if (told.error) throw Object.assign(new Error(told.error.message), { hint: told.error.hint, still: answer.status < 500 });
      return told;
    }

    arrived(told) {
      const under = this.under;
      this.under = null;
      this.tries = 0;
      const sent = new Map([...under.keys()].map((cell) => [`${cell.row.number}/${cell.delivery}`, cell]));
      const problems = new Map(told.problems.map((one) => [one.cell, one.message]));
      const clashes = new Map(told.clashes.map((one) => [one.cell, one]));
      told.cells.forEach(([key, now]) => {
        const cell = sent.get(key) || this.cells.get(key);
        if (cell) this.settle(cell, now, under.get(cell), problems.get(key), clashes.get(key));
      });
      this.remember();
      this.taken(told);
      this.set(this.open ? "waiting" : "saved");
      if (this.waiting.size) this.later(0);
    }

    // What became of one cell. What was typed since it was sent goes on from what stands there now.
    settle(cell, now, was, problem, clash) {
      const typedSince = was !== undefined && JSON.stringify(cell.draft) !== was;
      const kept = was === undefined || typedSince || problem || clash;
      if (!kept) cell.draft = null;
      grid.take(cell, now);
      if (problem && !typedSince) cell.wrong = problem;
      if (clash) cell.clash = clash;
      else if (was !== undefined && cell.draft) cell.basis = cell.version;
      if (typedSince && !clash) this.waiting.add(cell);
    }

    failed(error) {
      const under = this.under;
      this.under = null;
      under.forEach((_was, cell) => { if (cell.draft) this.waiting.add(cell); });
      this.remember();
      this.tries += 1;
      this.why = error.message === "Failed to fetch" ? "" : [error.message, error.hint].filter(Boolean).join(" ");
      const pause = Math.min(LONGEST_PAUSE, 1000 * 2 ** (this.tries - 1));
      this.set(error.still ? "refused" : "failed");
      this.later(error.still ? LONGEST_PAUSE : pause);
    }

    // Settle a clash: mine over theirs, or theirs.
    decide(cell, mine) {
      cell.clash = null;
      if (!mine) cell.draft = null;
      cell.basis = cell.version;
      this.touch(cell);
    }

    set(state) {
      this.state = state;
      this.tell(this);
    }

    // Wait until everything arrived, or cannot for now.
    async settled() {
      await this.now();
      while (this.open && !["failed", "refused"].includes(this.state)) {
        await new Promise((done) => { setTimeout(done, 50); });
      }
    }

    // What is not saved, kept by this browser; written a little later, and at once where the page is left.
    remember() {
      if (!this.remembering) this.remembering = setTimeout(() => this.write(), 250);
    }

    write() {
      clearTimeout(this.remembering);
      this.remembering = 0;
      const open = [...this.cells.values()].filter((cell) => cell.draft);
      const kept = open.map((cell) => [cell.row.number, cell.delivery, cell.basis, cell.draft]);
      try {
        if (kept.length) localStorage.setItem(this.store, JSON.stringify(kept));
        else localStorage.removeItem(this.store);
      } catch { /* a browser that keeps nothing still saves */ }
    }

    // What an earlier visit could not save any more; how many cells.
    recall() {
      let kept = [];
      try { kept = JSON.parse(localStorage.getItem(this.store) || "[]"); } catch { return 0; }
      let count = 0;
      kept.forEach(([row, delivery, basis, draft]) => {
        const cell = this.cells.get(`${row}/${delivery}`);
        if (!cell || !cell.may) return;
        Object.assign(cell, { draft, basis });
        this.waiting.add(cell);
        count += 1;
      });
      if (count) this.touch([...this.waiting][0]);
      return count;
    }
  }

  grid.Keeper = Keeper;
})();
