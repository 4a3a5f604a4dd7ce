r"""How a formula is to look: letters that are replaced, words that are translated, expressions that are coloured.

    symbols  {"delta": "e", "w": r"\theta", "a": r"\hat{y}"}      words  {"otherwise": "en otro caso"}

What comes from outside is checked here: a symbol is one letter or one word, and never a command of its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import field, replace
from types import MappingProxyType

from sympy import Basic, Symbol

from symbackprop.errors import SpecError
from symbackprop.exposition.mathtext.boxes import Leaf
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.exposition.mathtext.plain import lowered
from symbackprop.frozen import dataclass

COMMON_WORDS: Mapping[str, str] = MappingProxyType({"otherwise": "otherwise", "decimal": ".", "thousands": ""})

# fmt: off
GREEK: Mapping[str, str] = MappingProxyType(
    {
        "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
        "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
        "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "chi": "χ", "psi": "ψ", "omega": "ω",
        "varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
        "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
        "Omega": "Ω", "ell": "ℓ",
    }
)
# fmt: on
# what may stand around a letter, and the combining character that does the same in Unicode
ACCENTS: Mapping[str, str] = MappingProxyType(
    {
        "hat": "\u0302",
        "bar": "\u0304",
        "tilde": "\u0303",
        "vec": "\u20d7",
        "mathbf": "",
        "mathcal": "",
        "mathrm": "",
        "mathsf": "",
    }
)

_SCRIPTS = MappingProxyType(dict(zip("BEFHILMR", "ℬℰℱℋℐℒℳℛ", strict=True)))
LONGEST_WORD = 20  # letters: a longer name leaves no room for the formula
_WORD = re.compile(r"[A-Za-z]+(_[A-Za-z]{2,})*")
_BELOW = re.compile(r"(.+)_([A-Za-z])")  # E_n
_D = re.compile(r"\\mathrm\{d\}(\\?[A-Za-z]+)")  # dz, as one letter
_ACCENTED = re.compile(r"\\([a-z]+)\{(\\?[A-Za-z]+)\}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class Style:
    """Everything that decides about the look of a formula but the formula itself.

    `scope` holds the indices that already mean something where the formula stands, so that a sum takes other
    letters; `bound` are those that a sum around the place runs over, each with the letter it is given there.
    `taken` are names that mean something else already: where V is one of them, a matrix of entries v is v, too. Those
    that have a place beside them, from 1 on, stand in this order as factors.
    The `convention` says how they are laid out; `depth` is the number of the last layer, where there is one.
    Raises SpecError for a symbol that is no letter, or a colour that is not #RRGGBB."""

    symbols: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=lambda: COMMON_WORDS)
    colours: Mapping[Basic, str] = field(default_factory=dict)
    scope: frozenset[Symbol] = frozenset()
    bound: Mapping[Symbol, Symbol] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)
    convention: Convention = USUAL
    depth: int | None = None

    def __post_init__(self) -> None:
        """Refuse what would not be one letter, or one colour, in every format."""
        for name, value in self.symbols.items():
            spelt(name, value)
        for colour in self.colours.values():
            if _COLOUR.fullmatch(colour) is None:
                raise SpecError(f"colour {colour[:40]!a}: wanted # and six hexadecimal digits; try #B84F00")

    def __hash__(self) -> int:
        """Return a number that equal styles share: what a formula looks like is remembered for each of them."""
        parts = (self.symbols, self.words, self.colours, self.bound, self.taken)
        return hash((self.scope, self.convention, *(frozenset(part.items()) for part in parts)))

    def inside_sum(self, index: Symbol, letter: Symbol) -> Style:
        """Return the style inside a sum over `index`, which is written `letter` there."""
        return replace(self, scope=self.scope | {letter}, bound={**self.bound, index: letter})

    def word(self, name: str) -> str:
        """Return the word of the reader's language, or the English one."""
        return self.words.get(name, COMMON_WORDS[name])


def glyph(name: str) -> Leaf | None:
    r"""Return one letter, given as itself or by its Greek name (with or without a backslash); None if it is none."""
    if len(name) == 1 and name.isascii() and name.isalpha():
        return Leaf(name, name)
    name = name.removeprefix("\\")
    return Leaf("\\" + name, GREEK[name]) if name in GREEK else None


def spelt(name: str, value: str) -> Leaf:
    r"""Return how the letter called `name` is to be printed: `e`, `\theta`, `\hat{y}`, a word set upright, or `E_n`.

    Raises SpecError for anything else, so that no command of TeX comes in by this door."""
    if letter := glyph(value):
        return letter
    if accented := _ACCENTED.fullmatch(value):
        command, inside = accented.groups()
        letter = glyph(inside)
        if command in ACCENTS and letter is not None:
            text = _script(letter.text) if command == "mathcal" else letter.text + ACCENTS[command]
            return Leaf(rf"\{command}{{{letter.tex}}}", text)
    if (found := _D.fullmatch(value)) and (letter := glyph(found.group(1))):
        return Leaf(rf"\mathrm{{d}}{letter.tex}", f"d{letter.text}")
    if found := _BELOW.fullmatch(value):
        letter = spelt(name, found.group(1))
        return Leaf(f"{letter.tex}_{{{found.group(2)}}}", f"{letter.text}{lowered(found.group(2))}")
    if _WORD.fullmatch(value) and len(value) <= LONGEST_WORD:
        escaped = value.replace("_", r"\_")
        return Leaf(rf"\mathrm{{{escaped}}}", value)
    raise SpecError(
        rf"symbol for {name[:40]!a}: got {value[:40]!a}, wanted a letter, a Greek letter such as \theta, one of them "
        rf"with an accent such as \hat{{y}}, or a word of up to {LONGEST_WORD} letters"
    )


def _script(text: str) -> str:
    """Return a capital as a script letter of Unicode, 𝒥; the older ones among them have places of their own."""
    if len(text) != 1 or not "A" <= text <= "Z":
        return text
    return _SCRIPTS.get(text, chr(0x1D49C + ord(text) - ord("A")))


def in_variant(text: str, variant: str) -> str:
    """Return the letters of Unicode that look as a variant asks, 𝐰 for w in BOLD; a letter itself if there is none."""
    return "".join(_lettered(letter, variant) for letter in text)


def _lettered(letter: str, variant: str) -> str:
    kind = unicodedata.name(letter, "").replace("LATIN ", "").replace("GREEK ", "").replace("LETTER ", "")
    for name in (f"MATHEMATICAL {variant} {kind}", f"MATHEMATICAL {variant.partition(' ')[0]} {kind}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return letter
