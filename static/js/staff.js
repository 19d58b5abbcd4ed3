/* Comforts of the staff pages; everything works without them. */
"use strict";

document.querySelector("[role=alert][tabindex]")?.focus();

// A reason picked from the list is written into the box, where it can be completed.
for (const list of document.querySelectorAll(".reasons")) list.hidden = false;
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-fill]");
  if (!chip) return;
  const box = document.getElementById(chip.dataset.fill);
  box.value = [box.value.trim(), chip.dataset.words].filter(Boolean).join(" ");
  box.focus();
});

// What was found good after all loses its reason.
document.addEventListener("change", (event) => {
  const good = event.target.closest(".seg .yes input");
  if (!good) return;
  for (const box of good.closest(".check").querySelectorAll("select, textarea")) box.value = "";
});

// Another upload is shown beside the form without leaving it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-sheet]");
  const sheet = document.getElementById("viewer-sheet");
  if (!link || !sheet || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const shown = document.createElement(link.dataset.pdf ? "iframe" : "img");
  shown.className = link.dataset.pdf ? "sheet-pdf" : "sheet-img";
  shown.src = link.dataset.sheet + (link.dataset.pdf ? "#navpanes=0" : "");
  shown[link.dataset.pdf ? "title" : "alt"] = link.dataset.title;
  sheet.replaceChildren(shown);
  document.getElementById("viewer-title").textContent = link.dataset.title;
  document.getElementById("viewer-open").href = link.dataset.sheet;
  document.querySelector("[data-sheet][aria-current]")?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
});

// One copy button a row, in the order in which SIAK asks.
for (const value of document.querySelectorAll("[data-copies] dd")) {
  const text = value.textContent;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm btn-light copy";
  button.textContent = "Salin";
  button.setAttribute("aria-label", "Salin " + value.previousElementSibling.textContent);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text);
    document.querySelector(".copied")?.classList.remove("copied");
    value.classList.add("copied");
    button.textContent = "Tersalin";
  });
  value.append(" ", button);
}
