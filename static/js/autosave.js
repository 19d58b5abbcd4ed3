// Autosave of a draft while it is typed. What the server hasn't got yet is kept on this device (kept_answers.js), so that
// leaving loses nothing. Without this file the page's button saves.
(() => {
  "use strict";
  const form = document.querySelector("form[data-autosave]"), line = document.getElementById("tersimpan");
  if (!form || !line) return;
  const PAUSE = 1200, LONGEST = 30_000, PATIENCE = 20_000, OURS = ["csrf_token", "account", "kode_email"];
  const kept = self.keptAnswers, path = new URL(form.action).pathname;
  let timer, wait = PAUSE, dirty = false, running = false, stopped = false, leaving = false, pressed = null, restored = false;

  // Each sending has a number of its own, so that a late one undoes nothing.
  const packed = () => {
    form.elements.turn.value = Number(form.elements.turn.value) + 1;
    const answers = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !OURS.includes(name));
    line.dataset.lost = kept.put(path, answers) ? line.dataset.kept : line.dataset.bare;
    const body = new URLSearchParams(answers);
    body.set("csrf_token", form.elements.csrf_token.value);
    body.set("auto", "1");
    return body;
  };
  const tell = (words, lost) => {
    const place = line.querySelector("span");
    if (place.textContent !== words) place.textContent = words;
    line.classList.toggle("lost", lost);
    line.querySelector("[data-pause]").hidden = lost; // on another phone it isn't there yet
  };
  const later = (pause) => { clearTimeout(timer); timer = setTimeout(save, pause); };
  const press = () => {
    const [button] = pressed || [];
    if (pressed) form.requestSubmit(button);
    pressed = null;
  };
  const save = async () => {
    if (!dirty || running || stopped || leaving) return;
    [dirty, running] = [false, true];
    try {
      const signal = AbortSignal.timeout?.(PATIENCE);
      const answer = await fetch(form.action, { method: "POST", body: packed(), redirect: "manual", signal });
      if (answer.type === "opaqueredirect" || [400, 401].includes(answer.status)) {
        stopped = dirty = true;
        tell(line.dataset.out, true);
      } else {
        const { told, version } = await answer.json();
        if (answer.ok) {
          form.elements.draft_version.value = version;
          if (!dirty) kept.drop(path);
        } else stopped = dirty = true; // changed elsewhere, or sent: the page's button shows more
        tell(told, !answer.ok);
        if (answer.ok && restored) return location.reload(); // rows that this page hadn't room for
      }
      wait = PAUSE;
      press();
    } catch {
      dirty = true;
      pressed = null;
      wait = Math.min(wait * 2, LONGEST);
      tell(line.dataset.lost, true);
    } finally {
      running = false;
    }
    if (dirty) later(wait);
  };
  const leave = () => {
    if (leaving || !(dirty || running)) return;
    const body = packed();
    if (stopped) return;
    dirty = false;
    fetch(form.action, { method: "POST", body, keepalive: true })
      .then((answer) => { if (answer.ok && !dirty) kept.drop(path); }, () => { dirty = true; later(wait); });
  };
  const typed = (pause) => ({ target }) => {
    if (target.type === "file") return; // travels by itself
    dirty = true;
    leaving = false; // stayed after all
    later(pause());
  };
  form.addEventListener("input", typed(() => wait));
  form.addEventListener("change", typed(() => wait > PAUSE ? wait : 0));
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // it waits for uploads: answers may still change
    clearTimeout(timer);
    if (navigator.onLine && wait === PAUSE) {
      leaving = true; // it brings all that was typed
      return packed();
    }
    event.preventDefault(); // nobody answered lately: the page stays, with what was typed, until somebody does
    event.stopImmediatePropagation();
    [dirty, pressed] = [true, [event.submitter]];
    save();
  });
  addEventListener("online", () => later(0));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => { if (event.persisted) stopped = leaving = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); });

  // What was typed here before and never arrived stands here again, and is sent as if it had just been typed.
  const restore = (fields) => {
    const values = new Map();
    for (const [name, value] of fields) values.set(name, [...(values.get(name) || []), value]);
    for (const control of form.elements) {
      const given = values.get(control.name);
      if (control.matches("[type=radio], [type=checkbox]")) control.checked = !!given?.includes(control.value);
      else if (given && !control.matches("[type=hidden], [type=file], button")) control.value = given[0];
    }
    for (const [name, [value]] of values) {
      if (form.elements[name] || !/-\d+-/.test(name)) continue;
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      restored = true;
    }
    for (const name of ["draft_version", "writer"]) form.elements[name].value = values.get(name);
    form.elements.turn.value = Math.max(form.elements.turn.value, values.get("turn"));
    form.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const before = kept.get(path);
  if (before) restore(before);
})();
