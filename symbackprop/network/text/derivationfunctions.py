"""Functions in a line of a derivation: σ'(z), softmax_j(z), sum[i](…), sum(Z, axis=1), max(0, z).

What is called is an activation of a layer, one by its own name, or any function of formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.formula import Call, Node, Power
from symbackprop.network.grammar import Token
from symbackprop.network.text.derivationmarks import MarkReader
from symbackprop.network.text.derivationtokens import PRIMES
from symbackprop.network.text.derivationtree import (
    LAYER_LETTERS,
    Activated,
    Entrywise,
    Free,
    FunctionMarks,
    Outer,
    Picked,
)
from symbackprop.network.text.tree import Binder, MatrixProduct, Reduction, letters_of

CONDITIONS = ("if", "else", "otherwise")
ANY = "·"
AXES = {"rowsum": (1,), "colsum": (0,)}  # sums that have one entry for each row, for each column
OPERATIONS: Mapping[str, Callable[[int, Node, Node], Node]] = {
    "dot": MatrixProduct,
    "matmul": MatrixProduct,
    "outer": Outer,
    "multiply": Entrywise,
    "power": Power,
}

_STARTING_SIGNS = ("(", "{", "[")


class FunctionReader(MarkReader):
    """Reads functions with their arguments."""

    _in_norm = False  # where ‖ closes
    variable = ""  # the letter that a line about a function is said of; ANY where it is left out: σ' = σ (1 - σ)

    def _starts_atom(self) -> bool:
        token = self._token
        opens_norm = token.text == "‖" and not self._in_norm
        if token.kind == "name" and token.text in CONDITIONS:
            return False
        return token.kind in ("name", "number") or (
            token.kind == "sign" and (token.text in _STARTING_SIGNS or opens_norm)
        )

    def _function_marks(self) -> FunctionMarks:
        """Read primes, a layer or an index, and a power, of a function."""
        marks = FunctionMarks()
        while True:
            if self._take("'"):
                marks = replace(marks, order=marks.order + 1)
            elif self._take("_"):
                group = self._group(self._token)
                if len(group) == 1 and group[0].text in PRIMES:
                    marks = replace(marks, order=marks.order + 1)
                    continue
                items = self._items(group)
                is_layer = len(items) == 1 and set(letters_of(items[0])) <= set(LAYER_LETTERS)
                marks = replace(marks, layer=items[0]) if is_layer else replace(marks, positions=items)
            elif self._ahead("["):
                marks = replace(marks, layer=self._bracket()[0])
            elif sign := self._take("^"):
                marks = self._function_above(marks, self._group(sign))
            else:
                return marks

    def _function_above(self, marks: FunctionMarks, tokens: list[Token]) -> FunctionMarks:
        primes = sum(token.text == "'" for token in tokens)
        tokens = [token for token in tokens if token.text != "'"]
        marks = replace(marks, order=marks.order + primes)
        if not tokens:
            return marks
        is_wrapped = tokens[0].text in ("(", "[")
        node = self._inside(tokens[1:-1] if is_wrapped else tokens, self._place)
        if is_wrapped or set(letters_of(node)) & set(LAYER_LETTERS):
            return replace(marks, layer=node)
        return replace(marks, power=node)

    def _reduction(self, token: Token, depth: int) -> Node:
        """Read sum(Z, axis=1, keepdims=True), as code has it: one axis of length 1 is kept in any case."""
        self._take("(")
        term = self._sum(depth + 1)
        axes: tuple[int, ...] | None = AXES.get(token.text)
        if self._take(","):
            axes = self._axes()
        self._close()
        return Reduction(token.at, "mean" if token.text == "mean" else "sum", term, axes, True)

    def _axes(self) -> tuple[int, ...] | None:
        """Read axis=1, keepdims=True, to the bracket that closes; an axis may be its number alone."""
        axes: tuple[int, ...] | None = None
        while True:
            word = self._token.text
            self._next += word in ("axis", "dim", "keepdims", "keepdim") and self._tokens[self._next + 1].text == "="
            self._take("=")
            value, is_kept = self._token.text, word.startswith("keepdim")
            if value not in (("True", "False") if is_kept else ("0", "1")):
                raise self._unexpected("wanted axis=0 or axis=1, or keepdims=True")
            self._next += 1
            axes = axes if is_kept else (int(value),)
            if not self._take(","):
                return axes

    def _method(self, sign: Token, term: Node, depth: int) -> Node:
        """Read what code calls on an array: Z.sum(axis=0), A.dot(B)."""
        self._open()
        if sign.text == ".dot":
            node: Node = MatrixProduct(sign.at, term, self._sum(depth + 1))
        else:
            node = Reduction(sign.at, sign.text[1:], term, None if self._ahead(")") else self._axes(), True)
        self._close()
        return node

    def _over(self, token: Token, depth: int) -> Node:
        self._take("[")
        ranges = self._ranges()
        self._close("]")
        return Binder(token.at, token.text, ranges, self._argument(depth))

    def _argument(self, depth: int) -> Node:
        """Read one argument: in brackets, in braces, or as one factor."""
        if self._ahead("(") or self._ahead("{") or self._ahead("["):
            return self._atom(depth + 1)
        return self._power(depth + 1)

    def _function(self, token: Token, depth: int) -> Node:
        """Read a function with its argument: an activation of a layer, one by its own name, or any other."""
        name, meaning = token.text, self.glossary.meaning(token.text)
        own = meaning[1] if meaning else name
        is_own = name in ACTIVATIONS or name in self.glossary.functions
        is_known = meaning is not None or is_own or name in self._source.arities
        if not is_known:
            raise self._unknown_word(token)
        marks = self._function_marks()
        if self.variable == ANY and (meaning is not None or is_own):
            return Activated(token.at, own, marks.order, marks.layer, Free(token.at, "z"))
        if not (self._starts_atom()):
            raise self._unexpected(f"{name} is a function; write {name}(...)")
        arity = self._source.arities.get(own, 1)
        if arity != 1 and not is_own:
            self._open()
            arguments = self._arguments(depth, conditional=own == "where")
            return self._call(token, own, arguments)
        node = self._argument(depth)
        if meaning is not None or is_own:
            called: Node = Activated(token.at, own, marks.order, marks.layer, node)
        elif marks.order:
            raise self._source.refusal(token.at, f"{name}' is not known", "write its derivative out")
        else:
            called = Call(token.at, own, (node,))
        called = called if marks.positions == () else Picked(token.at, called, marks.positions)
        return called if marks.power is None else Power(token.at, called, marks.power)

    def _of_two(self, token: Token, depth: int) -> Node:
        """Read dot(a, b) and other operations that code has functions for."""
        self._open()
        return OPERATIONS[token.text](token.at, *self._both(token, self._arguments(depth)))

    def _open(self) -> None:
        if not self._take("("):
            raise self._unexpected("wanted an opening bracket")
