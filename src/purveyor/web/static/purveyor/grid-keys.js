// Keys, pointer and editing of the grid, as methods of its sheet (grid.js).
(() => {
  "use strict";
  const grid = window.purveyorGrid;
  const { element } = grid;

  grid.keys = {
    // Editing

    edit(begin) {
      if (this.editing) return true;
      const { row, column } = this.active;
      const cell = this.cellAt(row, column);
      const place = this.view.columns[column];
      if (!cell || !cell.may || cell.clash) {
        this.say(cell && cell.clash ? this.words.clash : this.words.closed);
        return false;
      }
      if (place.kind === "verdict") {
        if (begin === undefined || begin === " ") this.toggle();
        else this.put([[cell, "verdict", begin]]);
        return true;
      }
      this.view.reveal();
      this.view.draw();
      const where = this.view.placeOf(this.view.rows[row], column);
      if (!where) return false;
      const told = { class: "g-input", autocomplete: "off", spellcheck: "false", "aria-label": this.view.label(this.view.rows[row], column) };
      const input = element("input", { ...told, maxlength: place.kind === "comment" ? 500 : 24, inputmode: place.kind === "quantity" ? "numeric" : place.kind === "price" ? "decimal" : "text" });
      input.value = begin === undefined ? grid.text(cell, place.kind) : "";
      where.editing = true;
      where.el.append(input);
      this.editing = { cell, kind: place.kind, input, where, typed: begin !== undefined };
      input.focus();
      if (begin === undefined) input.select();
      input.addEventListener("blur", () => this.close(true));
      return true;
    },

    // End editing, with what was typed or without.
    close(keep) {
      const was = this.editing;
      if (!was) return;
      this.editing = null;
      was.where.editing = false;
      const text = was.input.value;
      const inside = was.input === document.activeElement;
      was.input.remove();
      if (inside) this.root.focus({ preventScroll: true });
      if (keep && text !== grid.text(was.cell, was.kind)) this.put([[was.cell, was.kind, text]]);
      else this.view.redraw([was.cell]);
    },

    // Keys

    key(event) {
      const control = event.ctrlKey || event.metaKey;
      if (event.altKey || (control && event.key.toLowerCase() === "k")) return;
      if (this.editing ? this.keyEditing(event) : this.keyMoving(event, control)) event.preventDefault();
      event.stopPropagation();
    },

    keyEditing(event) {
      const typed = this.editing.typed;
      const steps = { Enter: [event.shiftKey ? -1 : 1, 0], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
      if (typed) Object.assign(steps, { ArrowLeft: [0, -1], ArrowRight: [0, 1] });
      if (event.key === "Escape") {
        this.close(false);
        return true;
      }
      if (event.key === "Tab") {
        this.close(true);
        this.onward = true;
        this.next(event.shiftKey ? -1 : 1);
        return true;
      }
      if (event.key === "F2") {
        this.editing.typed = false;
        return true;
      }
      if (!steps[event.key]) return false;
      this.close(true);
      this.onward = true;
      this.by(...steps[event.key]);
      return true;
    },

    keyMoving(event, control) {
      const { row, column } = this.active;
      const { shiftKey: extend, key } = event;
      const page = Math.max(1, Math.floor(this.root.clientHeight / this.view.height) - 3);
      const end = this.view.rows.length - 1;
      const right = this.view.columns.length - 1;
      const moves = {
        ArrowUp: () => (control ? this.go(0, column, extend) : this.by(-1, 0, extend)),
        ArrowDown: () => (control ? this.go(end, column, extend) : this.by(1, 0, extend)),
        ArrowLeft: () => (control ? this.go(row, 0, extend) : this.by(0, -1, extend)),
        ArrowRight: () => (control ? this.go(row, right, extend) : this.by(0, 1, extend)),
        Home: () => this.go(control ? 0 : row, 0, extend),
        End: () => this.go(control ? end : row, right, extend),
        PageUp: () => this.by(-page, 0, extend),
        PageDown: () => this.by(page, 0, extend),
      };
      if (moves[key]) {
        moves[key]();
        return true;
      }
      if (control) {
        if (key.toLowerCase() === "a") {
          this.anchor = { row: 0, column: 0 };
          this.go(end, right, true);
          return true;
        }
        if (key.toLowerCase() === "d") {
          this.down();
          return true;
        }
        return false;
      }
      if (key === "Tab") return this.onward && this.next(extend ? -1 : 1);
      if (key === "Escape") {
        this.onward = false;
        this.go(row, column);
        return true;
      }
      if (key === "Delete" || key === "Backspace") {
        this.empty();
        return true;
      }
      if (key === "Enter" || key === "F2") return this.edit();
      if (key === " " && this.view.columns[column].kind === "verdict") {
        this.toggle();
        return true;
      }
      // The key itself then goes into the field that opened.
      if (key.length === 1) return !this.edit(key) || this.view.columns[column].kind === "verdict";
      return false;
    },

    // Pointer

    placeUnder(event) {
      const el = event.target.closest && event.target.closest("[role=gridcell]");
      if (!el || !this.root.contains(el)) return null;
      const index = Number(el.parentElement.getAttribute("aria-rowindex")) - 3;
      return { row: index, column: Number(el.getAttribute("aria-colindex")) - 2 };
    },

    press(event) {
      const place = this.placeUnder(event);
      this.second = false;
      if (!place || event.target.matches(".g-input") || event.button) return;
      const again = this.root.contains(document.activeElement) && place.row === this.active.row && place.column === this.active.column;
      this.close(true);
      this.go(place.row, place.column, event.shiftKey);
      this.pressed = event.pointerType === "mouse";
      this.second = again && event.pointerType !== "mouse";
    },
  };
})();
