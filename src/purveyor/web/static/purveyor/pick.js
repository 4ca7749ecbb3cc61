// The picker's page: what a scan, a key and a finger mean. The hub judges everything again when it is sent.
(() => {
  "use strict";
  const pick = window.purveyorPick;
  const { fill, count } = pick;
  const LIST = /^([^/\s]+-\d+)(?:\/([^/\s]+))?$/;
  const DIGITS = /^(\d{8}|\d{12}|\d{13}|\d{14})$/;

  // An article number by its check digit: nobody's lot, wherever it is scanned.
  function isArticle(code) {
    if (!/^\d{12,14}$/.test(code)) return false;
    const sum = [...code].reverse().reduce((total, digit, place) => total + Number(digit) * (place % 2 ? 3 : 1), 0);
    return sum % 10 === 0;
  }

  class Page {
    constructor(root) {
      this.root = root;
      this.words = JSON.parse(root.dataset.words);
      this.told = JSON.parse(root.dataset.list);
      this.draft = new pick.Draft(this.told, root.dataset.store);
      this.view = new pick.View(root, this.draft, this.words);
      this.tones = new pick.Sound();
      this.asks = {
        quantity: new pick.Quantity(root, this.words),
        short: new pick.Short(root, this.told.reasons),
        lot: new pick.Lot(root, this.words),
        finish: new pick.Finish(root, this.words),
      };
      this.hub = new pick.Hub({
        told: this.told,
        token: root.querySelector("[data-token] input").value,
        changed: (now) => this.changed(now),
        gone: () => { if (!navigator.onLine) this.view.say(this.words.offline, "ask"); },
      });
      history.scrollRestoration = "manual";
      this.stopped = "";
      this.present = this.told.lines[0].line;
      this.listen();
      this.tellSound();
      this.findDraft();
      this.changed(this.told);
      this.onward();
      root.dataset.ready = "";
    }

    listen() {
      new pick.Keys({ scanned: (code, inField) => this.scanned(code, inField), typed: (key) => this.typed(key) });
      this.root.addEventListener("click", (event) => {
        const row = event.target.closest("button[data-line]");
        const button = event.target.closest("[data-do]");
        if (row) this.goTo(row.dataset.line);
        else if (button && this[button.dataset.do]) this[button.dataset.do]();
      });
    }

    // Drafts

    findDraft() {
      const kept = this.draft.kept();
      if (!kept.length) return;
      [this.found] = kept;
      const [key, told] = this.found;
      const at = told.at ? new Date(told.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" }) : "";
      const words = key === this.draft.key ? this.words.draft : this.words.draftOld;
      this.view.text("draft-words", fill(words, { by: told.by, at, count: count(pick.countOf(told.steps)) }));
      this.view.show("draft", true);
      this.root.querySelector("[data-do=continue]").focus({ preventScroll: true });
    }

    continue() {
      const [key, told] = this.found;
      this.draft.forget();
      this.draft.resume(told, key === this.draft.key);
      this.settled();
    }

    discard() {
      this.draft.forget();
      this.settled();
    }

    settled() {
      this.found = null;
      this.view.show("draft", false);
      this.changed(this.now);
      this.onward();
    }

    // What the hub says of the list

    changed(now) {
      this.now = now;
      const same = now.version === this.told.version;
      const stopped = now.state !== "open" ? now.state : same ? "" : "changed";
      if (stopped && stopped !== this.stopped) this.stop(stopped, now);
      else if (!stopped && this.stopped) this.goOn();
      const other = now.seen !== this.draft.seen && !this.draft.isOurs(now.seen);
      this.asks.finish.other(other ? this.words.other : "");
      if (other && now.seen !== this.toldOther) this.view.say(this.words.other, "ask");
      if (other) this.toldOther = now.seen;
      this.redraw();
    }

    stop(why, now) {
      this.stopped = why;
      Object.values(this.asks).forEach((box) => box.close());
      this.view.text("stop-title", this.words[why]);
      this.view.text("stop-words", [now.why, this.draft.steps.length ? this.words.safe : ""].join("\n").trim());
      this.view.show("stop-reload", why === "changed");
      this.view.show("stop", true);
      this.view.say(this.words[why], "wrong");
      this.tones.play("wrong");
    }

    goOn() {
      this.stopped = "";
      this.view.show("stop", false);
      this.view.say(this.words.again);
    }

    reload() { window.location.reload(); }

    // Scans

    key(code) { return DIGITS.test(code) ? code.padStart(14, "0") : code.toUpperCase(); }

    scanned(code, inField) {
      const meanings = this.told.codes[this.key(code)] || this.told.codes[code.toUpperCase()];
      const list = LIST.exec(code.toUpperCase());
      if (!meanings && inField && !list && !isArticle(code)) {
        if (this.asks.lot.isOpen) this.asks.lot.scanned();
        return false;
      }
      if (this.blocked()) return true;
      Object.values(this.asks).forEach((box) => box.close());
      if (meanings) this.product(meanings);
      else if (list && list[1] === this.told.number.toUpperCase()) this.symbol(code, list[2]);
      else this.strange(code, Boolean(list));
      return true;
    }

    // Nothing counts while the list may not be picked, while it is open what becomes of an earlier draft, and while all
    // is under way.
    blocked() {
      if (this.sending) {
        this.ask(this.words.sending);
        return true;
      }
      if (!this.stopped && !this.found) return false;
      this.wrong(this.found ? this.words.draftFirst : this.words.stopped);
      return true;
    }

    symbol(code, number) {
      const line = number && this.told.lines.find((one) => one.line.toUpperCase() === number);
      if (!number) this.say(this.words.thisList);
      else if (!line) this.wrong(fill(this.words.wrong, { code }));
      else {
        this.present = line.line;
        this.say(fill(this.words.thisLine, { line: line.line, sku: line.sku }));
      }
    }

    async strange(code, isList) {
      if (isList) this.view.say(fill(this.words.looking, { code }), "ask");
      else this.wrong(fill(this.words.wrong, { code }));
      const said = this.root.querySelector("[data-said-box]").textContent;
      const told = await this.hub.name(code);
      if (this.root.querySelector("[data-said-box]").textContent !== said) return;
      if (told && told.go) {
        this.view.say(told.said, "ask");
        this.view.offer(fill(this.words.goThere, { number: told.number }), told.go);
        this.tones.play("ask");
      } else if (told) this.view.say(fill(this.words.wrongIs, { code, said: told.said }), "wrong");
      else if (isList) this.view.say(fill(this.words.otherList, { code }), "wrong");
      if (isList && !(told && told.go)) this.tones.play("wrong");
    }

    // The line a product's symbol means: the one at hand, else the first that wants more.
    product(meanings) {
      const here = meanings.find(([number]) => number === this.present && !this.isFull(number));
      const [number, unit] = here || meanings.find(([one]) => !this.isFull(one)) || meanings[0];
      this.present = number;
      this.take(number, unit === "case" ? this.draft.of(number).line.case_pack : 1);
    }

    isFull(number) {
      const one = this.draft.of(number);
      return one.picked >= one.line.quantity;
    }

    take(number, eaches) {
      const one = this.draft.of(number);
      const { line } = one;
      const words = { sku: line.sku, asked: count(line.quantity), picked: count(one.picked) };
      if (!eaches) this.wrong(fill(this.words.noCase, words));
      else if (one.picked + eaches > line.quantity) this.wrong(fill(this.words.over, words));
      else if (line.expiry_tracked && !one.named) this.askLot(number, eaches);
      else this.count(number, eaches);
    }

    count(number, eaches) {
      const one = this.draft.of(number);
      const { line } = one;
      this.draft.add({ kind: "add", line: number, eaches, lot: one.lot, expiry: one.expiry });
      const words = { sku: line.sku, picked: count(one.picked), asked: count(line.quantity), prep: line.prep };
      const state = this.draft.state(number);
      if (state === "prep") this.ask(fill(this.words.prepFirst, words));
      else if (state === "full") this.complete(fill(this.words.full, words));
      else this.say(fill(this.words.counted, words));
    }

    complete(words) {
      const next = this.onward();
      this.view.say(next ? words : `${words} ${this.words.allDone}`);
      this.tones.play(next ? "good" : "done");
    }

    // On to the next line that wants something, from the one at hand; answers whether there is one.
    onward() {
      const { lines } = this.told;
      const at = lines.findIndex((line) => line.line === this.present);
      const next = [...lines.slice(at), ...lines.slice(0, at)].find((line) => !this.draft.done(line.line));
      if (next) this.present = next.line;
      this.redraw();
      return Boolean(next);
    }

    // What the buttons and keys do

    piece() { if (!this.blocked()) this.take(this.present, 1); }

    case() { if (!this.blocked() && this.line.case_pack > 1) this.take(this.present, this.line.case_pack); }

    get line() { return this.draft.of(this.present).line; }

    quantity(first = "") {
      if (this.blocked()) return;
      const number = this.present;
      const one = this.draft.of(number);
      if (this.line.expiry_tracked && !one.named) this.askLot(number, 0, () => this.quantity(first));
      else {
        const there = this.draft.atHand(number);
        this.asks.quantity.ask(one, there, (eaches) => { if (eaches !== there) this.count(number, eaches - there); }, first);
      }
    }

    short() {
      if (this.blocked()) return;
      const number = this.present;
      const one = this.draft.of(number);
      if (this.isFull(number)) {
        this.say(fill(this.words.full, { sku: one.line.sku, asked: count(one.line.quantity) }));
        return;
      }
      this.asks.short.ask(one, (reason) => {
        this.draft.add({ kind: "short", line: number, reason });
        const words = { sku: one.line.sku, picked: count(one.picked), asked: count(one.line.quantity), reason: this.view.reason(reason) };
        if (reason) this.complete(fill(this.words.short, words));
        else this.say(fill(this.words.notShort, words));
      });
    }

    lot() { if (!this.blocked()) this.askLot(this.present, 0); }

    // ``eaches`` wait until lot and expiry are said; ``then`` goes on.
    askLot(number, eaches, then) {
      const one = this.draft.of(number);
      this.ask(fill(this.words.sayLot, { sku: one.line.sku }));
      this.asks.lot.ask(one, (lot, expiry) => {
        this.draft.add({ kind: "lot", line: number, lot, expiry });
        this.say(fill(this.words.lotSaid, { sku: one.line.sku, lot: lot || "–", expiry: pick.day(expiry) || "–" }));
        if (eaches) this.count(number, eaches);
        if (then) then();
      });
    }

    prepared() {
      if (this.blocked() || !this.line.prep) return;
      const { line } = this;
      const on = !this.draft.of(this.present).prepared;
      this.draft.add({ kind: "prepared", line: this.present, on });
      const words = fill(on ? this.words.prepared : this.words.notPrepared, line);
      if (this.draft.state(this.present) === "full") this.complete(words);
      else this.say(words);
    }

    undo() {
      if (this.blocked()) return;
      const step = this.draft.undo();
      if (!step) this.say(this.words.nothingToUndo);
      else {
        this.present = step.line;
        const line = this.line;
        const what = step.kind === "add" ? fill(this.words.pieces, { count: count(step.eaches) }) : "";
        this.say(fill(this.words.undone, { what: `${line.sku} ${what}`.trim() }));
      }
    }

    next() { this.step(1); }

    previous() { this.step(-1); }

    step(by) {
      const { lines } = this.told;
      const at = lines.findIndex((line) => line.line === this.present);
      this.present = lines[Math.min(lines.length - 1, Math.max(0, at + by))].line;
      this.redraw();
    }

    goTo(number) {
      this.asks.finish.close();
      this.present = number;
      this.redraw();
    }

    heard() { this.view.say(""); }

    sound() {
      this.tones.toggle();
      this.tellSound();
      this.tones.play("good");
    }

    tellSound() {
      const button = this.root.querySelector("[data-do=sound]");
      button.setAttribute("aria-pressed", String(this.tones.on));
      this.view.text("sound-words", this.tones.on ? this.words.soundOn : this.words.soundOff);
    }

    // Keys by hand: of the box that is open, else of the page.
    typed(key) {
      const open = Object.values(this.asks).find((box) => box.isOpen);
      if (open) return open.key(key);
      const keys = {
        "+": "piece", c: "case", s: "short", l: "lot", p: "prepared", u: "undo", f: "finish",
        ArrowDown: "next", ArrowUp: "previous", j: "next", k: "previous",
      };
      if (/^\d$/.test(key)) this.quantity(key);
      else if (keys[key]) this[keys[key]]();
      else return false;
      return true;
    }

    // The end

    finish() {
      if (this.blocked()) return;
      this.asks.finish.ask(this.draft, (code) => this.view.reason(code), () => this.send());
      this.hub.look();
    }

    async send(again = true) {
      const box = this.asks.finish;
      box.wrong("");
      box.problems([]);
      box.busy(true);
      this.draft.tried = true;
      this.draft.write();
      this.sending = true;
      try {
        const told = await this.hub.send(this.draft.sent());
        this.sending = Boolean(told.next);
        await this.answered(told, again);
      } catch (error) {
        this.sending = false;
        this.failed(error.signedOut ? this.words.signedOut : this.words.lost);
      }
    }

    async answered(told, again) {
      if (told.next) {
        this.draft.forget();
        window.location.assign(told.next);
        return;
      }
      const mine = told.now && this.draft.isOurs(told.now.seen);
      if (told.now) this.draft.seen = told.now.seen;
      if (mine && again) {
        // An earlier try of ours arrived; what was said since takes its place.
        this.draft.write();
        await this.send(false);
        return;
      }
      this.failed([told.error.message, told.error.hint || this.words.refused].join(" "));
      this.asks.finish.problems(told.lines || []);
      if (told.error.code.startsWith("list-")) this.hub.look();
    }

    failed(words) {
      const box = this.asks.finish;
      box.ask(this.draft, (code) => this.view.reason(code), () => this.send());
      box.wrong(words);
      this.tones.play("wrong");
    }

    // What is said, shown and heard

    redraw() { this.view.draw(this.present, this.stopped || this.found); }

    say(words) {
      this.view.say(words);
      this.tones.play("good");
      this.redraw();
    }

    ask(words) {
      this.view.say(words, "ask");
      this.tones.play("ask");
      this.redraw();
    }

    wrong(words) {
      this.view.say(words, "wrong");
      this.tones.play("wrong");
      this.redraw();
    }
  }

  const root = document.querySelector("[data-pick]");
  if (root && JSON.parse(root.dataset.list).lines.length) new Page(root);
})();
