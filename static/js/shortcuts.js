/* Keyboard shortcuts of single keys: listed and turned off under "?", inactive while typing. None performs a transition. */
"use strict";

const STORE = "aku-keys";
const shortcuts = document.getElementById("shortcuts");
const opener_ = document.querySelector("[data-keys-open]");
const on = shortcuts?.querySelector("[data-keys-on]");
const remembered = () => {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
};

if (shortcuts && opener_) {
  opener_.hidden = false;
  on.checked = remembered() !== "off";
  on.addEventListener("change", () => {
    try {
      localStorage.setItem(STORE, on.checked ? "on" : "off");
    } catch {
      // a browser that keeps nothing: it holds for this page
    }
  });
  opener_.addEventListener("click", () => shortcuts.showModal());
  shortcuts.querySelector("[data-shut]").addEventListener("click", () => shortcuts.close());
}

// What is gone through: the parts that are checked; on a list, its rows.
const lines = () => {
  const parts = [...document.querySelectorAll("[data-part]")].filter((part) => part.checkVisibility());
  return parts.length ? parts : [...document.querySelectorAll("tr[data-number]")];
};
const inside = () => lines().findIndex((line) => line.contains(document.activeElement));

function stand(line) {
  line?.querySelector(".seg :checked, .seg input, [name=keyed], a.num")?.focus();
  line?.querySelector("[data-sheet]")?.click();
}

function go(step) {
  const all = lines();
  stand(all[Math.min(Math.max(inside() + step, 0), all.length - 1)]);
}

// Good: on to the next that is still open, with its upload. Short: to the reason.
function find(good) {
  const way = good ? ".yes input, [name=keyed]" : ".no input";
  const open = (line) => line.querySelector(way) && !line.querySelector("input:checked");
  const all = lines();
  const shown = document.querySelector(".sheets [aria-current]")?.dataset.sheet;
  const left = all.filter(open);
  const part = all[inside()] || left.find((one) => one.querySelector("[data-sheet]")?.dataset.sheet === shown) || left[0];
  const box = part?.querySelector(way);
  if (!box) return;
  box.focus();
  if (!box.checked) box.click();
  if (!good) part.querySelector("select")?.focus();
  else if (!part.querySelector("[data-closed]")) stand(all.slice(all.indexOf(part)).find(open)); // else it comes into view first
}

const MAIN = ".foot .btn-primary:not(:disabled), .foot .btn-danger[form=check]";
const CAPS = { "[data-key]": "", [MAIN]: "s", ".foot .btn-danger": "x" }; // the first of each bears its key

// A button shows the key that leads to it, as long as keys are on.
function cap() {
  for (const old of document.querySelectorAll("[data-cap]")) if (!on.checked) delete old.dataset.cap;
  for (const [which, key] of Object.entries(on.checked ? CAPS : {})) {
    const button = document.querySelector(which);
    if (!button || button.dataset.cap) continue;
    button.dataset.cap = (key || button.dataset.key).toUpperCase();
    button.setAttribute("aria-keyshortcuts", button.dataset.cap);
  }
}
if (on) {
  cap();
  on.addEventListener("change", cap);
  new MutationObserver(cap).observe(document.querySelector("main"), { childList: true, subtree: true }); // a bar that is drawn anew
  // The work begins in the list, unless something else has been said or asked.
  const first = document.querySelector("main tr[data-number] a.num");
  if (on.checked && first && document.activeElement === document.body) first.focus({ preventScroll: true });
}

const DOES = {
  "?": () => shortcuts?.showModal(),
  "/": () => document.getElementById("cari")?.focus(),
  j: () => go(1),
  k: () => go(-1),
  1: () => find(true),
  2: () => find(false),
  c: () => {
    const copy = document.querySelector(".is-next [data-copy]");
    if (copy) copy.click();
    else document.querySelector("#finish [name$='-number']")?.focus(); // all is keyed: the numbers that SIAK gave
  },
  s: () => document.querySelector(MAIN)?.focus(),
  x: () => {
    const refusing = [...document.querySelectorAll(".foot .btn-danger")];
    refusing[(refusing.indexOf(document.activeElement) + 1) % refusing.length]?.focus(); // again: the next of them
  },
  t: () => {
    const note = document.getElementById("note");
    note?.closest("details").setAttribute("open", "");
    note?.focus();
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !on?.checked || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") event.target.closest("[data-part]")?.querySelector(".seg :checked")?.focus(); // out of its reason
  if (event.target.closest("textarea, select, input:not([type=radio]):not([type=checkbox]), [contenteditable]")) return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!DOES[event.key] && !button?.checkVisibility()) return;
  event.preventDefault();
  if (DOES[event.key]) DOES[event.key]();
  else button.click();
});
