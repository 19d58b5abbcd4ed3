// Opens the site without a signal: its look and its public pages. Pages of a person are never kept.
"use strict";
const CACHE = "aku-{{ version }}";
const KEEPS = {{ keeps|tojson }};
const OFFLINE = KEEPS[0];
const PATIENCE = 25_000; // ms until a form that nobody answers is taken for lost
const PUBLIC = /^\/($|layanan\/|info\/|rekam-ktp$|standar-pelayanan$|loket$)/;

self.addEventListener("install", (event) => {
  // What a page sends while it is left would be lost with the page if it came through here.
  if (event.addRoutes) event.addRoutes({ condition: { requestMethod: "POST", requestMode: "cors" }, source: "network" });
  const asked = KEEPS.map((address) => new Request(address, { credentials: "omit" })); // as nobody in particular
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(asked)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
  );
});

const fresh = async (request, keep) => {
  const answer = await fetch(request);
  if (keep && answer.ok) (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
};

// In another language they are other pages.
const forgetPages = async () => {
  const cache = await caches.open(CACHE);
  const pages = (await cache.keys()).filter((kept) => PUBLIC.test(new URL(kept.url).pathname));
  await Promise.all(pages.map((page) => cache.delete(page)));
};

// A form that can't be sent: its page has kept the answers, and the page without a signal says so and tries again.
const posted = async (request) => {
  const waited = new Promise((_, give_up) => setTimeout(give_up, PATIENCE));
  try {
    return await Promise.race([fetch(request), waited]);
  } catch {
    return caches.match(OFFLINE);
  }
};
const FORM = /^\/(permohonan|petugas\/loket\/permohonan)\/[a-z2-7]{26}\/(isi\/|perbaikan$)/;

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  const sent = request.method === "POST" && request.mode === "navigate" && FORM.test(url.pathname);
  if (sent && /urlencoded/.test(request.headers.get("Content-Type"))) return event.respondWith(posted(request));
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/") && url.searchParams.has("v")) {
    event.respondWith(caches.match(request).then((kept) => kept || fresh(request, true)));
  } else if (request.mode === "navigate" && url.pathname.startsWith("/bahasa/")) {
    event.respondWith(fetch(request).then((answer) => forgetPages().then(() => answer), () => caches.match(OFFLINE)));
  } else if (request.mode === "navigate") {
    const keep = !url.search && PUBLIC.test(url.pathname);
    event.respondWith(
      fresh(request, keep).catch(async () => (keep && (await caches.match(request))) || caches.match(OFFLINE))
    );
  }
});
