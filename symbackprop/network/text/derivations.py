r"""The lines of a person's derivation: what stands on each side of every =, and where in the text it stands.

    dC/dz[2,1] = dC/da[2,1] * da[2,1]/dz[2,1]        a chain: a left side, and
               = (a[2,1] - y[1]) * a[2,1]*(1 - a[2,1])        a line for each =

A line that begins with = goes on with the chain before it. The wrapping of LaTeX, \begin{align} $ & \\,
is passed over. Text is never run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symbackprop.errors import ExpressionError
from symbackprop.network.formula import Node
from symbackprop.network.text.derivationreader import DerivationReader
from symbackprop.network.text.derivationtokens import WrittenLine
from symbackprop.network.text.derivationtree import Quantity
from symbackprop.network.text.derivationwriting import parts_of
from symbackprop.network.text.glossary import ERROR, Glossary

__all__ = ["Chain", "Side", "chains_of", "words_taken"]

MOST_CHARACTERS = 40_000
MOST_ROWS = 500

_AROUND = re.compile(
    r"\\(?:begin|end)\s*\{[A-Za-z]+\*?\}|\$\$?|\\\[(?![0-9.])|\\\]|\\(?:nonumber|notag)\b|\\label\s*\{[^}]*\}|&|~"
    r"|\bnp\.(?=(?:sum|mean|exp|log|tanh|maximum|diag|sqrt)\b)"
)
_WORD = re.compile(r"\\?([A-Za-z][A-Za-z0-9]*)")
_LETTERS_ONLY = re.compile(r"[^A-Za-z]")
_GOES_ON = re.compile(r"\s*(?:\\(?:cdot|times|odot|circ|otimes)\b|[-+*/@⊙·×∘⊗])")
_UNFINISHED = re.compile(r"(?:\\(?:cdot|times|odot|circ|otimes)|[-+*/@⊙·×∘⊗=])\s*$")


@dataclass(frozen=True)
class Side:
    """One side of an =: its tree, its text, the line of the text that it stands in, and where it begins there."""

    node: Node
    text: str
    line: WrittenLine
    at: int

    @property
    def number(self) -> int:
        """The line of the text, the first being 1."""
        return self.line.place(self.at)[0]


@dataclass(frozen=True)
class Chain:
    """A left side, and everything that is said to be equal to it, in the order of the text."""

    left: Side
    rights: tuple[Side, ...]


def chains_of(text: str, glossary: Glossary) -> tuple[Chain, ...]:
    """Return the chains of a derivation.

    Raises ExpressionError, one line that says where, for what is not understood."""
    chains: list[list[Side]] = []
    for line in _lines(text):
        goes_on, sides = DerivationReader(line, glossary).sides()
        found = [Side(node, " ".join(line.text[at - 1 : end].split()), line, node.at) for node, at, end in sides]
        if goes_on and not chains:
            raise line.refusal(1, "= with nothing before it", "begin with what is derived, as in delta[2] = …")
        if goes_on:
            chains[-1] += found
        else:
            chains.append(found)
    for left, *rights in chains:
        if not rights:
            raise left.line.refusal(0, "no = in it", "write what is equal, or # before words")
    return tuple(Chain(sides[0], tuple(sides[1:])) for sides in chains)


def words_taken(chains: Sequence[Chain]) -> dict[str, str]:
    """Return what words of a convention were taken for, where they are not our own: E for C, h for a."""
    found: dict[str, str] = {}
    for chain in chains:
        for side in (chain.left, *chain.rights):
            for node in _quantities(side.node):
                word = _word_at(side.line.text, node.at)
                own = {node.name, node.name.lower(), node.name.upper()}
                if word and word not in own and _LETTERS_ONLY.sub("", word) not in own:
                    found.setdefault(word, node.name)
    return found


def _quantities(node: Node) -> Iterator[Quantity]:
    if isinstance(node, Quantity):
        yield node
    for part in parts_of(node):
        yield from _quantities(part)


def _word_at(text: str, at: int) -> str:
    """Return the word that a quantity was read from, without the d of a differential."""
    found = _WORD.match(text, at - 1) if at else None
    word = found[1] if found else ""
    return word[1:] if len(word) > 1 and word[0] == "d" and word != ERROR else word


def _lines(text: str) -> Iterator[WrittenLine]:
    """Yield the lines that say something, each with the columns that it has in the text."""
    if not isinstance(text, str):
        raise ExpressionError(f"lines: wanted text, got {type(text).__name__}; try 'delta[2] = a[2] - y'")
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(f"lines: {len(text):,} characters, at most {MOST_CHARACTERS:,}; shorten the text")
    rows = text.replace("\r\n", "\n").split("\n")
    if len(rows) > MOST_ROWS:
        raise ExpressionError(f"lines: {len(rows):,} lines, at most {MOST_ROWS}; shorten the text")
    parts = [(number, part) for number, row in enumerate(rows, start=1) for part in _parts(row)]
    if not parts:
        raise ExpressionError("lines: there is no line in the text; try 'delta[2] = a[2] - y'")
    whole: list[tuple[int, str]] = []
    for number, part in parts:
        if whole and (_depth(whole[-1][1]) > 0 or _GOES_ON.match(part) or _UNFINISHED.search(whole[-1][1])):
            first, before = whole[-1]
            gap = "\n" * max(number - first - before.count("\n"), 1)
            whole[-1] = (first, before + gap + part)
        else:
            whole.append((number, part))
    for number, part in whole:
        yield WrittenLine.of(part, number)


def _parts(row: str) -> Iterator[str]:
    """Yield what stands between the line breaks of LaTeX in a row, without comments, each at its own columns."""
    row = re.sub(r"(?<!\\)%.*|#.*", "", row)
    row = _AROUND.sub(lambda found: " " * len(found[0]), row)
    start = 0
    for piece in row.split(r"\\"):
        if piece.strip():
            yield " " * start + piece.rstrip().rstrip(".,;").rstrip()
        start += len(piece) + 2


def _depth(text: str) -> int:
    return sum(map(text.count, "([{")) - sum(map(text.count, ")]}"))
