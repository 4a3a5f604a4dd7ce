// copying: a click on a formula, or the button of its line, offers LaTeX and MathML; arrow keys go to its neighbours
const offer = document.querySelector(".offer");
const told = offer.querySelector("output");
const math = (inside) => `<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">${inside}</math>`;
const FORMULA = "main math, .slides math";
let chosen = null, opener = null;

function pieces(formula) {
  // the formulas that make up what was chosen: both sides of a line, the left one being that of a line before it
  const line = formula.closest(".line, .display");
  if (!line || formula.closest(".reason")) return [formula];
  let own = line;
  while (own && !own.querySelector(".left math")) own = own.previousElementSibling;
  const broken = line.querySelector("template");
  const right = broken ? [broken.content.querySelector("math")] : [...line.querySelectorAll(".right math")];
  return [...(own ? own.querySelectorAll(".left math") : []), ...right];
}

function bare(formula) {
  const copy = formula.querySelector("semantics > mrow").cloneNode(true);
  [copy, ...copy.querySelectorAll("*")].forEach((part) => ["class", "style", "id"].forEach((n) => part.removeAttribute(n)));
  return new XMLSerializer().serializeToString(copy).replaceAll(' xmlns="http://www.w3.org/1998/Math/MathML"', "");
}

const content = {
  latex: (parts) => parts.map((part) => part.querySelector("annotation").textContent).join(" "),
  mathml: (parts) => math(parts.map(bare).join("")),
};

async function copied(words) {
  try { await navigator.clipboard.writeText(words); return true; } catch { /* an old way remains */ }
  const area = Object.assign(document.createElement("textarea"), { value: words });
  offer.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

function choose(formula, from) {
  unmark();
  chosen = formula;
  opener = from;
  told.textContent = "";
  pieces(formula).forEach((part) => part.classList.add("chosen"));
  if (from) from.setAttribute("aria-expanded", "true");
  offer.hidden = false;
  const box = formula.getBoundingClientRect();
  const left = Math.min(box.left, root.clientWidth - offer.offsetWidth - 8);
  offer.style.left = `${Math.max(8, left) + scrollX}px`;
  offer.style.top = `${box.bottom + scrollY + 6}px`;
}

function unmark() {
  each(".chosen", (part) => part.classList.remove("chosen"));
  if (opener) opener.removeAttribute("aria-expanded");
}

function close() {
  unmark();
  offer.hidden = true;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".copy");
  const formula = button ? button.closest(".line, .display").querySelector(".right math") : event.target.closest(FORMULA);
  if (formula) choose(formula, button);
  else if (!event.target.closest(".offer")) close();
  if (button) offer.querySelector("button").focus();
});

each(".offer button", (button) => button.addEventListener("click", async () => {
  const done = await copied(content[button.dataset.copy](pieces(chosen)));
  told.textContent = done ? told.dataset.done : told.dataset.failed;
  button.focus();
}));

offer.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
  if (step) {
    const all = [...document.querySelectorAll(FORMULA)].filter((formula) => formula.checkVisibility());
    const next = all[all.indexOf(chosen) + step];
    if (next) {
      next.scrollIntoView({ block: "nearest" });
      choose(next, opener);
    }
    event.preventDefault();
    event.stopPropagation();
  } else if (event.key === "Escape") {
    event.stopPropagation();
    close();
    if (opener) opener.focus();
  }
});
