// Tells a scanner from a hand: a scanner is a keyboard that types a burst and ends it with Enter. And the sounds.
(() => {
  "use strict";
  const pick = window.purveyorPick;
  const GAP = 60;
  const SHORTEST = 4;
  const isField = (el) => el instanceof HTMLElement && (/^(TEXTAREA|SELECT)$/.test(el.tagName) || (el.tagName === "INPUT" && !/^(checkbox|radio|button)$/.test(el.type)));
  const isPressed = (el) => el instanceof HTMLElement && Boolean(el.closest("button, a, summary"));

  class Keys {
    // ``scanned(code, inField)`` is told of a burst and answers whether it took it; ``typed(key)`` of keys by hand.
    constructor({ scanned, typed }) {
      Object.assign(this, { scanned, typed, burst: "", last: -Infinity, timer: 0, field: null });
      window.addEventListener("keydown", (event) => this.down(event), true);
    }

    down(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
      if (["Shift", "CapsLock", "Unidentified"].includes(event.key)) return;
      const quick = event.timeStamp - this.last <= GAP;
      this.last = event.timeStamp;
      if (event.key.length === 1) this.letter(event, quick);
      else if (event.key === "Enter" && quick && this.burst.length >= SHORTEST) this.scan(event);
      else this.named(event);
    }

    letter(event, quick) {
      const field = isField(event.target) ? event.target : null;
      if (!quick || field !== this.field) {
        this.flush();
        this.field = field;
        this.before = field ? field.value : "";
      }
      if (event.key === " " && !this.burst && isPressed(event.target)) return;
      this.burst += event.key;
      clearTimeout(this.timer);
      if (field) return;
      // A letter of its own waits until it is sure that no burst follows.
      this.timer = setTimeout(() => this.flush(), GAP + 20);
      event.preventDefault();
      event.stopImmediatePropagation();
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
      const taken = this.scanned(burst.trim(), Boolean(field));
      if (taken && field) field.value = before;
      event.preventDefault();
      event.stopImmediatePropagation();
    }

    named(event) {
      this.flush();
      this.field = null;
      if (isField(event.target) || (event.key === "Enter" && isPressed(event.target))) return;
      if (this.typed(event.key)) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    }
  }

  // Frequencies and lengths: a short high one for yes, two low ones for no.
  const TONES = {
    good: [[1320, 0.08]],
    done: [[988, 0.09], [1319, 0.09], [1568, 0.16]],
    ask: [[660, 0.12], [660, 0.12]],
    wrong: [[196, 0.28], [147, 0.4]],
  };
  const SWITCH = "purveyor:pick:sound";

  class Sound {
    constructor() {
      try { this.on = localStorage.getItem(SWITCH) !== "off"; } catch { this.on = true; }
    }

    toggle() {
      this.on = !this.on;
      try { localStorage.setItem(SWITCH, this.on ? "on" : "off"); } catch { /* then until the page is left */ }
    }

    play(name) {
      // Without a touch or key before it a browser refuses every sound, and complains.
      const touched = !navigator.userActivation || navigator.userActivation.hasBeenActive;
      if (!this.on || !window.AudioContext || !touched) return;
      try {
        this.context = this.context || new AudioContext();
        let at = this.context.currentTime;
        TONES[name].forEach(([frequency, length]) => {
          const tone = this.context.createOscillator();
          const volume = this.context.createGain();
          tone.type = name === "wrong" ? "square" : "sine";
          tone.frequency.value = frequency;
          volume.gain.value = 0.25;
          tone.connect(volume).connect(this.context.destination);
          tone.start(at);
          tone.stop(at + length);
          at += length + 0.04;
        });
      } catch { /* a machine without sound still shows it */ }
    }
  }

  pick.Keys = Keys;
  pick.Sound = Sound;
})();
