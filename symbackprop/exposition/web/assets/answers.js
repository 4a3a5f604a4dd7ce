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
