"""What belongs together in a line of a derivation: what stands in brackets, above or below, as places and ranges.

a_{12}, a_{j,k+1}        one place for each letter or number        [2, j]    {i=1..n}
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeVar

from symbackprop.network.formula import Node, Number
from symbackprop.network.grammar import Reader, Token
from symbackprop.network.text.derivationtokens import WrittenLine, tokens_of_derivation
from symbackprop.network.text.derivationtree import Quantity
from symbackprop.network.text.glossary import Glossary
from symbackprop.network.text.tree import Letter, Range

SIZE = "n"  # n[2], n_2: the number of neurons of a layer
OPENING, CLOSING = ("(", "{", "["), (")", "}", "]")
TRANSPOSED = ("T", "top", "intercal", "t", "ᵀ")
_T = TypeVar("_T")


class GroupReader(Reader):
    """Reads groups of tokens."""

    def __init__(self, line: WrittenLine, glossary: Glossary) -> None:
        """Cut the line into tokens."""
        super().__init__(line, _with_names(tokens_of_derivation(line), glossary))
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
        if first.text not in OPENING:
            return [first]
        found, depth = [first], 1
        while depth:
            token = self._token
            if token.kind == "end":
                raise self._source.refusal(first.at, f"found {first.text!r}", "no closing bracket for it")
            depth += (token.text in OPENING) - (token.text in CLOSING)
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
        return len(tokens) == 1 and tokens[0].text in TRANSPOSED

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


def _with_names(tokens: list[Token], glossary: Glossary) -> list[Token]:
    """Return the tokens with W_h and W_{xh} as one where arrays are called Wh and Wxh, and so with grad_W2."""
    found: list[Token] = []
    for token in tokens:
        found.append(token)
        texts = [each.text for each in found[-5:]]
        size = 5 if texts[1:] and texts[-1] == "}" and texts[1:3] == ["_", "{"] else 3
        first, *rest = found[-size:]
        name = first.text + "".join(each.text for each in rest if each.kind != "sign")
        whole = "".join(each.text for each in found[-3:])
        if len(found) > 2 and found[-2].text == "_" and glossary.differential(whole) is not None:
            found[-3:] = [Token("name", whole, found[-3].at)]
            continue
        is_named = len(rest) == size - 1 and rest[0].text == "_" and name[len(first.text) :].isalpha()
        if is_named and first.text not in glossary.arrays and {name, name[name[0] == "d" :]} & glossary.arrays.keys():
            found[-size:] = [Token("name", name, first.at)]
    return found
