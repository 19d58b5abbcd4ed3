// Resumable uploads of file fields. Without this file the form sends them.
(() => {
  "use strict";
  const form = document.querySelector("form[data-uploads]");
  if (!form || !self.crypto?.subtle) return;
  const words = JSON.parse(form.dataset.words), queue = [];
  const EDGE = 2000, LARGE = 500_000, LONG = 2; // pixels; bytes; a picture so much longer than wide stays as it is
  const PIECE = 131_072, SMALLEST = 8192, LASTS = 3000; // bytes of the first piece and of the least; milliseconds of one
  const TRIES = 5, BUSY_TRIES = 20, CUTS = 8; // without a byte of progress: our faults, a busy machine, cut connections
  const PASSING = [204, 408, 409, 423, 429]; // and all from 500 on
  let most = 1_000_000; // bytes of a piece: proxies in front commonly take 1 MiB
  let running, leaving;

  // Ends the sending of one file with a sentence; `again` offers to try once more.
  const refuse = (sentence, again = true) => { throw Object.assign(new Error(sentence), { told: true, again }); };

  // Photos of telephones are made smaller before they travel; what can't be read here goes as it is.
  const shrink = async (file) => {
    if (!/^image\/(jpeg|hei[cf])$/.test(file.type) || file.size < LARGE) return file;
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const longer = Math.max(picture.width, picture.height);
    if (longer > LONG * Math.min(picture.width, picture.height)) return file;
    const scale = Math.min(1, EDGE / longer);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    return blob && blob.size < file.size ? blob : file;
  };

  // One request; null when nobody answered.
  const ask = (task, method, body, headers = {}) => new Promise((resolve) => {
    const wire = task.wire = new XMLHttpRequest();
    wire.open(method, task.url);
    wire.timeout = 90_000;
    wire.setRequestHeader("X-CSRFToken", form.elements.csrf_token.value);
    for (const name in headers) wire.setRequestHeader(name, headers[name]);
    if (method === "PATCH") wire.upload.onprogress = (event) => task.show(headers["Upload-Offset"] + event.loaded);
    wire.onloadend = () => resolve(wire.status ? wire : null);
    wire.send(body);
  });
  const wait = (turn) => new Promise((done) => {
    addEventListener("online", done, { once: true });
    setTimeout(done, Math.min(8000, 400 * 2 ** turn));
  });

  // Reads the whole file, so that one that is changed or taken away meanwhile is no fault of the network.
  const prepare = async (task) => {
    if (!task.file.size) refuse(words.empty, false);
    if (task.file.type.startsWith("image/")) task.say(words.small);
    const file = await shrink(task.file).catch(() => task.file);
    if (file.size > form.dataset.most) refuse(words.large, false);
    task.bytes = await file.arrayBuffer().catch(() => refuse(words.unread));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", task.bytes));
    const name = [...digest].map((octet) => octet.toString(16).padStart(2, "0")).join("");
    task.url = `${form.dataset.uploads}/${task.field.name.replace("upload-", "")}/${name}`;
    Object.assign(task, { size: task.bytes.byteLength, best: -1, turn: 0, cuts: 0 });
  };

  // The next request: where it stopped, a piece, or the end; `at` is -1 while that is unknown.
  const proceed = async (task, at, size) => {
    if (at < 0) return ask(task, "GET");
    if (at < task.size) {
      return ask(task, "PATCH", new Uint8Array(task.bytes, at, size), { "Upload-Offset": at, "Upload-Length": task.size });
    }
    task.look();
    return ask(task, "POST", new URLSearchParams({ name: task.file.name, ...task.extra }));
  };

  // Judges an answer that is neither progress nor the end: refuses the file, or returns whether to wait a while.
  const judge = (task, wire, at, size) => {
    const told = /plain/.test(wire.getResponseHeader("Content-Type")) && wire.responseText;
    if (wire.status === 413 && !told) { // from a proxy in front: it may take less at once
      if (at < 0 || at >= task.size || size <= SMALLEST) refuse(words.front);
      most = Math.max(SMALLEST, Math.floor(size / 2));
      return false;
    }
    if (wire.status === 400 && !told && !task.renewed) return !(task.renewed = true); // the next GET brings a new token
    if (wire.status < 500 && !PASSING.includes(wire.status)) refuse(told || words.again, ![410, 413].includes(wire.status));
    task.turn += wire.status === 409 && at >= task.size ? 3 : 1; // all of it again is dear
    const tries = wire.status === 423 || wire.getResponseHeader("Retry-After") ? BUSY_TRIES : TRIES;
    if (task.turn > tries) refuse(told || words.failed);
    task.tell(told || words.ours);
    return true;
  };

  // Sends a file; true when it is to be tried once more, after the others.
  const send = async (task) => {
    if (task.turn) await wait(task.turn);
    if (!task.bytes) await prepare(task);
    let at = -1, piece = PIECE, silent = 0;
    while (!task.gone) {
      const size = at < 0 ? 0 : Math.min(piece, most, task.size - at), begun = performance.now();
      const wire = await proceed(task, at, size);
      if (task.gone) break;
      if (!wire) {
        if (at >= 0 && ++task.cuts > CUTS) refuse(words.failed);
        piece = Math.max(SMALLEST, Math.min(PIECE, piece) / 2);
        at = -1;
        task.tell(words.cut);
        await wait(silent++);
        continue;
      }
      if (wire.status === 401 || new URL(wire.responseURL).pathname !== task.url) refuse(words.out);
      if (wire.status === 200 && wire.getResponseHeader("X-Slot")) return task.arrived(wire.responseText);
      const offset = +wire.getResponseHeader("Upload-Offset"), token = wire.getResponseHeader("X-CSRFToken");
      if (token) form.elements.csrf_token.value = token;
      if (wire.status === 204 && offset > at) {
        if (size) piece = Math.max(PIECE, Math.round(size / (performance.now() - begun + 1) * LASTS));
        if (offset > task.best) Object.assign(task, { best: offset, turn: 0, cuts: 0, renewed: false });
        at = offset;
        silent = 0;
        task.show(at);
      } else {
        if (judge(task, wire, at, size)) return true;
        if (wire.status !== 413) at = -1;
      }
    }
  };

  const run = async () => {
    if (running) return;
    running = true;
    while (queue.length) {
      const task = queue[0];
      let again = false;
      try {
        again = !task.gone && await send(task);
      } catch (fault) {
        if (!fault.told) console.error(fault);
        if (!task.gone) task.failed(fault.told ? fault.message : words.broken, fault.again ?? true);
      }
      queue.shift();
      if (again) queue.push(task);
    }
    running = false;
    if (leaving) {
      const button = [...form.elements].find((one) => one.name === leaving.name && one.value === leaving.value);
      form.requestSubmit(leaving.isConnected ? leaving : button);
    }
  };

  // A line beside the field tells how far a file is.
  const make = (tag, parent, text = "", kind = "") => {
    const made = parent.appendChild(document.createElement(tag));
    made.textContent = text;
    made.className = kind;
    return made;
  };
  // Ties the field to its error, if there is one; returns that.
  const point = (field) => {
    const error = document.getElementById(`${field.name}-error`);
    field.closest(".slot").classList.toggle("wrong", !!error);
    if (error) { field.setAttribute("aria-invalid", "true"); field.setAttribute("aria-describedby", error.id); }
    else { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); }
    return error;
  };
  const begin = (field, file) => {
    const slot = field.closest(".slot"), inside = slot.querySelector("[data-inside]");
    const line = make("div", slot, "", "sending"), text = make("p", line);
    make("b", text, file.name);
    const said = make("span", text), bar = make("progress", line), told = make("p", line, "", "small");
    const stop = make("button", line, words.stop, "plain small");
    said.className = "soft";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    told.setAttribute("role", "status");
    stop.type = "button";
    make("span", stop, ` ${file.name}`, "vh");
    const value = (name) => slot.querySelector(`[name^="${name}-"]${name === "replace" ? ":checked" : ""}`)?.value || "";
    const task = { field, file, extra: { instead: value("instead"), replace: value("replace") } };
    task.say = (word) => { said.textContent = ` – ${word}`; };
    task.tell = (sentence) => { if (told.textContent !== sentence) told.textContent = sentence; };
    task.show = (bytes) => {
      bar.value = Math.min(100, Math.round(bytes / task.size * 100));
      task.say(words.go.replace("{}", bar.value));
      task.tell("");
    };
    task.look = () => { bar.removeAttribute("value"); task.say(words.look); };
    const end = (sentence, kind) => {
      bar.remove();
      stop.remove();
      said.textContent = "";
      line.className = kind;
      task.tell(sentence);
    };
    task.failed = (sentence, again) => {
      end(sentence, "sending no");
      if (!document.getElementById(`${field.name}-error`)) told.id = `${field.name}-error`;
      point(field);
      if (again) {
        const retry = make("button", line, words.retry, "alt small");
        retry.type = "button";
        make("span", retry, ` ${file.name}`, "vh");
        retry.onclick = () => { line.remove(); point(field); begin(field, file).focus(); run(); };
      }
      if (leaving) line.scrollIntoView({ block: "center" });
      leaving = null;
    };
    task.arrived = (html) => {
      const typed = [...inside.querySelectorAll("[id]")].filter((one) => one.value !== undefined).map((one) => [one.id, one.value]);
      const focused = inside.contains(document.activeElement) && document.activeElement.id;
      inside.innerHTML = html;
      for (const [id, text] of typed) { const one = document.getElementById(id); if (one) one.value = text; }
      if (focused) document.getElementById(focused)?.focus();
      point(field);
      const fault = inside.querySelector(`[id="${field.name}-error"], .doubted .msg`); // its own, not a refused neighbour's
      if (fault && leaving) slot.scrollIntoView();
      if (fault) leaving = null;
      const listed = document.querySelector(`#ringkasan a[href="#${field.name}"]`);
      if (listed && !fault) {
        const summary = listed.closest("#ringkasan"), title = summary.querySelector("h2").lastChild;
        listed.closest("li").remove();
        const left = summary.querySelectorAll("li").length;
        title.data = title.data.replace(/\d+/, left);
        if (!left) summary.remove();
      }
      end(fault ? fault.textContent.trim() : words.good, "sending vh");
    };
    stop.onclick = () => { task.gone = true; task.wire?.abort(); line.remove(); field.focus(); };
    task.say(words.wait);
    queue.push(task);
    return stop;
  };

  document.documentElement.classList.add("pieces");
  form.addEventListener("change", ({ target }) => {
    if (target.type !== "file" || !target.files.length) return;
    target.closest(".slot").querySelectorAll(".sending:not(:has(progress, button))").forEach((old) => old.remove());
    point(target);
    for (const file of target.files) begin(target, file);
    target.value = "";
    run();
  });
  form.addEventListener("submit", (event) => {
    if (!running) return;
    event.preventDefault();
    leaving = event.submitter;
    queue[0].tell(words.last);
  });
})();
