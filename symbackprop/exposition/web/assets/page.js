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
