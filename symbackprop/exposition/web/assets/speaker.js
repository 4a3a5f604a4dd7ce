// what the speaker sees, in a window of its own: the slide, the next one, the notes, and the time; nothing is loaded for it
let speaker = null, since = null;

function openSpeaker(stage) {
  speaker = window.open("", "speaker", "width=1200,height=800");
  if (!speaker) {
    alert(stage.dataset.blocked);
    return;
  }
  since = new Date();
  const page = speaker.document;
  page.title = `${document.title}: ${stage.dataset.notes}`;
  page.documentElement.lang = root.lang;
  page.head.replaceChildren(...[...document.querySelectorAll("style")].map((style) => page.importNode(style, true)));
  page.body.className = "speaker";
  page.body.replaceChildren(...["now", "next", "said", "time"].map((kind) => {
    const part = page.createElement("div");
    part.className = kind;
    return part;
  }));
  page.onkeydown = (event) => {
    if (["ArrowRight", "ArrowDown", "PageDown", " "].includes(event.key)) Reveal.next();
    else if (["ArrowLeft", "ArrowUp", "PageUp"].includes(event.key)) Reveal.prev();
    else return;
    event.preventDefault();
  };
  each("body > div", (part) => part.setAttribute("aria-live", part.className === "said" ? "polite" : "off"), page);
  tellSpeaker(stage);
}

function show(slide, stage, place) {
  // a slide as it is at this click, as large as its place allows
  if (!slide) {
    place.replaceChildren();
    return;
  }
  const page = place.ownerDocument;
  const frame = page.createElement("div");
  frame.className = "reveal copy-of-slide";
  frame.inert = true;
  frame.style.cssText = `width:${stage.dataset.width}px;height:${stage.dataset.height}px`;
  const slides = page.createElement("div");
  slides.className = "slides";
  const copy = page.importNode(slide, true);
  copy.removeAttribute("style");
  copy.removeAttribute("hidden");
  copy.classList.add("present");
  each("[id]", (part) => part.removeAttribute("id"), copy);
  slides.append(copy);
  frame.append(slides);
  frame.style.zoom = Math.min(place.clientWidth / stage.dataset.width, place.clientHeight / stage.dataset.height) * 0.97;
  place.replaceChildren(frame);
}

function tellSpeaker(stage) {
  if (!speaker || speaker.closed) return;
  const page = speaker.document, slide = Reveal.getCurrentSlide(), next = slide.nextElementSibling;
  page.documentElement.dataset.theme = root.dataset.theme ?? "";
  show(slide, stage, page.querySelector(".now"));
  show(next, stage, page.querySelector(".next"));
  page.querySelector(".next").dataset.label = stage.dataset.next;
  const notes = slide.querySelector("aside.notes");
  page.querySelector(".said").replaceChildren(...(notes ? page.importNode(notes, true).childNodes : []));
}

setInterval(() => {
  if (!speaker || speaker.closed) return;
  const passed = Math.round((new Date() - since) / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const place = `${Reveal.getSlidePastCount() + 1} / ${Reveal.getTotalSlides()}`;
  speaker.document.querySelector(".time").textContent = `${two(Math.floor(passed / 60))}:${two(passed % 60)}   ${place}`;
}, 500);
