/* Single-key shortcuts: shown by "?", turned off there, silent while somebody types; none of them decides anything. */
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

const parts = () => [...document.querySelectorAll("[data-part]")];
const inside = () => parts().findIndex((part) => part.contains(document.activeElement));

function go(step) {
  const all = parts();
  const box = all[Math.min(Math.max(inside() + step, 0), all.length - 1)]?.querySelector("input:checked, input");
  box?.focus();
  box?.closest("[data-part]").querySelector("[data-sheet]")?.click();
}

function find(good) {
  const all = parts();
  const shown = document.querySelector(".sheets [aria-current]")?.dataset.sheet;
  const open = all.filter((one) => !one.querySelector("input:checked"));
  const part = all[inside()] || open.find((one) => one.querySelector("[data-sheet]")?.dataset.sheet === shown) || open[0];
  const box = part?.querySelector(good ? ".yes input, [name=keyed]" : ".no input");
  if (!box) return;
  box.focus();
  if (!box.checked) box.click();
}

const DOES = {
  "?": () => shortcuts?.showModal(),
  "/": () => document.getElementById("cari")?.focus(),
  j: () => go(1),
  k: () => go(-1),
  1: () => find(true),
  2: () => find(false),
  c: () => document.querySelector(".is-next [data-copy]")?.click(),
  s: () => document.querySelector(".foot .btn-primary:not(:disabled)")?.focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !on?.checked || document.querySelector("dialog[open]")) return;
  if (event.target.closest("textarea, select, input:not([type=radio]):not([type=checkbox]), [contenteditable]")) return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!DOES[event.key] && !button?.checkVisibility()) return;
  event.preventDefault();
  if (DOES[event.key]) DOES[event.key]();
  else button.click();
});
