// What script adds to pages that work without it: keys, scanner, copying, selecting, forms that send themselves.
(() => {
  "use strict";
  document.documentElement.classList.add("scripted");

  const typing = (el) => el instanceof HTMLElement && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));
  const find = () => document.getElementById("find");

  // Rows: j and k walk, Enter opens (the row's own link has the focus), x selects.
  function walk(step) {
    const rows = [...document.querySelectorAll("a.row")];
    if (!rows.length) return false;
    const at = rows.findIndex((row) => row.closest("tr").contains(document.activeElement));
    const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    next.focus();
    next.closest("tr").scrollIntoView({ block: "nearest" });
    return true;
  }

  function toggleRow() {
    const row = document.activeElement.closest("tr");
    const box = row && row.querySelector("input[type=checkbox]");
    if (box) box.click();
    return Boolean(box);
  }

  // A scanner types a burst and ends it with Enter, wherever the focus is.
  let burst = "";
  let last = 0;
  function scanned(event) {
    if (event.timeStamp - last > 60) burst = "";
    last = event.timeStamp;
    if (event.key.length === 1) burst += event.key;
    if (event.key !== "Enter" || burst.length < 6 || !find()) return false;
    find().value = burst;
    burst = "";
    find().form.requestSubmit();
    return true;
  }

  const keys = { "/": () => find() && (find().focus(), find().select(), true), j: () => walk(1), k: () => walk(-1), x: toggleRow };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && find()) {
      event.preventDefault();
      find().focus();
      find().select();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const inBurst = burst.length > 2 && event.timeStamp - last < 60;
    if (scanned(event)) event.preventDefault();
    else if (!inBurst && keys[event.key] && keys[event.key]()) event.preventDefault();
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.dataset.done = "";
      setTimeout(() => delete button.dataset.done, 1500);
    }
    document.querySelectorAll("details.scope[open]").forEach((open) => open.contains(event.target) || open.removeAttribute("open"));
  });

  // Selecting: the box in the head takes them all; what is selected is counted beside the buttons.
  function count(form) {
    const boxes = [...form.querySelectorAll("tbody input[type=checkbox][name=order]")];
    const chosen = boxes.filter((box) => box.checked).length;
    const all = form.querySelector("[data-all]");
    if (all) {
      all.checked = chosen > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
    const every = form.querySelector("[data-every]");
    form.querySelectorAll("[data-chosen]").forEach((el) => { el.textContent = String(chosen); });
    form.querySelectorAll("[data-needs-choice]").forEach((el) => { el.disabled = chosen === 0 && !(every && every.checked); });
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form");
    if (!form) return;
    if (event.target.matches("[data-all]")) {
      form.querySelectorAll("tbody input[type=checkbox][name=order]").forEach((box) => { box.checked = event.target.checked; });
    }
    if (form.matches("[data-select]")) count(form);
    if (event.target.matches("[data-send-on-change]")) form.requestSubmit();
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-select]").forEach(count);
    const wrong = document.querySelector("[aria-invalid=true]");
    if (wrong) wrong.focus();
  });

  // Twice is once: a form that was sent does not go again while the answer is under way.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
    if (event.target.dataset.wait) {
      const button = event.target.querySelector("button");
      button.textContent = event.target.dataset.wait;
      button.setAttribute("aria-busy", "true");
      return;
    }
    setTimeout(() => delete event.target.dataset.sent, 4000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
})();
