// one equation from afar and from near: one click each, with what is said of each line on its button
each(".zoom", (box) => {
  const lines = [...box.querySelectorAll("li")], bar = document.createElement("div");
  const show = (chosen) => {
    lines.forEach((line, place) => line.classList.toggle("away", place !== chosen));
    [...bar.children].forEach((button, place) => button.setAttribute("aria-pressed", String(place === chosen)));
  };
  lines.forEach((line, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = line.querySelector(".reason").textContent;
    button.addEventListener("click", () => show(place));
    bar.append(button);
  });
  bar.className = "views";
  box.prepend(bar);
  show(0);
});
