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
