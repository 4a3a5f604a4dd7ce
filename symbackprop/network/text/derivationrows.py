r"""What stands around the mathematics in a person's derivation: words, labels, reasons; and what is left of it.

    Then, by the chain rule,                        words: passed over, and said so
    (2) ⇒ \delta = e \odot \sigma'(z), where e = a - y       two pieces, the second one a definition
    \begin{cases} 1 & z > 0 \\ 0 & \text{else} \end{cases}   one piece, cases(1 ¦ z > 0 ⁏ 0 ¦ else)

Every piece keeps its line and its columns, so that an error points at the place in the text.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from symbackprop.frozen import dataclass
from symbackprop.network.grammar import LIBRARY
from symbackprop.network.text.derivationcode import functions_as_equations, updated

DEFINING = frozenset(
    {"let", "where", "with", "define", "denote", "put", "set", "call", "given"}
    | {"sea", "sean", "donde", "con", "definimos", "siendo", "llamamos"}
)
SHORTEST_TYPO = 5  # letters of a word that may be another one mistyped; shorter ones are like too many

_AROUND = re.compile(
    r"\\(?:begin|end)\s*\{[A-Za-z]+\*?\}|\$\$?|\\\[(?![0-9.])|\\\]|\\(?:nonumber|notag|boxed|hfill)\b"
    r"|\\(?:label|tag|color)\*?\s*\{[^}]*\}|&|~|`"
    rf"|{LIBRARY}|\.astype\(\s*[a-z0-9.]+\s*\)"
)
_CASES = re.compile(
    r"(\\begin\s*\{cases\}|\\left\s*\\\{\s*\\begin\s*\{array\}\s*\{[lcr ]*\})(.*?)"
    r"(\\end\s*\{cases\}|\\end\s*\{array\}\s*\\right\s*\.)",
    re.DOTALL,
)
_IN_WORDS = re.compile(r"\\(?:text|mbox|textrm|textit|intertext|mathrm)\s*\{([^{}]*\s[^{}]*)\}")
_OF_CASES = re.compile(r"\\(?:text|mbox|textrm|mathrm)\s*\{([^{}]*)\}")
_BRACE = re.compile(r"\\(?:under|over)brace\s*(?=\{)")
_COMMENT = re.compile(r"(?<!\\)%.*|#.*|(?<!:)//.*|<-.*|\\qquad\s*\([^=]*\)\s*$")
_LABEL = re.compile(
    r"\s*(?:[(\[]?[A-Za-z]{0,8}\.?\s?[0-9]{1,3}[a-z]?[)\].:]+\s+|[*•]\s+|-\s+(?=.*=)"
    r"|(?:⇒|⟹|⟺|→|∴|=>)\s*|\\(?:Rightarrow|Longrightarrow|implies|therefore|iff|to)\b\s*)"
)
_WORD = re.compile(r"(?<![\\A-Za-z0-9_^{.'])[A-Za-zÀ-ÿ]{2,}(?![A-Za-z0-9_(\[^{'])")
_FIRST = re.compile(r"\s*([A-Za-zÀ-ÿ]+)([,:]?)\s+(?=\S)")
_ALONE = re.compile(r"[(\[]\s*([A-Za-zÀ-ÿ]{2,})\s*[)\]]\s*$")
_ASIDE = re.compile(r"\s{2,}[(\[][A-Za-zÀ-ÿ ,'-]{3,}[)\]]\s*$")  # a remark in brackets, apart from the line
_NAMED = re.compile(r"([A-Za-z]{2,}(?:_[A-Za-z]{3,})?)\s*(?:[\[_^][^=]*)?:?=(?![=>])")
_FOR_ALL = re.compile(r",?\s*(?:\\q?quad\s*)?(?:∀|\\forall\b).*$")
_GOES_ON = re.compile(r"\s*(?:\\(?:cdot|times|odot|circ|otimes)\b|[-+*/@⊙·×∘⊗])")
_UNFINISHED = re.compile(r"(?:\\(?:cdot|times|odot|circ|otimes)|[-+*/@⊙·×∘⊗=])\s*$")
_SPLIT = re.compile(r"[,;]|\band\b(?=\s)|\.(?=\s+[A-Z][a-z]+\b)")
_CAPTION = re.compile(r"\s*[A-Za-z][\w '-]+:(?!=)\s*(?=[^=:]*=)")  # hidden layer: dW1 = …
_SAME = r"([i-nr])\s*(=|≠|!=|\\neq?\b)\s*([i-nr])"
_SAYS_IF = r"(?:\b(?:if|for|when|si|para|cuando)\b)"
_IF_FIRST = re.compile(rf"\s*{_SAYS_IF}?\s*{_SAME}\s*[:,]\s*(?=.*=)")  # i = j: da_i/dz_j = …
_IF_LAST = re.compile(rf"((?:[,;(]|\s|\\q?quad\b)*)({_SAYS_IF}?)\s*{_SAME}\s*\)?\s*$")
_RATE = re.compile(  # dσ/dz of a function, as one writes it
    r"\\frac\s*\{\s*(?:d|\\partial|\\mathrm\{d\})\s*(\\?[A-Za-z]+|σ|φ|ϕ)\s*(?:\(\s*([a-z])\s*\))?\s*\}"
    r"\s*\{\s*(?:d|\\partial|\\mathrm\{d\})\s*([a-z])\s*\}"
    r"|\\frac\s*\{\s*(?:d|\\partial|\\mathrm\{d\})\s*\}\s*\{\s*(?:d|\\partial|\\mathrm\{d\})\s*([a-z])\s*\}"
    r"\s*(\\?[A-Za-z]+|σ|φ|ϕ)\s*\(\s*([a-z])\s*\)"
    r"|(?<![A-Za-z])[d∂]\s?(σ|φ|ϕ|\\sigma|\\varphi|\\phi)(?:\(([a-z])\))?\s?/\s?[d∂]\s?([a-z])(?![A-Za-z0-9_\[^])"
)
_LAYERED = re.compile(  # a(1), W(l+1), as one writes layers in plain text
    r"(?<![A-Za-z\\])(\\?delta|δ|[WwbzahZA])\(([0-9]|[lL](?:\s?[-+]\s?[0-9])?)\)"
)
_FUNCTIONS = ("σ", "φ", "ϕ", "\\sigma", "\\varphi", "\\phi", "sigma", "phi")


@dataclass(frozen=True)
class Piece:
    """A part of the text that says something: the line in which it begins, its text with its columns.

    It `defines` where a word such as let or where stands before it."""

    number: int
    text: str
    defines: bool = False


def pieces_of(text: str, is_known: Callable[[str], bool]) -> tuple[list[Piece], list[int]]:
    """Return what the text says, and the lines that are words alone; `is_known` tells words of mathematics.

    What stands over several lines is one piece: an open bracket, a sign at the end or at the beginning."""
    names = {found[1] for found in _NAMED.finditer(text)}
    speech = _Speech(lambda word: word in names or is_known(word))
    pieces: list[Piece] = []
    passed: list[int] = []
    for number, row in enumerate(_plain(text).split("\n"), start=1):
        for part in _parts(row):
            if pieces and (_depth(pieces[-1].text) > 0 or _goes_on(pieces[-1].text, part)):
                last = pieces[-1]
                gap = "\n" * max(number - last.number - last.text.count("\n"), 1)
                pieces[-1] = replace(last, text=last.text + gap + part)
                continue
            if pieces and (after := updated(pieces[-1].text, part)) is not None:
                pieces[-1] = replace(pieces[-1], text=after)
                continue
            found = list(speech.pieces(Piece(number, part)))
            pieces += found
            if not found and number not in passed:
                passed.append(number)
    return pieces, passed


def _goes_on(before: str, part: str) -> bool:
    is_bullet = _LABEL.match(part) is not None and bool(_equals(part))
    return (_GOES_ON.match(part) is not None and not is_bullet) or _UNFINISHED.search(before) is not None


def _plain(text: str) -> str:
    """Return the text with cases, braces below and letters of other alphabets as they are read; columns stay."""
    text = "".join(unicodedata.normalize("NFKC", c) if "\U0001d400" <= c <= "\U0001d7ff" else c for c in text)
    text = _CASES.sub(_bracketed, functions_as_equations(text))
    for sign, written in (("½", "(1/2)"), ("¼", "(1/4)"), ("⅓", "(1/3)")):
        text = text.replace(sign, written)
    text = _RATE.sub(_primed, _LAYERED.sub(r"\1^{(\2)}", text))
    while (found := _BRACE.search(text)) is not None:
        text = _without_brace(text, found)
    return text


def _bracketed(found: re.Match[str]) -> str:
    inside = _OF_CASES.sub(lambda word: f" {word[1]} ".rjust(len(word[0])), found[2])
    inside = inside.replace(r"\\", "⁏ ").replace("&", "¦")
    lines = found[1].count("\n") * "\n"
    return f"cases({lines}".ljust(len(found[1])) + inside + ")".ljust(len(found[3]))


def _primed(found: re.Match[str]) -> str:
    """Return σ'(z) for dσ/dz; of another quotient it is what it was."""
    name, letter = found[1] or found[5] or found[7], found[3] or found[4] or found[9]
    return f"{name}'({letter})".ljust(len(found[0])) if name in _FUNCTIONS else found[0]


def _without_brace(text: str, found: re.Match[str]) -> str:
    r"""Return a text with what \underbrace{…}_{…} is over, and nothing of the brace."""
    start = found.end()
    end = _closing(text, start)
    blank = re.compile(r"\s*[_^]\s*(?=\{)").match(text, end + 1)
    after = end + 1 if blank is None else _closing(text, blank.end()) + 1
    hidden = re.sub(r"[^\n]", " ", text[end + 1 : after])
    return text[: found.start()] + " " * len(found[0]) + text[start : end + 1] + hidden + text[after:]


def _closing(text: str, start: int) -> int:
    """Return where the brace that opens at `start` closes, or the end of the text."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if not depth:
            return place
    return len(text) - 1


def _parts(row: str) -> Iterator[str]:
    """Yield what stands between the line breaks of LaTeX in a row, without comments, each at its own columns."""
    row = _AROUND.sub(_blank, _COMMENT.sub("", row))
    row = _IN_WORDS.sub(lambda found: f" {found[1]} ".rjust(len(found[0])), row)
    row = _ASIDE.sub("", _FOR_ALL.sub("", row))
    start = 0
    for piece in row.split(r"\\"):
        if piece.strip():
            yield " " * start + _conditioned(piece.rstrip().rstrip(".,;").rstrip())
        start += len(piece) + 2


def _conditioned(row: str) -> str:
    """Return a row that is said of equal indices, or of different ones, with that as its condition, at its end."""
    first = _IF_FIRST.match(row)
    if first is not None:
        rest, (one, sign, other) = " " * first.end() + row[first.end() :], first.groups()
    elif (found := _IF_LAST.search(row)) is not None and (found[2] or found[1].strip(" ") or "  " in found[1]):
        rest, (one, sign, other) = row[: found.start()], found.groups()[2:]
    else:
        return row
    return f"{rest.rstrip()} if {one} {'=' if sign == '=' else '!='} {other}" if rest.strip() else row


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _depth(text: str) -> int:
    return sum(map(text.count, "([{")) - sum(map(text.count, ")]}"))


def _equals(text: str) -> list[int]:
    """Return where = stands outside of all brackets; <=, >=, == and => are others."""
    found, depth = [], 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        around = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
        if sign in "=≡" and not depth and around[0] not in ("<", ">", "=", "!") and around[1] not in ("=", ">"):
            found.append(place)
    return found + [found.start() for found in re.finditer(r"\\equiv\b", text)]


@dataclass(frozen=True)
class _Speech:
    """Tells words from mathematics."""

    is_known: Callable[[str], bool]

    def pieces(self, piece: Piece) -> Iterator[Piece]:
        """Yield what a row says besides words; what is defined behind it is a piece of its own."""
        if not _equals(piece.text):
            if not self._is_prose(piece.text):
                yield piece
            return
        whole = self._begun(piece)
        first, rest = _several(whole)
        main, reason = self._ended(first)
        if reason.strip() and _equals(reason):
            yield from self.pieces(replace(piece, text=reason, defines=False))
        yield replace(whole, text=main)
        if rest is not None:
            yield from self.pieces(rest)

    def _is_prose(self, text: str) -> bool:
        words = [word for word in map(str.lower, _WORD.findall(text)) if not self.is_known(word)]
        return len(words) > 1 or (len(words) == 1 and re.search(r"[\[\]()+*/^_\\@-]", text) is None)

    def _begun(self, piece: Piece) -> Piece:
        """Return a piece without its label and the words that it begins with."""
        text, start = piece.text, 0
        if (label := _LABEL.match(text) or _CAPTION.match(text)) is not None:
            start = label.end()
        defines = piece.defines
        while (found := _FIRST.match(text, start)) is not None:
            word = found[1]
            single = len(word) == 1 and self._is_word_next(text, found.end())
            is_defining = word.lower() in DEFINING
            is_spoken = len(word) > 2 and self._is_word_next(text, found.end())  # the cost is C
            is_known = len(word) > 1 and self.is_known(word) and not (is_defining or is_spoken)
            if (len(word) == 1 and not single) or is_known:
                break
            defines = defines or is_defining
            start = found.end()
        return replace(piece, text=" " * start + text[start:], defines=defines)

    def _is_word_next(self, text: str, start: int) -> bool:
        found = _FIRST.match(text, start)
        return found is not None and len(found[1]) > 1 and not self.is_known(found[1])

    def _ended(self, piece: Piece) -> tuple[str, str]:
        """Return a piece without the words at its end, and these if they are about something else."""
        text = piece.text
        first = _equals(text)[0] if _equals(text) else 0
        for found in _WORD.finditer(text, first):
            after = re.match(r"[,:;]?\s+(?=[A-Za-zÀ-ÿ\\(])", text[found.end() :])
            is_said = found[0].lower() in DEFINING
            if after is None or (not is_said and (self.is_known(found[0]) or self._is_typo(found[0]))):
                continue
            if _depth(text[: found.start()]) > 0 and re.search(r"[(\[]\s*$", text[: found.start()]) is None:
                continue
            kept = re.sub(r"(?:[\s,;:(\[–—-]|\\q?quad)+$", "", text[: found.start()])
            reason = " " * found.start() + text[found.start() :] if is_said else ""
            return kept, re.sub(r"[)\]]\s*$", "", reason) if _depth(reason) < 0 else reason
        alone = _ALONE.search(text, first)
        if alone is not None and not self.is_known(alone[1]):
            return text[: alone.start()].rstrip(), ""
        return text, ""

    def _is_typo(self, word: str) -> bool:
        near = ("delta", "sigmoid", "softmax", "theta", "sigma", "partial", "where")
        return len(word) >= SHORTEST_TYPO and bool(difflib.get_close_matches(word, near, n=1, cutoff=0.75))


def _several(piece: Piece) -> tuple[Piece, Piece | None]:
    """Return the first of several equations that stand beside one another, and the rest."""
    text, places = piece.text, _equals(piece.text)
    for found in _SPLIT.finditer(text):
        outside = not _depth(text[: found.start()])
        if outside and any(p < found.start() for p in places) and any(p >= found.end() for p in places):
            rest = re.sub(r"^\s*(?:\\q?quad\b|\band\b)\s*", _blank, text[found.end() :])
            first = replace(piece, text=text[: found.start()].rstrip())
            return first, replace(piece, text=" " * found.end() + rest)
    return piece, None
