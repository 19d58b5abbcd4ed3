/* Choosing a service at a counter: the list narrows while one types, Enter takes the marked one. Without this, "Cari" does. */
"use strict";

const box = document.querySelector("[data-narrow]");
const told = document.querySelector("[data-told]");
const found = document.querySelector("[data-found]");
const services = [...document.querySelectorAll("[data-words]")];
let best = null; // the first whose name has every word, else the first that is left

function narrow() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text) => words.every((word) => text.includes(word));
  for (const one of services) one.hidden = !has(one.dataset.words);
  const left = services.filter((one) => !one.hidden);
  for (const part of new Set(services.map((one) => one.closest("section")))) {
    part.hidden = !left.some((one) => part.contains(one));
  }
  if (found) found.hidden = true; // it was about other words
  best?.classList.remove("best");
  best = words.length ? left.find((one) => has(one.querySelector("b").textContent.toLowerCase())) || left[0] : null;
  best?.classList.add("best");
  told.textContent = !words.length ? "" : best ? `${left.length} layanan cocok. Enter: ${best.querySelector("b").textContent}.`
    : "Tidak ada yang persis. Enter mencari yang mirip.";
}

box.addEventListener("input", narrow);
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !best) return;
  event.preventDefault();
  best.querySelector("button").click();
});
