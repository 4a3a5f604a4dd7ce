r"""What a line of a derivation is made of, in plain text, in Unicode or in simple LaTeX: one list of tokens.

\frac \partial \sum \delta \sigma' \odot \top \cdot \left \right        as ∂ Σ δ σ' ⊙ ᵀ · ( )
\mathbf{W}  \boldsymbol\delta  \hat{y}                                   as W  delta  y_hat, in one word
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.grammar import Source, Token, tokens_of
from symbackprop.network.text.lines import Line
from symbackprop.network.vocabulary import vocabulary

MOST_CHARACTERS = 3000
MOST_PARTS = 900
PRIMES = ("prime", "derivative", "deriv", "grad")  # words that say ' behind a function: sigmoid_prime

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9]*|[α-ωϕ][0-9]*|[Α-Ωℓ∂∇∑√])"
    r"|(?P<command>\\(?:[A-Za-z]+|[,;:!{}|> ]))"
    r"|(?P<high>[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ˡᴸⁱʲᵏⁿᵗ]+)|(?P<low>[₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₗₘₙₚₛₜ]+)"
    r"|(?P<sign>\*\*|\.\*|\.T(?![A-Za-z0-9_])|\.transpose\(\)|\.(?:sum|mean|dot)(?=\()|\.\.|:=|[<>=!]=|\|\||[-+*/^@(),=<>\[\]{}_'|′″−·⋅×∗÷⊙∘◦⊗ᵀ‖≡≤≥≠’;¦⁏])"
    r"|[ \t\n]+"
)
_SPACES = frozenset(
    {"left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "quad", "qquad", "displaystyle"}
    | {"limits", "textstyle", "middle", *",;:!> "}
)
_FONTS = frozenset(
    {"mathbf", "boldsymbol", "mathrm", "mathit", "bm", "vec", "text", "textbf", "operatorname", "mathcal", "mathsf"}
    | {"mathbb", "textrm", "underline"}
)
_SIGNS: Mapping[str, str] = {
    **dict.fromkeys(("cdot", "times", "ast", "·", "⋅", "×", "∗"), "*"),
    **dict.fromkeys(("odot", "circ", "∘", "◦", ".*"), "⊙"),
    **dict.fromkeys(("div", "÷"), "/"),
    "otimes": "⊗",
    ".transpose()": ".T",
    "{": "(",
    "}": ")",
    **dict.fromkeys(("|", "lVert", "rVert", "Vert", "||"), "‖"),
    **dict.fromkeys(("prime", "′", "’"), "'"),
    **dict.fromkeys(("equiv", "≡", ":="), "="),
    **dict.fromkeys(("le", "leq", "leqslant", "≤"), "<="),
    **dict.fromkeys(("ge", "geq", "geqslant", "≥"), ">="),
    **dict.fromkeys(("ne", "neq", "≠"), "!="),
    "lt": "<",
    "gt": ">",
    "−": "-",
}
GREEK: Mapping[str, str] = dict(zip("αβγδεζηθικλμνξοπρστυφχψωϕ", (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lamb", "mu", "nu", "xi",
    "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "phi",
), strict=True))  # fmt: skip
_HIGH, _LOW = (
    str.maketrans(signs, plain)
    for signs, plain in (
        ("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ˡᴸⁱʲᵏⁿᵗ", "0123456789+-()lLijknt"),
        ("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₗₘₙₚₛₜ", "0123456789+-()ijklmnpst"),
    )
)
_PIECES = re.compile(r"[0-9]+|[A-Za-z]+|[-+()]")
_NAMES: Mapping[str, str] = {
    **GREEK,
    "partial": "∂",
    "nabla": "∇",
    "sum": "Σ",
    "∑": "Σ",
    "tfrac": "frac",
    "dfrac": "frac",
    "ℓ": "ell",
    "√": "sqrt",
    "lambda": "lamb",
}
_ACCENTS: Mapping[str, str] = {"hat": "hat", "widehat": "hat"}


@dataclass(frozen=True, slots=True)
class WrittenLine(Line):
    """A line of a derivation, possibly over several rows of the text."""

    @classmethod
    def of(cls, text: str, number: int) -> WrittenLine:
        """Return the line that begins in a row of the text."""
        return cls(text, "", (), {name: called.arity for name, called in vocabulary().items()}, number)

    @property
    def most(self) -> tuple[int, int]:
        """How many characters, and how many parts, a line may have: LaTeX needs many."""
        return MOST_CHARACTERS, MOST_PARTS

    @property
    def allowed(self) -> str:
        """What a line may be made of."""
        return (
            "write entries such as a[2,1] or a_1^{(2)}, derivatives such as dC/dz[2,1], + - * / ^ @ ⊙ ( ), sum[i](...)"
        )


def tokens_of_derivation(source: Source) -> list[Token]:
    """Return the tokens of a line, commands of LaTeX and signs of Unicode as the signs and names that they stand for.

    Raises ExpressionError for a character, or a command, that fits nothing, and for a text that is too long."""
    tokens = list(_plain(source, tokens_of(source, _TOKEN)))
    return list(_accented(list(_unfonted(_joined(source, tokens)))))


def _joined(source: Source, tokens: list[Token]) -> list[Token]:
    """Return the tokens with names that have a _ in them as one: leaky_relu, and grad_output, a person's own."""
    found: list[Token] = []
    for token in tokens:
        name = "".join(each.text for each in (*found[-2:], token))
        is_function = name in source.arities or name in ACTIVATIONS
        is_own = re.fullmatch(r"[A-Za-z]{3,}_[A-Za-z]{3,}", name) is not None and not name.startswith("sum")
        is_own = is_own and not (token.text in PRIMES and name.partition("_")[0] in (*ACTIVATIONS, "sigma"))
        if token.kind == "name" and "_" in name[1:] and (is_function or is_own):
            found[-2:] = [Token("name", name, found[-2].at)]
        else:
            found.append(token)
    return found


def _plain(source: Source, tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        command = token.text[1:] if token.kind == "command" else ""
        text = command or token.text
        if command in _SPACES:
            continue
        if token.kind in ("command", "sign") and text in _SIGNS and not (token.kind == "sign" and text in "{}|"):
            yield Token("sign", _SIGNS[text], token.at)
        elif token.kind in ("high", "low"):
            yield from _raised(token)
        elif token.text == "″":
            yield from (Token("sign", "'", token.at), Token("sign", "'", token.at))
        elif token.kind == "command" and not command.isalpha():
            raise source.refusal(token.at, f"found {token.text!r}")
        elif token.kind in ("command", "name"):
            letter, number = (text[0], text[1:]) if text[1:].isdigit() and not text[0].isascii() else (text, "")
            name = _NAMES.get(letter, letter) + number if command or len(letter) == 1 else text
            yield Token("font" if command in (*_FONTS, *_ACCENTS) else "name", name, token.at)
        else:
            yield token


def _raised(token: Token) -> Iterator[Token]:
    """Yield what stands above, or below, as it is written in a line: ⁽²⁾ as ^{(2)}, ⱼₖ as _{jk}."""
    sign, plain = ("^", _HIGH) if token.kind == "high" else ("_", _LOW)
    yield Token("sign", sign, token.at)
    yield Token("sign", "{", token.at)
    for piece in _PIECES.findall(token.text.translate(plain)):
        kind = "number" if piece.isdigit() else "name" if piece.isalpha() else "sign"
        yield Token(kind, piece, token.at)
    yield Token("sign", "}", token.at)


def _unfonted(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens without fonts, and without the braces around the one letter that a font is for."""
    place = 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token.kind != "font":
            yield token
            continue
        if token.text in _ACCENTS:
            yield token
        if [each.text for each in tokens[place : place + 3 : 2]] == ["{", "}"]:
            yield tokens[place + 1]
            place += 3


def _accented(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens with one word for a letter and the hat over it."""
    hat = ""
    for token in tokens:
        if token.kind == "font":
            hat = _ACCENTS.get(token.text, hat)
        elif hat and token.kind == "name":
            yield Token("name", token.text + hat, token.at)
            hat = ""
        else:
            yield token
