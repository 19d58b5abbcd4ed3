// Progressive enhancement of the public pages; every page works without this file.
(() => {
  "use strict";

  // Signing out leaves a cookie by which answers kept on this device are forgotten, also by pages without an account.
  if (document.cookie.includes("isian=") && !document.querySelector("script[src*=kept_answers]")) {
    document.head.append(Object.assign(document.createElement("script"), { src: "/static/js/kept_answers.js" }));
  }

  // What is wrong comes first, also for those who don't see the page.
  const summary = document.getElementById("ringkasan");
  if (summary) summary.focus();

  // Without a signal a form stays as it is, with what was typed; the wizard's pages do more (autosave.js).
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.defaultPrevented || event.target.method !== "post") return;
    event.preventDefault();
    const told = document.getElementById("luring") || document.createElement("p");
    [told.id, told.className, told.textContent] = ["luring", "msg warn", document.documentElement.dataset.offline];
    told.setAttribute("role", "alert");
    event.target.append(told);
  });

  // A file that is on its way would be lost with its page: the first tap elsewhere says so, the second one leads there.
  let warned;
  const leave = (event, way) => {
    const line = document.querySelector(".sending:has(progress)");
    if (!line || warned === way || event.defaultPrevented) return;
    event.preventDefault();
    warned = way;
    const { stay } = JSON.parse(line.closest("form").dataset.words);
    line.querySelector("[role=status]").textContent = stay;
    line.scrollIntoView({ block: "center" });
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]:not([target], [href^='#'], [href^='tel:'])");
    if (link && !/\/berkas\/|\.pdf$/.test(link.pathname)) leave(event, link);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.uploads) leave(event, event.target);
  });

  // The site can be installed, and its public pages open without a signal.
  if ("serviceWorker" in navigator) window.addEventListener("load", () => navigator.serviceWorker.register("/sw.js"));
})();
