"""The lines of a text of equations: without comments, an open bracket continued, each with its place in the text.

# scaled dot-product attention          a comment; the first one is the title
s[i, j] = sum[d](q[i, d]                an open bracket:
               * k[j, d])               the line goes on
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import ClassVar

from symbackprop.errors import ExpressionError, SpecError
from symbackprop.frozen import dataclass
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.grammar import Source, Token
from symbackprop.network.labels import check_label
from symbackprop.network.vocabulary import vocabulary

MOST_CHARACTERS = 20_000
MOST_LINES = 400
OVER = ("sum", "mean", "max", "min", "softmax", "log_softmax")  # what runs over indices or axes
ROUNDING = ("mod", "floor")  # of places
WORDS_OF_THE_COST = ("cost", "loss", "error", "objective")  # what people call it; here it is C
DECLARING = ("input", "parameter", "target", "constant", "value")

_EQUATION = re.compile(r"\s*(?!axis\b|keepdims\b)[A-Za-z]\w*\s*(\[[^\]]*\]\s*)?=(?!=)")  # the beginning of one


RESHAPING = "(?:reshape|newaxis|squeeze|unsqueeze|view|ravel|flatten)"  # what moves no derivative
_OTHERS = {
    ":": "write 1..N, as in sum[i = 1..N](...)",
    ";": "write each in a line of its own",
    "%": "write where(even == 1, U, V), and constant even[N, M]",
    "'": "a name is made of letters and digits; X.T is transposed",
    ".": "write pi for np.pi, and N for X.shape[0]",
    "Σ": "write sum[i](...)",
    "∑": "write sum[i](...)",
    "≠": "write !=",
}

INSTEAD = {  # of a word that there is not: in an index line, and in a matrix line
    "and": ("where(a > 0, where(b > 0, u, v), v)",) * 2,
    "average": ("mean[i](x[i])", "mean(X)"),
    "avg": ("mean[i](x[i])", "mean(X)"),
    "cumsum": ("h[i] = h[i - 1] + x[i]", "h[i] = h[i - 1] + x[i]"),
    "diag": ("x[i, i]",) * 2,
    "dot": ("sum[i](x[i]*y[i])", "x @ y"),
    "eye": ("where(i == j, 1, 0)",) * 2,
    "if": ("where(x[i] > 0, u, v)", "where(X > 0, U, V)"),
    "log_sigmoid": ("-softplus(-x[i])", "-softplus(-X)"),
    "logistic": ("sigmoid(x[i])", "sigmoid(X)"),
    "logsigmoid": ("-softplus(-x[i])", "-softplus(-X)"),
    "logsumexp": ("log(sum[i](exp(x[i])))", "log(sum(exp(X), axis=1))"),
    "mod": ("i mod 2", "where(even == 1, U, V)"),
    "norm": ("sqrt(sum[i](x[i]^2))", "sqrt(sum(X**2))"),
    "outer": ("x[i]*y[j]",) * 2,
    "prod": ("exp(sum[i](log(x[i])))", "exp(sum(log(X)))"),
    "sigma": ("sigmoid(x[i])", "sigmoid(X)"),
    "std": ("sqrt(mean[i]((x[i] - m)^2))", "sqrt(mean((X - mean(X))**2))"),
    "swapaxes": ("x[j, i]", "X.T"),
    "tr": ("sum[i](x[i, i])",) * 2,
    "transpose": ("x[j, i]", "X.T"),
    "trace": ("sum[i](x[i, i])",) * 2,
    "var": ("mean[i]((x[i] - m)^2)", "mean((X - mean(X))**2)"),
}


def _arities() -> dict[str, int]:
    return {name: called.arity for name, called in vocabulary().items()}


@dataclass(frozen=True, slots=True)
class Line(Source):
    """A declaration or an equation, possibly over several lines of the text; `number` is that of the first one."""

    number: int
    has_letters: ClassVar[bool] = True

    def place(self, at: int) -> tuple[int, int]:
        """Return the line of the text and the character in it, the first being 1, of the character at `at`."""
        before = self.text[: max(at, 1) - 1]
        return self.number + before.count("\n"), len(before) - (before.rfind("\n") + 1) + 1

    def refusal(self, at: int, found: str, wanted: str = "") -> ExpressionError:
        """Return the one-line error for the character at position `at`; 0 is the whole line."""
        line, character = self.place(at)
        if not wanted and 0 < at <= len(self.text):
            wanted = _instead_at(self.text, at) or _instead(self.text[at - 1])
        where = f"line {line}, character {character}" if at else f"line {line}"
        return ExpressionError(f"{where}: {found}; {wanted or self.allowed}")

    def complaint(self, at: int, message: str) -> ExpressionError:
        """Return the one-line error about what stands at a position, which the message names itself."""
        return ExpressionError(f"line {self.place(at)[0]}: {message}")

    @property
    def allowed(self) -> str:
        """What a line may be made of."""
        return "write numbers, names, entries such as a[i, j], + - * / ^ @ ( ), sum[i](...) and functions such as tanh"

    @property
    def has_indices(self) -> bool:
        """Whether it is an index line; one without any [ ] is a matrix line."""
        return "[" in self.text or "]" in self.text


def lines_of(text: str, *, times: int = 1) -> Iterator[Line]:
    """Yield the lines that say something; the text may be so many `times` as long as one that a person writes.

    Raises ExpressionError for what is no text, too long, or empty, and for a bracket that is never closed."""
    if not isinstance(text, str):
        raise ExpressionError(f"equations: wanted text, got {type(text).__name__}; try 'y[i] = tanh(x[i])'")
    if len(text) > (most := MOST_CHARACTERS * times):
        raise ExpressionError(f"equations: {len(text):,} characters, at most {most:,}; shorten the text")
    rows = [_without_comment(row) for row in text.replace("\r\n", "\n").split("\n")]
    if len(rows) > (most := MOST_LINES * times):
        raise ExpressionError(f"equations: {len(rows):,} lines, at most {most:,}; shorten the text")
    if not any(row.strip() for row in rows):
        raise ExpressionError("equations: there is no equation in the text; try 'input x[N]' and 'y[i] = tanh(x[i])'")
    start = 0
    while start < len(rows):
        end = start + 1
        while end < len(rows) and _depth("\n".join(rows[start:end])) > 0:
            if _EQUATION.match(rows[end]):
                raise ExpressionError(f"line {start + 1}: an opening bracket is not closed before line {end + 1}")
            end += 1
        whole = "\n".join(rows[start:end])
        if whole.strip():
            yield Line(whole.rstrip(), "", (), _arities(), start + 1)
        start = end


def _instead_at(text: str, at: int) -> str:
    """Return what to write for a colon or a slice, a number in a declaration, or a method; nothing elsewhere."""
    before, sign = text[: at - 1], text[at - 1]
    first = before.split()[0] if before.strip() else ""
    if text[at - 1 : at + 1] == ":=":
        return "write ="
    if sign == ":" and first.lower() in ("title", "name"):
        return "the title is a comment in the first line: # ..."
    if sign == ":" and first in DECLARING and "[" not in before:
        return "write sizes in brackets: x[N]"
    if sign == ":" and re.search(r"(?<!sum)(?<!mean)(?<!max)(?<!min)\[[^\[\]]*$", before):
        return "write indices, z[i, j] = x[i, j] + b[i] for X + b[:, None]"
    if sign == "=" and first in DECLARING:
        return "a declaration gives no numbers; write lambda = 0.1 in a line of its own"
    if sign == "." and (over := re.match(rf"({'|'.join(OVER)})\[", text[at:])):
        return f"write {over[1]}[i](...)"
    if sign == "." and re.match(rf"{RESHAPING}\b", text[at:]):
        return "write indices, z[i, j] = x[i, j] + b[i] for X + b.reshape(-1, 1)"
    return ""


def _instead(character: str) -> str:
    """Return what to write for a character that no line holds, or nothing."""
    if character in _OTHERS:
        return _OTHERS[character]
    kind, _, name = unicodedata.name(character, "").lower().rpartition(" ")
    if kind.startswith("greek small letter"):
        return f"write {name.replace('lam', 'lamb')}, a Greek letter by its name"  # Unicode leaves out one b
    return "a name is made of letters and digits" if character == "_" else ""


def _without_comment(row: str) -> str:
    return row.partition("#")[0].rstrip()


def _depth(text: str) -> int:
    return sum(map(text.count, "([")) - sum(map(text.count, ")]"))


def title_of(text: str) -> str | None:
    """Return the comment with which the text begins, or None where it begins otherwise or cannot be a title."""
    first = text.lstrip().partition("\n")[0]
    try:
        return check_label(first.strip("# \t\r"), "title") if first.startswith("#") else None
    except SpecError:
        return None


def check_no_word(token: Token, line: Line) -> None:
    """Raise ExpressionError where an array is called as a function or a number is."""
    if is_function(line, token.text):
        raise line.complaint(token.at, f"{token.text} is a function, so no array can be called so; rename it")
    if token.text == "pi":
        raise line.complaint(token.at, "pi is the number 3.14159..., so no array can be called so; rename it")


def is_function(line: Line, name: str) -> bool:
    """Tell whether a name is that of a function, which no array can have."""
    return name in line.arities or name in OVER or name in ACTIVATIONS or name in ROUNDING
