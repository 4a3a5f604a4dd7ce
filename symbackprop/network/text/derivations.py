r"""The lines of a person's derivation: what stands on each side of every =, and where in the text it stands.

    dC/dz[2,1] = dC/da[2,1] * da[2,1]/dz[2,1]        a chain: a left side, and
               = (a[2,1] - y[1]) * a[2,1]*(1 - a[2,1])        a line for each =

A line that begins with = goes on with the chain before it. The wrapping of LaTeX, \begin{align} $ & \\,
is passed over. Text is never run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from symbackprop.errors import ExpressionError
from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.formula import Call, Node
from symbackprop.network.text.derivationnumbered import in_layers
from symbackprop.network.text.derivationreader import WORDS, DerivationReader
from symbackprop.network.text.derivationrows import Piece, pieces_of
from symbackprop.network.text.derivationtokens import GREEK, WrittenLine
from symbackprop.network.text.derivationtree import Own, Quantity
from symbackprop.network.text.glossary import ERROR, LAST, Definition, Glossary
from symbackprop.network.text.tree import nodes_in
from symbackprop.network.vocabulary import vocabulary

MOST_CHARACTERS = 40_000
MOST_ROWS = 500

_WORD = re.compile(r"\\?([A-Za-z][A-Za-z0-9]*)")
_LAYER_BELOW = re.compile(r"(?<![A-Za-z])W_\{?[0-9]\}?(?![0-9,}_]|\s*\^\s*\{?[\[(0-9])")  # W_2, W_{2}^T
_HAT = re.compile(r"hat\s*\{?$")
_LETTERS_ONLY = re.compile(r"[^A-Za-z]")
_FUNCTION = re.compile(r"\s*\\?([A-Za-z][A-Za-z0-9_]*)\s*(?:\(\s*[a-z]\s*\)\s*)?")
_OWN = re.compile(r"\s*\\?([A-Za-z]{3,}_[A-Za-z]{3,}|[A-Za-z][A-Za-z0-9]*|[α-ωϕ])")


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


@dataclass(frozen=True)
class Derivation:
    """What a text says: its chains, the words for its network with names of its own, and lines that are words alone.

    With `is_numbered` its weights are numbered through, and its neurons called h1, o2."""

    chains: tuple[Chain, ...]
    glossary: Glossary
    passed: tuple[int, ...] = ()
    is_numbered: bool = False


def chains_of(text: str, glossary: Glossary) -> Derivation:
    """Return the chains of a derivation, with the names that it gives to something.

    Raises ExpressionError, one line that says where, for what is not understood."""
    plain = in_layers(_checked(text), glossary.weight_shapes)
    pieces, passed = pieces_of(plain, _words_of(glossary))
    if not pieces:
        raise ExpressionError("lines: there is no line in the text; try 'delta[2] = a[2] - y'")
    aliases: dict[str, str] = {}
    read: list[Piece] = []
    for piece in pieces:
        alias = _alias(piece, glossary)
        aliases |= alias
        read += [] if alias else [piece]
    glossary = replace(glossary, aliases=aliases, has_layers_below=_LAYER_BELOW.search(plain) is not None)
    for piece in read:
        glossary = _with_name(piece, glossary)
    chains: list[list[Side]] = []
    variable = ""
    for piece in read:
        line = WrittenLine.of(piece.text, piece.number)
        reader = DerivationReader(line, glossary, variable)
        goes_on, sides = reader.sides()
        variable = reader.variable
        found = [Side(node, _shown(line.text[at - 1 : end]), line, node.at) for node, at, end in sides]
        if goes_on and not chains:
            raise line.refusal(1, "= with nothing before it", "begin with what is derived, as in delta[2] = …")
        if not goes_on:
            chains.append([])
        chains[-1] += [_elsewhere(side, chains[-1][0] if chains[-1] else found[0]) for side in found]
    for left, *rights in chains:
        if not rights:
            raise left.line.refusal(0, "no = in it", "write what is equal, or # before words")
    whole = tuple(Chain(sides[0], tuple(sides[1:])) for sides in chains)
    return Derivation(whole, glossary, tuple(passed), is_numbered=plain != text.replace("\r\n", "\n"))


def _elsewhere(side: Side, left: Side) -> Side:
    """Return a side; one that is said of some cases alone, x if i = j, is the left one in all others."""
    node = side.node
    if not (isinstance(node, Call) and node.function == "where" and len(node.arguments) == 2):
        return side
    return replace(side, node=replace(node, arguments=(*node.arguments, left.node)))


def _shown(text: str) -> str:
    """Return a part of a line as it is shown, cases with the words that they have in a line."""
    text = re.sub(r"¦\s*(?=[A-Za-zÀ-ÿ ]+(?:⁏|\)|$))", "", text)
    return " ".join(re.sub(r"¦(?:\s*if\b)?", "if", text).replace("⁏", ";").split()).replace("cases( ", "cases(")


def _words_of(glossary: Glossary) -> Callable[[str], bool]:
    """Return what tells the words of mathematics from others."""
    functions = {*vocabulary(), *ACTIVATIONS, *WORDS}

    def is_known(word: str) -> bool:
        return word in functions or glossary.meaning(word) is not None or glossary.differential(word) is not None

    return is_known


def _alias(piece: Piece, glossary: Glossary) -> dict[str, str]:
    """Return the activation that a piece gives another name to: s = sigmoid, g(z) = tanh(z)."""
    left, sign, right = piece.text.partition("=")
    name, function = _FUNCTION.fullmatch(left.replace(":", " ")), _FUNCTION.fullmatch(right)
    if not sign or name is None or function is None or function[1] not in ACTIVATIONS:
        return {}
    known = glossary.meaning(name[1])
    return {name[1]: function[1]} if known is None or known[0] == "activation" else {}


def _with_name(piece: Piece, glossary: Glossary) -> Glossary:
    """Return the words with the one that a piece defines: e = a[2] - y, where e is unknown, or with let before it."""
    found = _OWN.match(piece.text)
    if found is None or "=" not in piece.text:
        return glossary
    word = GREEK.get(found[1], found[1])
    if word == LAST:  # L = …, the cost
        return glossary
    known = glossary.meaning(word)
    if not _starts_name(piece.text, found):
        return glossary
    is_new = known is None and not glossary.is_function(word) and glossary.differential(word) is None
    is_renamed = piece.defines and known is not None and known[0] != "own" and not glossary.is_ours(word)
    if not (is_new or is_renamed):
        return glossary
    line = WrittenLine.of(piece.text, piece.number)
    (left, *_), first, *_ = DerivationReader(line, glossary.with_own(Definition(word, line))).sides()[1]
    if not isinstance(left, Own):
        return glossary
    if any(isinstance(part, Own) and part.name == word for part in nodes_in(first[0])):
        raise line.refusal(first[0].at, f"{word} is defined by itself", "give one of the two another name")
    return glossary.with_own(Definition(word, line, left.layer, left.positions, first[0]))


def _starts_name(text: str, found: re.Match[str]) -> bool:
    """Tell whether a word, with its marks, is all that stands before =."""
    left = text[found.end() : text.index("=")].strip().removesuffix(":").strip()
    return not left or left[0] in "[_^⁽₀₁₂₃₄₅₆₇₈₉ᵢⱼₖ"


def words_taken(chains: Sequence[Chain]) -> dict[str, str]:
    """Return what words of a convention were taken for, where they are not our own: E for C, h for a."""
    found: dict[str, str] = {}
    for chain in chains:
        for side in (chain.left, *chain.rights):
            for node in (part for part in nodes_in(side.node) if isinstance(part, Quantity)):
                word = _word_at(side.line.text, node.at)
                letters = _LETTERS_ONLY.sub("", word) or word
                if word and not {word, letters} & {node.name, node.name.lower(), node.name.upper()}:
                    found.setdefault(letters, node.name)
    return found


def _word_at(text: str, at: int) -> str:
    """Return the word that a quantity was read from, without the d of a differential."""
    found = _WORD.match(text, at - 1) if at else None
    word = found[1] if found else ""
    word += "hat" * (_HAT.search(text, 0, max(at - 1, 0)) is not None)
    return word[1:] if len(word) > 1 and word[0] == "d" and not word.startswith(ERROR) else word


def _checked(text: str) -> str:
    """Return a text that is one, and not too long; raises ExpressionError for another."""
    if not isinstance(text, str):
        raise ExpressionError(f"lines: wanted text, got {type(text).__name__}; try 'delta[2] = a[2] - y'")
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(f"lines: {len(text):,} characters, at most {MOST_CHARACTERS:,}; shorten the text")
    text = text.replace("\r\n", "\n")
    if (count := text.count("\n") + 1) > MOST_ROWS:
        raise ExpressionError(f"lines: {count:,} lines, at most {MOST_ROWS}; shorten the text")
    return text
