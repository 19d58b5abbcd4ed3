/* The checklist: saves each tick, copies values for SIAK. Without this file a button saves. */
"use strict";

const check = document.getElementById("check");
for (const plain of document.querySelectorAll("[data-plain]")) plain.hidden = true;
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;

let last = Promise.resolve();
let leaving = false; // the form itself is on its way: it brings all that is ticked

addEventListener("submit", (event) => (leaving ||= ["check", "finish"].includes(event.target.id)));
addEventListener("pageshow", () => (leaving = false));

// One after the other, so that the last tick is the last to arrive; what comes back is the bar that fits it.
function keep() {
  last = last.then(async () => {
    const note = document.querySelector("[data-bar] [data-note]");
    try {
      const body = new URLSearchParams(new FormData(check));
      const answer = await fetch(check.action, { method: "POST", body, redirect: "manual", headers: { "X-Requested-With": "dialog" } });
      if (answer.type === "opaqueredirect") return leaving || location.reload(); // somebody else was here: the page says who
      if ([400, 401].includes(answer.status)) return check.submit(); // signed out, or in anew: the page carries all of it over
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      await released;
      renew(page.querySelector("[data-bar]"));
    } catch {
      note.textContent = "Belum tersimpan: tidak tersambung. Centang sekali lagi.";
    }
  });
}

// A press that began on the bar ends on it: a new one in between would swallow it.
let released = Promise.resolve();
addEventListener("pointerdown", () => {
  released = new Promise((done) => ["pointerup", "pointercancel"].forEach((end) => addEventListener(end, () => setTimeout(done), { once: true })));
});

function renew(bar) {
  const old = document.querySelector("[data-bar]"), at = old.contains(document.activeElement) && document.activeElement.dataset.action;
  old.replaceWith(bar);
  if (at) bar.querySelector(`[data-action="${at}"]`)?.focus();
}

function count() {
  const boxes = [...check.querySelectorAll("[name=keyed]")];
  const progress = check.querySelector("[data-progress]");
  if (progress) progress.value = boxes.filter((box) => box.checked).length;
  check.querySelector(".is-next")?.classList.remove("is-next");
  boxes.find((box) => !box.checked)?.closest("tr").classList.add("is-next");
  for (const group of check.querySelectorAll("section")) {
    const parts = [...group.querySelectorAll("[data-part]:has(.yes)")];
    const looked = parts.filter((part) => part.querySelector(".seg :checked"));
    if (parts.length) group.querySelector("[data-count]").textContent = `${looked.length} dari ${parts.length} diperiksa`;
  }
}

check?.addEventListener("change", (event) => {
  count();
  if (!event.target.matches(".yes input") || look(event.target.closest("[data-part]"))) keep();
});

// A paper that is found good without having been in view comes into view, and the tick is saved once it is;
// else the next paper that is open does. Tells whether the tick can be saved now.
function look(part) {
  const shut = part.querySelector("a:has(~ [data-closed])");
  const left = [...check.querySelectorAll("[data-part]:has(.yes)")].find((one) => !one.querySelector(".seg :checked"));
  (shut || left?.querySelector("[data-sheet]"))?.click();
  return !shut;
}

// A paper was opened in the viewer, or in a window of its own: the bar that comes back knows what is left.
function opened(address) {
  const mark = check?.querySelector(`[data-sheet="${address}"] ~ [data-closed]`);
  if (!mark) return;
  mark.remove();
  keep();
}
document.addEventListener("opened", (event) => opened(event.target.dataset.sheet));
document.getElementById("viewer-open")?.addEventListener("click", (event) => setTimeout(opened, 2000, event.currentTarget.getAttribute("href")));

check?.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const row = button.closest("tr");
  try {
    await navigator.clipboard.writeText(row.querySelector("[data-value]").textContent);
  } catch {
    return getSelection().selectAllChildren(row.querySelector("[data-value]")); // to be copied by hand
  }
  for (const other of check.querySelectorAll("[data-copy] span:first-of-type")) other.textContent = "Salin";
  button.querySelector("span").textContent = "Tersalin";
  const box = row.querySelector("[name=keyed]");
  if (!box.checked) box.click();
  (check.querySelector(".is-next [data-copy]") || blank())?.focus();
});

// When all is keyed, the numbers that SIAK gave; Enter goes to the next of them, and then to the button that ends it.
const blank = () => [...document.querySelectorAll("#finish [name$='-number']")].find((box) => !box.value.trim());
document.getElementById("finish")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("input:not([type=file])")) return;
  event.preventDefault();
  (blank() || document.querySelector(".foot .btn-primary:not(:disabled)"))?.focus();
});

// A fault without its reason is asked for here, not on a page of its own.
check?.addEventListener("submit", (event) => {
  const bare = [...check.querySelectorAll(".check:has(.no :checked) select")].find((list) => !list.value);
  if (!bare || !event.submitter?.dataset.action) return;
  event.preventDefault();
  event.stopPropagation();
  document.querySelector("[data-bar] [data-note]").textContent = "Pilih alasannya dulu, supaya pemohon tahu apa yang harus diperbaiki.";
  bare.focus();
});
