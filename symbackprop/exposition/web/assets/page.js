// the section that is being read
const seen = new IntersectionObserver((entries) => entries.forEach((entry) => {
  const link = document.querySelector(`nav a[href="#${entry.target.id}"]`);
  if (entry.isIntersecting) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
}), { rootMargin: "-30% 0px -60%" });
each("main > section", (section) => seen.observe(section));

// on a phone what is wider than its box is set smaller; what is still wider can be scrolled, with the keyboard as well
const phone = matchMedia("(max-width: 44rem)"), smallest = 0.5;
const fits = new ResizeObserver((entries) => entries.forEach(({ target }) => {
  target.style.fontSize = "";
  if (phone.matches && !target.matches(".drawing") && target.scrollWidth > target.clientWidth + 1)
    target.style.fontSize = `${Math.max(smallest, 0.98 * target.clientWidth / target.scrollWidth)}em`;
  if (target.scrollWidth > target.clientWidth + 1) {
    target.tabIndex = 0;
    target.setAttribute("role", "group");
    target.setAttribute("aria-label", document.body.dataset.wide);
  } else ["tabindex", "role", "aria-label"].forEach((name) => target.removeAttribute(name));
}));
each(".scroll", (box) => fits.observe(box));
