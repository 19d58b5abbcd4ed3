/* Keeps an unsaved note in sessionStorage until it is saved. Without this file reloading the page loses it. */
"use strict";

const note = document.getElementById("note");
const place = `aku-note ${document.querySelector("main").dataset.number}`;

// A browser that keeps nothing: the note lasts as long as the page.
function kept(does) {
  try {
    return does(sessionStorage);
  } catch {
    return null;
  }
}

if (note) {
  const before = kept((store) => store.getItem(place)) || "";
  const saved = [...document.querySelectorAll(".talk .said")].some((one) => one.textContent.trim() === before.trim());
  if (saved) kept((store) => store.removeItem(place)); // a note that was pressed but never arrived is still here
  else note.value ||= before;
  if (note.value) note.closest("details").open = true;
  note.addEventListener("input", () => kept((store) => store.setItem(place, note.value)));
  document.querySelector("form.leave")?.addEventListener("submit", () => kept((store) => store.removeItem(place)));
}
