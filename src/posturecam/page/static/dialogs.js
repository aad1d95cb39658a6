// Dialogs: a button opens one, its own button closes it, what it does may fail and then says so inside.

import { Trouble } from "./ask.js";

export function dialog(name, act) {
  const opener = document.querySelector(`#${name}-open`);
  const box = document.querySelector(`#${name}`);
  if (!opener || !box) return;
  const trouble = document.querySelector(`#${name}-trouble`);
  const button = document.querySelector(`#${name}-do`);
  opener.addEventListener("click", () => {
    trouble.hidden = true;
    opener.closest("details")?.removeAttribute("open");
    box.showModal();
  });
  document.querySelector(`#${name}-close`).addEventListener("click", () => box.close());
  document.querySelector(`#${name}-form`).addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    trouble.hidden = true;
    try {
      await act();
      box.close();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      trouble.textContent = error.message;
      trouble.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}

// A menu closes when something else is clicked, and with Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
