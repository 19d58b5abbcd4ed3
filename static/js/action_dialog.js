/* Action forms in a dialog over the list, and the bulk action bar. Without this file each form has a page of its own. */
"use strict";

const dialog = document.createElement("dialog");
dialog.className = "asking";
dialog.setAttribute("aria-labelledby", "ask-title");
document.body.append(dialog);
let opener = null;
const begun = new Map(); // what was typed into a form that was shut, by what it is about

const list = () => document.querySelector("main").dataset.list || location.pathname + location.search;
const ask = (url, more) => fetch(url, { redirect: "manual", headers: { "X-Requested-With": "dialog" }, ...more });

// What comes back: a form belongs into the dialog, a redirect leads to the list or to where it says, and a page that
// refuses a press takes the place of this one. Tells whether it was any of these.
async function show(answer, pressed) {
  if (answer.type === "opaqueredirect") {
    location.assign(list());
    return true;
  }
  if (answer.headers.has("X-Go")) {
    location.assign(answer.headers.get("X-Go"));
    return true;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [main, form] = [page.querySelector("main"), page.querySelector("form.ask")];
  if (![200, 422].includes(answer.status) || !(main ? pressed : form)) return false;
  if (main) replace(main, page.title);
  else openForm(form);
  return true;
}

const written = (form) => [...form.querySelectorAll("textarea, select, input:not([type=hidden], [type=password], [type=file])")];
const about = (form) => form.getAttribute("action") + [...new FormData(form)].filter(([name]) => ["action", "rowid"].includes(name));

function openForm(form) {
  dialog.replaceChildren(form);
  const typed = form.querySelector("[role=alert]") ? [] : begun.get(about(form)) || [];
  written(form).forEach((box, place) => Object.assign(box, typed[place]));
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
  hear(main.querySelector("[role=alert]"));
}

function hear(told) {
  if (told) told.tabIndex = -1;
  told?.focus();
}

dialog.addEventListener("close", () => {
  const form = dialog.querySelector("form");
  if (form) begun.set(about(form), written(form).map(({ value, checked }) => ({ value, checked })));
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
  const shown = await ask(link.href).then((answer) => show(answer, false), () => false);
  if (!shown) location.assign(link.href);
});

document.addEventListener("submit", async (event) => {
  const [form, button] = [event.target, event.submitter];
  if (form.target || button?.formTarget || form.getAttribute("method") !== "post") return;
  if (form.dataset.busy) return event.preventDefault(); // pressed twice
  form.dataset.busy = "ya";
  setTimeout(() => delete form.dataset.busy, 8000); // the way was stopped: the page stays, and can be pressed again
  const asking = dialog.contains(form);
  const note = (asking ? dialog : document).querySelector("[data-note]");
  if (note) note.textContent = "Sedang diproses …";
  if (!asking && !(form.id === "batch" && button?.hasAttribute("data-dialog"))) return;
  event.preventDefault();
  if (!asking) opener = button;
  const body = new URLSearchParams(new FormData(form));
  if (button.name) body.append(button.name, button.value);
  try {
    const shown = await show(await ask(form.getAttribute("action"), { method: "POST", body }), true);
    if (!shown) press(form, button);
    refresh();
  } catch {
    note.textContent = "Tidak tersambung. Yang Anda isi masih di sini; coba lagi.";
  }
  delete form.dataset.busy;
});

// As without this script: the answer takes the place of the page.
function press(form, button) {
  const pressed = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
  if (button.name) form.append(pressed);
  form.submit();
}

// The bar: how many are chosen, which actions suit them, and how many of them.
const boxes = () => [...document.querySelectorAll("input[name=rowid][form=batch]")];

function refresh() {
  const bar = document.querySelector(".picks");
  if (!bar) return;
  const chosen = boxes().filter((box) => box.checked);
  for (const all of document.querySelectorAll("[data-all]")) {
    all.hidden = false;
    const every = all.querySelector("input");
    every.checked = chosen.length > 0 && chosen.length === boxes().length;
    every.indeterminate = chosen.length > 0 && !every.checked;
  }
  bar.hidden = !chosen.length;
  for (const button of bar.querySelectorAll("[name=action]")) {
    const able = chosen.filter((box) => box.dataset.can.split(" ").includes(button.value)).length;
    button.hidden = !able;
    button.querySelector("[data-count]").textContent = able < chosen.length ? `(${able} dari ${chosen.length})` : `(${able})`;
  }
  const skips = bar.querySelector("[data-skips]:not([hidden])")?.dataset.skips;
  bar.querySelector("[data-note]").textContent = `${chosen.length} dipilih${skips ? `; yang ${skips} dilewati` : ""}`;
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
hear(document.querySelector("[data-told]")); // how it went with many
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-busy]")) delete form.dataset.busy;
  refresh();
});
