// Answers kept on this device until the server has them, each account's apart; they are sent once the page is open
// again, or any other page of the same account. Nothing else is kept, and nothing longer than a week.
(() => {
  "use strict";
  const MARK = "aku-isian ", LONGEST = 7 * 86_400_000, TOLD = "isian";
  const { account = "", kept: words = "{}" } = document.documentElement.dataset;

  // A browser that keeps nothing: the answers last as long as the page.
  const store = (does) => { try { return does(localStorage); } catch { return null; } };
  const read = (name) => store((it) => JSON.parse(it.getItem(name)));
  const drop = (name) => store((it) => it.removeItem(name));
  const entries = (who) => (store((it) => Object.keys(it)) || []).filter((name) => name.startsWith(`${MARK}${who}`));
  const place = (path) => `${MARK}${account} ${path}`;
  const mine = () => account ? entries(`${account} `).map((name) => [name.split(" ")[2], read(name).fields]) : [];

  const kept = self.keptAnswers = {
    count: () => entries("").length,
    get: (path) => account && read(place(path))?.fields,
    put: (path, fields) => !!account && store((it) => !it.setItem(place(path), JSON.stringify({ at: Date.now(), fields }))),
    drop: (path) => drop(place(path)),
  };
  for (const name of entries("")) if (!(read(name)?.at > Date.now() - LONGEST)) drop(name);

  // The server says by a cookie what its last answer has saved, or that an account was signed out.
  const [, said, first, second] = document.cookie.match(new RegExp(`(?:^|; )(${TOLD})=([a-z0-9]+)\\.([a-z0-9]+)`)) || [];
  if (said) {
    document.cookie = `${TOLD}=; Max-Age=0; Path=/; SameSite=Lax`;
    if (first === "keluar") for (const name of entries(`${second} `)) drop(name);
    for (const [path, fields] of mine()) {
      const { writer, turn } = Object.fromEntries(fields);
      if (writer === first && Number(turn) <= Number(second)) kept.drop(path);
    }
  }

  // Send what was left on another page, through the form on which it was typed: it knows whether it may still change.
  const send = async ([path, fields]) => {
    const asked = { "X-Requested-With": "kept" };
    const page = new DOMParser().parseFromString(await (await fetch(path, { headers: asked })).text(), "text/html");
    if (page.documentElement.dataset.account !== account) return;
    const form = page.querySelector("form[data-autosave]");
    if (!form) return kept.drop(path); // sent or closed meanwhile: nothing can change there
    const body = new URLSearchParams(fields);
    body.set("csrf_token", form.elements.csrf_token.value);
    body.set("auto", "1");
    const answer = await fetch(path, { method: "POST", body, redirect: "manual", headers: asked });
    if (answer.ok && `${kept.get(path)}` === `${fields}`) kept.drop(path); // nothing newer since
  };
  const tell = () => {
    const left = mine().filter(([path]) => !here.has(path));
    if (!left.length || document.getElementById("isian-ponsel")) return;
    const box = document.createElement("div"), { told, open } = JSON.parse(words);
    box.className = "wrap";
    box.id = "isian-ponsel";
    box.innerHTML = '<div class="box warn" role="status"><p></p></div>';
    box.querySelector("p").textContent = told;
    for (const [path] of left) {
      const link = box.firstChild.appendChild(document.createElement("p")).appendChild(document.createElement("a"));
      [link.href, link.textContent] = [path, open];
    }
    document.querySelector("main").prepend(box);
  };
  const here = new Set([...document.forms].map((form) => new URL(form.getAttribute("action") || "", location).pathname));
  const sendAll = async () => {
    for (const one of mine()) if (!here.has(one[0])) await send(one).catch(() => {});
    tell();
  };
  addEventListener("online", sendAll);
  sendAll();

  // What is thrown away on purpose isn't offered again.
  document.addEventListener("click", ({ target }) => {
    const link = target.closest("a[data-forget]");
    if (link) kept.drop(link.pathname);
  });
})();
