// an array that is pointed at, or reached with the Tab key, lights up all its ways to the cost
each(".graph", (graph) => {
  const arrows = [...graph.querySelectorAll(".arrow")], boxes = [...graph.querySelectorAll(".array")];
  const light = (...places) => {
    const lit = new Set(places);
    for (const place of lit) arrows.forEach(({ dataset }) => dataset.start === place && lit.add(dataset.end));
    arrows.forEach((arrow) => arrow.classList.toggle("on-path", lit.has(arrow.dataset.start)));
    boxes.forEach((box) => box.classList.toggle("on-path", lit.has(box.dataset.place)));
  };
  boxes.forEach((box) => {
    box.setAttribute("tabindex", "0");
    ["pointerenter", "focus"].forEach((name) => box.addEventListener(name, () => light(box.dataset.place)));
    ["pointerleave", "blur"].forEach((name) => box.addEventListener(name, () => light()));
  });
});
