"""A layer line as text: the shape of one sample, then the layers in order; and the same from lists of tables.

    line    = shape "->" entry { "->" entry }
    shape   = whole { "x" whole }
    entry   = name [ "(" [ value { "," value } ] ")" ] [ activation ]
    value   = [ name "=" ] ( number | "true" | "false" | word | '"' text '"' | "[" number { "," number } "]" | entries )
    activation = name [ "(" [ name "=" ] number { "," … } ")" ] | '"' formula { ";" name "=" number } '"'

Nothing is ever run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from symbackprop.errors import ExpressionError, ShapeError, SpecError, errors_of
from symbackprop.frozen import dataclass
from symbackprop.network.grammar import Token
from symbackprop.network.tables import kind_of

MOST_CHARACTERS = 5_000
MOST_NESTED = 8
MOST_AXES = 4
LARGEST = 1_000_000

_TOKEN = re.compile(
    r"(?P<shape>[0-9]+(?:x[0-9]+)+)"
    r"|(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?![A-Za-z_])"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*)|\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'"
    r"|(?P<sign>->|→|[(),=\[\]])|\s+"
)
_LETTER, _NUMBER = r"\s*[A-Za-z]\w*\s*=", r"\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*"
_ARGUMENT = rf"(?:{_LETTER})?{_NUMBER}"
_PART = re.compile(rf"\s*[A-Za-z]\w*\s*\({_ARGUMENT}(?:,{_ARGUMENT})*\)\s*", re.ASCII)
_LETTERED = re.compile(rf"[^;]+(?:;{_LETTER}{_NUMBER})+", re.ASCII)  # z^k; k = 2
_TRY = "try 4 -> dense(8) tanh -> dense(3) softmax"
_QUOTES = "write a formula in quotes, as in dense(3) 'z*tanh(z)'"
Number = tuple[str | None, float]


@dataclass(frozen=True, slots=True)
class Entry:
    """One layer as it is said: its kind, the values of its fields by position and by name, its activation.

    A value may be a tuple of entries, the layers inside it."""

    layer: str
    positional: tuple[Any, ...] = ()
    named: Mapping[str, Any] | None = None
    activation: str | None = None
    numbers: tuple[Number, ...] = ()  # of the activation


def read_line(text: str) -> tuple[tuple[int, ...], tuple[Entry, ...]]:
    """Return the shape of one sample and the layers that a line says; raises ExpressionError, one line that points."""
    reader = _Reader(text)
    shape = reader.shape()
    reader.wants("->")
    entries = reader.entries(0)
    reader.end()
    return shape, entries


def read_part(text: str) -> tuple[str, tuple[Number, ...]]:
    """Return a name and its numbers, as in huber(kappa=10), or a formula and those of its letters, as in z^k; k = 2.

    The whole text and none where it is no such thing."""
    if _LETTERED.fullmatch(text):
        formula, *letters = text.split(";")
        return formula.strip(), tuple(_Reader(letter).number() for letter in letters)
    if not _PART.fullmatch(text):
        return text, ()
    return _Reader(text).part()


def shape_of(given: object) -> tuple[int, ...]:
    """Return the shape of one sample from a number, text such as 1x28x28, or whole numbers."""
    if isinstance(given, str):
        reader = _Reader(given)
        shape = reader.shape()
        reader.end()
        return shape
    axes = [given] if isinstance(given, int) else list(given) if isinstance(given, Sequence) else [None]
    if not 1 <= len(axes) <= MOST_AXES or any(type(axis) is not int or not 1 <= axis <= LARGEST for axis in axes):
        raise ShapeError(f"input: wanted the shape of one sample, such as 4 or (1, 28, 28), got {str(given)[:40]}")
    return tuple(axes)


def entries_from_tables(tables: object, depth: int = 0) -> tuple[Entry, ...]:
    """Return the layers that a list of tables says: {"layer": "dense", "width": 8, "activation": "relu"}.

    `depth` says inside how many layers the list stands. Raises SpecError for what is no such list."""
    if depth > MOST_NESTED:
        raise SpecError(f"layers: more than {MOST_NESTED} inside one another; take some of them out")
    if not isinstance(tables, Sequence) or isinstance(tables, str | bytes) or not tables:
        got = "nothing" if isinstance(tables, list | tuple) else kind_of(tables)
        raise SpecError(f'layers: wanted a list of layers, got {got}; try ["dense(3)"]')
    return tuple(_from_table(number, table, depth) for number, table in enumerate(tables, start=1))


def _from_table(number: int, table: object, depth: int) -> Entry:
    if isinstance(table, str):
        reader = _Reader(table)
        (entry, *others) = reader.entries(depth)
        reader.end()
        if others:
            raise SpecError(f"layer {number}: one layer for each entry of the list, got {len(others) + 1}")
        return entry
    if not isinstance(table, Mapping):
        raise SpecError(f'layer {number}: wanted a table or text, got {kind_of(table)}; try "dense(3)"')
    fields = {name: list(value) if isinstance(value, tuple) else value for name, value in table.items()}
    kind = fields.pop("layer", None)
    if not isinstance(kind, str):
        wrong = " is missing, the kind" if kind is None else f": wanted text, got {kind_of(kind)}"
        raise SpecError(f'layer {number}: layer{wrong}; try layer = "dense"')
    activation = fields.pop("activation", None) if kind != "rnn" else None
    if activation is not None and not isinstance(activation, str):
        raise SpecError(f'layer {number}: activation: wanted text, got {kind_of(activation)}; try activation = "relu"')
    if "layers" in fields:
        with errors_of(f"layer {number}"):
            fields["layers"] = entries_from_tables(fields["layers"], depth + 1)
    name, numbers = (None, ()) if activation is None else read_part(activation)
    return Entry(kind, (), fields, name, numbers)


class _Reader:
    """Goes once through the tokens of a line."""

    def __init__(self, text: str) -> None:
        if not isinstance(text, str):
            raise ExpressionError(f"network: wanted text, got {type(text).__name__}; {_TRY}")
        if len(text) > MOST_CHARACTERS:
            raise ExpressionError(f"network: {len(text):,} characters, at most {MOST_CHARACTERS:,}; shorten it")
        self._tokens = list(self._cut(text))
        self._next = 0

    def _cut(self, text: str) -> list[Token]:
        tokens: list[Token] = []
        start = 0
        while start < len(text):
            found = _TOKEN.match(text, start)
            if found is None:
                is_formula = text[start] in "*/^+-<>;" and tokens
                hint = _QUOTES if is_formula else _TRY
                raise ExpressionError(f"network, character {start + 1}: found {text[start]!a}; {hint}")
            if found.lastgroup in ("double", "single"):
                tokens.append(Token("text", found.group(found.lastgroup), start + 1))
            elif found.lastgroup is not None:
                tokens.append(Token(found.lastgroup, found.group().replace("→", "->"), start + 1))
            start = found.end()
        return [*tokens, Token("end", "the end", len(text) + 1)]

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _refusal(self, wanted: str) -> ExpressionError:
        token = self._token
        found = token.text if token.kind == "end" else repr(token.text[:20])
        return ExpressionError(f"network, character {token.at}: found {found}, wanted {wanted}")

    def _take(self, *signs: str) -> bool:
        if self._token.kind == "sign" and self._token.text in signs:
            self._next += 1
            return True
        return False

    def wants(self, sign: str) -> None:
        """Read a sign, or raise ExpressionError."""
        if not self._take(sign):
            raise self._refusal(f"{sign}; {_TRY}")

    def end(self) -> None:
        """Raise ExpressionError unless the line is at its end."""
        if self._token.kind != "end":
            raise self._refusal("-> or the end")

    def shape(self) -> tuple[int, ...]:
        """Read the shape of one sample."""
        token = self._token
        whole = token.kind == "number" and token.text.isdigit()
        axes = [int(part) for part in token.text.split("x")] if token.kind == "shape" or whole else []
        if not axes or len(axes) > MOST_AXES or any(not 1 <= axis <= LARGEST for axis in axes):
            raise self._refusal(f"the shape of one sample, such as 4 or 1x28x28; {_TRY}")
        self._next += 1
        return tuple(axes)

    def entries(self, depth: int) -> tuple[Entry, ...]:
        """Read layers with arrows between."""
        if depth > MOST_NESTED:
            raise self._refusal(f"at most {MOST_NESTED} layers inside one another")
        found = [self._entry(depth)]
        while self._take("->"):
            found.append(self._entry(depth))
        return tuple(found)

    def _entry(self, depth: int) -> Entry:
        kind = self._name("a layer, such as dense(3)")
        positional: list[Any] = []
        named: dict[str, Any] = {}
        if self._take("("):
            while not self._take(")"):
                name, value = self._argument(depth)
                if name is None and named:
                    raise self._refusal("a field by its name, as all after the first that has one")
                if name is None:
                    positional.append(value)
                elif name in named:
                    raise self._refusal(f"{name} once; it is given twice")
                else:
                    named[name] = value
                if not self._take(","):
                    self.wants(")")
                    break
        activation, numbers = self._activation()
        return Entry(kind, tuple(positional), named, activation, numbers)

    def _activation(self) -> tuple[str | None, tuple[Number, ...]]:
        if self._token.kind == "text":
            if not self._token.text.strip():
                raise self._refusal("a formula in z between the quotes")
            self._next += 1
            return read_part(self._tokens[self._next - 1].text)
        return self.part() if self._token.kind == "name" else (None, ())

    def part(self) -> tuple[str, tuple[Number, ...]]:
        """Read a name with its numbers."""
        name = self._name("a name")
        numbers: list[Number] = []
        if self._take("("):
            while not self._take(")"):
                numbers.append(self.number(name))
                if not self._take(","):
                    self.wants(")")
                    break
        return name, tuple(numbers)

    def number(self, name: str = "") -> Number:
        """Read a number of a part, with the letter that it may have."""
        named = self._token.kind == "name" and self._tokens[self._next + 1].text == "="
        if self._tokens[self._next + 2 * named].kind != "number":
            raise self._refusal(f"numbers in {name}(…); {_QUOTES}")
        letter, value = self._argument(MOST_NESTED)
        return letter, float(value) if not float(value).is_integer() else int(value)

    def _name(self, wanted: str) -> str:
        token = self._token
        if token.kind != "name":
            raise self._refusal(wanted)
        self._next += 1
        return token.text

    def _argument(self, depth: int) -> tuple[str | None, Any]:
        following = self._tokens[self._next + 1] if self._token.kind == "name" else None
        if following is not None and following.text == "=":
            name = self._name("a field")
            self.wants("=")
            return name, self._value(depth)
        return None, self._value(depth)

    def _value(self, depth: int) -> Any:
        token = self._token
        if token.kind == "number":
            self._next += 1
            return int(token.text) if re.fullmatch(r"[+-]?[0-9]{1,18}", token.text) else float(token.text)
        if token.kind == "text":
            self._next += 1
            return token.text
        if self._take("["):
            values = [self._value(depth)]
            while self._take(","):
                values.append(self._value(depth))
            self.wants("]")
            return values
        word = self._word()
        if word is not None:
            return word
        return self.entries(depth + 1)

    def _word(self) -> Any:
        """Return true, false, or a word that stands alone; None where layers begin."""
        token, after = self._token, self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        if token.kind != "name" or after.text not in (")", ",", "]"):
            return None
        self._next += 1
        return {"true": True, "True": True, "false": False, "False": False}.get(token.text, token.text)
