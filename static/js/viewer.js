/* Viewer of uploads beside the form: next, zoom, rotate. Without this file they are links. */
"use strict";

const sheet = document.getElementById("viewer-sheet");
const sheets = [...document.querySelectorAll(".sheets [data-sheet]")];
const turns = document.querySelector("[data-turns]");
const seen = { zoom: 1, turned: 0 };

function show(link) {
  const shown = document.createElement(link.dataset.pdf ? "iframe" : "img");
  shown.className = link.dataset.pdf ? "sheet-pdf" : "sheet-img";
  shown.src = link.dataset.sheet + (link.dataset.pdf ? "#navpanes=0" : "");
  shown[link.dataset.pdf ? "title" : "alt"] = link.dataset.title;
  sheet.replaceChildren(shown);
  document.getElementById("viewer-title").textContent = link.dataset.title;
  document.getElementById("viewer-open").href = link.dataset.sheet;
  const place = document.getElementById("viewer-place");
  if (place) place.textContent = `${sheets.indexOf(link) + 1}/${sheets.length}`;
  document.querySelector(".sheet-warning")?.remove(); // it was about the one before; the list repeats each
  for (const other of sheets) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  link.scrollIntoView({ block: "nearest", inline: "nearest" });
  [seen.zoom, seen.turned] = [1, 0];
  offer();
}

// A picture can be brought nearer and turned; a PDF has tools of its own.
function offer() {
  if (turns) turns.hidden = !sheet?.querySelector("img");
}

function draw(picture) {
  const lying = seen.turned % 180 !== 0;
  picture.style.transform = `rotate(${seen.turned}deg)`;
  picture.style.maxWidth = seen.zoom > 1 ? "none" : lying ? `${sheet.clientHeight - 32}px` : "";
  picture.style.maxHeight = seen.zoom > 1 ? "none" : lying ? `${sheet.clientWidth - 32}px` : "";
  picture.style.width = seen.zoom > 1 ? `${seen.zoom * 90}%` : "";
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-sheet]");
  if (!link || !sheet || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  show(sheets.find((one) => one.dataset.sheet === link.dataset.sheet) || link);
});

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  const now = sheets.findIndex((one) => one.hasAttribute("aria-current"));
  if (!step || !sheets.length || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  show(sheets[(now + Number(step.dataset.step) + sheets.length) % sheets.length]);
});

turns?.addEventListener("click", (event) => {
  const what = event.target.closest("[data-turn]")?.dataset.turn;
  const picture = sheet.querySelector("img");
  if (!what || !picture) return;
  if (what === "in") seen.zoom = Math.min(4, seen.zoom + 0.5);
  if (what === "out") seen.zoom = Math.max(1, seen.zoom - 0.5);
  if (what === "turn") seen.turned = (seen.turned + 90) % 360;
  if (what === "fit") [seen.zoom, seen.turned] = [1, 0];
  draw(picture);
});

offer();
