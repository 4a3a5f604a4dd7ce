"""The text of a formula as a tree: a closed grammar, read by hand; nothing is ever run.

    sum     = product { ("+" | "-") product }
    product = signed { ("*" | "/") signed }
    signed  = ("+" | "-") signed | power
    power   = atom [ ("^" | "**") signed ]
    atom    = number | name | function "(" sum { "," sum } ")" | "(" sum ")"
            | "where" "(" sum ("<" | "<=" | "==" | "!=" | ">=" | ">") sum "," sum "," sum ")"

What is not in the grammar cannot be said: attributes, subscripts, text, keywords, comparisons anywhere else.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import ClassVar

from symbackprop.errors import ExpressionError
from symbackprop.frozen import dataclass
from symbackprop.network.formula import Call, Comparison, Inverse, Name, Negative, Node, Number, Power, Product, Sum

MOST_CHARACTERS = 500
MOST_PARTS = 200  # numbers, names and signs
MOST_NESTED = 30
MOST_DIGITS = 20
LARGEST_EXPONENT = 100  # numbers lie between 1e-100 and 1e100

LIBRARY = r"(?<![A-Za-z0-9_.])(?:np|numpy|jnp|torch|math)\.(?:linalg\.)?(?=[a-z][a-z0-9_]*\()"  # np.exp is exp

_TOKEN = re.compile(
    rf"{LIBRARY}|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<sign>\*\*|[<>=!]=|[-+*/^(),<>])| +"
)
_BRACKETS = "()[],"
_USUAL = ("abs", "exp", "ln", "max", "min", "relu", "sigmoid", "sqrt", "tanh", "where")
COMPARISONS = ("<", "<=", "==", "!=", ">=", ">")
_LETTER, _WITH_LETTERS = re.compile("[a-z]|alpha|beta|gamma|kappa|lambda|tau"), ("activation", "cost")
_INSTEAD = {
    "≠": "!=",
    "|": "abs(...)",
    "−": "-",
    "×": "*",
    "·": "*",
    "⋅": "*",
    "÷": "/",
    "²": "^2",
    "³": "^3",
    "√": "sqrt(...)",
    "π": "pi",
    "≤": "<=",
    "≥": ">=",
    "=": "==",
    ";": "z^k; k = 2",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A text with what may be said in it: `names` of variables and constants, functions with their `arities`."""

    text: str
    where: str
    names: tuple[str, ...]
    arities: Mapping[str, int]
    has_letters: ClassVar[bool] = False  # whose values are given: then any of them may be an exponent

    def refusal(self, at: int, found: str, wanted: str = "") -> ExpressionError:
        """Return the one-line error for the character at position `at`, the first being 1; 0 is the whole text."""
        shown = repr(self.text if len(self.text) <= 40 else self.text[:37] + "...")
        place = f", character {at}" if at else ""
        return ExpressionError(f"{self.where} {shown}{place}: {found}; {wanted or self.allowed}")

    @property
    def most(self) -> tuple[int, int]:
        """How many characters, and how many numbers, names and signs, it may have."""
        return MOST_CHARACTERS, MOST_PARTS

    @property
    def allowed(self) -> str:
        """What a formula may be made of."""
        functions = ", ".join(name for name in _USUAL if name in self.arities)
        return f"write numbers, {', '.join(self.names)}, + - * / ^ ( ) and functions such as {functions}"


@dataclass(frozen=True, slots=True)
class Token:
    """A number, a name or a sign of the text, and where it stands."""

    kind: str  # number, name, sign or end
    text: str
    at: int


def read(source: Source) -> Node:
    """Return the tree of the text, or raise ExpressionError at the first character that does not fit."""
    return Reader(source, tokens_of(source)).whole()


def tokens_of(source: Source, pattern: re.Pattern[str] = _TOKEN) -> list[Token]:
    """Return what the text is made of by `pattern`, whose groups are kinds of tokens, and an end.

    Raises ExpressionError for an empty text, one that is too long, and a character that fits nothing."""
    if not source.text.strip():
        raise source.refusal(0, "it is empty")
    most_characters, most_parts = source.most
    if len(source.text) > most_characters:
        raise source.refusal(0, f"{len(source.text)} characters", f"at most {most_characters}; shorten it")
    tokens = list(_tokens(source, pattern))
    parts = sum(token.text not in _BRACKETS for token in tokens[:-1])
    if parts > most_parts:
        raise source.refusal(0, f"{parts} numbers, names and signs", f"at most {most_parts}; shorten it")
    return tokens


def _tokens(source: Source, pattern: re.Pattern[str]) -> Iterator[Token]:
    text, start = source.text, 0
    while start < len(text):
        match = pattern.match(text, start)
        if match is None:
            character = text[start]
            code = "" if character.isascii() else f" (U+{ord(character):04X})"
            known = character in _INSTEAD and not (character == ";" and source.has_letters)  # a line gives no numbers
            instead = f"write {_INSTEAD[character]}" if known else ""
            raise source.refusal(start + 1, f"found {character!r}{code}", instead)
        if match.lastgroup is not None:
            yield Token(match.lastgroup, match.group(), start + 1)
        start = match.end()
    yield Token("end", "the end", len(text) + 1)


class Reader:
    """Goes once through the tokens, one method for each line of the grammar."""

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self._source = source
        self._tokens = tokens
        self._next = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self, *texts: str) -> Token | None:
        token = self._token
        if token.kind != "sign" or token.text not in texts:
            return None
        self._next += 1
        return token

    def _ahead(self, sign: str) -> bool:
        return self._token.kind == "sign" and self._token.text == sign

    def whole(self) -> Node:
        """Read one formula up to the end of the text."""
        node = self._sum(0)
        if self._token.kind != "end":
            raise self._unexpected("no opening bracket for it" if self._token.text == ")" else "")
        return node

    def _unexpected(self, wanted: str = "") -> ExpressionError:
        token = self._token
        found = token.text if token.kind == "end" else repr(token.text[:20])
        before = self._tokens[self._next - 1].text[:20] if self._next else ""
        if not wanted and before and (token.kind in ("number", "name") or token.text == "("):
            wanted = f"a sign is missing before it: {before if before[-1].isalnum() else ''}*{token.text[:20]}"
        return self._source.refusal(token.at, f"found {found}", wanted)

    def _sum(self, depth: int) -> Node:
        at, terms = self._token.at, [self._product(depth)]
        while sign := self._take("+", "-"):
            term = self._product(depth)
            terms.append(term if sign.text == "+" else Negative(sign.at, term))
        return terms[0] if len(terms) == 1 else Sum(at, tuple(terms))

    def _product(self, depth: int) -> Node:
        at, factors = self._token.at, [self._signed(depth)]
        while sign := self._take("*", "/"):
            factor = self._signed(depth)
            factors.append(factor if sign.text == "*" else Inverse(sign.at, factor))
        return factors[0] if len(factors) == 1 else Product(at, tuple(factors))

    def _signed(self, depth: int) -> Node:
        if depth > MOST_NESTED:
            raise self._source.refusal(
                self._token.at, f"more than {MOST_NESTED} levels inside one another", "use fewer brackets and signs"
            )
        sign = self._take("+", "-")
        if sign is None:
            return self._power(depth)
        term = self._signed(depth + 1)
        return term if sign.text == "+" else Negative(sign.at, term)

    def _power(self, depth: int) -> Node:
        base = self._atom(depth)
        sign = self._take("^", "**")
        if sign is None:
            return base
        exponent = self._signed(depth + 1)
        if isinstance(base, Name) and base.name == "e":
            return Call(base.at, "exp", (exponent,))
        return Power(sign.at, base, exponent)

    def _atom(self, depth: int) -> Node:
        token = self._token
        if token.kind == "number":
            self._next += 1
            return Number(token.at, self._value(token))
        if token.kind == "name":
            self._next += 1
            return self._named(token, depth)
        if self._take("("):
            node = self._sum(depth + 1)
            self._close()
            return node
        raise self._unexpected("wanted a number, a name or an opening bracket")

    def _close(self, sign: str = ")") -> None:
        if not self._take(sign):
            wanted = "wanted a closing bracket" if sign == ")" else f"wanted a closing {sign}"
            raise self._unexpected(wanted if self._token.kind == "end" else "")

    def _named(self, token: Token, depth: int) -> Node:
        name, functions = token.text, self._source.arities
        if name in self._source.names:
            return Name(token.at, name)
        if name not in functions:
            close = difflib.get_close_matches(name.lower()[:20], [*self._source.names, *functions], n=1, cutoff=0.7)
            hint = f"did you mean {close[0]}? " if close else ""
            letter = f"give a letter its number: {self._source.text}; {name} = 2" if _LETTER.fullmatch(name) else ""
            wanted = letter if letter and self._source.where in _WITH_LETTERS and not close else ""
            raise self._source.refusal(
                token.at, f"found {name[:20]!r}, which is unknown", wanted or hint + self._source.allowed
            )
        if not self._take("("):
            raise self._source.refusal(token.at, f"{name} is a function", f"write {name}(...)")
        arguments = () if self._take(")") else self._arguments(depth, conditional=name == "where")
        return self._call(token, name, arguments)

    def _call(self, token: Token, name: str, arguments: tuple[Node, ...], *, else_: str = "") -> Call:
        """Return a call; raises ExpressionError for another number of arguments, `else_` is what may be meant."""
        wanted = self._source.arities.get(name, 1)
        if name in ("max", "min") and len(arguments) > wanted:
            arguments = (self._call(token, name, arguments[:-1]), arguments[-1])
        if len(arguments) != wanted:
            found = f"{name} with {len(arguments)} argument{'s' * (len(arguments) != 1)}"
            raise self._source.refusal(token.at, found, f"it takes {wanted}{else_}")
        if name == "where" and isinstance(unequal := arguments[0], Comparison) and unequal.sign == "!=":
            arguments = (replace(unequal, sign="=="), *arguments[:0:-1])
        return Call(token.at, name, arguments)

    def _both(self, token: Token, arguments: tuple[Node, ...]) -> tuple[Node, Node]:
        """Return the arguments of what takes two; raises ExpressionError for another number."""
        if len(arguments) != 2:
            found = f"{token.text} with {len(arguments)} argument{'s' * (len(arguments) != 1)}"
            raise self._source.refusal(token.at, found, "it takes 2")
        return arguments

    def _arguments(self, depth: int, *, conditional: bool = False) -> tuple[Node, ...]:
        arguments = [self._comparison(depth + 1) if conditional else self._sum(depth + 1)]
        while self._take(","):
            arguments.append(self._sum(depth + 1))
        self._close()
        return tuple(arguments)

    def _comparison(self, depth: int) -> Node:
        left, sign = self._sum(depth), self._take(*COMPARISONS)
        if sign is None:
            raise self._unexpected(f"where(condition, a, b) begins with a comparison by {' '.join(COMPARISONS)}")
        return Comparison(sign.at, sign.text, left, self._sum(depth))

    def _value(self, token: Token) -> Fraction:
        mantissa, _, exponent = token.text.lower().partition("e")
        digits = mantissa.replace(".", "")
        if len(digits) > MOST_DIGITS:
            raise self._source.refusal(token.at, f"a number of {len(digits)} digits", f"at most {MOST_DIGITS}")
        if re.match("0[0-9]", mantissa):
            raise self._source.refusal(token.at, f"found {token.text!r}", "write the number without leading zeros")
        size = f"numbers lie between 1e-{LARGEST_EXPONENT} and 1e{LARGEST_EXPONENT}"
        if len(exponent.lstrip("+-0")) > 3:
            raise self._source.refusal(token.at, f"found {token.text[:30]!r}", size)
        value = Fraction(token.text)
        if value and not Fraction(1, 10**LARGEST_EXPONENT) <= value <= 10**LARGEST_EXPONENT:
            raise self._source.refusal(token.at, f"found {token.text[:30]!r}", size)
        return value
