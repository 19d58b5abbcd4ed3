/* Progressive enhancement of the staff pages; every page works without this file. */
"use strict";

// A page that only asks something begins in its first field, as a dialog does; where something is wrong, with that.
const asked = "main form.ask:not(#finish) :is(textarea, select, input:not([type=hidden]))";
(document.querySelector("[role=alert][tabindex]") || document.querySelector(asked))?.focus();

// A reason picked from the list is written into the box, where it can be completed.
for (const list of document.querySelectorAll(".reasons")) list.hidden = false;
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-fill]");
  if (!chip) return;
  const box = document.getElementById(chip.dataset.fill);
  const before = box.matches("textarea") ? box.value.trim() : ""; // a line of its own holds one answer
  box.value = [before, chip.dataset.words].filter(Boolean).join(" ");
  box.focus();
});

// A page that is made for paper says so; without this file the browser's own menu prints it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// What was found good after all loses its reason.
document.addEventListener("change", (event) => {
  const good = event.target.closest(".seg .yes input");
  if (!good) return;
  for (const box of good.closest(".check").querySelectorAll("select, textarea")) box.value = "";
});

// What can be undone says for how long; the time of day beside it is what a screen reader reads, once.
for (const form of document.querySelectorAll("[data-undo]")) {
  const ends = performance.now() + form.dataset.undo * 1000;
  const tick = setInterval(() => {
    const left = Math.ceil((ends - performance.now()) / 1000);
    form.querySelector("[data-left]").textContent = ` (sisa ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")})`;
    if (left > 0) return;
    clearInterval(tick);
    form.hidden = true;
  }, 1000);
}
