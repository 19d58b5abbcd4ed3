/* Forms of actions over the list, in a dialog, and the bar of a queue. Without this each has a page of its own. */
"use strict";

const dialog = document.createElement("dialog");
dialog.className = "asking";
dialog.setAttribute("aria-labelledby", "ask-title");
document.body.append(dialog);
let opener = null;

const list = () => document.querySelector("main").dataset.list || location.pathname + location.search;
const ask = (url, more) => fetch(url, { redirect: "manual", headers: { "X-Requested-With": "dialog" }, ...more });

// What comes back: a form belongs into the dialog, a page takes the place of this one, a redirect leads to the list.
async function show(answer) {
  if (answer.type === "opaqueredirect") {
    location.assign(list());
    return true;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [main, form] = [page.querySelector("main"), page.querySelector("form.ask")];
  if (![200, 422].includes(answer.status) || !(main || form)) return false;
  if (main) replace(main, page.title);
  else open(form);
  return true;
}

function open(form) {
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
  const fields = "textarea, select, input:not([type=hidden])";
  (form.querySelector("[role=alert]") || form.querySelector(fields) || form.querySelector(".foot button")).focus();
}

function replace(main, title) {
  opener = null;
  dialog.close();
  document.querySelector("main").replaceWith(main);
  document.title = title;
  refresh();
  const told = main.querySelector("[data-told], [role=alert]");
  if (told) told.tabIndex = -1;
  told?.focus();
}

dialog.addEventListener("close", () => {
  dialog.replaceChildren();
  opener?.focus();
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (dialog.contains(event.target) && event.target.closest("[data-close]")) {
    event.preventDefault();
    dialog.close();
  }
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  opener = link;
  const shown = await ask(link.href).then(show, () => false);
  if (!shown) location.assign(link.href);
});

document.addEventListener("submit", async (event) => {
  const [form, button] = [event.target, event.submitter];
  if (form.dataset.busy) event.preventDefault(); // pressed twice
  if (form.dataset.busy || !(dialog.contains(form) || (form.id === "batch" && button?.hasAttribute("data-dialog")))) return;
  event.preventDefault();
  form.dataset.busy = "ya";
  if (!dialog.open) opener = button;
  const note = (dialog.contains(form) ? dialog : document).querySelector("[data-note]");
  const body = new URLSearchParams(new FormData(form));
  if (button.name) body.append(button.name, button.value);
  note.textContent = "Sedang diproses …";
  try {
    const shown = await show(await ask(form.getAttribute("action"), { method: "POST", body }));
    if (!shown) form.requestSubmit === undefined ? form.submit() : HTMLFormElement.prototype.submit.call(form);
    note.textContent = "";
  } catch {
    note.textContent = "Tidak tersambung. Yang Anda isi masih di sini; coba lagi.";
  }
  delete form.dataset.busy;
  refresh();
});

// The bar: how many are chosen, which actions suit them, and how many of them.
const boxes = () => [...document.querySelectorAll("input[name=rowid][form=batch]")];

function refresh() {
  const bar = document.querySelector(".picks");
  if (!bar) return;
  const chosen = boxes().filter((box) => box.checked);
  const all = document.querySelector("[data-all]");
  all.hidden = false;
  const every = all.querySelector("input");
  every.checked = chosen.length > 0 && chosen.length === boxes().length;
  every.indeterminate = chosen.length > 0 && !every.checked;
  bar.hidden = !chosen.length;
  bar.querySelector("[data-note]").textContent = `${chosen.length} dipilih`;
  for (const button of bar.querySelectorAll("[name=action]")) {
    const able = chosen.filter((box) => box.dataset.can.split(" ").includes(button.value)).length;
    button.hidden = !able;
    button.querySelector("[data-count]").textContent = able < chosen.length ? `(${able} dari ${chosen.length})` : `(${able})`;
  }
}

document.addEventListener("change", (event) => {
  const every = event.target.closest("[data-all] input");
  if (every) for (const box of boxes()) box.checked = every.checked;
  refresh();
});
document.addEventListener("reset", () => {
  for (const box of boxes()) box.defaultChecked = false;
  setTimeout(refresh);
});
// Enter on a box leads down to the bar instead of pressing its first button.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input[name=rowid]")) return;
  event.preventDefault();
  document.querySelector(".picks button:not([hidden])")?.focus();
});
addEventListener("pageshow", refresh);
