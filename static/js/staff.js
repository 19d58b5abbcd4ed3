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

// What was found good after all loses its reason.
document.addEventListener("change", (event) => {
  const good = event.target.closest(".seg .yes input");
  if (!good) return;
  for (const box of good.closest(".check").querySelectorAll("select, textarea")) box.value = "";
});
