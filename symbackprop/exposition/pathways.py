"""What is told about one weight, one bias or one neuron of a picture: its path to the cost, link by link.

    w^{(1)}_21 ──► z^{(1)}_2 ──► a^{(1)}_2 ──► z^{(2)}_1 ──► a^{(2)}_1 ──► C
             x_1         a(1 − a)      w^{(2)}_12      a(1 − a)      a − y       what each link is equal to
          3 × (3 × 2)      3 × 3          1 × 3          1 × 1        1 × 1      how many there are for whole layers

    ∂C/∂w^{(1)}_21 = (the product of the links) = δ^{(1)}_2 x_1

Every formula is an instance of what was derived; a picture that answers, and slides that light a path up, show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import pairwise

from sympy import Expr, Integer, Sum

from symbackprop.calculus.equations import BackpropEquation
from symbackprop.calculus.links import I, J, K
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.paths import error_along_paths, instance, link_chain
from symbackprop.exposition.document import Line, Steps
from symbackprop.exposition.figures.layout import ChainPicture, NetworkPicture, chain_picture, network_picture
from symbackprop.exposition.linebreaking import width
from symbackprop.exposition.mathtext.layout import lay_out
from symbackprop.exposition.mathtext.style import Style
from symbackprop.exposition.story.backwardpass import compact
from symbackprop.exposition.story.telling import Telling, roles_in, sums_to_one
from symbackprop.frozen import dataclass
from symbackprop.network import notation
from symbackprop.network.notation import COST, LAYER

LONGEST = 10.0  # em of the value of a link; a longer one is shown by its name, such as f'(z)

Places = dict[Expr, Expr]  # what the letters of a general line stand for


@dataclass(frozen=True, slots=True)
class Pathway:
    """The way of one quantity to the cost: `name` is that of its part of a picture, `lit` are the parts on the way.

    `title` says in words what it is, `letter` is its letter. Every link of the chain has a value and, as text, the
    shape of all such links between whole layers."""

    name: str
    title: str
    letter: Expr
    chain: ChainPicture
    values: tuple[Expr, ...]
    shapes: tuple[str, ...]
    lines: Steps
    lit: tuple[str, ...]


def pathways(telling: Telling, picture: NetworkPicture) -> tuple[Pathway, ...]:
    """Return the pathway of each weight, bias and neuron that a picture of the network shows, layer by layer."""
    return tuple(_Guide(telling, picture).pathways())


def pathway_of(telling: Telling, parameter: tuple[str, int, tuple[int, ...]]) -> Pathway:
    """Return the pathway of one weight or bias: its letter, its layer and its place in it."""
    letter, layer, place = parameter
    guide = _Guide(telling, network_picture(telling.network))
    entry, equation = (notation.weight, "BP4") if letter == "w" else (notation.bias, "BP3")
    return guide.parameter(entry(layer)[place], equation)


@dataclass(frozen=True, slots=True)
class _Guide:
    """Knows the derivation, the words, which neurons the picture shows, and the links that were met already."""

    telling: Telling
    picture: NetworkPicture
    met: dict[Partial, Expr] = field(default_factory=dict)

    def pathways(self) -> Iterator[Pathway]:
        for neuron in self.picture.neurons:
            layer, j = neuron.layer, neuron.number
            if not layer:
                yield self._input(j)
                continue
            yield self._neuron(layer, j)
            yield self.parameter(notation.bias(layer)[j], "BP3")
            for k in self._shown(layer - 1):
                yield self.parameter(notation.weight(layer)[j, k], "BP4")

    def parameter(self, entry: Expr, equation: str) -> Pathway:
        """Return the pathway of a weight or a bias."""
        layer, numbers = int(entry.base.layer), tuple(map(int, entry.indices))
        j, k = numbers[0], numbers[-1]
        general = self.telling.derivation.equations[equation]
        places: Places = {LAYER: Integer(layer), J: Integer(j), K: Integer(k)}
        product = self._product(layer) * Partial(notation.weighted_input(LAYER)[J], general.left.by)
        size = self._size(*general.left.by.base.sizes, layer=layer)
        lines = [
            self._first(Partial(COST, entry), product, places),
            Line(None, "=", self._at(general.right, places), self.telling.say("path.by", name=equation, shape=size)),
            *self._errors(layer, j),
        ]
        kind = entry.base.letter + ".first" * (entry.base.letter == "w" and layer == 1)
        title = self._words(kind, j=j, k=k, layer=self.telling.layer(layer), before=self.telling.layer(layer - 1))
        name = "_".join(map(str, (entry.base.letter, layer, *numbers)))
        quantities = (entry, notation.weighted_input(layer)[j], *self._onwards(layer, j))
        return self._pathway(name, (title, entry), quantities, lines)

    def _neuron(self, layer: int, j: int) -> Pathway:
        """Return the pathway of the weighted sum of a neuron, whose derivative is the error of the neuron."""
        delta = notation.error(layer)[j]
        first = self._first(delta, self._product(layer), {LAYER: Integer(layer), J: Integer(j)})
        own, *others = self._errors(layer, j)
        lines = [first, Line(None, own.sign, own.right, own.reason), *others]
        quantities = (notation.weighted_input(layer)[j], *self._onwards(layer, j))
        return self._pathway(
            f"a_{layer}_{j}", (self._words("a", j=j, layer=self.telling.layer(layer)), delta), quantities, lines
        )

    def _input(self, k: int) -> Pathway:
        """Return the pathway of an input, which is not learned, but whose derivative is found in the same way."""
        chain = self.telling.derivation.chains["error to activation"]
        places: Places = {LAYER: Integer(0), J: Integer(k)}
        x = notation.activation(0)[k]
        lines = [
            self._first(Partial(COST, x), chain.steps[0].after, places),
            Line(
                None, "=", self._at(chain.result, places), self.telling.say("path.input", layer=self.telling.layer(1))
            ),
        ]
        quantities = (x, notation.weighted_input(1)[self._index(1, I)], COST)
        return self._pathway(f"x_{k}", (self._words("x", k=k), x), quantities, lines)

    def _pathway(self, name: str, what: tuple[str, Expr], quantities: Sequence[Expr], lines: Sequence[Line]) -> Pathway:
        letters = [quantity.base.letter if quantity != COST else "C" for quantity in quantities]
        known = next((n for n in range(1, len(letters)) if letters[n - 1 : n + 1] == ["a", "z"]), None)
        delta = None if known is None else _error_of(quantities[known])
        chain = chain_picture(tuple(quantities), named=known, name=delta)
        values = tuple(self._value(link.rate) for link in chain.links if isinstance(link.rate, Partial))
        shapes = tuple(self._shape(start, end) for start, end in pairwise(quantities))
        return Pathway(name, *what, chain, values, shapes, Steps(tuple(lines), key="path"), self._lit(name))

    # formulas

    def _at(self, expression: Expr, places: Places) -> Expr:
        return instance(expression, places, self.telling.network)

    def _product(self, layer: int) -> Expr:
        return error_along_paths(self.telling.derivation, layer)

    def _first(self, left: Expr, product: Expr, places: Places) -> Line:
        """Return the line that says: the links along the path, multiplied; over all paths, if there are several."""
        right = self._at(product, places)
        errors = [part for part in right.atoms(Partial) if part.of == COST and part.by.base.letter == "z"]
        roles = (*roles_in(right), *((part, "error") for part in sorted(errors, key=str)))
        return Line(left, "=", right, self.telling.say("path.sum" if right.has(Sum) else "path.product"), roles)

    def _errors(self, layer: int, j: int) -> Iterator[Line]:
        """Yield the error of a neuron, and those of the last layer if it is the next one."""
        yield self._error(layer, Integer(j))
        if layer + 1 == self._depth:
            yield self._error(layer + 1, self._index(layer + 1, I))

    def _error(self, layer: int, j: Expr) -> Line:
        equation = self._specific(layer)
        chain = equation.chain
        right = self._at(compact(chain), {LAYER: Integer(layer), J: j})
        if assumed := sums_to_one(chain.steps):
            reason = self.telling.say("path.assuming", name=equation.name, assumption=assumed[0])
        else:
            reason = self.telling.say("path.error", name=equation.name)
        return Line(notation.error(layer)[j], "=", right, reason)

    def _specific(self, layer: int) -> BackpropEquation:
        """Return BP1 or BP2 with the cost and the activation of a layer."""
        return next(e for e in self.telling.derivation.specific.values() if layer in e.layer_numbers)

    def _value(self, link: Partial) -> Expr:
        """Return what a link is equal to, in the last form that is short."""
        if link not in self.met:
            error = link.of == COST and link.by.base.letter == "z"
            self.met[link] = _error_of(link.by) if error else self._derived(link)
        return self.met[link]

    def _derived(self, link: Partial) -> Expr:
        chain, places = link_chain(link, self.telling.derivation)
        written = [step.after for step in reversed(chain.steps) if not step.after.has(Partial)]
        for form in written:
            shown = self._at(form, dict(places))
            if width(lay_out(shown, Style())) <= LONGEST:
                return shown
        return self._at(chain.result, dict(places))

    # the way to the cost

    @property
    def _depth(self) -> int:
        return self.telling.network.depth

    def _index(self, layer: int, letter: Expr) -> Expr:
        """Return the index of any neuron of a layer: 1 where there is only one."""
        return Integer(1) if self.telling.network.widths[layer] == 1 else letter

    def _mixes(self, layer: int) -> bool:
        return not self.telling.network.activations[layer - 1].is_elementwise

    def _onwards(self, layer: int, j: int) -> tuple[Expr, ...]:
        """Return the quantities after the weighted sum of a neuron: to the cost, or to what is known already."""
        a = notation.activation(layer)[self._index(layer, I) if self._mixes(layer) else j]
        if layer == self._depth:
            return a, COST
        above = layer + 1
        i = self._index(above, K if self._mixes(layer) else I)
        z = notation.weighted_input(above)[i]
        if above < self._depth or self._mixes(above):
            return a, z, COST
        return a, z, notation.activation(above)[i], COST

    def _shown(self, layer: int) -> list[int]:
        return [neuron.number for neuron in self.picture.neurons if neuron.layer == layer]

    def _lit(self, name: str) -> tuple[str, ...]:
        """Return the parts of a picture on the way of one of them, itself the first."""
        letter, *numbers = name.split("_")
        layer, j = (0, int(numbers[0])) if letter == "x" else (int(numbers[0]), int(numbers[1]))
        reached = self._shown(layer) if layer and self._mixes(layer) else [j]
        lit = [name]
        while True:
            lit += [f"a_{layer}_{number}" for number in reached if layer]
            onwards = self._shown(layer + 1)
            lit += [f"w_{layer + 1}_{i}_{number}" for number in reached for i in onwards]
            lit += [f"out_{layer}_{number}" for number in reached if layer < self._depth and not onwards]
            if layer == self._depth:
                return tuple(dict.fromkeys((*lit, *(f"C_{number}" for number in reached), "C")))
            layer, reached = layer + 1, onwards
            while layer < self._depth and not self._shown(layer):  # layers that the picture leaves out
                layer += 1
                reached = self._shown(layer)
                lit += [f"in_{layer}_{number}" for number in reached]

    # words

    def _words(self, key: str, **parts: int) -> str:
        numbers = {name: str(part) for name, part in parts.items()}
        return "".join(map(str, self.telling.say(f"path.{key}", **numbers)))

    def _size(self, *sizes: Expr, layer: int) -> str:
        return " × ".join(str(self._at(size, {LAYER: Integer(layer)})) for size in sizes)

    def _shape(self, start: Expr, end: Expr) -> str:
        """Return how many derivatives there are of a whole layer by another one, or by its parameters."""
        ends = "1" if end == COST else self._size(*end.base.sizes, layer=0)
        starts = self._size(*start.base.sizes, layer=0)
        return f"{ends} × ({starts})" if "×" in starts else f"{ends} × {starts}"


def _error_of(z: Expr) -> Expr:
    return notation.error(z.base.layer)[z.indices]
