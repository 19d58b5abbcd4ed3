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
  // Of a comparison only what its question and its kind need.
  for (const box of document.querySelectorAll("[data-condition]")) {
    const offered = JSON.parse(box.dataset.condition), join = box.querySelector("select");
    const offer = (row) => {
      const of = row.querySelector("[name$=-of]").value, codes = row.querySelector("[data-codes]");
      codes.replaceChildren(...(offered[of] || []).map(([code, words]) => {
        const label = document.createElement("label"), tick = document.createElement("input");
        label.className = "on-paper";
        Object.assign(tick, { type: "checkbox", name: codes.dataset.codes, value: code });
        label.append(tick, ` ${words}`);
        return label;
      }));
      const how = row.querySelector("[name$=-how]");
      if (of.startsWith("age:")) how.value = "number";
      else if (offered[of] && !["is", "is_not"].includes(how.value)) how.value = "is";
      else if (!offered[of] && ["is", "is_not"].includes(how.value)) how.value = "filled";
    };
    const fit = () => {
      show(box.querySelector(".comparisons"), join.value !== "toml");
      for (const row of box.querySelectorAll(".comparison")) {
        const of = row.querySelector("[name$=-of]").value, how = row.querySelector("[name$=-how]").value, age = of.startsWith("age:");
        show(row.querySelector("[name$=-how]"), of && !age);
        show(row.querySelector(".codes"), !age && ["is", "is_not"].includes(how));
        show(row.querySelector(".bounds"), of && (age || how === "number"));
        show(row.querySelector(".unit"), age);
        show(row.querySelector(".with"), of && (age || how === "same"));
      }
    };
    box.addEventListener("change", ({ target }) => {
      if (target.name.endsWith("-of")) offer(target.closest(".comparison"));
      fit();
    });
    fit();
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
