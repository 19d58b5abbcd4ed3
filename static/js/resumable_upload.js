// Resumable uploads of file fields. Without this file the form sends them.
(() => {
  "use strict";
  const form = document.querySelector("form[data-uploads]");
  if (!form || !self.crypto?.subtle) return;
  const words = JSON.parse(form.dataset.words), queue = [];
  const EDGE = 2000, LARGE = 500_000, PIECE = 131_072, MOST = 8_388_608, LASTS = 3000;
  let running, leaving;

  // Photos of telephones are made smaller before they travel; what can't be read here goes as it is.
  const shrink = async (file) => {
    if (!/^image\/(jpeg|hei[cf])$/.test(file.type) || file.size < LARGE) return file;
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    return blob && blob.size < file.size ? blob : file;
  };

  // One request; rejects when nobody answered.
  const ask = (task, method, body, headers = {}) => new Promise((resolve, reject) => {
    const wire = task.wire = new XMLHttpRequest();
    wire.open(method, task.url);
    wire.timeout = 90_000;
    wire.setRequestHeader("X-CSRFToken", form.elements.csrf_token.value);
    for (const name in headers) wire.setRequestHeader(name, headers[name]);
    if (method === "PATCH") wire.upload.onprogress = (event) => task.show(headers["Upload-Offset"] + event.loaded);
    wire.onload = () => resolve(wire);
    wire.onerror = wire.ontimeout = wire.onabort = reject;
    wire.send(body);
  });
  const wait = (turn) => new Promise((done) => {
    addEventListener("online", done, { once: true });
    setTimeout(done, Math.min(8000, 400 * 2 ** turn));
  });

  const send = async (task) => {
    task.say(words.small);
    const file = await shrink(task.file).catch(() => task.file);
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const name = [...new Uint8Array(digest)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
    task.url = `${form.dataset.uploads}/${task.field.name.replace("upload-", "")}/${name}`;
    task.size = file.size;
    let size = PIECE, turn = 0, at = -1;
    while (!task.gone) {
      try {
        let wire;
        if (at < 0) wire = await ask(task, "GET");
        else if (at < file.size) {
          const begun = performance.now(), length = { "Upload-Offset": at, "Upload-Length": file.size };
          const piece = file.slice(at, at + size);
          wire = await ask(task, "PATCH", piece, length);
          const speed = piece.size / (performance.now() - begun + 1);
          if (wire.status === 204) size = Math.max(PIECE, Math.min(MOST, Math.round(speed * LASTS)));
        } else {
          task.look();
          wire = await ask(task, "POST", new URLSearchParams({ name: task.file.name, ...task.extra }));
          if (wire.status === 200 && wire.getResponseHeader("X-Slot")) return task.arrived(wire.responseText);
        }
        const offset = wire.getResponseHeader("Upload-Offset");
        if (offset === null && wire.status < 500 || wire.status === 400) {
          const told = /plain/.test(wire.getResponseHeader("Content-Type")) && wire.responseText;
          return task.failed(told || words.again);
        }
        if (wire.status > 409) throw wire;
        at = +offset;
        turn = 0;
        task.show(at);
      } catch (wire) {
        if (task.gone) return;
        const plain = wire.status && /plain/.test(wire.getResponseHeader("Content-Type"));
        task.tell(plain ? wire.responseText : words.cut);
        at = -1;
        await wait(turn++);
      }
    }
  };

  const run = async () => {
    if (running) return;
    running = true;
    for (; queue.length; queue.shift()) if (!queue[0].gone) await send(queue[0]);
    running = false;
    if (leaving) form.requestSubmit(leaving);
  };

  // A line beside the field tells how far a file is.
  const make = (tag, parent, text = "", kind = "") => {
    const made = parent.appendChild(document.createElement(tag));
    made.textContent = text;
    made.className = kind;
    return made;
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
    task.failed = (sentence) => { leaving = null; end(sentence, "sending no"); };
    task.arrived = (html) => {
      const typed = [...inside.querySelectorAll("[id]")].filter((one) => one.value !== undefined).map((one) => [one.id, one.value]);
      const focused = inside.contains(document.activeElement) && document.activeElement.id;
      inside.innerHTML = html;
      for (const [id, text] of typed) { const one = document.getElementById(id); if (one) one.value = text; }
      if (focused) document.getElementById(focused)?.focus();
      const error = document.getElementById(`${field.name}-error`);
      slot.classList.toggle("wrong", !!error);
      if (error) { field.setAttribute("aria-invalid", "true"); field.setAttribute("aria-describedby", error.id); }
      else { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); }
      const fault = error || inside.querySelector(".doubted .msg");
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
  };

  document.documentElement.classList.add("pieces");
  form.addEventListener("change", ({ target }) => {
    if (target.type !== "file" || !target.files.length) return;
    target.closest(".slot").querySelectorAll(".sending:not(:has(progress))").forEach((old) => old.remove());
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
