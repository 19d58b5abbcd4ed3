// Aids while a form is filled in: a date gets its hyphens, a NIK proposes the birth date and sex that it encodes.
// Without this file the server proposes them when the page is saved.
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
    const odd = !PROVINCE.test(nik) || nik.slice(2, 4) === "00" || nik.slice(4, 6) === "00";
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
})();
