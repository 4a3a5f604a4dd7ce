"""The one canonical text of a formula, whatever it was written in: what its parts are, and how they are put together.

    δ^{(l)}_{j}, <msubsup>…, <m:sSubSup>…, attach(…)   ->   δ_{j}^{(l)}
    fractions frac{a}{b}   roots sqrt{a}   tables mat{a&b;c&d}   case distinctions cases{a&b;c&d}

A row is a list of atoms: a letter, a word, a number, a sign, or something built of other rows. Spaces, invisible signs
and colours are nothing. Scripts come in one order, the lower one first, and limits are scripts. Bold and sans-serif
letters stay what they are, as they mean something else; all other letters lose their looks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

__all__ = [
    "BREAK",
    "COLUMN",
    "atoms",
    "cases",
    "fraction",
    "grid",
    "linear",
    "pieces",
    "root",
    "scripted",
    "table",
    "word",
]

Row = Sequence[str]
BREAK = "\n"  # where a formula goes on in another row, or a row of a table ends
PRIME = "′"
COLUMN = "\t"  # where an entry of a row ends
ONE_SIGN = {
    **dict.fromkeys("-–—‐‑", "−"),
    **dict.fromkeys("'ʹ’", "′"),
    **dict.fromkeys("⋅∙•", "·"),
    **dict.fromkeys("∗⁎", "*"),
    **dict.fromkeys("∕⁄", "/"),
    **dict.fromkeys("∣❘", "|"),
    "∆": "Δ",
    "≔": ":=",
}
OPENING, CLOSING = "([{⟨", ")]}⟩"
_NOTHING = re.compile(r"[\s\u200b-\u200f\u2060-\u2064]+")
_TOKEN = re.compile(r":=|\d+(?:[.,]\d+)?|.", re.DOTALL)  # a comma between digits is that of decimals
_MEANT = re.compile(r"MATHEMATICAL (?:BOLD|SANS-SERIF) (?:CAPITAL|SMALL|DIGIT) ")


def _letter(character: str) -> str:
    """Return a letter without the looks that mean nothing, or a sign in its one form."""
    if character in ONE_SIGN:
        return ONE_SIGN[character]
    meant = _MEANT.match(unicodedata.name(character, ""))
    return character if meant else unicodedata.normalize("NFKC", character)


def word(text: str) -> list[str]:
    """Return text that belongs together as one atom; nothing if there is nothing to be seen."""
    seen = "".join(map(_letter, _NOTHING.sub("", text)))
    return [seen] if seen else []


def atoms(text: str) -> list[str]:
    """Return text as its letters, numbers and signs."""
    return [atom for token in _TOKEN.findall(_NOTHING.sub("", text)) for atom in word(token)]


def fraction(top: Row, bottom: Row) -> str:
    """Return one row over another."""
    return f"frac{{{''.join(top)}}}{{{''.join(bottom)}}}"


def root(inside: Row, degree: Row = ()) -> str:
    """Return a root."""
    return f"sqrt{''.join(degree)}{{{''.join(inside)}}}"


def scripted(base: Row, below: Row, above: Row) -> list[str]:
    """Return a base with its scripts as one atom; a base of several atoms is grouped, unless parentheses do that.

    Primes belong to the base, whether they stand beside it or above it."""
    above = list(above)
    core = [atom for atom in base if atom != PRIME]
    primes = len(base) - len(core)
    while above[:1] == [PRIME]:
        primes += len(above.pop(0))
    whole = "".join(core)
    text = (whole if len(core) < 2 or _fenced(core) else f"{{{whole}}}") + primes * PRIME
    text += f"_{{{''.join(below)}}}" if below else ""
    text += f"^{{{''.join(above)}}}" if above else ""
    return [text] if text else []


def _fenced(base: Row) -> bool:
    """Tell whether a row ends with the fence that its beginning opens; where it was broken, nothing opens it."""
    if base[-1] == "|":
        return base.count("|") == 1 or (base.count("|") == 2 and base[0] == "|")
    depth = 0
    for place in range(len(base) - 1, -1, -1):
        depth += (base[place] in CLOSING) - (base[place] in OPENING)
        if depth == 0:
            return place == 0 and base[0] in OPENING
    return True


def table(row: Row) -> list[list[list[str]]]:
    """Return the entries of a row that has marks where they end."""
    rows: list[list[list[str]]] = [[[]]]
    for atom in row:
        if atom == BREAK:
            rows.append([[]])
        elif atom == COLUMN:
            rows[-1].append([])
        else:
            rows[-1][-1].append(atom)
    return rows


def grid(rows: Sequence[Sequence[Row]], name: str = "mat") -> str:
    """Return entries in rows and columns."""
    return f"{name}{{{';'.join('&'.join(''.join(cell) for cell in row) for row in rows)}}}"


def cases(rows: Sequence[Sequence[Row]]) -> str:
    """Return a case distinction: in each row a value and its condition."""
    return grid(rows, "cases")


def pieces(row: Row) -> list[str]:
    """Return a formula as the text of its rows, those with nothing in them left out."""
    return [piece for piece in "".join(atom for atom in row if atom != COLUMN).split(BREAK) if piece]


def linear(text: str) -> str:
    """Return a canonical text in one line, as it stands among words: slashes for fractions, and no parentheses."""
    while (place := text.find("frac{")) >= 0:
        middle = _end(text, place + len("frac"))
        end = _end(text, middle)
        top, bottom = text[place + len("frac{") : middle - 1], text[middle + 1 : end - 1]
        text = f"{text[:place]}{top}/{bottom}{text[end:]}"
    return re.sub(r"[()]", "", text)


def _end(text: str, place: int) -> int:
    """Return the place after the group that opens at `place`."""
    depth = 0
    for end in range(place, len(text)):
        depth += (text[end] == "{") - (text[end] == "}")
        if depth == 0:
            return end + 1
    raise ValueError(f"a group is not closed in {text[place:]!r}")
