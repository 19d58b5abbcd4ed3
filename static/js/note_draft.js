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
  note.value ||= kept((store) => store.getItem(place)) || "";
  note.addEventListener("input", () => kept((store) => store.setItem(place, note.value)));
  note.form.addEventListener("submit", () => kept((store) => store.removeItem(place)));
  document.querySelector("form.leave")?.addEventListener("submit", () => kept((store) => store.removeItem(place)));
}
