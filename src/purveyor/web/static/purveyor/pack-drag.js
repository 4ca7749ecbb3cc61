// Dragging with mouse or finger, as methods of the desk (pack.js): a mouse takes any part of a row, a finger its grip.
(() => {
  "use strict";
  const pack = window.purveyorPack;
  const FAR = 8;
  const EDGE = 56;

  pack.drags = {
    listenDrag() {
      [this.lines, this.boxes].forEach((pane) => {
        pane.root.addEventListener("pointerdown", (event) => this.press(event, pane));
        pane.root.addEventListener("click", (event) => this.tap(event, pane));
      });
      window.addEventListener("pointermove", (event) => this.drag(event));
      window.addEventListener("pointerup", (event) => this.lift(event, true));
      window.addEventListener("pointercancel", (event) => this.lift(event, false));
    },

    press(event, pane) {
      const one = pane.rowOf(event.target);
      if (!one || event.button || ["found", "loose"].includes(one.kind)) return;
      if (event.pointerType !== "mouse" && !event.target.closest(".p-grip")) return;
      if (event.target.closest(".p-fold")) return;
      this.pressed = { name: one.name, x: event.clientX, y: event.clientY, pointer: event.pointerId, pane };
      if (event.pointerType !== "mouse") event.preventDefault();
    },

    // A tap folds, chooses, or puts what is carried there.
    tap(event, pane) {
      if (this.dragged) {
        this.dragged = false;
        return;
      }
      const one = pane.rowOf(event.target);
      if (!one) return;
      if (event.target.closest(".p-fold") && one.opens) this.fold(one.name, one.open);
      pane.go(pane.places.get(one.name), false);
      if (this.carried && pane === this.boxes) this.drop(this.carried.name, this.boxUnder(one));
      this.chosenBy(pane);
    },

    drag(event) {
      const { pressed } = this;
      if (!pressed || event.pointerId !== pressed.pointer) return;
      if (!this.ghost) {
        if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < FAR) return;
        this.lifted();
      }
      Object.assign(pressed, { x: event.clientX, y: event.clientY });
      if (!this.moving) this.moving = requestAnimationFrame(() => this.follow());
      event.preventDefault();
    },

    lifted() {
      this.ghost = pack.element("div", { class: "p-ghost", "aria-hidden": "true" }, this.named.what(this.pressed.name));
      document.body.append(this.ghost);
      document.documentElement.classList.add("pack-dragging");
      this.carried = { name: this.pressed.name, most: 0, dragged: true };
      this.redraw();
    },

    // Once a frame: the ghost, what lies under it, and the pane that scrolls near its edges.
    follow() {
      this.moving = 0;
      const { pressed, ghost } = this;
      if (!ghost) return;
      ghost.style.transform = `translate(${pressed.x + 12}px, ${pressed.y + 8}px)`;
      const under = this.underPoint(pressed.x, pressed.y);
      if (under !== this.under) {
        this.under = under;
        this.redraw();
      }
      if (this.scrollNear(pressed.x, pressed.y)) this.moving = requestAnimationFrame(() => this.follow());
    },

    // The name of what it would go to, "" for nothing; the pane of lines means "not placed".
    underPoint(x, y) {
      const el = document.elementFromPoint(x, y);
      if (this.lines.root.contains(el)) return this.canDrop(this.pressed.name, "lines:") ? "lines:" : "";
      const one = this.boxes.rowOf(el);
      const name = one ? this.boxUnder(one) : "";
      return name && this.canDrop(this.pressed.name, name) ? name : "";
    },

    scrollNear(x, y) {
      const { root } = this.boxes;
      const box = root.getBoundingClientRect();
      if (x < box.left || x > box.right) return false;
      const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, window.innerHeight)];
      const step = y < top + EDGE ? y - top - EDGE : y > bottom - EDGE ? y - bottom + EDGE : 0;
      if (!step) return false;
      const before = root.scrollTop;
      root.scrollTop += Math.max(-18, Math.min(18, step / 2));
      return root.scrollTop !== before;
    },

    lift(event, done) {
      const { pressed, ghost } = this;
      if (!pressed || event.pointerId !== pressed.pointer) return;
      this.pressed = null;
      if (!ghost) return;
      this.pressed = pressed;
      const to = done ? this.underPoint(event.clientX, event.clientY) : "";
      this.pressed = null;
      ghost.remove();
      this.ghost = null;
      this.carried = null;
      this.under = "";
      this.dragged = true;
      setTimeout(() => { this.dragged = false; }, 0);
      document.documentElement.classList.remove("pack-dragging");
      if (to) this.drop(pressed.name, to);
      else this.redraw();
    },
  };
})();
