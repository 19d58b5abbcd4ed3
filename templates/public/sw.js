// Opens the site without a signal: its look and its public pages. Pages of a person are never kept.
"use strict";
const CACHE = "aku-{{ version }}";
const KEEPS = {{ keeps|tojson }};
const OFFLINE = KEEPS[0];
const PUBLIC = /^\/($|layanan\/|standar-pelayanan$|loket$)/;

self.addEventListener("install", (event) => {
  // What a page sends while it is left would be lost with the page if it came through here.
  if (event.addRoutes) event.addRoutes({ condition: { requestMethod: "POST" }, source: "network" });
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEEPS)).then(() => self.skipWaiting()));
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

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/") && url.searchParams.has("v")) {
    event.respondWith(caches.match(request).then((kept) => kept || fresh(request, true)));
  } else if (request.mode === "navigate" && url.pathname.startsWith("/bahasa/")) {
    event.respondWith(fetch(request).then((answer) => forgetPages().then(() => answer), () => caches.match(OFFLINE)));
  } else if (request.mode === "navigate" && !url.search) {
    const keep = PUBLIC.test(url.pathname);
    event.respondWith(
      fresh(request, keep).catch(async () => (keep && (await caches.match(request))) || caches.match(OFFLINE))
    );
  }
});
