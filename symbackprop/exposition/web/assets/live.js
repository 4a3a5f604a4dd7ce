// numbers that are typed in: every quantity is computed again from the derived equations, which the form carries
each(".live", (form) => {
  const plan = JSON.parse(form.dataset.plan);
  const erf = (x) => {  // a series near 0, a continued fraction beyond
    if (Math.abs(x) > 3) {
      let tail = 0;
      for (let n = 60; n > 0; n--) tail = n / 2 / (Math.abs(x) + tail);
      return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (Math.abs(x) + tail)));
    }
    let term = x, sum = x;
    for (let n = 1; n < 80; n++) { term *= -x * x / n; sum += term / (2 * n + 1); }
    return 2 / Math.sqrt(Math.PI) * sum;
  };
  const signs = {
    "+": (...all) => all.reduce((one, other) => one + other), "*": (...all) => all.reduce((one, other) => one * other),
    "^": Math.pow, ">": (one, other) => one > other, "<": (one, other) => one < other,
    ">=": (one, other) => one >= other, "<=": (one, other) => one <= other, "=": (one, other) => one === other,
    "and": (...all) => all.every(Boolean), "or": (...all) => all.some(Boolean), erf,
  };
  const value = (tree, known) => {
    if (tree === null) return NaN;
    if (typeof tree === "string") return known[tree];
    if (!Array.isArray(tree)) return tree;
    const [head, ...parts] = tree;
    if (head === "cases") {
      const met = parts.find(([when]) => value(when, known));
      return met ? value(met[1], known) : NaN;
    }
    if (head === "call") return value(plan.functions[parts[0]], { z: value(parts[1], known) });
    return (signs[head] ?? Math[head])(...parts.map((part) => value(part, known)));
  };
  const written = (number, digits) => {
    if (!Number.isFinite(number)) return "–";
    const short = Number(number.toPrecision(digits));
    const text = short && (Math.abs(short) < 1e-4 || Math.abs(short) >= 1e7) ? short.toExponential() : String(short);
    return text.replaceAll("-", "−").replace(".", form.dataset.decimal);
  };
  const lettered = (label, text) => {  // a number in a picture, in the middle of where letters stood
    const [one, ...others] = label.querySelectorAll(":scope > text");
    const boxes = [one, ...others].map((each) => each.getBBox());
    const ends = (start, length, pick) => pick(...boxes.map((box) => box[start] + (length ? box[length] : 0)));
    const x = (ends("x", "", Math.min) + ends("x", "width", Math.max)) / 2;
    const y = (ends("y", "", Math.min) + ends("y", "height", Math.max)) / 2;
    one.dataset.place ??= [x, y].join(" ");
    [one.style.fontSize, one.textContent] = [`${Math.min(15, 80 / text.length)}px`, text];
    one.setAttribute("x", one.dataset.place.split(" ")[0]);
    one.setAttribute("y", one.dataset.place.split(" ")[1]);
    one.setAttribute("text-anchor", "middle");
    one.setAttribute("dominant-baseline", "central");
    others.forEach((other) => other.remove());
  };
  const pictured = (id, number) => {  // the number in a neuron, or on an edge, and the halo behind it
    const texts = document.getElementById(id)?.querySelectorAll("text") ?? [];
    new Set([...texts].map((one) => one.parentNode)).forEach((label) => lettered(label, written(number, 3)));
  };
  const typed = (text) => {  // with a point or a comma; nothing else than one number is one
    const plain = text.trim().replace(",", ".").replace("−", "-");
    return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?$/i.test(plain) ? Number(plain) : NaN;
  };
  const signed = (line) => {  // "=" where nothing was rounded, else "≈"; numbers that are put in follow an "="
    const parts = [];
    line.querySelectorAll("math mo, [data-tree]").forEach((one) => {
      if (one.localName !== "mo") parts.at(-1)?.numbers.push(one);
      else if (/^[=≈]$/.test(one.textContent) && one.parentNode === one.closest("math").querySelector("mrow")) {
        parts.push({ sign: one, numbers: [] });
      }
    });
    const exact = (number) => number.dataset.exact;
    const [first, ...others] = parts.filter(({ numbers }) => numbers.length);
    others.forEach(({ sign, numbers }, place) => {
      const all = place < others.length - 1 || numbers[0].dataset.exact === "0" ? numbers : [...first.numbers, ...numbers];
      sign.textContent = all.every(exact) ? "=" : "≈";
    });
    if (first && !others.length && !first.numbers.some((number) => number.matches(".within"))) {
      first.sign.textContent = first.numbers.every(exact) ? "=" : "≈";
    }
  };
  const given = {};
  const accept = (field) => {  // what is no number is marked, and the one before it stays
    const number = typed(field.value), good = Number.isFinite(number);
    if (good) given[field.name] = number;
    field.setAttribute("aria-invalid", String(!good));
    each(".refused", (hint) => { hint.hidden = !form.querySelector("[aria-invalid=true]"); }, form);
  };
  const compute = () => {
    const known = { ...given };
    plan.quantities.forEach(([key, tree]) => { known[key] = value(tree, known); });
    each("[data-live]", (place) => { place.textContent = written(known[place.dataset.live], 4); }, form);
    return known;
  };
  each("input", accept, form);
  compute();
  form.addEventListener("input", ({ target }) => {
    accept(target);
    const known = compute();
    Object.entries(known).forEach(([key, number]) => {
      pictured(`forward-${key}`, number);
      pictured(`forward-${key}-label`, number);
      pictured(`back-${key}-label`, number);
      if (key.startsWith("delta_")) pictured(`back-${key.replace("delta", "a")}`, number);
    });
    each("[data-tree]", (place) => {  // numbers in formulas and in boxes, which carry what they are worth
      const number = value(JSON.parse(place.dataset.tree), known), digits = Number(place.dataset.digits);
      const off = (many) => Math.abs(number - Number(number.toPrecision(many))) > 1e-12 * Math.abs(number);
      const many = off(Math.max(digits, 6)) ? digits : Math.max(digits, 6);  // what ends soon is shown whole
      const text = written(number, many);
      place.dataset.exact = off(many) ? "" : number ? "1" : "0";
      if (place.matches(".array")) lettered(place.querySelector(".label"), text);
      else place.textContent = text.startsWith("−") && place.matches(".within") ? `(${text})` : text;
    });
    const numbers = [...document.querySelectorAll("mn[data-tree]")];
    new Set(numbers.map((one) => one.closest(".line") ?? one.closest("math"))).forEach(signed);
  });
});
