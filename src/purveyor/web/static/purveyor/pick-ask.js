// What the page asks in a box of its own: how many, why less, which lot, and whether it is all.
(() => {
  "use strict";
  const pick = window.purveyorPick;
  const { element, fill, count } = pick;
  const LONGEST = 9;

  class Box {
    constructor(root, name) {
      this.el = root.querySelector(`[data-ask=${name}]`);
      this.el.addEventListener("click", (event) => { if (event.target.closest("[data-close]")) this.close(); });
      this.el.addEventListener("submit", (event) => { event.preventDefault(); this.enter(); });
    }

    $(name) { return this.el.querySelector(`[data-${name}]`); }

    get isOpen() { return this.el.open; }

    open() {
      this.wrong("");
      if (!this.el.open) this.el.showModal();
    }

    close() { if (this.el.open) this.el.close(); }

    wrong(words) { const there = this.$("ask-wrong"); if (there) there.textContent = words; }

    enter() {}

    // A key typed by hand; answers whether it meant something here.
    key() { return false; }
  }

  // How many: a pad for gloves, and the digits of a keyboard.
  class Quantity extends Box {
    constructor(root, words) {
      super(root, "quantity");
      this.words = words;
      const keys = ["7", "8", "9", "4", "5", "6", "1", "2", "3", "C", "0", "⌫"];
      const named = { C: words.clear, "⌫": words.back };
      this.$("pad").append(...keys.map((key) => element("button", { type: "button", className: "button", textContent: key, ariaLabel: named[key] || null })));
      this.$("pad").addEventListener("click", (event) => { if (event.target.matches("button")) this.press(event.target.textContent); });
      this.$("unit").addEventListener("click", () => this.unit(!this.cases));
      this.$("ok").addEventListener("click", () => this.enter());
    }

    ask(one, present, done, first = "") {
      Object.assign(this, { one, done, digits: first, size: one.line.case_pack || 0 });
      this.$("ask-what").textContent = `${one.line.location} ${one.line.sku} · ${count(one.picked)} / ${count(one.line.quantity)}`;
      this.$("unit").hidden = this.size < 2;
      this.unit(false);
      this.present = present;
      this.draw();
      this.open();
      this.$("ok").focus();
    }

    unit(cases) {
      this.cases = cases;
      this.$("unit").setAttribute("aria-pressed", String(cases));
      this.draw();
    }

    get eaches() { return Number(this.digits || 0) * (this.cases ? this.size : 1); }

    draw() {
      const sum = this.cases ? ` × ${this.size} = ${count(this.eaches)}` : "";
      this.$("display").textContent = this.digits ? count(Number(this.digits)) + sum : "–";
    }

    press(key) {
      if (key === "C") this.digits = "";
      else if (key === "⌫") this.digits = this.digits.slice(0, -1);
      else if (this.digits.length < LONGEST) this.digits = this.digits === "0" ? key : this.digits + key;
      this.wrong("");
      this.draw();
    }

    key(key) {
      if (/^\d$/.test(key)) this.press(key);
      else if (key === "Backspace" || key === "Delete") this.press("⌫");
      else if (key === "c" && this.size > 1) this.unit(!this.cases);
      else if (key === "Enter") this.enter();
      else return false;
      return true;
    }

    enter() {
      if (!this.digits) return;
      const most = this.one.line.quantity - this.one.picked + this.present;
      if (this.eaches > most) this.wrong(fill(this.words.tooMuch, { most: count(most) }));
      else {
        this.close();
        this.done(this.eaches);
      }
    }
  }

  class Short extends Box {
    constructor(root, reasons) {
      super(root, "short");
      this.$("reasons").append(...reasons.map(([code, words], index) => {
        const button = element("button", { type: "button", className: "button" }, element("kbd", { ariaHidden: "true" }, String(index + 1)), ` ${words}`);
        button.dataset.reason = code;
        return button;
      }));
      this.el.addEventListener("click", (event) => {
        const button = event.target.closest("[data-reason]");
        if (button) this.choose(button.dataset.reason);
      });
    }

    ask(one, done) {
      this.done = done;
      this.$("ask-what").textContent = `${one.line.location} ${one.line.sku} · ${count(one.picked)} / ${count(one.line.quantity)}`;
      this.$("no-reason").hidden = !one.short;
      this.open();
    }

    choose(reason) {
      this.close();
      this.done(reason);
    }

    key(key) {
      const button = this.$("reasons").children[Number(key) - 1];
      if (!/^\d$/.test(key) || !button) return false;
      this.choose(button.dataset.reason);
      return true;
    }
  }

  class Lot extends Box {
    constructor(root, words) {
      super(root, "lot");
      this.words = words;
      this.form = this.$("lot-form");
      this.$("no-lot").addEventListener("click", () => this.give(this.form.elements.lot.value, ""));
    }

    ask(one, done) {
      this.done = done;
      this.dated = one.line.expiry_tracked;
      this.$("ask-what").textContent = `${one.line.location} ${one.line.sku}`;
      this.form.elements.lot.value = one.lot;
      this.form.elements.expiry.value = one.expiry;
      this.open();
      this.form.elements.lot.focus();
    }

    give(lot, expiry) {
      this.close();
      this.done(lot.trim(), expiry);
    }

    enter() {
      const { lot, expiry } = this.form.elements;
      if (expiry.validity.badInput || (!expiry.value && this.dated)) {
        this.wrong(this.words.dayMissing);
        expiry.focus();
      } else this.give(lot.value, expiry.value);
    }

    // A scanner read the lot itself: on to the day.
    scanned() { this.form.elements.expiry.focus(); }
  }

  class Finish extends Box {
    constructor(root, words) {
      super(root, "finish");
      this.words = words;
      this.$("send").addEventListener("click", () => this.enter());
    }

    ask(draft, reasonOf, send) {
      this.send = send;
      this.draft = draft;
      const left = draft.told.lines.flatMap((line) => this.line(draft.of(line.line), reasonOf));
      const sums = { picked: count(draft.picked), asked: count(draft.asked) };
      this.$("left").replaceChildren(...left);
      const missing = draft.asked - draft.picked;
      this.$("finish-words").textContent = missing ? fill(this.words.missing, { count: count(missing) }) : fill(this.words.progress, sums);
      this.$("send").textContent = fill(missing ? this.words.sendShort : this.words.sendAll, sums);
      this.problems([]);
      this.busy(false);
      this.open();
      this.$("send").focus();
    }

    line(one, reasonOf) {
      const { line } = one;
      const told = [];
      if (one.picked < line.quantity) told.push(one.short ? reasonOf(one.short) : this.words.reasonNone);
      if (line.prep && one.picked && !one.prepared) told.push(fill(this.words.notConfirmed, { prep: line.prep }));
      if (!told.length) return [];
      const button = element("button", { type: "button", className: "button" }, element("span", { className: "mono" }, line.location || "–"), element("strong", { className: "mono" }, line.sku), element("span", {}, `${count(one.picked)} / ${count(line.quantity)}`), element("span", { className: "sub" }, told.join(" · ")));
      button.dataset.line = line.line;
      return [element("li", {}, button)];
    }

    other(words) {
      this.$("finish-other").hidden = !words;
      this.$("finish-other").textContent = words;
    }

    problems(lines) {
      const sku = (number) => (this.draft.of(number) ? `${this.draft.of(number).line.sku}: ` : "");
      this.$("problems").replaceChildren(...lines.map((one) => element("li", {}, sku(one.line) + one.message)));
    }

    busy(is) {
      const button = this.$("send");
      button.toggleAttribute("aria-busy", is);
      this.under = is;
      if (is) button.textContent = this.words.sending;
    }

    enter() { if (!this.under) this.send(); }
  }

  Object.assign(pick, { Quantity, Short, Lot, Finish });
})();
