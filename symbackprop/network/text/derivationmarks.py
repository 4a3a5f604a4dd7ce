r"""What stands at a name in a derivation, in brackets or above and below: its layer, its indices, a transposition.

a[2,1]    a2[1]    a_1^{(2)}    a^{(2)}_1    a^2_1    a_2_1        entry 1 of a at the layer 2
W[l+1]^T  W^{(l+1)\top}                                            a whole matrix, transposed
w_{12}^{(2)}                                                       two indices of one digit each
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeVar

from symbackprop.errors import ExpressionError
from symbackprop.network.formula import Node, Number
from symbackprop.network.grammar import Reader, Token
from symbackprop.network.text.derivationtokens import WrittenLine, tokens_of_derivation
from symbackprop.network.text.derivationtree import LAYER_LETTERS, Kronecker, Marks, Own, Quantity
from symbackprop.network.text.glossary import ERROR, LAST, Glossary, Meaning
from symbackprop.network.text.tree import Letter, Range, Transposed, letters_of

SIZE = "n"  # n[2], n_2: the number of neurons of a layer
_OPEN, _CLOSE = ("(", "{", "["), (")", "}", "]")
_TRANSPOSED = ("T", "top", "intercal", "t", "ᵀ")
_T = TypeVar("_T")


class MarkReader(Reader):
    """Reads names with all that stands at them."""

    def __init__(self, line: WrittenLine, glossary: Glossary) -> None:
        """Cut the line into tokens."""
        super().__init__(line, tokens_of_derivation(line))
        self.glossary = glossary
        self._is_place = False  # inside of an index, where a letter is an index and nothing else

    def _group(self, sign: Token) -> list[Token]:
        """Take what belongs to a _ or ^: what is in braces or brackets, or one token; braces are left out."""
        first = self._token
        if first.kind == "end":
            raise self._unexpected("wanted what belongs to it")
        self._next += 1
        if first.text == "-" and self._token.kind in ("number", "name"):
            self._next += 1
            return [first, self._tokens[self._next - 1]]
        if first.text not in _OPEN:
            return [first]
        found, depth = [first], 1
        while depth:
            token = self._token
            if token.kind == "end":
                raise self._source.refusal(first.at, f"found {first.text!r}", "no closing bracket for it")
            depth += (token.text in _OPEN) - (token.text in _CLOSE)
            found.append(token)
            self._next += 1
        if len(found) == 2:
            raise self._source.refusal(first.at, f"found {first.text + found[1].text!r}", "write what belongs between")
        return found[1:-1] if first.text == "{" else found

    def _inside(self, tokens: Sequence[Token], read: Callable[[], _T]) -> _T:
        """Return what is read from some tokens alone, to their end."""
        end = Token("end", "the end", tokens[-1].at + 1 if tokens else self._token.at)
        outer = self._tokens, self._next
        self._tokens, self._next = [*tokens, end], 0
        try:
            found = read()
            if self._token.kind != "end":
                raise self._unexpected()
        finally:
            self._tokens, self._next = outer
        return found

    @staticmethod
    def _is_transpose(tokens: Sequence[Token]) -> bool:
        return len(tokens) == 1 and tokens[0].text in _TRANSPOSED

    def _place(self, depth: int = 0) -> Node:
        """Read a layer, a position or an end of a sum: letters and numbers."""
        outer, self._is_place = self._is_place, True
        try:
            return self._sum(depth + 1)
        finally:
            self._is_place = outer

    def _letter_in_place(self, token: Token) -> Node:
        """Return an index, a layer or a size; n[2] is the size of a layer."""
        if token.text != SIZE or not (self._ahead("[") or self._ahead("_") or self._ahead("^")):
            return Letter(token.at, token.text)
        return self._size(token)

    def _size(self, token: Token) -> Node:
        if self._ahead("["):
            (layer,) = self._bracket()
            return Quantity(token.at, SIZE, layer)
        sign = self._take("_", "^") or token
        group = self._group(sign)
        inner = group[1:-1] if group and group[0].text in ("(", "[") else group
        return Quantity(token.at, SIZE, self._inside(inner, self._place))

    def _places(self) -> tuple[Node, ...]:
        found = [self._place()]
        while self._take(","):
            found.append(self._place())
        return tuple(found)

    def _ranges(self) -> tuple[Range, ...]:
        ranges = [self._range()]
        while self._take(",") or self._token.kind == "name":
            ranges.append(self._range())
        return tuple(ranges)

    def _range(self) -> Range:
        raise NotImplementedError  # the reader of whole lines, which is built on this one, says how

    def _bracket(self) -> tuple[Node, ...]:
        self._take("[")
        found = self._places()
        self._close("]")
        return found

    def _subscript(self) -> tuple[Node, ...]:
        """Read what stands below: i, 12, jk or j,k+1: one place for each letter or number."""
        return self._items(self._group(self._token))

    def _items(self, tokens: Sequence[Token]) -> tuple[Node, ...]:
        if any(token.kind == "sign" for token in tokens):
            return self._inside(tokens, self._places)
        found: list[Node] = []
        for token in tokens:
            if token.kind == "name":
                found += [self._letter(character, token.at + n) for n, character in enumerate(token.text)]
            else:
                found.append(Number(token.at, self._value(token)))
        return tuple(found)

    @staticmethod
    def _letter(character: str, at: int) -> Node:
        return Number(at, Fraction(int(character))) if character.isdigit() else Letter(at, character)

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
            elif self._ahead("^") and self._above(marks, is_layered=is_layered and not self._is_power(name, marks)):
                pass
            elif self._take(".T", "ᵀ"):
                marks.is_transposed = True
            else:
                break
        if name == ERROR and marks.is_kronecker:
            return Kronecker(token.at, *marks.below)
        layer, positions = self._settled(token, meaning, marks)
        if marks.is_transposed and positions:
            positions = positions[::-1]
        node: Node = Quantity(token.at, name, layer, positions)
        return Transposed(token.at, node) if marks.is_transposed and not positions else node

    def _is_power(self, name: str, marks: Marks) -> bool:
        """Tell whether ^2 behind a_2 is no layer: its index is that of the layer, as no layer is so wide."""
        below, after = marks.below, self._tokens[self._next + 1]
        if after.kind != "number" or len(below) != 1 or not isinstance(below[0], Number):
            return False
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
        if tokens and tokens[-1].text in _TRANSPOSED and (len(tokens) == 1 or tokens[-2].text in _CLOSE):
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
            elif self.glossary.depth == 1 or name == "a":
                is_hidden = token.text in ("h", "H") and self.glossary.depth == 2  # of the one hidden layer
                layer = Number(token.at, Fraction(1)) if is_hidden else Letter(token.at, LAST)  # a - y: of the last
            else:
                wanted = f"write {token.text[:20]}[2] for layer 2, {token.text[:20]}[2,1] for its first entry"
                raise self._source.refusal(token.at, f"{token.text[:20]} without its layer", wanted)
        positions = marks.positions or below
        if len(positions) == 1 and need > 1 and isinstance(positions[0], Number):
            digits = str(positions[0].value)
            if len(digits) == need and digits.isdigit():
                positions = tuple(self._letter(digit, positions[0].at) for digit in digits)
        if kind == "array" and len(positions) == need + 1 and set(letters_of(positions[0])) <= set(LAYER_LETTERS):
            positions = positions[1:]  # y[L, j]
        if len(positions) == need - 1 and need > 1 and self.glossary.is_single(meaning, layer):
            positions = (Number(token.at, Fraction(1)), *positions)  # w_2 of a layer of one neuron
        if len(positions) not in (0, need):
            found = f"{token.text[:20]} with {len(positions)} ind{'ex' if len(positions) == 1 else 'ices'}"
            entry = f"it has {need}" if need else "it is one number"
            raise self._source.refusal(token.at, found, entry)
        return layer, tuple(positions)

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
