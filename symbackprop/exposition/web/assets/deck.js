// the presentation
const stage = document.querySelector(".reveal");
const Reveal = window.Reveal;

// mathematics is larger where a slide has room; one that is fuller than its frame is set smaller, as a whole, and is
// wider in return, so that lines stay whole
function fit(slide) {
  const body = slide.querySelector(".body"), content = slide.querySelector(".content");
  if (!body) return;
  const fits = (larger, scale) => {
    content.style.setProperty("--larger", larger);
    content.style.width = `${100 / scale}%`;
    content.style.transform = scale < 1 ? `scale(${scale})` : "";
    const wide = [content, ...content.querySelectorAll(".right, .lines, .table, .drawing")]
      .some((part) => part.scrollWidth > part.clientWidth + 1);
    return !wide && content.scrollHeight * scale <= body.clientHeight - 2;
  };
  for (let larger = 1.32; larger > 1; larger -= 0.08) if (fits(larger, 1)) return;
  for (let scale = 1; scale > 0.2; scale *= 0.97) if (fits(1, scale)) return;
}

function fitAll() {
  const sheet = stage.querySelector(".slides");
  stage.classList.add("measuring"); // all slides take their room, none is seen
  Object.assign(sheet.style, { width: `${stage.dataset.width}px`, height: `${stage.dataset.height}px` });
  each("section", fit, sheet);
  sheet.removeAttribute("style");
  stage.classList.remove("measuring");
}

await document.fonts.load("1em Formulas");
fitAll(); // before slides are copied for print
await Reveal.initialize({
  width: Number(stage.dataset.width),
  height: Number(stage.dataset.height),
  margin: 0.02,
  center: false,
  hash: true,
  transition: "none",
  slideNumber: "c/t",
  pdfMaxPagesPerSlide: 1,
  pdfSeparateFragments: stage.dataset.pages === "slides",
});
Reveal.addKeyBinding({ keyCode: 84, key: "T", description: "Light / dark" }, () => document.querySelector(".theme").click());
Reveal.addKeyBinding({ keyCode: 83, key: "S", description: "Speaker notes" }, () => openSpeaker(stage));
["slidechanged", "fragmentshown", "fragmenthidden"].forEach((happening) => Reveal.on(happening, () => tellSpeaker(stage)));
stage.dataset.shown = "yes";
