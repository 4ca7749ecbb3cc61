// The bar below the panes: what is chosen and what can be done with it; moving and splitting. Methods of the desk (pack.js).
(() => {
  "use strict";
  const pack = window.purveyorPack;
  const { count, fill, many } = pack;

  pack.bar = {
    // What is chosen

    tellChosen() {
      const one = this.chosen();
      const kind = one ? one.kind : "";
      const free = this.carried && !this.carried.dragged;
      this.part("chosen").hidden = Boolean(free);
      this.part("carry").hidden = !free;
      if (free) return;
      this.part("name").textContent = one ? this.titleOf(one) : this.words.chosen;
      this.part("facts").textContent = one ? this.factsOf(one) : "";
      this.root.querySelectorAll("[data-for]").forEach((button) => {
        button.hidden = !button.dataset.for.split(" ").includes(kind);
      });
      const acts = this.root.querySelector("[data-pack-do=move]");
      if (kind === "line") acts.hidden = !this.tree.waiting(one.row.id);
      this.root.querySelector("[data-pack-do=out]").hidden = !["content", "carton", "pallet"].includes(kind) || (kind === "content" && !pack.placeOf(one.row));
      this.root.querySelector("[data-pack-do=split]").hidden = kind !== "content" || one.row.eaches < 2;
    },

    titleOf(one) {
      if (one.kind === "found") return one.row.message;
      const told = this.named.row(one);
      return [told.main, one.kind === "content" ? many(this.words.pieces, one.row.eaches) : ""].filter(Boolean).join(" · ");
    },

    factsOf(one) {
      const { row } = one;
      if (one.kind === "found") return row.way_out ? fill(this.words.wayOut, { way: row.way_out }) : "";
      if (["carton", "pallet"].includes(one.kind)) return [this.named.row(one).sub, this.named.facts(row)].filter(Boolean).join(" · ");
      if (one.kind === "loose") return this.named.row(one).sub;
      const line = one.kind === "line" ? row : this.tree.lines.get(row.line);
      return [this.named.row(one).sub, `${count(line.placed)} ${this.words.of} ${count(line.here)}`, line.asin, line.ean].filter(Boolean).join(" · ");
    },

    // Moving: something is carried until it is put somewhere

    carry(name) {
      const row = this.tree.row(name);
      if (!row) return false;
      const [kind] = pack.parts(name);
      const most = kind === "line" ? this.tree.waiting(row.id) : kind === "content" ? row.eaches : 0;
      if (kind === "line" && !most) return this.warn(this.words.nothingToMove);
      this.carried = { name, most, amount: most, kind, splits: false };
      this.tellCarry();
      this.say(`${fill(this.words.carrying, { what: this.named.what(name) })} ${this.words.carryHow}`);
      this.boxes.root.focus({ preventScroll: true });
      if (kind !== "line") this.boxes.goTo(name);
      this.chosenBy(this.boxes);
      return true;
    },

    split(name) {
      const row = this.tree.row(name);
      if (!row) return false;
      if (row.eaches < 2) return this.warn(this.words.oneIsWhole);
      this.carried = { name, most: row.eaches - 1, amount: Math.floor(row.eaches / 2), kind: "content", splits: true };
      this.tellCarry();
      const field = this.part("amount");
      field.focus();
      field.select();
      this.redraw();
      return true;
    },

    tellCarry() {
      const { name, most, splits, kind } = this.carried;
      const what = this.named.what(name);
      this.part("carry-words").textContent = splits ? fill(this.words.splitHow, { what }) : fill(this.words.carrying, { what });
      this.part("amount").value = String(this.carried.amount);
      this.part("amount-label").hidden = !most;
      this.root.querySelectorAll("[data-pack-counts]").forEach((button) => { button.hidden = !most; });
      this.part("new").hidden = splits || !most;
      this.part("splits").hidden = !splits;
      const row = this.tree.row(name);
      const pieces = kind === "line" ? row.case_pack : kind === "content" ? this.tree.lines.get(row.line).case_pack : 0;
      this.part("case").hidden = !pieces || pieces > most;
      this.part("case").textContent = fill(this.words.case, { count: pieces });
      this.part("case").dataset.pieces = pieces || "";
      this.tellChosen();
    },

    amountIs(value) {
      this.carried.amount = Math.max(1, Math.min(this.carried.most, value || 1));
      this.part("amount").value = String(this.carried.amount);
    },

    letGo() {
      this.carried = null;
      this.tellChosen();
      this.redraw();
    },

    // Whether something can go to a place: a box by name, "loose:" for on no pallet, "lines:" for not placed.
    canDrop(name, to) {
      const [kind, key] = pack.parts(name);
      const [where, box] = pack.parts(to);
      const row = this.tree.row(name);
      if (!row || !to) return false;
      if (kind === "line") return ["carton", "pallet"].includes(where) && this.tree.waiting(row.id) > 0;
      if (kind === "content") return to === "lines:" ? Boolean(pack.placeOf(row)) : ["carton", "pallet"].includes(where) && pack.placeOf(row) !== to;
      if (kind === "carton") return where !== "lines" && (row.pallet || "") !== this.palletOf(to) && to !== name;
      return where === "pallet" && box !== key;
    },

    // The pallet on which something stands beside a box; blank for none.
    palletOf(to) {
      const [where, box] = pack.parts(to);
      if (where === "carton") return (this.tree.row(to) || {}).pallet || "";
      return where === "pallet" ? box : "";
    },

    // Put something there; what is carried by hand says how many pieces.
    drop(name, to) {
      const held = this.carried && this.carried.name === name ? this.carried : null;
      if (!this.canDrop(name, to)) return this.warn(this.words.notThere);
      const eaches = held && held.most && held.amount < held.most ? held.amount : 0;
      const words = this.dropWords(name, to, eaches);
      this.carried = null;
      this.keeper.push((tree) => this.dropStep(tree, name, to, eaches), words, (told, step) => this.dropped(name, to, words, step));
      this.tellChosen();
      this.redraw();
      return true;
    },

    dropStep(tree, name, to, eaches) {
      const [kind, key] = pack.parts(name);
      const row = tree.row(name);
      if (!row || (!["lines:", "loose:"].includes(to) && !tree.row(to))) return this.warn(this.words.goneNow);
      if (kind === "line") return { kind: "place", line: row.id, eaches: eaches || tree.waiting(row.id), to: pack.toOf(to) };
      if (kind === "content") return { kind: "move_content", content: row.id, ...(eaches ? { eaches } : {}), to: to === "lines:" ? null : pack.toOf(to) };
      if (kind === "carton") return { kind: "move_carton", carton: key, pallet: this.palletOf(to) || null };
      return { kind: "move_pallet", pallet: key, onto: pack.parts(to)[1] };
    },

    dropWords(name, to, eaches) {
      const [kind, key] = pack.parts(name);
      const row = this.tree.row(name);
      const sku = ["line", "content"].includes(kind) ? this.named.what(name) : "";
      const pallet = this.palletOf(to);
      if (kind === "line") return many(this.words.placed, eaches || this.tree.waiting(row.id), { sku, to: this.named.box(to) });
      if (kind === "content" && to === "lines:") return many(this.words.takenOut, eaches || row.eaches, { sku });
      if (kind === "content") return many(this.words.movedOf, eaches || row.eaches, { sku, to: this.named.box(to) });
      if (kind === "carton") return pallet ? fill(this.words.movedCarton, { key, to: pallet }) : fill(this.words.movedOff, { key });
      return fill(this.words.movedPallet, { key, to: pack.parts(to)[1] });
    },

    dropped(name, to, words, step) {
      if (step.kind === "place") return this.tellPlaced(step, this.tree.lines.get(step.line), to);
      if (step.kind === "move_carton") this.choose(name);
      return this.say(words);
    },

    tellPlaced(step, line, to) {
      const left = this.tree.waiting(line.id);
      const told = many(this.words.placed, step.eaches, { sku: line.sku, to: this.named.box(to) });
      this.say(`${told} ${left ? many(this.words.left, left) : this.words.left0}`);
    },

    // What is carried, or some of it, into a carton that is made for it.
    async toNew() {
      const held = this.carried;
      if (!held || !held.most) return;
      this.carried = null;
      this.tellChosen();
      const told = await this.addBox("carton");
      const made = told && told.changed && told.changed.cartons[0];
      if (!made) return;
      this.carried = { ...held };
      this.drop(held.name, `carton:${made.key}`);
      this.choose(`carton:${made.key}`);
    },

    splitNow() {
      const held = this.carried;
      const eaches = pack.whole(this.part("amount").value);
      if (!held || !held.splits) return;
      if (!eaches || eaches > held.most) {
        this.warn(this.words.whole);
        return;
      }
      this.letGo();
      this.boxes.root.focus({ preventScroll: true });
      const sku = this.named.what(held.name);
      const words = many(this.words.splitOff, eaches, { sku, to: "…" });
      const make = (tree) => (tree.row(held.name) ? { kind: "split", content: Number(pack.parts(held.name)[1]), eaches } : this.warn(this.words.goneNow));
      this.keeper.push(make, words, (told) => {
        const made = told.changed.cartons.find((row) => !this.known.has(row.key)) || {};
        this.say(many(this.words.splitOff, eaches, { sku, to: made.key || "" }));
        this.choose(`carton:${made.key}`);
      });
    },
  };
})();
