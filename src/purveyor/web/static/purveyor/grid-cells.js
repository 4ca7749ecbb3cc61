// The cells of an offer: what is asked, what a stage finds, what it says of it, what it says that is not saved yet.
// The server reckons again (offers.domain.effective); this is for the eye while one types. Nothing of the page in here.
(() => {
  "use strict";
  const PLACES = 10000;
  const language = document.documentElement.lang;
  const pieces = new Intl.NumberFormat(language);
  const amounts = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 4 });
  const YES = /^(y|yes|j|ja|1|x|true|wahr|✓)$/i;
  const NO = /^(n|no|nein|0|false|falsch|-|–)$/i;

  // A whole number of pieces as either language writes it; NaN for what is none, undefined for nothing.
  function whole(text) {
    const bare = text.trim();
    if (!bare) return undefined;
    const grouped = /^\d{1,3}([.,'\s]\d{3})+$/.test(bare) ? bare.replace(/\D/g, "") : bare;
    return /^\d{1,12}$/.test(grouped) ? Number(grouped) : NaN;
  }

  // An amount with point or comma; NaN for what is none, undefined for nothing.
  function decimal(text) {
    let bare = text.replace(/\s/g, "");
    if (!bare) return undefined;
    if (bare.includes(",")) {
      bare = bare.lastIndexOf(",") > bare.lastIndexOf(".") ? bare.replace(/\./g, "").replace(",", ".") : bare.replace(/,/g, "");
    }
    return /^\d*\.?\d+$|^\d+\.$/.test(bare) ? Number(bare) : NaN;
  }

  const value = (told) => told && { yes: Boolean(told[0]), quantity: told[1], price: told[2], comment: told[3] || "" };

  // One cell as the server tells it: version, asked, price, what is found, what this stage says, what it had seen where
  // that changed since, whether it may answer, the words of every stage.
  function cellOf(row, delivery, told) {
    const cell = { row, delivery, draft: null, wrong: "", clash: null };
    return take(cell, told);
  }

  // What the server knows of a cell now.
  function take(cell, told) {
    [cell.version, cell.asked, cell.price] = told;
    cell.found = value(told[3]);
    cell.mine = value(told[4]);
    cell.seen = value(told[5]);
    cell.may = Boolean(told[6]);
    cell.words = told[7] || {};
    if (!cell.draft) cell.basis = cell.version;
    return cell;
  }

  // What this stage says, typed and not yet saved words over the saved ones; null while it says nothing.
  function said(cell) {
    const { draft, mine, found } = cell;
    if (!draft) return mine;
    if (draft.clear) return null;
    const quantity = draft.quantity === undefined ? undefined : whole(draft.quantity);
    const price = draft.price === undefined ? undefined : decimal(draft.price);
    const comment = draft.comment === undefined ? (mine ? mine.comment : "") : draft.comment;
    // A price or a comment alone is no answer yet; the server says so.
    if (!mine && quantity === undefined && draft.verdict === undefined) return null;
    let yes = draft.verdict;
    if (yes === undefined) yes = quantity === undefined ? (mine ? mine.yes : found.yes) : !(quantity === 0);
    const usual = mine && mine.quantity > 0 ? mine.quantity : found.quantity;
    const many = yes ? (quantity === undefined ? usual : quantity) : 0;
    const told = price === undefined ? (mine ? mine.price : null) : draft.price;
    return { yes, quantity: many, price: told, comment };
  }

  // What counts of it: what the server does not take changes nothing.
  const counted = (cell) => (cell.wrong ? cell.mine : said(cell));

  // What the cell comes to after this stage, in ten-thousandths, and how many pieces.
  function outcome(cell) {
    const now = counted(cell) || cell.found;
    const many = now.yes && !Number.isNaN(now.quantity) ? now.quantity : 0;
    const price = decimal(String(now.price || cell.found.price || "")) || 0;
    return { pieces: many, value: many * Math.round(price * PLACES) };
  }

  // Say one thing of a cell; what contradicts it goes. Answers whether anything was understood.
  function say(cell, kind, text) {
    const draft = { ...(cell.draft || {}) };
    delete draft.clear;
    const alone = !cell.mine && draft.quantity === undefined && draft.verdict === undefined;
    if (alone && !text.trim()) return clear(cell);
    if (kind === "quantity") {
      if (!text.trim()) return clear(cell);
      draft.quantity = text.trim();
      delete draft.verdict;
    } else if (kind === "price") {
      draft.price = text.trim() || String(cell.found.price || "");
      if (!draft.price) return false;
    } else if (kind === "comment") {
      draft.comment = text.trim().slice(0, 500);
    } else if (YES.test(text.trim()) || NO.test(text.trim())) {
      draft.verdict = YES.test(text.trim());
      delete draft.quantity;
    } else {
      return text.trim() ? false : clear(cell);
    }
    cell.draft = draft;
    cell.wrong = "";
    return true;
  }

  // Take back what was said of a cell.
  function clear(cell) {
    if (!cell.mine) {
      const had = Boolean(cell.draft);
      cell.draft = null;
      cell.wrong = "";
      cell.basis = cell.version;
      return had;
    }
    cell.draft = { clear: true };
    cell.wrong = "";
    return true;
  }

  // A field of a cell as it is edited, and as it is copied.
  function text(cell, kind) {
    const { draft } = cell;
    if (draft && typeof draft[kind] === "string") return draft[kind];
    const now = said(cell);
    if (!now) return "";
    if (kind === "verdict") return now.yes ? "yes" : "no";
    if (kind === "quantity") return Number.isNaN(now.quantity) ? "" : String(now.quantity);
    if (kind === "price") return now.price ? localized(now.price) : "";
    return now.comment;
  }

  const point = amounts.formatToParts(1.5).find((part) => part.type === "decimal").value;
  const localized = (price) => String(price).replace(".", point);

  const same = (one, other) =>
    one && other && one.yes === other.yes && one.quantity === other.quantity && Number(one.price) === Number(other.price);

  window.purveyorGrid = {
    fill: (text, told) => text.replace(/\{(\w+)\}/g, (_all, name) => told[name]),
    PLACES, whole, decimal, cellOf, take, said, counted, outcome, say, clear, text, same,
    pieces: (count) => (Number.isNaN(count) ? "?" : pieces.format(count)),
    amount: (price) => (price === null || price === undefined || price === "" ? "–" : amounts.format(Number(price))),
    mine: (cell) => cell.may && cell.row.mapped,
    undecided: (cell) => cell.may && cell.row.mapped && !counted(cell),
    changed: (cell) => Boolean(cell.seen),
  };
})();
