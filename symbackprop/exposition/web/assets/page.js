// The page works without this; it adds the choice of light or dark, copying, and the pictures that answer.

const root = document.documentElement;
const each = (selector, act, within = document) => within.querySelectorAll(selector).forEach(act);

// light or dark: that of the system until somebody chooses
const remembered = { // a page that is opened from a folder may have no storage
  get: () => { try { return localStorage.getItem("theme"); } catch { return null; } },
  set: (value) => { try { localStorage.setItem("theme", value); } catch { /* for this visit only, then */ } },
};
if (["light", "dark"].includes(remembered.get())) root.dataset.theme = remembered.get();
each(".theme", (button) => button.addEventListener("click", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  remembered.set(root.dataset.theme);
}));

// the section that is being read
const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
  const link = document.querySelector(`nav a[href="#${entry.target.id}"]`);
  if (entry.isIntersecting) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
}), { rootMargin: "-30% 0px -60%" });
each("main > section", (section) => seen.observe(section));

// what is wider than its box can be scrolled with the keyboard as well
const fits = new ResizeObserver((entries) => entries.forEach(({ target }) => {
  if (target.scrollWidth > target.clientWidth + 1) {
    target.tabIndex = 0;
    target.setAttribute("role", "group");
    target.setAttribute("aria-label", document.body.dataset.wide);
  } else ["tabindex", "role", "aria-label"].forEach((name) => target.removeAttribute(name));
}));
each(".scroll", (box) => fits.observe(box));

// copying: a click on a formula, or the button of its line, offers LaTeX and MathML; arrow keys go to its neighbours
const offer = document.querySelector(".offer");
const told = offer.querySelector("output");
const math = (inside) => `<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">${inside}</math>`;
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
  const formula = button ? button.closest(".line, .display").querySelector(".right math") : event.target.closest("main math");
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
    const all = [...document.querySelectorAll("main math")].filter((formula) => formula.checkVisibility());
    const next = all[all.indexOf(chosen) + step];
    if (next) {
      next.scrollIntoView({ block: "nearest" });
      choose(next, opener);
    }
    event.preventDefault();
  } else if (event.key === "Escape") {
    close();
    if (opener) opener.focus();
  }
});

// the picture that answers: a part that is pointed at or reached with the Tab key lights its path up
const drawing = document.querySelector("[data-first]");
const panel = document.querySelector("#told");
const part = (name) => document.getElementById(`net-${name}`);
const formulas = document.querySelector("template.formulas")?.content.children;
let kept = drawing?.dataset.first, shown = kept;

function light(template) {
  each(".on-path, .chosen-part", (old) => old.classList.remove("on-path", "chosen-part"), drawing);
  template.dataset.lit.split(" ").map(part).forEach((one) => one?.classList.add("on-path"));
  const own = part(template.dataset.part);
  own.classList.add("chosen-part");
  part(`${template.dataset.part}-label`)?.classList.add("on-path");
}

function tell(name) {
  if (name === shown) return;
  shown = name;
  const template = document.querySelector(`template[data-part="${name}"]`);
  const content = template.content.cloneNode(true);
  each("[data-formula]", (place) => place.replaceWith(formulas[place.dataset.formula].cloneNode(true)), content);
  if (panel.contains(chosen)) close();
  fits.disconnect();
  panel.replaceChildren(content);
  each(".scroll", (box) => fits.observe(box));
  light(template);
}

function point(name) {
  // the page may have moved under the pointer while a formula of the panel is being copied
  if (offer.hidden || !panel.contains(chosen)) tell(name);
}

each("template[data-part]", (template) => {
  const own = part(template.dataset.part);
  own.setAttribute("tabindex", "0");
  own.setAttribute("role", "button");
  own.setAttribute("aria-label", template.dataset.label);
  own.setAttribute("aria-controls", "told");
  own.setAttribute("aria-pressed", String(template.dataset.part === kept));
  if (template.dataset.part === kept) light(template);
  const keep = () => {
    part(kept).setAttribute("aria-pressed", "false");
    kept = template.dataset.part;
    own.setAttribute("aria-pressed", "true");
    tell(kept);
  };
  own.addEventListener("pointerenter", () => point(template.dataset.part));
  own.addEventListener("focus", () => tell(template.dataset.part));
  own.addEventListener("click", keep);
  own.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    keep();
  });
});
drawing?.addEventListener("pointerleave", () => point(kept));
drawing?.addEventListener("focusout", (event) => { if (!drawing.contains(event.relatedTarget)) tell(kept); });
