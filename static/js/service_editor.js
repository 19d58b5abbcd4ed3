/* Progressive enhancement of the service editor; every page works without this file. */
"use strict";

{ // names of our own: staff.js stands on the same page
  // Only what a question of this type has, and only the answers to the question that was picked.
  const show = (box, yes) => { box.hidden = !yes; };
  const type = document.querySelector("[data-typed] [name=type]");
  const sort = () => {
    for (const box of document.querySelectorAll("[data-for]")) show(box, box.dataset.for.split(" ").includes(type.value));
  };
  if (type) {
    type.addEventListener("change", sort);
    sort();
  }
  for (const box of document.querySelectorAll("[data-condition]")) {
    const picked = box.querySelector("select");
    const choose = () => {
      for (const one of box.querySelectorAll("[data-asked]")) show(one, one.dataset.asked === picked.value);
    };
    if (picked) {
      picked.addEventListener("change", choose);
      choose();
    }
  }

  // In the preview a link to elsewhere would only show that it may not stand in a frame.
  for (const glass of document.querySelectorAll("[data-glass]")) {
    const inside = new URL(glass.src).pathname;
    const watch = () => {
      const page = glass.contentDocument;
      page?.addEventListener("click", (event) => {
        const link = event.target.closest("a[href]");
        if (!link || link.getAttribute("href").startsWith("#") || link.pathname === inside) return;
        event.preventDefault();
      });
    };
    glass.addEventListener("load", watch);
    if (glass.contentDocument?.readyState === "complete") watch();
  }
}
