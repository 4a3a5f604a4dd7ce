r"""LaTeX -> canonical text: a reader of its own for the commands that the formats write, and for no others.

    read(r"\textcolor{#B84F00}{\frac{1}{2}}\,\delta'^{(l)}_{j}")   ->   ["frac{1}{2}", "δ_{j}^{′(l)}"]

A command that it does not know is an error, so nothing is passed over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from exposition.canonical import form

__all__ = ["argument", "canonical", "read", "split"]

SIGNS = {
    **{"cdot": "·", "times": "×", "odot": "⊙", "circ": "∘", "partial": "∂", "nabla": "∇", "sum": "∑"},
    **{"leftarrow": "←", "to": "→", "approx": "≈", "lt": "<", "gt": ">", "le": "≤", "ge": "≥", "ne": "≠"},
    **{"leq": "≤", "geq": "≥", "neq": "≠", "lor": "∨", "land": "∧", "infty": "∞", "lvert": "|", "rvert": "|"},
    **{"{": "{", "}": "}"},
}
FUNCTIONS = {"exp", "ln", "log", "max", "min", "sin", "cos", "tan", "tanh", "sinh", "cosh", "arctan"}
UNSEEN = {",", ";", "!", " ", "quad", "qquad", "displaystyle", "laststep"}
UNSEEN |= {"fit", "boxed", "stepsign", "stepside"}  # the frame of a group, which is read as what it is
COLOURED = {"textcolor", "role"}
LOOKS = {"mathbf": "BOLD", "mathsf": "SANS-SERIF"}
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+|\{,\}\d+)?|:=|\s+|.", re.DOTALL)
_DEEPER, _HIGHER = r"\{|\\(?:begin|left)(?![A-Za-z])", r"\}|\\(?:end|right)(?![A-Za-z])"


def canonical(latex: str) -> str:
    """Return the canonical text of a formula in one piece."""
    return "".join(form.pieces(read(latex)))


def read(latex: str) -> list[str]:
    """Return the atoms of a formula, with a BREAK where a row of it ends; raises ValueError for what is unknown."""
    reader = _Reader([token for token in _TOKEN.findall(latex) if token.strip()])
    row = reader.row()
    if reader.left:
        raise ValueError(f"{''.join(reader.left)!r} closes nothing in {latex!r}")
    return row


def split(latex: str, separator: str) -> list[str]:
    """Return LaTeX in parts, cut at what matches and stands in no group, environment or fence."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(rf"(?P<cut>{separator})|\\[{{}}]|(?P<deeper>{_DEEPER})|(?P<higher>{_HIGHER})", latex):
        if found["cut"] is not None and depth == 0:
            parts.append(latex[start : found.start()])
            start = found.end()
        depth += (found["deeper"] is not None) - (found["higher"] is not None)
    return [*parts, latex[start:]]


def argument(latex: str, place: int) -> int:
    """Return the place after the group that opens at `place`."""
    depth = 0
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(latex, place):
        depth += (found[0] == "{") - (found[0] == "}")
        if depth == 0:
            return found.end()
    raise ValueError(f"a group is not closed in {latex[place : place + 80]!r}")


@dataclass
class _Reader:
    """Reads tokens from left to right; `left` are those that are still to be read."""

    left: list[str]

    def row(self, end: str = "}") -> list[str]:
        """Return the atoms before the token that ends them."""
        units: list[list[str]] = []
        while self.left and self.left[0] != end:
            if self.left[0] in "_^'":
                units.append(self.scripts(units.pop() if units else []))
            else:
                units.append(self.unit())
        return [atom for unit in units for atom in unit]

    def scripts(self, base: list[str]) -> list[str]:
        """Return a base with all scripts that follow it; primes come before what else stands above."""
        primes: list[str] = []
        found: dict[str, list[str]] = {"_": [], "^": []}
        while self.left and self.left[0] in "_^'":
            kind = self.left.pop(0)
            if kind == "'":
                primes.append("′")
            elif found[kind]:
                raise ValueError("a base has two scripts at one place")
            else:
                found[kind] = self.unit()
        return form.scripted(base, found["_"], [*primes, *found["^"]])

    def unit(self) -> list[str]:
        """Return the next group, or what the next command or letter is."""
        token = self.take()
        if token == "{":
            row = self.row()
            self.expect("}")
            return row
        if token.startswith("\\"):
            return self.command(token[1:])
        return [form.COLUMN] if token == "&" else form.atoms(token.replace("{,}", ","))

    def take(self) -> str:
        """Return the next token, which has to be there."""
        if not self.left:
            raise ValueError("a formula ends too early")
        return self.left.pop(0)

    def expect(self, wanted: str) -> None:
        """Take a token that has to come now."""
        if (token := self.take()) != wanted:
            raise ValueError(f"{wanted!r} is missing, there is {token!r}")

    def text(self) -> str:
        """Return the letters of the next group as they are."""
        self.expect("{")
        letters = ""
        while (token := self.take()) != "}":
            letters += token
        return letters

    def command(self, name: str) -> list[str]:
        """Return what a command stands for, with its arguments."""
        if name in _BUILT:
            return _BUILT[name](self)
        if name in COLOURED:
            self.text()
            return self.unit()
        if name in LOOKS:
            return [_letter(each, LOOKS[name]) for each in self.text()]
        if name in FUNCTIONS:
            return [name]
        return [] if name in UNSEEN else form.atoms(SIGNS[name] if name in SIGNS else _greek(name))

    def fence(self) -> list[str]:
        """Return what stands between fences with those of them that are to be seen."""
        first, inside = self.delimiter(), self.row(r"\right")
        self.expect(r"\right")
        return [*first, *inside, *self.delimiter()]

    def delimiter(self) -> list[str]:
        """Return the fence that comes now, nothing for a dot."""
        token = self.take()
        return [] if token == "." else form.atoms(SIGNS[token[1:]] if token.startswith("\\") else token)

    def environment(self) -> list[str]:
        """Return a case distinction or a table; the rows of an alignment are those of one formula."""
        name = self.text()
        if self.left[:1] == ["["] and name == "aligned":  # [t], where it stands
            del self.left[: self.left.index("]") + 1]
        inside = self.row(r"\end")
        self.expect(r"\end")
        if (closed := self.text()) != name or name not in _ENVIRONMENTS:
            raise ValueError(f"the environment {name!r} is unknown, or ends as {closed!r}")
        return _ENVIRONMENTS[name](inside)

    def unsaid(self) -> list[str]:
        """Return nothing for the name of an equation."""
        self.text()
        return []


_BUILT: dict[str, Callable[[_Reader], list[str]]] = {
    "frac": lambda reader: [form.fraction(reader.unit(), reader.unit())],
    "sqrt": lambda reader: [form.root(reader.unit())],
    "left": _Reader.fence,
    "begin": _Reader.environment,
    "mathrm": lambda reader: form.word(reader.text()),
    "text": lambda reader: form.word(reader.text()),
    "tag": _Reader.unsaid,
    "\\": lambda reader: [form.BREAK],
}
_ENVIRONMENTS: dict[str, Callable[[list[str]], list[str]]] = {
    "cases": lambda inside: [form.cases(form.table(inside))],
    "matrix": lambda inside: [form.grid(form.table(inside))],
    "aligned": lambda inside: [atom for atom in inside if atom != form.COLUMN],
}


def _letter(character: str, look: str) -> str:
    kind = unicodedata.name(character).replace("LATIN ", "").replace("GREEK ", "").replace("LETTER ", "")
    return unicodedata.lookup(f"MATHEMATICAL {look} {kind}")


def _greek(name: str) -> str:
    size = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {name.removeprefix('var').upper()}")
    except KeyError:
        raise ValueError(f"the command {name!r} is unknown") from None
