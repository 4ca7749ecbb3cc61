// Sends the steps of the editor, one after another, each with the version seen; tries again until it arrived. Where
// somebody else was faster the packing is read anew, and the step is done on top of it where it still fits.
(() => {
  "use strict";
  const pack = window.purveyorPack;
  const LONGEST_PAUSE = 30000;
  const LOOK_EVERY = 8000;

  // What a step takes from: it still fits where this is as it was when the step was meant.
  function sourceOf(tree, step) {
    const row = (name) => (step[name] ? tree.row(`${name}:${step[name]}`) : null);
    const plain = (one) => (one ? JSON.stringify({ ...one, position: 0, reckoned_grams: 0 }) : "");
    if (step.kind === "place") return String(tree.waiting(step.line));
    if (["move_content", "split", "set_content"].includes(step.kind)) return plain(row("content"));
    if (step.kind === "move_carton") return plain(row("carton"));
    if (step.kind === "move_pallet") return JSON.stringify([plain(row("pallet")), (tree.on.get(step.pallet) || []).map(plain)]);
    const name = `${step.box}:${step.key}`;
    if (["set_box", "remove"].includes(step.kind)) return JSON.stringify([plain(tree.row(name)), (tree.inside.get(name) || []).map(plain)]);
    return ["undo", "clear"].includes(step.kind) ? String(tree.version) : "";
  }

  class Keeper {
    constructor({ address, reading, token, tree, tell, taken, refused, theirs }) {
      Object.assign(this, { address, reading, token, tree, tell, taken, refused, theirs });
      this.queue = [];
      this.parked = null;
      this.busy = false;
      this.tries = 0;
      this.state = "saved";
      this.why = "";
      window.addEventListener("online", () => this.now());
      window.addEventListener("beforeunload", (event) => { if (this.open) event.preventDefault(); });
      setInterval(() => this.look(), LOOK_EVERY);
      window.addEventListener("focus", () => this.look());
    }

    get open() { return this.queue.length; }

    // Do a step once those before it are done. ``make`` makes it of the tree as it is by then, or nothing; ``words`` say
    // what it does. Resolves with the server's answer, or with nothing.
    push(make, words, after) {
      return new Promise((done) => {
        this.queue.push({ make, words, after, done, step: null, tries: 0 });
        this.set(this.parked ? "waiting" : "saving");
        this.run();
      });
    }

    now() {
      this.tries = 0;
      clearTimeout(this.timer);
      return this.run();
    }

    async run() {
      if (this.busy || this.parked) return;
      this.busy = true;
      while (this.queue.length && !this.parked) {
        this.set("saving");
        if (!(await this.send(this.queue[0]))) break;
      }
      this.busy = false;
      if (!this.queue.length) this.set("saved");
    }

    // Whether the next one may go.
    async send(one) {
      one.step = one.step || one.make(this.tree);
      if (!one.step) return this.end(one, null);
      if (one.source === undefined) one.source = sourceOf(this.tree, one.step);
      if (one.seen === undefined) one.seen = this.tree.version;
      try {
        const told = await this.post({ ...one.step, version: this.tree.version });
        this.tries = 0;
        this.tree.apply(told);
        this.end(one, told);
        this.taken(one, told);
        return true;
      } catch (error) {
        return this.failed(one, error);
      }
    }

    end(one, told) {
      this.queue.shift();
      one.done(told);
      return true;
    }

    async post(step) {
      const answer = await fetch(this.address, {
        method: "POST",
        headers: { "X-CSRFToken": this.token, Accept: "application/json" },
        body: new URLSearchParams({ step: JSON.stringify(step) }),
      });
      return this.read(answer);
    }

    async read(answer) {
      if (answer.redirected || answer.status === 401) throw Object.assign(new Error("signed-out"), { status: 401 });
      const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
      if (!told) throw Object.assign(new Error(""), { status: answer.status });
      if (told.error) throw Object.assign(new Error(told.error.message), { told: told.error, status: answer.status });
      return told;
    }

    async failed(one, error) {
      if (error.status === 409) return this.overtaken(one);
      if (error.told && error.status < 500) {
        this.end(one, null);
        this.refused(one, error.told);
        return true;
      }
      one.tries += 1;
      this.tries += 1;
      this.why = error.message;
      this.set(error.status === 401 ? "refused" : "failed");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.run(), Math.min(LONGEST_PAUSE, 1000 * 2 ** (this.tries - 1)));
      return false;
    }

    async fetched(query = "") {
      return this.read(await fetch(`${this.reading}${query}`, { headers: { Accept: "application/json" } }));
    }

    // Somebody else was faster, or this very step had arrived without its answer.
    async overtaken(one) {
      let told;
      try { told = await this.fetched(); } catch (error) {
        return this.failed(one, error.status === 409 ? new Error("") : error);
      }
      const { last } = told;
      const fresh = this.tree.load(told);
      if (one.tries && last && last.mine && last.version === one.seen + 1 && last.kind === one.step.kind) {
        this.end(one, told);
        this.taken(one, told);
        return true;
      }
      const fits = told.state === "open" && sourceOf(this.tree, one.step) === one.source;
      if (fits) Object.assign(one, { seen: told.version });
      else this.parked = one;
      this.theirs({ last, fresh, one, fits, state: told.state });
      if (!fits) this.set("waiting");
      return fits;
    }

    // What became of a step that no longer fits: once more as things are now, or not at all.
    decide(again) {
      const one = this.parked;
      this.parked = null;
      if (!one) return;
      if (again) Object.assign(one, { source: undefined, seen: undefined });
      else this.end(one, null);
      this.run();
    }

    // Whether somebody else changed it: asked now and then while nothing of ours is under way.
    async look() {
      if (this.busy || this.queue.length || document.hidden || this.looking) return;
      this.looking = true;
      try {
        const told = await this.fetched(`?since=${this.tree.version}`);
        if (told.lines && !this.busy && told.version > this.tree.version) {
          const fresh = this.tree.load(told);
          this.theirs({ last: told.last, fresh, one: null, fits: true, state: told.state });
        }
      } catch { /* the next step says that there is no connection */ }
      this.looking = false;
    }

    // Wait until everything arrived, or cannot for now.
    async settled() {
      while (this.queue.length && !this.parked && !["failed", "refused"].includes(this.state)) {
        await new Promise((done) => { setTimeout(done, 40); });
      }
    }

    set(state) {
      this.state = state;
      this.tell(this);
    }
  }

  pack.Keeper = Keeper;
})();
