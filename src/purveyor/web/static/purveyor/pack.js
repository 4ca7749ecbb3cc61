// The editor of a packing: what is chosen, carried and filled, and what becomes of each order.
(() => {
  "use strict";
  const pack = window.purveyorPack;
  const { count, fill, many } = pack;

  class Desk {
    constructor(root, told) {
      Object.assign(this, { root, carried: null, filled: "", under: "", scannedLast: "", fresh: new Set(), folded: new Set() });
      this.words = JSON.parse(root.dataset.words);
      this.tree = new pack.Tree(told);
      this.known = new Set(this.tree.cartons.keys());
      this.named = new pack.Words(this.words, this.tree);
      this.lines = new pack.Pane(this.part("lines"), { words: this.named, at: this, id: "pk-l" });
      this.boxes = new pack.Pane(this.part("boxes"), { words: this.named, at: this, id: "pk-b" });
      this.pane = this.lines;
      this.onlyOpen = Boolean(this.tree.inside.get(""));
      this.byCase = false;
      this.keeper = new pack.Keeper({
        address: root.dataset.steps,
        reading: root.dataset.tree,
        token: root.querySelector("[data-pack-token] input").value,
        tree: this.tree,
        tell: (keeper) => this.tellState(keeper),
        taken: (one, answer) => this.taken(one, answer),
        refused: (one, error) => this.wrong(error.message, this.whyOf(error)),
        theirs: (what) => this.theirs(what),
      });
      this.listen();
      this.show();
      this.tellUnit();
      this.tellOnly();
      this.tellState(this.keeper);
    }

    part(name) { return this.root.querySelector(`[data-pack-${name}]`); }

    chosen() { return this.pane.current(); }

    // Choose a box or what lies in one, wherever the focus is.
    choose(name) {
      if (this.boxes.goTo(name)) this.chosenBy(this.boxes);
    }

    // Choose what a pane has chosen.
    chosenBy(pane) {
      this.pane = pane;
      this.tellChosen();
      this.redraw();
    }

    listen() {
      [this.lines, this.boxes].forEach((pane) => {
        pane.root.addEventListener("keydown", (event) => this.key(event, pane));
        pane.root.addEventListener("focus", () => this.chosenBy(pane));
      });
      this.root.addEventListener("click", (event) => {
        const button = event.target.closest("[data-pack-do]");
        if (button) this.do(button.dataset.packDo);
      });
      this.part("amount").addEventListener("keydown", (event) => this.amountKey(event));
      this.part("amount").addEventListener("change", () => this.carried && this.amountIs(pack.whole(this.part("amount").value)));
      this.scanner = new pack.Scanner({ scanned: (code) => this.scan(code), typed: (key) => this.typed(key) || this.search(key) });
      document.addEventListener("submit", (event) => this.hold(event), true);
      this.listenDrag();
      this.listenForms();
    }

    search(key) {
      const find = document.getElementById("find");
      if (key === "/" && find) find.focus();
    }

    amountKey(event) {
      if (!this.carried || !["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Escape") this.do("cancel");
      else if (this.carried.splits) this.splitNow();
      else {
        this.amountIs(pack.whole(this.part("amount").value));
        this.boxes.root.focus({ preventScroll: true });
      }
    }

    // One order, by button or key; whether there is one of this name.
    do(verb) {
      const one = this.chosen();
      const name = one ? one.name : "";
      const kind = one ? one.kind : "";
      const boxes = ["carton", "pallet"];
      const orders = {
        undo: () => this.undo(),
        propose: () => this.keeper.push(() => ({ kind: "propose" }), this.words.proposed, () => this.say(this.words.proposed)),
        "add-carton": () => this.addBox("carton"),
        "add-pallet": () => this.addBox("pallet"),
        "carton-on": () => kind === "pallet" && this.addBox("carton", one.row.key),
        fill: () => boxes.includes(kind) && this.fillFrom(this.filled === name ? "" : name),
        move: () => ["line", "content", ...boxes].includes(kind) && this.carry(name),
        split: () => kind === "content" && this.split(name),
        facts: () => boxes.includes(kind) && this.ask("facts", name),
        lot: () => kind === "content" && this.ask("lot", name),
        out: () => this.out(one),
        cancel: () => this.cancel(),
        less: () => this.carried && this.amountIs(this.carried.amount - 1),
        more: () => this.carried && this.amountIs(this.carried.amount + 1),
        "one-case": () => this.carried && this.amountIs(Number(this.part("case").dataset.pieces)),
        "to-new": () => this.toNew(),
        "split-now": () => this.splitNow(),
        "close-ask": () => this.closeAsk(),
        unit: () => this.tellUnit(!this.byCase),
        only: () => this.only(),
        again: () => this.keeper.now(),
        heard: () => { this.part("wrong").hidden = true; },
        seen: () => this.seen(),
        redo: () => this.decide(true),
        forgo: () => this.decide(false),
      };
      if (!orders[verb]) return false;
      orders[verb]();
      return true;
    }

    cancel() {
      if (!this.carried) return;
      this.letGo();
      this.say(this.words.canceled);
      if (!this.pane.root.contains(document.activeElement)) this.pane.root.focus({ preventScroll: true });
    }

    undo() {
      const words = fill(this.words.undo, { what: this.tree.undo || "–" });
      let what = "";
      const make = (tree) => {
        what = tree.undo;
        return what ? { kind: "undo" } : this.warn(this.words.nothingUndone);
      };
      this.keeper.push(make, words, () => this.say(fill(this.words.undone, { what })));
    }

    // Take pieces out of their box, or a box away.
    out(one) {
      if (!one || !["content", "carton", "pallet"].includes(one.kind)) return;
      if (one.kind === "content") {
        if (pack.placeOf(one.row)) this.drop(one.name, "lines:");
        return;
      }
      const words = fill(this.words.removed, { box: this.named.box(one.name) });
      const make = (tree) => (tree.row(one.name) ? { kind: "remove", box: one.kind, key: one.row.key } : this.warn(this.words.goneNow));
      this.keeper.push(make, words, () => this.say(words));
    }

    addBox(box, pallet) {
      const words = fill(this.words.added, { box: box === "carton" ? fill(this.words.carton, { key: "" }).trim() : fill(this.words.pallet, { key: "" }).trim() });
      return this.keeper.push(() => ({ kind: "add", box, ...(pallet ? { pallet } : {}) }), words, (told) => {
        const made = told.changed && told.changed[`${box}s`][0];
        if (!made) return;
        this.fillFrom(`${box}:${made.key}`, true);
        this.say(fill(this.words.added, { box: this.named.box(`${box}:${made.key}`) }));
        this.choose(`${box}:${made.key}`);
      });
    }

    // Products scanned from now on go into this box.
    fillFrom(name, quiet = false) {
      this.filled = name;
      this.part("wrong").hidden = true;
      this.tellFill();
      if (!quiet) this.say(this.part("fill").textContent);
      this.redraw();
      return true;
    }

    fold(name, shut) {
      if (shut) this.folded.add(name);
      else this.folded.delete(name);
      this.boxes.show(this.tree.boxes(this.folded));
    }

    only() {
      this.onlyOpen = !this.onlyOpen;
      this.tellOnly();
      this.show();
    }

    tellOnly() { this.root.querySelector("[data-pack-do=only]").setAttribute("aria-pressed", String(this.onlyOpen)); }

    // The box that a row means as a place.
    boxUnder(one) {
      if (one.kind === "found") return one.of;
      if (one.kind === "content") return pack.placeOf(one.row);
      return ["carton", "pallet", "loose"].includes(one.kind) ? one.name : "";
    }

    // Saying

    show() {
      this.lines.show(this.tree.linesShown(this.onlyOpen));
      this.boxes.show(this.tree.boxes(this.folded));
      this.part("no-lines").hidden = this.lines.rows.length > 0;
      this.part("no-boxes").hidden = this.boxes.rows.length > 0;
      if (this.filled && !this.tree.row(this.filled)) this.filled = "";
      if (this.carried && !this.tree.row(this.carried.name)) this.carried = null;
      this.tellFill();
      this.tellTotals();
      this.tellChosen();
    }

    redraw() {
      this.lines.soon(true);
      this.boxes.soon(true);
      this.lines.root.classList.toggle("p-under", this.under === "lines:");
    }

    tellTotals() {
      const { placed, here } = this.tree.total();
      this.part("total").textContent = `${count(placed)} ${this.words.of} ${many(this.words.pieces, here)}`;
      const { differences, blocks, warnings, cartons, pallets } = this.tree;
      const told = [["differences", differences], ["blocks", blocks], ["warnings", warnings]].filter(([, number]) => number);
      const verdict = this.part("verdict");
      verdict.textContent = told.map(([name, number]) => many(this.words[name], number)).join(" · ") || this.words.standsWell;
      verdict.className = `toned ${blocks || differences ? "bad" : warnings ? "warn" : "good"}`;
      const counts = document.querySelector("[data-pack-counts]:not(button)");
      if (counts) counts.textContent = ` · ${many(this.words.cartons, cartons.size)} · ${many(this.words.pallets, pallets.size)}`;
      const undo = this.root.querySelector("[data-pack-do=undo]");
      undo.disabled = !this.tree.undo;
      undo.title = this.tree.undo || "";
      this.part("undo").textContent = this.tree.undo ? `: ${this.tree.undo}` : "";
      this.root.querySelector("[data-pack-do=propose]").disabled = !(this.tree.inside.get("") || []).length;
    }

    tellFill() { this.part("fill").textContent = this.filled ? fill(this.words.filling, { to: this.named.box(this.filled) }) : this.words.noFill; }

    tellUnit(byCase = false) {
      this.byCase = byCase;
      this.part("unit").textContent = byCase ? this.words.byCase : this.words.byPiece;
      this.part("unit").setAttribute("aria-pressed", String(byCase));
    }

    tellState(keeper) {
      const el = this.root.querySelector("[data-save-state]");
      const { state, open } = keeper;
      const told = { saved: this.words.saved, saving: this.words.saving, waiting: many(this.words.waiting, open), failed: many(this.words.failed, open) };
      const text = state === "refused" ? `${this.words.refused} ${this.words.signedOut}` : told[state];
      if (el.textContent !== text) el.textContent = text;
      el.dataset.state = state;
      this.part("again").hidden = !["failed", "refused"].includes(state);
    }

    say(text) {
      this.part("said").textContent = text;
      return null;
    }

    // Something cannot be done; nothing was sent.
    warn(text) {
      this.wrong(text, "");
      return null;
    }

    wrong(text, more) {
      this.part("wrong-words").textContent = text;
      this.part("wrong-more").textContent = more;
      this.part("wrong").hidden = false;
      this.part("said").textContent = "";
    }

    whyOf(error) { return [...(error.problems || []).map((one) => one.message), error.hint].filter(Boolean).join(" "); }

    // What the server said

    taken(one, answer) {
      this.part("wrong").hidden = true;
      if (this.part("theirs").hidden) this.fresh.clear();
      this.changed();
      if (one.after && answer.changed) one.after(answer, one.step);
      this.known = new Set(this.tree.cartons.keys());
    }

    changed() {
      document.querySelectorAll("input[name=version]").forEach((input) => { input.value = this.tree.version; });
      this.show();
      clearTimeout(this.asking);
      this.asking = setTimeout(() => this.askStands(), 400);
    }

    // What stands against it, with its forms, as it is by now; not while somebody fills one in.
    async askStands() {
      const box = document.querySelector("[data-pack-stands]");
      const typed = [...box.querySelectorAll("input:not([type=hidden])")].some((input) => input.value !== input.defaultValue);
      if (typed || box.contains(document.activeElement) || this.keeper.open) return;
      const answer = await fetch(this.root.dataset.stands).catch(() => null);
      if (!answer || !answer.ok || answer.redirected) return;
      const text = await answer.text();
      if (this.keeper.open) return;
      const made = new DOMParser().parseFromString(text, "text/html");
      box.replaceChildren(...made.body.childNodes);
    }

    theirs({ last, fresh, one, fits, state }) {
      if (state !== "open") this.wrong(this.words.closed, "");
      this.fresh = fresh;
      const mine = one ? (fits ? this.words.theirsMine : fill(this.words.parked, { what: one.words })) : "";
      this.part("theirs-words").textContent = last ? fill(last.undone ? this.words.theirsUndone : this.words.theirs, last) : "";
      this.part("mine-words").textContent = mine;
      this.root.querySelectorAll("[data-pack-parked]").forEach((button) => { button.hidden = !one || fits; });
      this.root.querySelector("[data-pack-do=seen]").hidden = Boolean(one) && !fits;
      this.part("theirs").hidden = false;
      this.say([this.part("theirs-words").textContent, mine].filter(Boolean).join(" "));
      this.changed();
    }

    seen() {
      this.fresh.clear();
      this.part("theirs").hidden = true;
      this.redraw();
    }

    decide(again) {
      this.seen();
      this.keeper.decide(again);
      this.pane.root.focus({ preventScroll: true });
    }

    // What decides about the whole waits until every step has arrived.
    async hold(event) {
      if (!this.keeper.open || event.target.method !== "post") return;
      const form = event.target;
      event.preventDefault();
      event.stopImmediatePropagation();
      await this.keeper.settled();
      if (!this.keeper.open) form.requestSubmit(event.submitter);
    }
  }

  Object.assign(Desk.prototype, pack.scans, pack.keys, pack.drags, pack.forms, pack.bar);

  async function open(root) {
    try {
      const answer = await fetch(root.dataset.tree, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      root.desk = new Desk(root, await answer.json());
      root.dataset.ready = "1";
    } catch (error) {
      root.querySelector("[data-pack-failed]").hidden = false;
      throw error;
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const root = document.querySelector("[data-pack]");
    if (root) open(root);
  });
})();
