// Aids while a form is filled in: a date gets its hyphens, a NIK proposes the birth date and sex that it encodes, and a
// question that depends on other answers is there only while they stand. Without this file the server does it all
// when the page is saved.
(() => {
  "use strict";
  const form = document.querySelector("form[data-aids]");
  if (!form) return;
  const WOMAN = 40, MAX_AGE = 110, MIN_ADULT = 12;
  const PROVINCE = /^(1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-7])/;

  const withHyphens = (input, inserted) => {
    const digits = input.value.replace(/\D/g, "");
    if (!inserted || digits !== input.value.replaceAll("-", "") || digits.length > 8) return;
    if (input.selectionEnd !== input.value.length || /^\d{4}-|^\d-|-\d-/.test(input.value)) return;
    input.value = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4)].filter(Boolean).join("-");
  };

  // The same rule as likely_birth_date and sex_from_nik in catalogue/nik.py; odd numbers propose nothing.
  const encoded = (nik, adult) => {
    const [day, month, short] = [6, 8, 10].map((at) => Number(nik.slice(at, at + 2)));
    const today = new Date(), woman = day > WOMAN, real = woman ? day - WOMAN : day;
    const possible = [1900 + short, 2000 + short].map((year) => new Date(year, month - 1, real)).filter((date) =>
      date.getMonth() === month - 1 && date.getDate() === real && date <= today && today.getFullYear() - date.getFullYear() <= MAX_AGE);
    const odd = !PROVINCE.test(nik) || !/^(0[1-9]|[1-6]\d|7[1-9])/.test(nik.slice(2)) || nik.slice(4, 6) === "00";
    if (odd || !possible.length) return null;
    const youngest = possible.at(-1), old = adult && today.getFullYear() - youngest.getFullYear() < MIN_ADULT;
    const date = old ? possible[0] : youngest, two = (number) => String(number).padStart(2, "0");
    return { birth: `${two(real)}-${two(month)}-${date.getFullYear()}`, sex: woman ? "2" : "1" };
  };
  const say = (control) => {
    const home = control.closest(".field");
    if (!home || home.querySelector("[data-proposed]")) return;
    const line = document.createElement("p");
    line.className = "hint";
    line.dataset.proposed = "";
    line.setAttribute("role", "status");
    home.append(line);
    line.textContent = form.dataset.aids;
  };
  // Only what is empty, or was proposed here and left alone, is filled in.
  const proposeDate = (input, value) => {
    if (!input || input.value === value || (input.value && input.value !== input.dataset.proposal)) return;
    input.value = input.dataset.proposal = value;
    say(input);
  };
  const proposeChoice = (name, value) => {
    const all = [...form.querySelectorAll(`[name="${name}"]`)], chosen = all.find((one) => one.checked);
    const wanted = all.find((one) => one.value === value);
    if (!wanted || wanted === chosen || (chosen && !("proposal" in chosen.dataset))) return;
    wanted.checked = true;
    wanted.dataset.proposal = "";
    wanted.dispatchEvent(new Event("change", { bubbles: true }));
    say(wanted);
  };
  form.addEventListener("input", ({ target, inputType }) => {
    if ("date" in target.dataset) withHyphens(target, !(inputType || "").startsWith("delete"));
    if (target.type === "radio") delete target.dataset.proposal;
    const nik = target.value.replace(/[^0-9]/g, "");
    if (!(target.dataset.birth || target.dataset.sex) || nik.length !== 16) return;
    const found = encoded(nik, target.dataset.adult);
    if (!found) return;
    if (target.dataset.birth) proposeDate(form.elements[target.dataset.birth], found.birth);
    if (target.dataset.sex) proposeChoice(target.dataset.sex, found.sex);
  });

  // The same rule as catalogue/conditions.py; a test holds the two together.
  const asked = [...document.querySelectorAll("[data-when]")].map((part) => ({ part, ...JSON.parse(part.dataset.when) }));
  const missing = (value) => String(value).startsWith("tanpa:");
  const written = (name) => {
    const all = [...document.getElementsByName(name)].filter((one) => !one.closest("[data-when][hidden]"));
    const one = all.find((control) => control.type !== "radio" || control.checked);
    return one ? one.value.trim() : "";
  };
  const dateOf = (raw) => {
    const found = /^(\d{4})-(\d\d?)-(\d\d?)$/.exec(raw) || /^(\d\d?)[-/. ](\d\d?)[-/. ](\d{4})$|^(\d\d)(\d\d)(\d{4})$/.exec(raw);
    if (!found) return null;
    const numbers = found.slice(1).filter(Boolean).map(Number), [year, month, day] = numbers[0] > 31 ? numbers : numbers.reverse();
    const date = new Date(Date.UTC(year, month - 1, day));
    return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : null;
  };
  const clean = (type, name) => {
    const raw = written(name);
    if (type === "number") return /^(\d{1,3}(\.\d{3})+|\d+)$/.test(raw) ? Number(raw.replaceAll(".", "")) : "";
    if (type === "date") return dateOf(raw) ? raw : "";
    if (type !== "nik" && type !== "kk") return raw;
    const digits = raw.replace(/[ .-]/g, ""), reason = written(`${name}-tanpa`);
    return /^\d{16}$/.test(digits) ? digits : !digits && reason ? `tanpa:${reason}` : "";
  };
  const rows = (name) => {
    const parts = [...document.querySelectorAll(`[name^="${name}-"]`)].map((one) => one.name.slice(name.length + 1).split("-"));
    const filled = parts.filter(([row, item]) => /^\d{1,3}$/.test(row) && item && written(`${name}-${row}-${item}`));
    return [...new Set(filled.map(([row]) => row))];
  };
  const met = (when, one) => {
    const values = (key) => {
      if (!(key in one.asked)) return one.known[key] || [];
      const [type, name] = one.asked[key], item = key.split(".")[1];
      if (type === "group") return [rows(name).length || ""];
      return item ? rows(name).map((row) => clean(type, `${name}-${row}-${item}`)) : [clean(type, name)];
    };
    const day = (key, value) => {
      const adult = !/^nik(_anak)?$/.test(key.split(".").at(-1)), found = /^\d{16}$/.test(value) && encoded(value, adult);
      return dateOf(found ? found.birth : String(value));
    };
    const within = (number) => number >= (when.at_least ?? number) && number < (when.below ?? Infinity);
    if (when.all) return when.all.every((part) => met(part, one));
    if (when.any) return when.any.some((part) => met(part, one));
    if (when.none) return !when.none.some((part) => met(part, one));
    if (when.same) return values(when.same[0]).some((value) => value !== "" && !missing(value) && values(when.same[1]).includes(value));
    if (when.age) {
      const end = (when.on || "today") === "today" ? dateOf(one.today) : day(when.on, values(when.on)[0]);
      return values(when.age).map((value) => day(when.age, value)).some((start) => start && end && within(span(start, end, when.unit)));
    }
    const given = values(when.field).filter((value) => value !== "");
    if (when.is) return given.some((value) => when.is.includes(value));
    if (when.is_not) return given.some((value) => !when.is_not.includes(value));
    if ("answered" in when) return given.some((value) => !missing(value)) === when.answered;
    return given.some((value) => typeof value === "number" && within(value));
  };
  const span = (start, end, unit) => {
    const days = Math.round((end - start) / 864e5);
    if (unit === "days" || unit === "weeks") return unit === "days" ? days : Math.floor(days / 7);
    const months = (end.getUTCFullYear() - start.getUTCFullYear()) * 12 + end.getUTCMonth() - start.getUTCMonth() - (end.getUTCDate() < start.getUTCDate());
    return unit === "months" ? months : Math.floor(months / 12);
  };
  const settle = () => asked.forEach((one) => { one.part.hidden = !met(one.when, one); });
  if (asked.length) {
    document.documentElement.classList.add("live");
    for (const event of ["change", "input"]) document.addEventListener(event, settle);
    settle();
  }
})();
