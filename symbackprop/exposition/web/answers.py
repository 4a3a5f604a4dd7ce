"""The network as a picture that answers: each weight, bias and neuron with what is told about it, ready to be shown.

    <svg> … </svg>  <div class="told"> what is told about one part </div>
    <template data-part="w_1_2_1" data-lit="w_1_2_1 a_1_2 …" data-label="Weight from …"> … </template>  for every part
    <template class="formulas"> every formula of them, once </template>

Nothing is put together in the browser but these pieces: a formula is a whole, wherever it is shown.
"""

from __future__ import annotations

import re
from dataclasses import field

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.exposition.document import Figure, Formula
from symbackprop.exposition.figures.layout import NetworkPicture
from symbackprop.exposition.pathways import Pathway, pathways
from symbackprop.exposition.story.telling import Telling
from symbackprop.exposition.web.blocks import BlockWriter
from symbackprop.exposition.web.chain import Labels, chain_html
from symbackprop.exposition.web.drawing import drawn
from symbackprop.exposition.web.formulas import inline
from symbackprop.exposition.web.markup import element, text
from symbackprop.frozen import dataclass

PARTS = "net-"  # what the ids of the parts of the picture begin with

_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)  # of our own making, and never one within another


def answering(figure: Figure, derivation: Derivation, writer: BlockWriter) -> str:
    """Return the picture of a network with all its answers; the one about the weight of the figure is shown."""
    picture = figure.picture
    assert isinstance(picture, NetworkPicture)
    teller = _Teller(writer)
    telling = Telling(derivation, writer.language, convention=writer.document.convention)
    told = {each.name: each for each in pathways(telling, picture)}
    weight = picture.weight
    first = told["_".join(map(str, ("w", weight.base.layer, *weight.indices)))]
    templates = [teller.template(pathway) for pathway in told.values()]
    shown = drawn(figure, writer.document, PARTS)
    hint = element("p", text(writer.language.words("path.hint")), {"class": "hint"})
    panel = {"class": "told", "id": "told", "role": "region", "aria-label": writer.language.words("path.panel")}
    return "\n".join(
        [
            element("div", shown, {"class": "scroll drawing", "data-first": first.name}),
            hint,
            element("div", teller.told(first), panel),
            *templates,
            teller.formulas(),
        ]
    )


@dataclass
class _Teller:
    """Writes what is told, and keeps every formula once."""

    writer: BlockWriter
    kept: dict[str, int] = field(default_factory=dict)

    def told(self, pathway: Pathway) -> str:
        """Return what is told about one part."""
        title = f"{text(pathway.title)}: {inline(Formula((pathway.letter,)), self.writer.style)}"
        alt = "".join(map(str, self.writer.language.say("path.chain", title=pathway.title)))
        labels = Labels(pathway.values, pathway.shapes, self.writer.language.words("path.shape"))
        chain = chain_html(pathway.chain, self.writer.style, alt, labels=labels)
        head = element("p", title, {"class": "title", "aria-live": "polite"})
        return head + element("div", chain, {"class": "scroll"}) + self.writer.block(pathway.lines)

    def template(self, pathway: Pathway) -> str:
        """Return what is told about one part, its formulas as numbers, until it is asked for."""
        content = _MATH.sub(self._number, self.told(pathway))
        data = {"data-part": pathway.name, "data-lit": " ".join(pathway.lit), "data-label": pathway.title}
        return element("template", content, data)

    def _number(self, found: re.Match[str]) -> str:
        number = self.kept.setdefault(found[0], len(self.kept))
        return f'<i data-formula="{number}"></i>'

    def formulas(self) -> str:
        """Return every formula, in the order of their numbers."""
        return element("template", "".join(self.kept), {"class": "formulas"})
