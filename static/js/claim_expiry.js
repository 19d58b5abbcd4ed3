/* Warns that a claim is about to expire, and renews it on request. Without this file it expires without a warning. */
"use strict";

const BEFORE = 5 * 60; // seconds
let timer = 0;

const bar = () => document.querySelector("[data-bar][data-lapses]");

function watch() {
  clearTimeout(timer);
  const here = bar();
  if (!here) return;
  const wait = Math.max(Number(here.dataset.lapses) - BEFORE, 0);
  timer = setTimeout(() => bar()?.querySelector("[data-lapse]").removeAttribute("hidden"), wait * 1000);
}

// What is typed on the page stays: only the bar is asked for again. Where somebody else was quicker, the page says who.
async function stay(button) {
  const body = new URLSearchParams({ csrf_token: document.querySelector("[name=csrf_token]").value });
  try {
    const answer = await fetch(button.dataset.stay, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-bar][data-lapses]");
    if (!fresh) return location.reload();
    bar().replaceWith(fresh);
  } catch {
    button.previousElementSibling.textContent = "Tidak tersambung. Coba sekali lagi.";
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-stay]");
  if (button) stay(button);
});
new MutationObserver(watch).observe(document.body, { childList: true }); // every tick brings a new bar
watch();
