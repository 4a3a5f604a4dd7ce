r"""What stands at a name in a derivation, in brackets or above and below: its layer, its indices, a transposition.

a[2,1]    a2[1]    a_1^{(2)}    a^{(2)}_1    a^2_1    a_2_1        entry 1 of a at the layer 2
W[l+1]^T  W^{(l+1)\top}                                            a whole matrix, transposed
w_{12}^{(2)}                                                       two indices of one digit each
"""

from __future__ import annotations

import difflib
from fractions import Fraction

from symbackprop.errors import ExpressionError
from symbackprop.network.formula import Node, Number
from symbackprop.network.grammar import Token
from symbackprop.network.program import Kind
from symbackprop.network.text.derivationgroups import CLOSING, OPENING, TRANSPOSED, GroupReader
from symbackprop.network.text.derivationtree import LAYER_LETTERS, Kronecker, Marks, Own, Quantity
from symbackprop.network.text.glossary import ERROR, LAST, Meaning
from symbackprop.network.text.tree import Letter, Transposed, letters_of


class MarkReader(GroupReader):
    """Reads names with all that stands at them."""

    def _quantity(self, token: Token, meaning: Meaning) -> Node:
        """Read the marks of a name, and return the entry, or the whole array, that it is with them."""
        kind, name, number = meaning
        if kind == "own":
            return self._own(token, name)
        need, marks = self.glossary.axes(meaning), Marks()
        if number is not None:
            marks.layer = Number(token.at, Fraction(number))
        is_layered = kind in ("letter", "error")
        while True:
            if self._ahead("["):
                marks.bracketed(self._bracket(), need, is_layered=is_layered)
            elif self._take("_"):
                marks.below += self._subscript()
                marks.groups += 1
            elif self._ahead("^") and (
                self._above(marks, is_layered=is_layered and not self._is_power(name, marks))
                or self._sample(marks, meaning)
            ):
                pass
            elif self._take(".T", "ᵀ"):
                marks.is_transposed = True
            else:
                break
        if name == ERROR and marks.is_kronecker:
            return Kronecker(token.at, *marks.below)
        layer, positions = self._settled(token, meaning, marks)
        is_entry = len(positions) == need
        if marks.is_transposed and is_entry:
            positions = positions[::-1]
        node: Node = Quantity(token.at, name, layer, positions)
        return Transposed(token.at, node) if marks.is_transposed and not (positions and is_entry) else node

    def _is_power(self, name: str, marks: Marks) -> bool:
        """Tell whether ^2 behind a_2 is no layer: its index is that of the layer, as no layer is so wide."""
        below, after = marks.below, self._tokens[self._next + 1]
        if self.glossary.depth == 1 and after.kind == "number" and after.text != "1":
            return True
        if after.kind != "number" or len(below) != 1 or not isinstance(below[0], Number):
            return False
        if self.glossary.has_layers_below:
            return True
        widest = max(map(self.glossary.width, self.glossary.layers(name)), default=0)
        return widest == 1 or below[0].value > widest

    def _own(self, token: Token, name: str) -> Node:
        """Read the marks of a name that a person has defined."""
        marks, definition = Marks(), self.glossary.own[name]
        has_layer = definition.layer is not None or definition.right is None
        while True:
            if self._ahead("["):
                marks.positions += self._bracket()
            elif self._take("_"):
                marks.below += self._subscript()
            elif self._ahead("^") and self._above(marks, is_layered=has_layer):
                pass
            elif self._take(".T", "ᵀ"):
                marks.is_transposed = True
            else:
                break
        layer, positions = marks.layer, marks.positions or marks.below
        if layer is None and definition.layer is not None and len(positions) == len(definition.places) + 1:
            layer, positions = positions[0], positions[1:]
        node = Own(token.at, name, layer, positions)
        return Transposed(token.at, node) if marks.is_transposed else node

    def _above(self, marks: Marks, *, is_layered: bool) -> bool:
        """Take a superscript that is a layer or a transposition; what is a power is left where it stands."""
        start = self._next
        sign = self._take("^") or self._token
        tokens = self._group(sign)
        if tokens and tokens[-1].text in TRANSPOSED and (len(tokens) == 1 or tokens[-2].text in CLOSING):
            marks.is_transposed, tokens = True, tokens[:-1]
            if not tokens:
                return True
        is_wrapped = bool(tokens) and tokens[0].text in ("(", "[") and tokens[-1].text in (")", "]")
        simple = {token.text for token in tokens if token.kind == "name"} <= set(LAYER_LETTERS)
        if is_layered and marks.layer is None and simple and tokens:
            marks.layer = self._inside(tokens[1:-1] if is_wrapped else tokens, self._place)
            return True
        self._next = start
        return False

    def _is_of_samples(self, meaning: Meaning) -> bool:
        kind, name, _ = meaning
        found = [self.glossary.arrays[name]] if kind == "array" else self.glossary.layers(name)
        return any(self.glossary.is_of_samples(array.tensor) for array in found)

    def _sample(self, marks: Marks, meaning: Meaning) -> bool:
        """Take the sample that stands above: x^{(i)}, a^{[2](i)}; what is none is left where it stands."""
        if not self._is_of_samples(meaning):
            return False
        start = self._next
        tokens = self._group(self._take("^") or self._token)
        layer, last = tokens[:-3], tokens[-3:]
        is_letter = len(last) == 3 and last[1].kind == "name" and last[1].text not in LAYER_LETTERS
        if not is_letter or (last[0].text, last[2].text) != ("(", ")"):
            self._next = start
            return False
        marks.sample = Letter(last[1].at, last[1].text)
        if layer:
            marks.layer = self._inside(layer[1:-1] if layer[0].text in OPENING else layer, self._place)
        return True

    def _settled(self, token: Token, meaning: Meaning, marks: Marks) -> tuple[Node | None, tuple[Node, ...]]:
        """Return the layer and the positions, as the marks say them together; raises ExpressionError if they do not."""
        kind, name, _ = meaning
        if kind == "cost" and len(marks.below) == 1 and isinstance(marks.below[0], Letter):
            return None, ()  # E_n, the cost of sample n
        need, layer, below = self.glossary.axes(meaning), marks.layer, marks.below
        if len(marks.positions) > need + 1:
            has = f"it has {need}" + " and a layer" * (kind in ("letter", "error"))
            raise self._source.refusal(token.at, f"{token.text[:20]} with {len(marks.positions)} indices", has)
        if kind in ("letter", "error") and layer is None:
            if len(below) == need + 1:
                layer, below = below[0], below[1:]
            elif len(below) == 1 and set(letters_of(below[0])) <= set(LAYER_LETTERS) and self.glossary.depth > 1:
                layer, below = below[0], ()
            elif (named := self._layer_below(name, need, below)) is not None:
                layer, below = named, ()
            elif self.glossary.depth == 1 or name == "a" or (name == "z" and len(below) == 1):
                is_hidden = token.text in ("h", "H") and self.glossary.depth == 2  # of the one hidden layer
                layer = Number(token.at, Fraction(1)) if is_hidden else Letter(token.at, LAST)  # a - y: of the last
            else:
                wanted = f"write {token.text[:20]}[2] for layer 2, {token.text[:20]}[2,1] for its first entry"
                raise self._source.refusal(token.at, f"{token.text[:20]} without its layer", wanted)
        positions = marks.positions or below
        if marks.sample is not None:
            positions = (marks.sample, *positions)
        is_sample = marks.sample is not None or any(map(_is_letter_of_samples, positions))
        if len(positions) == 1 and need == 2 and self._is_of_steps(meaning, positions[0]):
            return None, positions
        if len(positions) == 1 < need and is_sample and self._is_of_samples(meaning):
            is_lone = self.glossary.is_lone(meaning, layer)
            return layer, (*positions, Number(token.at, Fraction(1))) if is_lone else positions
        return layer, self._placed(token, meaning, layer, positions)

    def _layer_below(self, name: str, need: int, below: tuple[Node, ...]) -> Node | None:
        """Return the layer that a number below is: delta_2, W_2; None where it is an entry, and where there is none."""
        place = below[0] if len(below) == 1 else None
        is_entry = need == 1 and name != ERROR and not self.glossary.has_layers_below
        if not isinstance(place, Number) or is_entry or self.glossary.depth < 2:
            return None
        return place if self.glossary.at(name, int(place.value)) is not None else None

    def _is_of_steps(self, meaning: Meaning, place: Node) -> bool:
        """Tell whether one index of an array says the step of time: h_t, h_{t-1}."""
        kind, name, _ = meaning
        array = self.glossary.arrays[name] if kind == "array" else None
        is_learned = array is None or array.kind == Kind.PARAMETER
        return not is_learned and self.glossary.samples is None and bool(letters_of(place))

    def _placed(
        self, token: Token, meaning: Meaning, layer: Node | None, positions: tuple[Node, ...]
    ) -> tuple[Node, ...]:
        """Return a place for each axis, or none at all; raises ExpressionError for another number of them."""
        need = self.glossary.axes(meaning)
        if len(positions) == 1 and need > 1 and isinstance(positions[0], Number):
            digits = str(positions[0].value)
            if len(digits) == need and digits.isdigit():
                positions = tuple(self._letter(digit, positions[0].at) for digit in digits)
        if meaning[0] == "array" and len(positions) == need + 1 and set(letters_of(positions[0])) <= set(LAYER_LETTERS):
            positions = positions[1:]  # y[L, j]
        if len(positions) == need - 1 and need > 1 and self.glossary.is_single(meaning, layer):
            positions = (Number(token.at, Fraction(1)), *positions)  # w_2 of a layer of one neuron
        if len(positions) not in (0, need):
            found = f"{token.text[:20]} with {len(positions)} ind{'ex' if len(positions) == 1 else 'ices'}"
            entry = f"it has {need}" if need else "it is one number"
            raise self._source.refusal(token.at, found, entry)
        return positions

    def _named_quantity(self) -> Node:
        token = self._token
        if token.kind != "name":
            raise self._unexpected("wanted the name of an array")
        self._next += 1
        meaning = self.glossary.meaning(token.text)
        if meaning is None or meaning[0] == "activation":
            raise self._unknown_word(token)
        return self._quantity(token, meaning)

    def _differential(self, token: Token) -> Node | None:
        """Return the quantity of ∂w, d w or dw, `token` being its first word; None where it is none."""
        if token.text in ("∂", "d") and self._token.kind == "name":
            after = self._token
            meaning = ("cost", "C", None) if after.text == LAST else self.glossary.meaning(after.text)
            if token.text == "∂" or (meaning is not None and meaning[0] != "activation"):
                self._next += 1
                if meaning is None or meaning[0] == "activation":
                    raise self._unknown_word(after)
                return self._quantity(after, meaning)
            return None
        meaning = self.glossary.differential(token.text)
        if meaning is None or meaning[0] == "activation":
            return None
        return self._quantity(token, meaning)

    def _whole_differential(self) -> Node | None:
        """Return the quantity that all tokens are the differential of; None, all passed over, if they are not."""
        token = self._token
        if token.kind == "name":
            self._next += 1
            if (found := self._differential(token)) is not None and self._token.kind == "end":
                return found
        self._next = len(self._tokens) - 1
        return None

    def _unknown_word(self, token: Token) -> ExpressionError:
        known = [*self.glossary.arrays, *self.glossary.letters, "delta", *self._source.arities]
        close = difflib.get_close_matches(token.text[:20], known, n=1, cutoff=0.75) if len(token.text) > 2 else []
        hint = f"did you mean {close[0]}? " if close else ""
        return self._source.refusal(
            token.at, f"found {token.text[:20]!r}, which is unknown", f"{hint}known: {self.glossary.known}"
        )


def _is_letter_of_samples(place: Node) -> bool:
    return isinstance(place, Letter) and place.name in ("s", "n")
