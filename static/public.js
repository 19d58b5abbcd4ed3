// Progressive enhancement of the public pages; every page works without this file.
(() => {
  "use strict";

  // What is wrong comes first, also for those who don't see the page.
  const summary = document.getElementById("ringkasan");
  if (summary) summary.focus();

  // A question that hangs on another answer is there only while that answer stands.
  const asked = [...document.querySelectorAll("[data-when]")];
  const answer = (name) => {
    const found = [...document.querySelectorAll(`[name="${name}"]`)];
    const one = found.find((control) => control.type !== "radio" || control.checked);
    const home = one && one.closest("[data-when]");
    return one && !(home && home.hidden) ? one.value : "";
  };
  const settle = () => {
    for (const part of asked) part.hidden = !part.dataset.is.split("|").includes(answer(part.dataset.when));
  };
  if (asked.length) {
    document.documentElement.classList.add("live");
    document.addEventListener("change", settle);
    settle();
  }

  // The site can be installed, and its public pages open without a signal.
  if ("serviceWorker" in navigator) window.addEventListener("load", () => navigator.serviceWorker.register("/sw.js"));
})();
