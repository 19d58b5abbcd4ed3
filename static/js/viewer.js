/* Viewer of uploads and documents: next, pages, zoom, rotate. Without this file they are links. */
"use strict";

const sheet = document.getElementById("viewer-sheet");
const sheets = [...document.querySelectorAll(".sheets [data-sheet]")];
const turns = document.querySelector("[data-turns]");
const pages = document.getElementById("viewer-pages");
const seen = { zoom: 1, turned: 0, page: 1 };
const LARGE_FROM = 2, TRIES = 5, PAUSE = 2000; // zoom from which a page is drawn larger; a busy machine is asked again

const current = () => sheets.find((link) => link.hasAttribute("aria-current")) || sheets[0];
const address = (link, page) => link.dataset.drawn?.replace("/0.jpg", `/${page}.jpg`) || link.dataset.sheet;
const own = (event) => sheet && !event.ctrlKey && !event.metaKey;

function show(link, page = 1) {
  document.querySelector(".sheet-warning")?.remove(); // it was about the one before; the list repeats each
  for (const other of sheets) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  link.scrollIntoView({ block: "nearest", inline: "nearest" });
  document.getElementById("viewer-title").textContent = link.dataset.title;
  const open = document.getElementById("viewer-open");
  open.href = link.dataset.sheet;
  open.lastChild.data = link.dataset.drawn ? " Buka PDF" : " Buka";
  const place = document.getElementById("viewer-place");
  if (place) place.textContent = `${sheets.indexOf(link) + 1}/${sheets.length}`;
  list(link);
  turnTo(page);
}

// The thumbnails of the pages; they are the pages themselves, so that each is drawn once.
function list(link) {
  const many = Number(link.dataset.pages);
  pages.hidden = many < 2;
  if (pages.dataset.of === `${link.dataset.sheet} ${many}`) return;
  pages.dataset.of = `${link.dataset.sheet} ${many}`;
  pages.querySelector("ol").replaceChildren(...Array.from({ length: many > 1 ? many : 0 }, (_, index) => {
    const entry = document.createElement("li"), way = document.createElement("a"), small = new Image(44, 56);
    small.loading = "lazy";
    small.alt = "";
    way.href = small.src = address(link, index + 1);
    way.dataset.page = index + 1;
    way.setAttribute("aria-label", `Halaman ${index + 1}`);
    way.append(small, String(index + 1));
    entry.append(way);
    return entry;
  }));
}

function turnTo(page) {
  Object.assign(seen, { zoom: 1, turned: 0, page });
  for (const way of pages.querySelectorAll("[data-page]")) {
    const here = Number(way.dataset.page) === page;
    way.toggleAttribute("aria-current", here);
    if (here) way.setAttribute("aria-current", "true");
    if (here) way.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  put(address(current(), page));
}

function put(source) {
  const link = current(), picture = new Image();
  picture.className = "sheet-img";
  picture.alt = link.dataset.title + (link.dataset.drawn ? `, halaman ${seen.page}` : "");
  watch(picture, link, source);
  picture.src = source;
  sheet.replaceChildren(picture);
  draw(picture);
}

// A page that the machine had no time to draw is asked for again; one that can't be drawn leaves the PDF.
function watch(picture, link, source, tries = 0) {
  picture.onload = () => { draw(picture); count(link, source); opened(link); };
  picture.onerror = async () => {
    const answer = await fetch(source).catch(() => null);
    if (!picture.isConnected) return;
    if (tries++ >= TRIES || (answer && !answer.ok && answer.status !== 503)) {
      tell("Halaman ini tidak dapat digambar. Tekan “Buka PDF” di atas untuk melihat berkasnya.");
    } else setTimeout(() => { picture.src = source; }, PAUSE);
  };
}

// That it was opened is recorded, since nobody decides on what they never saw.
function opened(link) {
  if (link.dataset.opened) return;
  link.dataset.opened = "ya";
  const token = document.querySelector("[name=csrf_token]").value;
  fetch(link.dataset.sheet, { method: "POST", headers: { "X-CSRFToken": token }, keepalive: true })
    .then((answer) => { if (!answer.ok) delete link.dataset.opened; else link.dispatchEvent(new Event("opened", { bubbles: true })); })
    .catch(() => delete link.dataset.opened);
}

// How many pages there are is known once one is drawn; the answer comes from the browser's cache.
async function count(link, source) {
  if (!link.dataset.drawn || link.dataset.counted) return;
  const answer = await fetch(source, { cache: "force-cache" }).catch(() => null);
  const many = answer?.headers.get("X-Pages");
  if (!many) return;
  link.dataset.counted = link.dataset.pages = many;
  if (link === current() && many > 1) {
    list(link);
    pages.querySelector(`[data-page="${seen.page}"]`)?.setAttribute("aria-current", "true");
  }
}

function tell(sentence) {
  const told = document.createElement("p");
  told.setAttribute("role", "status");
  told.textContent = sentence;
  sheet.replaceChildren(told);
}

// A picture that lies on its side takes the room that it shows itself in, so that all of it can be scrolled to.
function draw(picture) {
  const lying = seen.turned % 180 !== 0, { style } = picture;
  style.transform = seen.turned ? `rotate(${seen.turned}deg)` : "";
  style.maxWidth = seen.zoom > 1 ? "none" : lying ? `${sheet.clientHeight - 32}px` : "";
  style.maxHeight = seen.zoom > 1 ? "none" : lying ? `${sheet.clientWidth - 32}px` : "";
  style.width = seen.zoom > 1 ? `${seen.zoom * 90}%` : "";
  const longer = lying ? (picture.offsetHeight - picture.offsetWidth) / 2 : 0;
  style.margin = lying ? `${16 - longer}px ${16 + longer}px` : "";
  if (seen.zoom < LARGE_FROM || !current().dataset.drawn || picture.dataset.large) return;
  picture.dataset.large = "ya";
  const large = new Image(); // the small one stays until it is there
  large.onload = () => { if (picture.isConnected) picture.src = large.src; };
  large.src = `${address(current(), seen.page)}?besar=1`;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-sheet]");
  if (!link || !own(event)) return;
  const found = sheets.find((one) => one.dataset.sheet === link.dataset.sheet);
  if (!found) return;
  event.preventDefault();
  show(found);
});

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]"), leaf = event.target.closest("[data-leaf]"), way = event.target.closest("[data-page]");
  if (!(step || leaf || way) || !sheets.length || !own(event)) return;
  event.preventDefault();
  if (way) return turnTo(Number(way.dataset.page));
  const page = seen.page + Number(leaf?.dataset.leaf || 0);
  if (leaf && page >= 1 && page <= Number(current().dataset.pages)) return turnTo(page);
  const by = Number((step || leaf).dataset[step ? "step" : "leaf"]);
  show(sheets[(sheets.indexOf(current()) + by + sheets.length) % sheets.length]);
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

if (sheets.length) {
  turns.hidden = false;
  for (const button of pages.querySelectorAll("[data-leaf]")) button.hidden = false;
  const link = current(), picture = sheet.querySelector("img");
  seen.page = Number(pages.querySelector("[aria-current]")?.dataset.page || 1);
  pages.dataset.of = `${link.dataset.sheet} ${link.dataset.pages}`;
  watch(picture, link, picture.src);
  if (picture.complete) picture[picture.naturalWidth ? "onload" : "onerror"]();
}
