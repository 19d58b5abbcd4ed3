// Autosave of a draft while it is typed. Without this file the page's button saves.
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]"), line = document.getElementById("tersimpan");
  if (!form || !line) return;
  const PAUSE = 1200, LONGEST = 30_000;
  let timer, wait = PAUSE, dirty = false, running = false, stopped = false;

  // Each sending has a number of its own, so that a late one undoes nothing.
  const packed = () => {
    form.elements.turn.value = Number(form.elements.turn.value) + 1;
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    body.set("auto", "1");
    return body;
  };
  const tell = (words, lost) => {
    const place = line.querySelector("span");
    if (place.textContent !== words) place.textContent = words;
    line.classList.toggle("lost", lost);
  };
  const later = (pause) => { clearTimeout(timer); timer = setTimeout(save, pause); };
  const save = async () => {
    if (!dirty || running || stopped) return;
    [dirty, running] = [false, true];
    try {
      const answer = await fetch(form.action, { method: "POST", body: packed(), redirect: "manual" });
      if (answer.type === "opaqueredirect") {
        stopped = dirty = true;
        tell(line.dataset.out, true);
      } else {
        const { told, version } = await answer.json();
        if (answer.ok) { form.elements.draft_version.value = version; wait = PAUSE; }
        else stopped = dirty = true; // changed elsewhere, or sent: the page's button shows more
        tell(told, !answer.ok);
      }
    } catch {
      dirty = true;
      wait = Math.min(wait * 2, LONGEST);
      tell(line.dataset.lost, true);
    }
    running = false;
    if (dirty) later(wait);
  };
  const leave = () => {
    if (stopped || !(dirty || running)) return;
    dirty = false;
    fetch(form.action, { method: "POST", body: packed(), keepalive: true }).catch(() => { dirty = true; });
  };
  const typed = (pause) => ({ target }) => {
    if (target.type === "file") return; // travels by itself
    dirty = true;
    later(pause());
  };
  form.addEventListener("input", typed(() => wait));
  form.addEventListener("change", typed(() => wait > PAUSE ? wait : 0));
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // it waits for uploads: answers may still change
    stopped = true;
    packed();
  });
  window.addEventListener("online", () => later(0));
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); });
  window.addEventListener("beforeunload", (event) => { if (dirty && (wait > PAUSE || stopped)) event.preventDefault(); });
})();
