// Small comforts; every page works without this file.
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

  // Photos of telephones are made smaller before they travel; what can't be read here goes as it is.
  const LARGE = 700_000, EDGE = 2200;
  const shrink = async (file) => {
    if (file.type !== "image/jpeg" || file.size < LARGE) return file;
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    return blob && blob.size < file.size ? new File([blob], file.name, { type: "image/jpeg" }) : file;
  };
  document.addEventListener("change", async (event) => {
    const field = event.target;
    if (field.type !== "file" || !field.files.length) return;
    const chosen = [...field.files];
    const small = await Promise.all(chosen.map((file) => shrink(file).catch(() => file)));
    if (small.every((file, n) => file === chosen[n]) || field.files[0] !== chosen[0]) return;
    const bag = new DataTransfer();
    small.forEach((file) => bag.items.add(file));
    field.files = bag.files;
  });

  // The site can be installed, and its public pages open without a signal.
  if ("serviceWorker" in navigator) window.addEventListener("load", () => navigator.serviceWorker.register("/sw.js"));
})();
