// Adds a copy button to each value that is there to be carried away. The page works without it.
"use strict";

for (const field of document.querySelectorAll("textarea[data-copy]")) {
  const label = document.querySelector(`label[for="${field.id}"]`).textContent;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy ${label.toLowerCase()}`);
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  said.className = "hint";
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "Copied";
    } catch {
      said.textContent = "Selected; press Ctrl-C";
    }
  });
  field.addEventListener("focus", () => field.select());
  const row = document.createElement("div");
  row.className = "actions";
  row.append(button, said);
  field.after(row);
}

// A menu closes on Escape and when something else is clicked.
const menus = document.querySelectorAll("details[name]");
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (menu.open && menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});
