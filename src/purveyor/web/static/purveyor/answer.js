// The answer sheet: what is left of each line, and the sum, while one types. The server reckons again.
(() => {
  "use strict";
  const language = document.documentElement.lang;
  const whole = (text) => {
    const bare = text.trim().replace(/[.,'\s](?=\d{3}(\D|$))/g, "");
    return /^\d*$/.test(bare) ? Number(bare || 0) : NaN;
  };
  const write = (value, places = 0) =>
    value.toLocaleString(language, { minimumFractionDigits: places, maximumFractionDigits: places });

  function reckon(form) {
    let accepted = 0;
    let value = 0;
    form.querySelectorAll("[data-line]").forEach((row) => {
      const takes = [...row.querySelectorAll("[data-take]")].map((input) => whole(input.value));
      const left = Number(row.dataset.eaches) - takes.reduce((sum, one) => sum + one, 0);
      const shown = row.querySelector("[data-left]");
      shown.textContent = Number.isNaN(left) ? "?" : `${write(left)} ${form.dataset.unit || "ea"}`;
      shown.classList.toggle("bad", left < 0);
      shown.classList.toggle("toned", left < 0);
      const rest = row.querySelector(".rest");
      rest.toggleAttribute("data-none", left <= 0);
      rest.toggleAttribute("data-later", rest.querySelector("[data-rest]").value === "backorder");
      accepted += takes[0] || 0;
      value += (takes[0] || 0) * Number(row.dataset.cost || 0);
    });
    const show = (name, text) => { const el = form.querySelector(name); if (el) el.textContent = text; };
    show("[data-accepted]", write(accepted));
    show("[data-value]", write(value, 2));
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-code-of-part]")) event.target.closest("fieldset").dataset.code = event.target.value;
    const form = event.target.closest("form[data-answer]");
    if (form) reckon(form);
  });
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("form[data-answer]").forEach(reckon));
})();
