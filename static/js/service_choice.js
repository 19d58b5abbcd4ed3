/* Choosing a service at a counter: the list narrows while one types, Enter takes the first. Without this file "Cari" does. */
"use strict";

const box = document.querySelector("[data-narrow]");
const told = document.querySelector("[data-told]");
const services = [...document.querySelectorAll("[data-words]")];
const found = document.querySelector("[data-found]");
const shown = () => services.filter((one) => !one.hidden);

function narrow() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const one of services) one.hidden = !words.every((word) => one.dataset.words.includes(word));
  for (const part of new Set(services.map((one) => one.closest("section")))) {
    part.hidden = !shown().some((one) => part.contains(one));
  }
  if (found) found.hidden = true; // it was about other words
  const left = shown().length;
  told.textContent = !words.length ? "" : left ? `${left} layanan cocok.` : "Tidak ada yang persis. Enter mencari yang mirip.";
}

box.addEventListener("input", narrow);
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !box.value.trim() || !shown().length || shown().length === services.length) return;
  event.preventDefault();
  shown()[0].querySelector("button").click();
});
