// Keys of the editor, as methods of the desk (pack.js).
(() => {
  "use strict";
  const pack = window.purveyorPack;
  const LETTERS = { m: "move", s: "split", u: "undo", t: "fill", w: "facts", l: "lot", n: "add-carton", p: "propose" };

  pack.keys = {
    // A letter or digit by hand, outside of fields.
    typed(key) {
      if (document.querySelector("dialog[open]") || !this.at()) return false;
      if (/^\d$/.test(key) && this.carried) return this.digit(key);
      if (/^[+-]$/.test(key) && this.carried) return this.do(key === "+" ? "more" : "less");
      const verb = LETTERS[key.toLowerCase()];
      return verb ? this.do(verb) : false;
    },

    // Whether the focus is on a pane or nowhere in particular: letters are orders then.
    at() {
      const el = document.activeElement;
      return el === document.body || el === null || el.id === "main" || this.root.contains(el);
    },

    key(event, pane) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const one = pane.current();
      const steps = {
        ArrowUp: () => pane.go(pane.active - 1),
        ArrowDown: () => pane.go(pane.active + 1),
        Home: () => pane.go(0),
        End: () => pane.go(pane.rows.length - 1),
        PageUp: () => pane.go(pane.active - pane.page),
        PageDown: () => pane.go(pane.active + pane.page),
        ArrowLeft: () => this.shut(pane, one),
        ArrowRight: () => this.unfold(pane, one),
        Enter: () => this.enter(one),
        Delete: () => this.do("out"),
        Backspace: () => (this.carried ? this.digit("") : this.do("out")),
        Escape: () => this.do("cancel"),
        " ": () => this.enter(one),
      };
      if (!steps[event.key]) return;
      event.preventDefault();
      event.stopPropagation();
      steps[event.key]();
      this.chosenBy(pane);
    },

    enter(one) {
      if (!one) return;
      if (this.carried) this.drop(this.carried.name, this.boxUnder(one));
      else if (["carton", "pallet"].includes(one.kind)) this.do("fill");
      else if (["line", "content"].includes(one.kind)) this.do("move");
    },

    shut(pane, one) {
      if (!one) return;
      if (one.opens && one.open) this.fold(one.name, true);
      else for (let place = pane.active - 1; place >= 0; place -= 1) {
        if (pane.rows[place].level < one.level) {
          pane.go(place);
          return;
        }
      }
    },

    unfold(pane, one) {
      if (!one || !one.opens) return;
      if (one.open) pane.go(pane.active + 1);
      else this.fold(one.name, false);
    },

    // Digits typed while something is carried say how many pieces of it.
    digit(key) {
      if (!this.carried.most) return false;
      const typed = key ? `${this.carried.typed || ""}${key}` : String(this.carried.typed || "").slice(0, -1);
      this.carried.typed = typed;
      this.amountIs(typed ? Number(typed) : this.carried.most);
      return true;
    },
  };
})();
