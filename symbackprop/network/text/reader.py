"""The grammar of one line of equations: that of formulas, and arrays, indices and matrices.

    equation    = target "=" sum [ "for" ranges ]
    target      = name [ "[" positions "]" ]
    ranges      = range { "," range }            range = name [ "=" sum ".." sum ]
    product     = signed { ("*" | "/" | "@" | "%" | "mod" | "//") signed }
    atom        = … | name "[" positions "]" | over "[" ranges "]" "(" sum ")" | atom (".T" | ".mT")
                | over "(" sum { "," ("axis" | "keepdims") "=" … } ")" | "where" "(" sum compare sum "," sum "," sum ")"
                | [ library "." ] function "(" … ")" | atom "." function "(" … ")", which is function "(" atom "," … ")"
    over        = "sum" | "mean" | "max" | "min" | "softmax" | "log_softmax"

Everything else is said in `network.grammar`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from symbackprop.errors import ExpressionError
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.formula import Comparison, Inverse, Name, Node, Number, Power, Product
from symbackprop.network.grammar import COMPARISONS, LIBRARY, Token, tokens_of
from symbackprop.network.text.code import EXCHANGING, OPERATIONS, CodeReader
from symbackprop.network.text.lines import (
    DECLARING,
    INSTEAD,
    OVER,
    RESHAPING,
    ROUNDING,
    WORDS_OF_THE_COST,
    Line,
    check_no_word,
    is_function,
)
from symbackprop.network.text.tree import (
    Binder,
    Entry,
    Equality,
    Letter,
    MatrixProduct,
    Range,
    Rounded,
    Transposed,
    alternating,
)

KEYWORDS = (*DECLARING, "sizes", "for")
MOST_AXES = 8

_BRACES = str.maketrans("", "", "{}")  # W_{q} is W_q
_TOKEN = re.compile(
    rf"{LIBRARY}|(?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9]*_\{[A-Za-z]+\}|[A-Za-z][A-Za-z0-9_]*)"
    rf"|(?P<sign>\*\*|//|\.\.|\.m?T(?![A-Za-z0-9_])|\.(?!{RESHAPING}\b)(?=[a-z][a-z0-9_]*\()"
    r"|[<>=!]=|[-+*/%^@(),=<>\[\]])|[ \t\n]+"
)

_TRANSPOSING = {".T": (), ".mT": (-2, -1)}  # and the axes that it exchanges, of which .T has all
_ROUNDING = {"mod": "mod", "%": "mod", "//": "//"}
_MARKED = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z]+)?")  # W_q; x_1 is the name of an entry


class EquationReader(CodeReader):
    """Goes once through the tokens of a line, one method for each line of the grammar."""

    def __init__(self, line: Line, named: Mapping[str, bool]) -> None:
        """Cut the line into tokens; `named` tells of each name that stands in lines before whether it has axes."""
        self._named_before = named
        tokens = tokens_of(line, _TOKEN)
        super().__init__(line, [replace(t, text=t.text.translate(_BRACES)) if "{" in t.text else t for t in tokens])

    def equation(self) -> Equality:
        """Read an equation up to the end of the line."""
        target = self._target()
        if not self._take("="):
            if isinstance(target, Letter) and self._ahead("("):
                raise self._source.refusal(self._token.at, "found '('", self._bracketed(target.name))
            if isinstance(target, Letter) and self._token.kind == "name":
                raise self._source.refusal(target.at, f"{target.name} declares nothing", self._instead_of(target.name))
            raise self._unexpected("wanted = after what is computed")
        right = self._sum(0)
        ranges = self._ranges() if self._word("for") else ()
        self.end()
        return Equality(target, right, ranges)

    def _instead_of(self, word: str) -> str:
        """Return what to write where a line begins with a word that is none of the grammar's."""
        if word.lower() in (*WORDS_OF_THE_COST, "energy", "minimise", "minimize", "return"):
            return "the cost is what the line C = ... computes"
        if any(token.text == "=" for token in self._tokens):
            return "an equation begins with what it computes, as in y[i] = tanh(x[i])"
        close = difflib.get_close_matches(word.lower(), KEYWORDS, n=1)
        return f"{f'did you mean {close[0]}? ' if close else ''}input, parameter, target, constant and value do"

    def end(self) -> None:
        """Raise ExpressionError unless the line is at its end."""
        if self._token.kind != "end":
            raise self._unexpected("no opening bracket for it" if self._token.text in ")]" else "")

    def word(self, *names: str) -> str | None:
        """Return the name that comes next, if it is one of `names`, and another name follows it."""
        first, *rest = self._tokens[self._next : self._next + 2]
        if first.kind == "name" and first.text in names and rest and rest[0].kind == "name":
            self._next += 1
            return first.text
        return None

    def name(self) -> Token:
        """Read a name that something is called by: letters and digits, a mark as of W_q, no word of the grammar."""
        token = self._token
        if token.kind != "name":
            raise self._unexpected("wanted a name")
        if token.text in DECLARING and self._tokens[self._next + 1].kind == "end":
            raise self._source.refusal(token.at, f"{token.text} declares nothing", f"write {token.text} x[N]")
        if not _MARKED.fullmatch(token.text) or token.text in KEYWORDS or len(token.text) > 20:
            wanted = "a name is made of up to 20 letters and digits"
            wanted += f", such as {token.text.replace('_', '')[:20]}" if "_" in token.text else ""
            found = f"{token.text} is a word of the grammar" if token.text in KEYWORDS else f"found {token.text[:30]!r}"
            raise self._source.refusal(token.at, found, wanted)
        self._next += 1
        return token

    def sizes(self) -> tuple[Node, ...]:
        """Read what stands in the brackets after a name, if there are any: sizes, or positions."""
        if not self._take("["):
            return ()
        return self._positions(0)

    def comma(self) -> bool:
        """Tell whether a comma comes next, and go past it."""
        return self._take(",") is not None

    def formula(self) -> Node:
        """Read a formula as far as it goes."""
        return self._sum(0)

    def equals(self) -> None:
        """Read the sign = of a size."""
        if not self._take("="):
            raise self._unexpected("wanted =, as in N = 3")

    def _target(self) -> Entry | Letter:
        token = self.name()
        check_no_word(token, self._source)
        positions = self.sizes()
        return Entry(token.at, token.text, positions) if positions else Letter(token.at, token.text)

    def _positions(self, depth: int) -> tuple[Node, ...]:
        positions = [self._sum(depth + 1)]
        while self._take(","):
            positions.append(self._sum(depth + 1))
        self._close("]")
        if len(positions) > MOST_AXES:
            raise self._source.refusal(positions[-1].at, f"{len(positions)} positions", f"at most {MOST_AXES} axes")
        return tuple(positions)

    def _ranges(self) -> tuple[Range, ...]:
        ranges = [self._range()]
        while self._take(","):
            ranges.append(self._range())
        return tuple(ranges)

    def _range(self) -> Range:
        token = self.name()
        if not self._take("="):
            if self._token.text in (*COMPARISONS, "in"):
                raise self._unexpected("wanted two dots, as in t = 1..T")
            return Range(token.at, token.text)
        first = self._sum(0)
        if not self._take(".."):
            raise self._unexpected("wanted two dots, as in t = 1..T")
        return Range(token.at, token.text, first, self._sum(0))

    def _product(self, depth: int) -> Node:
        at, factors = self._token.at, [self._signed(depth)]
        while sign := self._take("*", "/", "@") or self._rounding():
            factor = self._signed(depth)
            left = factors[0] if len(factors) == 1 else Product(at, tuple(factors))
            if sign.text == "@":
                factors = [MatrixProduct(sign.at, left, factor)]
            elif sign.text in _ROUNDING:
                factors = [Rounded(sign.at, _ROUNDING[sign.text], left, factor)]
            else:
                factors.append(factor if sign.text == "*" else Inverse(sign.at, factor))
        return factors[0] if len(factors) == 1 else Product(at, tuple(factors))

    def _rounding(self) -> Token | None:
        """Take a sign of whole numbers, i mod 2, which are those of places: only an index line has them."""
        token = self._token
        if not self._source.has_indices or token.text not in _ROUNDING:
            return None
        self._next += 1
        return token

    def _rounded(self, token: Token, depth: int) -> Node:
        """Read mod(i, 2) as i mod 2, and floor(i/2) as (i/2) // 1."""
        self._take("(")
        arguments = self._arguments(depth)
        if token.text == "floor" and len(arguments) == 1:
            return Rounded(token.at, "//", arguments[0], Number(token.at, Fraction(1)))
        return Rounded(token.at, _ROUNDING[token.text], *self._both(token, arguments))

    def _power(self, depth: int) -> Node:
        node, last = super()._power(depth), self._tokens[max(self._next - 2, 0) : self._next]
        if not self._source.has_indices and [token.text for token in last] in (["^", "T"], ["**", "T"]):
            raise self._source.refusal(last[0].at, f"found '{last[0].text}T'", "write X.T, or X^(T) for a power")
        return alternating(node) if isinstance(node, Power) else node

    def _unexpected(self, wanted: str = "") -> ExpressionError:
        text = self._token.text
        if not wanted and text in INSTEAD:
            wanted = f"write {INSTEAD[text][not self._source.has_indices]}"
        elif not wanted and text == "(" and self._tokens[0].text in DECLARING:
            wanted = f"write sizes in brackets: {self._tokens[self._next - 1].text}[N]"
        elif not wanted and text in COMPARISONS:
            wanted = "a comparison stands in where(condition, a, b)"
        return super()._unexpected(wanted)

    def _atom(self, depth: int) -> Node:
        node = super()._atom(depth)
        while sign := self._take(*_TRANSPOSING, "."):
            axes = _TRANSPOSING.get(sign.text)
            node = self._method(node, depth) if axes is None else Transposed(sign.at, node, axes)
        return node

    def _named(self, token: Token, depth: int) -> Node:
        name = token.text
        if name in OVER and self._take("["):
            return self._binder(token, depth)
        if not self._ahead("("):
            return self._array(token, depth)
        if name in OVER and not (name in ("max", "min") and self._source.has_indices):
            return self._reduction(token, depth)
        if name == "where":
            self._take("(")
            condition = self._comparison(depth)
            if not self._take(","):
                raise self._unexpected("wanted where(condition, a, b), one inside another for two conditions")
            arguments = (condition, *self._arguments(depth))
        elif name in ROUNDING and self._source.has_indices:
            return self._rounded(token, depth)
        elif name in OPERATIONS and not self._source.has_indices:
            return self._operation(token, depth)
        elif name in EXCHANGING and not self._source.has_indices:
            self._take("(")
            return self._exchanged(token, self._sum(depth + 1))
        elif name in self._source.arities or name in ACTIVATIONS:
            self._take("(")
            arguments = () if self._take(")") else self._arguments(depth)
        else:
            raise self._unknown(token)
        return self._call(token, name, arguments, else_=self._meant(name))

    def _array(self, token: Token, depth: int) -> Node:
        if is_function(self._source, token.text):
            raise self._source.refusal(token.at, f"{token.text} is a function", f"write {token.text}(...)")
        stem, _, mark = token.text.partition("_")
        if stem in OVER:  # sum_i
            raise self._source.refusal(token.at, f"function {token.text[:20]} is unknown", f"write {stem}[{mark}](...)")
        self._next -= 1
        self.name()
        if self._take("["):
            if self._tokens[self._next + 1].text == "=" and token.text not in self._named_before:  # SUM[u = 1..N](...)
                raise self._unknown(token)
            positions = self._positions(depth)
            if self._ahead("("):
                raise self._unknown(token)
            return Entry(token.at, token.text, positions)
        return Name(token.at, "pi") if token.text == "pi" else Letter(token.at, token.text)

    def _unknown(self, token: Token) -> Exception:
        known = [*self._source.arities, *OVER, *ACTIVATIONS]
        close = difflib.get_close_matches(token.text.lower()[:20], known, n=1, cutoff=0.7)
        wanted = f"did you mean {close[0]}?" if close else f"known: {', '.join(sorted({*known}))}"
        if token.text in INSTEAD:
            wanted = f"write {INSTEAD[token.text][not self._source.has_indices]}"
        if token.text in self._named_before and self._ahead("("):
            has_axes = self._named_before[token.text]
            wanted = self._bracketed(token.text) if has_axes else f"write {token.text}*(...)"
        return self._source.refusal(token.at, f"function {token.text[:20]} is unknown", wanted)

    def _binder(self, token: Token, depth: int) -> Node:
        ranges = self._ranges()
        self._close("]")
        if not self._take("("):
            raise self._unexpected(f"wanted ( after {token.text}[...]")
        body = self._sum(depth + 1)
        self._close()
        return Binder(token.at, token.text, ranges, body)

    def _comparison(self, depth: int) -> Node:
        left = self._sum(depth + 1)
        sign = self._take(*COMPARISONS)
        if sign is None:
            raise self._unexpected("wanted a comparison with <, <=, ==, !=, >= or >")
        return Comparison(sign.at, sign.text, left, self._sum(depth + 1))
