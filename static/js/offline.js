// The page without a signal opens what was asked for as soon as it can, and says what waits on this device.
(() => {
  "use strict";
  const FIRST = 3000, LONGEST = 60_000, PATIENCE = 10_000;
  if (self.keptAnswers.count()) for (const told of document.querySelectorAll("[data-kept]")) told.hidden = false;
  if (location.pathname === "/luring") return; // opened itself: nothing else was asked for
  let pause = FIRST, timer;
  const retry = async () => {
    clearTimeout(timer);
    try {
      const answer = await fetch(location.href, { redirect: "manual", signal: AbortSignal.timeout?.(PATIENCE) });
      if (answer.status === 405) return history.back(); // only a form leads there
      if (answer.status < 500) return location.replace(location.href);
    } catch { /* not yet */ }
    pause = Math.min(pause * 1.5, LONGEST);
    timer = setTimeout(retry, pause);
  };
  for (const part of document.querySelectorAll("[data-again]")) {
    part.hidden = false;
    part.querySelector("button")?.addEventListener("click", retry);
  }
  addEventListener("online", retry);
  timer = setTimeout(retry, pause);
})();
