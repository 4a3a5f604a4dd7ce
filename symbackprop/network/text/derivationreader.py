"""The grammar of a line of somebody's derivation: that of equations, with layers, derivatives and products as on paper.

    line        = [ "=" ] sum { "=" sum }
    product     = run { ("*" | "/" | "⊙" | "⊗") run }              run      = power { [ "@" ] power }
    power       = atom { "^" ( exponent | "T" ) | ".T" | "[" positions "]" }
    atom        = number | quantity | derivative | σ { "'" } atom | Σ "_" ranges run | "(" sum ")" | "‖" sum "‖" | …
    quantity    = name { "[" positions "]" | "_" subscript | "^" "(" layer ")" | "^T" }
    derivative  = d quantity [ "/" d quantity ] | frac{d quantity}{d quantity} | ∇_quantity C          d = "d" | "∂"

What else an atom may be is said in `network.grammar` and `network.text.reader`.
"""

from __future__ import annotations

from fractions import Fraction

from symbackprop.network.formula import Call, Comparison, Inverse, Name, Node, Number, Power, Product
from symbackprop.network.grammar import Token
from symbackprop.network.text.derivationcases import COMPARED, CaseReader
from symbackprop.network.text.derivationfunctions import AXES, CONDITIONS, OPERATIONS
from symbackprop.network.text.derivationgroups import SIZE
from symbackprop.network.text.derivationtokens import WrittenLine
from symbackprop.network.text.derivationtree import (
    Derivative,
    Diagonal,
    Entrywise,
    Free,
    Norm,
    Outer,
    Picked,
    Quantity,
    Summed,
)
from symbackprop.network.text.glossary import COST_NAME, LAST, Glossary
from symbackprop.network.text.lines import OVER
from symbackprop.network.text.tree import Letter, MatrixProduct, Range, Transposed

_SECOND = (
    "a second derivative",
    "lines are about first derivatives, as dC/dw[2,1,1]; those of an activation may be higher, as in sigmoid''(z[2,1])",
)
WORDS = (
    *OVER,
    *CONDITIONS,
    "cases",
    "diag",
    *AXES,
    *OPERATIONS,
    "frac",
    "d",
    "pi",
    "axis",
    "dim",
    "keepdims",
    "keepdim",
    "True",
    "False",
    "prime",
)
_BEHIND_SUM = ("+", "-", "=", ")", "]", "}", ",", ";", "⁏", "¦")


class DerivationReader(CaseReader):
    """Goes once through the tokens of a line of a derivation."""

    def __init__(self, line: WrittenLine, glossary: Glossary, variable: str = "") -> None:
        """Begin with the first token; `variable` is what the lines before it, about a function, are said of."""
        super().__init__(line, glossary)
        self._excluded: list[list[tuple[Range, Node]]] = []  # of each sum around: Σ over i ≠ k
        self.variable = variable

    def sides(self) -> tuple[bool, list[tuple[Node, int, int]]]:
        """Read the line: whether it begins with =, and each side with the characters at which it begins and ends."""
        first = self._take("=")
        goes_on = first is not None
        if not first:
            self.variable = self._variable()
        found = [self._side(self._behind(first) if first else 1)]
        while sign := self._take("="):
            found.append(self._side(self._behind(sign)))
        if self._token.kind != "end":
            raise self._unexpected("no opening bracket for it" if self._token.text in ")]}" else "")
        return goes_on, found

    def _behind(self, sign: Token) -> int:
        """Return the character behind an equals sign, which may be written :=."""
        return sign.at + 1 + (self._source.text[sign.at - 1] == ":")

    def _side(self, at: int) -> tuple[Node, int, int]:
        if self._token.kind == "end" or self._ahead("="):
            raise self._unexpected("wanted something on each side of =")
        node = self._conditional(0)
        return node, at, self._token.at - 1

    def _product(self, depth: int) -> Node:
        at, node = self._token.at, self._run(depth)
        while True:
            if sign := self._take("*", "⊙"):
                node = Entrywise(sign.at, node, self._run(depth), loose=sign.text == "*")
            elif sign := self._take("⊗"):
                node = Outer(sign.at, node, self._run(depth))
            elif sign := self._take("/"):
                node = Product(at, (node, Inverse(sign.at, self._signed(depth))))
            elif self._starts_atom():
                node = Entrywise(self._token.at, node, self._run(depth), loose=True)
            else:
                return node

    def _run(self, depth: int) -> Node:
        """Read factors that stand side by side: they bind more than a sign does, except that 1/2 x is x/2."""
        node = self._signed(depth)
        while self._ahead("@") or self._starts_atom():
            sign = self._take("@")
            at = sign.at if sign else self._token.at
            node = MatrixProduct(at, node, self._signed(depth) if sign else self._power(depth))
        return node

    def _power(self, depth: int) -> Node:
        node = self._atom(depth)
        while True:
            if sign := self._take("^", "**"):
                node = self._raised(node, sign, depth)
            elif sign := self._take(".T", "ᵀ"):
                node = Transposed(sign.at, node)
            elif sign := self._take(".sum", ".mean", ".dot"):
                node = self._method(sign, node, depth)
            elif isinstance(node, Quantity | Number) or not (self._ahead("[") or self._ahead("_")):
                return node
            else:
                places = self._subscript() if self._take("_") else self._bracket()
                node = Picked(self._token.at, node, places)

    def _raised(self, base: Node, sign: Token, depth: int) -> Node:
        group = self._group(sign)
        if self._is_transpose(group):
            return Transposed(sign.at, base)
        exponent = self._inside(group, lambda: self._signed(depth + 1) if sign.text == "**" else self._sum(depth + 1))
        return Power(sign.at, base, exponent)

    def _atom(self, depth: int) -> Node:
        token = self._token
        if token.kind == "number":
            return self._number(depth)
        if self._take("‖"):
            return self._norm(token, depth)
        for opening, closing in (("(", ")"), ("{", "}"), ("[", "]")):
            if self._take(opening):
                node = self._condition(depth + 1)
                if not self._take(closing):
                    wanted = f"wanted a closing {closing}" if self._token.kind == "end" else ""
                    raise self._unexpected(wanted)
                return node
        if token.kind == "name":
            self._next += 1
            return self._letter_in_place(token) if self._is_place else self._word(token, depth)
        raise self._unexpected("wanted a number, a name or an opening bracket")

    def _norm(self, token: Token, depth: int) -> Node:
        self._in_norm = True
        node = self._sum(depth + 1)
        self._in_norm = False
        if not self._take("‖"):
            raise self._unexpected("wanted ‖ after what the norm is of")
        return Norm(token.at, node)

    def _number(self, depth: int) -> Node:
        token = self._token
        self._next += 1
        if token.text == "1" and self._take("_"):  # 1_{z > 0}
            group = self._group(token)
            return self._inside(group, lambda: self._condition(depth + 1))
        return Number(token.at, self._value(token))

    def _word(self, token: Token, depth: int) -> Node:
        name, meaning = token.text, self.glossary.meaning(token.text)
        if name == LAST and meaning is None:
            return self._quantity(token, ("cost", COST_NAME, None))
        if name in ("d", "∂") and self._ahead("^") and self._tokens[self._next + 1].text in ("2", "{"):
            raise self._source.refusal(token.at, *_SECOND)
        if name == self.variable and not (self._ahead("[") or self._ahead("_")):
            return Free(token.at, name)
        if (sign := self._sign_word(token, depth)) is not None:
            return sign
        if (by := self._differential(token)) is not None:
            return self._derivative(token, by)
        if meaning is None and name == "pi":
            return Name(token.at, name)
        if meaning is None and name in self.glossary.sizes:
            return Letter(token.at, name)
        if meaning is None and name == SIZE and (self._ahead("[") or self._ahead("_")):
            return self._size(token)
        if meaning is None or meaning[0] == "activation":
            return self._function(token, depth)
        return self._quantity(token, meaning)

    def _sign_word(self, token: Token, depth: int) -> Node | None:
        """Read what a word begins that stands for a sign: a fraction, a sum, a gradient, a power of e; else None."""
        name, found = token.text, None
        if name == "frac":
            found = self._fraction(token, depth)
        elif name == "cases" and self._ahead("("):
            found = self._cases(token, depth)
        elif name in ("Σ", "sum") and self._ahead("_"):
            found = self._total(token, depth)
        elif name == "∇":
            found = self._gradient(token)
        elif name in OPERATIONS and self._ahead("("):
            found = self._of_two(token, depth)
        elif name == "diag" and self._ahead("("):
            found = Diagonal(token.at, self._argument(depth))
        elif name == "e" and self._ahead("^") and self.glossary.meaning("e") is None:
            group = self._group(self._take("^") or token)
            found = Call(token.at, "exp", (self._inside(group, lambda: self._sum(depth + 1)),))
        elif name in OVER and self._ahead("["):
            found = self._over(token, depth)
        elif name in ("sum", "mean", *AXES) and self._ahead("("):
            found = self._reduction(token, depth)
        return found

    def _fraction(self, token: Token, depth: int) -> Node:
        """Read frac{above}{below}, a derivative or a quotient."""
        parts = [self._group(token), self._group(token)]
        above, below = (self._inside(part, self._whole_differential) for part in parts)
        if below is not None and [each.text for each in parts[0]] in (["d"], ["∂"]):
            return Derivative(token.at, self._power(depth + 1), below)
        if below is not None:
            return Derivative(token.at, above, below) if above is not None else self._operator(parts[0])
        top, bottom = (self._inside(part, lambda: self._sum(depth + 1)) for part in parts)
        return Product(token.at, (top, Inverse(token.at, bottom)))

    def _operator(self, above: list[Token]) -> Node:
        if any(token.text == "^" for token in above[1:2]):
            raise self._source.refusal(above[0].at, *_SECOND)
        raise self._unexpected("write the derivative of one quantity by another: \\frac{\\partial C}{\\partial w}")

    def _derivative(self, token: Token, of: Node) -> Node:
        """Read what a quantity is differentiated by; without it, dZ is short for dC/dZ."""
        if self._ahead("/"):
            start, self._next = self._next, self._next + 1
            below = self._token
            self._next += 1
            if below.kind == "name" and (by := self._differential(below)) is not None:
                return self._by(token, of, by)
            self._next = start
        if isinstance(of, Quantity) and of.name == COST_NAME:
            raise self._unexpected("a derivative of the cost wants / and what it is by, as in dC/dz[2,1]")
        return self._by(token, self._cost(token), of)

    @staticmethod
    def _by(token: Token, of: Node, by: Node) -> Node:
        """Return ∂of/∂by; dZ^T is the transposed of dZ."""
        if isinstance(by, Transposed):
            return Transposed(by.at, Derivative(token.at, of, by.term))
        return Derivative(token.at, of, by)

    def _gradient(self, token: Token) -> Node:
        """Read ∇_a C."""
        if not self._take("_"):
            raise self._unexpected("wanted _ and what the gradient is by, as in ∇_{a^{(2)}} C")
        by = self._inside(self._group(token), self._named_quantity)
        of = self._named_quantity()
        return Derivative(token.at, of, by)

    @staticmethod
    def _cost(token: Token) -> Quantity:
        return Quantity(0, COST_NAME)  # nothing in the text is that name

    def _total(self, token: Token, depth: int) -> Node:
        self._take("_")
        self._excluded.append([])
        ranges = self._inside(self._group(token), self._ranges)
        if sign := self._take("^"):
            last = self._inside(self._group(sign), lambda: self._place(depth))
            ranges = tuple(Range(each.at, each.name, each.first, last) for each in ranges)
        node = self._signed(depth + 1)
        while not (self._token.kind == "end" or self._token.text in (*_BEHIND_SUM, *CONDITIONS, *COMPARED)):
            if sign := self._take("/"):
                node = Product(sign.at, (node, Inverse(sign.at, self._signed(depth))))
                continue
            self._take("*", "⊙", "@")
            node = Product(self._token.at, (node, self._signed(depth + 1)))
        for each, other in self._excluded.pop():
            one, zero = (Number(each.at, Fraction(value)) for value in (1, 0))
            unequal = Comparison(each.at, "!=", Letter(each.at, each.name), other)
            node = Product(token.at, (Call(each.at, "where", (unequal, one, zero)), node))
        return Summed(token.at, ranges, node)

    def _range(self) -> Range:
        token = self._token
        if token.kind != "name":
            raise self._unexpected("wanted an index")
        self._next += 1
        if self._take("!=") and self._excluded:
            self._excluded[-1].append((Range(token.at, token.text), self._place(0)))
        if not self._take("="):
            return Range(token.at, token.text)
        first = self._place(0)
        return Range(token.at, token.text, first, self._place(0) if self._take("..") else None)
