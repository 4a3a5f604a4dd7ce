r"""The formulas of text files, in the order in which they are read: LaTeX, Markdown of every flavour, notebooks.

    $…$, $`…`$      among words              $$ … $$, ```math, equation*, align*     on lines of their own

What is neither shown nor said is left out: pictures, programs, comments, and what TeX only measures. Of slides, the
formulas on lines of their own and those in tables are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from exposition.canonical import form
from exposition.canonical.latex import argument, read, split

__all__ = ["bare", "markdown", "markdown_slides", "notebook", "tex", "tex_slides"]

_FENCED = r"^(?P<fence>`{3,})[^`\n]*\n.*?\n(?P=fence)$"
_INLINE = r"(?<![\\$])\$(?P<among>[^$\n]+)(?<!\\)\$"
_EVERYWHERE = re.DOTALL | re.MULTILINE
_GITHUB = re.compile(rf"^```math\n(?P<math>.*?)\n```$|{_FENCED}|\$`(?P<among>[^`]+)`\$", _EVERYWHERE)
_DOLLARS = re.compile(rf"^\$\$(?: \{{[-|\d]+\}})?\n?(?P<math>.*?)\n?\$\$$|{_FENCED}|{_INLINE}", _EVERYWHERE)
_TEX = re.compile(rf"\\begin\{{(equation|align)\*\}}(?P<math>.*?)\\end\{{\1\*\}}|{_INLINE}", re.DOTALL)
_AMONG = re.compile(_INLINE)
_ALIGNED = re.compile(r"\\begin\{aligned\}(.*)\\end\{aligned\}", re.DOTALL)
_LINES = re.compile(r"\\begin\{array\}\{l\}|\\end\{array\}|\\\\")  # of a reason that is broken
_NAME = re.compile(r"\s*\\qquad \\text\{\(\w+\)\}$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NOT_IN_A_TABLE = re.compile(r"^(?!\|).*$", re.MULTILINE)
_UNREAD = re.compile(r"\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}|\\uncover<\d+->", re.DOTALL)
_MEASURED = re.compile(r"\\steps(?:for|also)(?=\{)")
_STEP = re.compile(r"\\(?:lone)?step(?=\{)")
_TABLE = re.compile(r"(?<=\\begin\{tabular\}).*?(?=\\end\{tabular\})", re.DOTALL)


def markdown(text: str) -> list[str]:
    """Return the formulas of an article for GitHub or for Quarto."""
    return list(_found(_GITHUB if "```math" in text else _DOLLARS, text))


def markdown_slides(text: str) -> list[str]:
    """Return the formulas of slides for Marp or for Slidev."""
    kept = _NOT_IN_A_TABLE.sub(lambda line: _AMONG.sub("", line[0]), _COMMENT.sub("", text))
    return list(_found(_DOLLARS, kept, reasons=False))


def notebook(text: str) -> list[str]:
    """Return the formulas of the words of a notebook."""
    cells = ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
    return list(_found(_DOLLARS, "\n\n".join(cells)))


def tex(source: str) -> list[str]:
    """Return the formulas of an article in LaTeX."""
    return list(_found(_TEX, _body(source)))


def tex_slides(source: str) -> list[str]:
    """Return the formulas of slides in LaTeX."""
    body = _body(source)
    tables = [found.span() for found in _TABLE.finditer(body)]
    return [
        piece
        for found in _TEX.finditer(body)
        if found["math"] is not None or any(start < found.start() < end for start, end in tables)
        for piece in _shown(found, reasons=False)
    ]


def bare(text: str) -> list[str]:
    """Return the formula of a file that holds nothing else but comments."""
    return list(_pieces("\n".join(line.removesuffix("%") for line in text.splitlines() if not line.startswith("%"))))


@lru_cache(8192)
def _pieces(latex: str) -> tuple[str, ...]:
    return tuple(form.pieces(read(latex)))


def _found(pattern: re.Pattern[str], text: str, *, reasons: bool = True) -> Iterator[str]:
    """Yield the pieces of all formulas that the pattern finds."""
    return (piece for found in pattern.finditer(text) for piece in _shown(found, reasons=reasons))


def _shown(found: re.Match[str], *, reasons: bool) -> Iterator[str]:
    """Yield the pieces of what was found: a formula, or lines with the formulas of their reasons."""
    groups = found.groupdict()
    if groups["among"] is not None:
        yield from _pieces(groups["among"])
    elif groups["math"] is None:
        return  # a program
    elif found[0].startswith(r"\begin{align*}"):
        yield from _steps(groups["math"], reasons=reasons)
    elif aligned := _ALIGNED.fullmatch(groups["math"].strip()):
        yield from _rows(aligned[1], reasons=reasons)
    else:
        yield from _pieces(_NAME.sub("", groups["math"]))


def _rows(body: str, *, reasons: bool) -> Iterator[str]:
    """Yield the pieces of aligned rows; the reason of a broken line, which is in its first row, comes at its end."""
    held: list[str] = []
    for row in split(body, r"\\\\"):
        left, right, *rest = split(row, "&")
        if not right.strip().startswith(r"\quad"):
            yield from held
            held = []
        yield from _pieces(left + right)
        if rest and reasons:
            said = _LINES.sub(" ", rest[-1])
            held += [piece for part in split(said, r"\\text\{[^{}]*\}") for piece in _pieces(part)]
    yield from held


def _steps(body: str, *, reasons: bool) -> Iterator[str]:
    r"""Yield the pieces of lines with \step{…}{the reason}."""
    for row in split(body, r"\\\\\*?"):
        step = _STEP.search(row)
        if step is None:
            raise ValueError(f"a line has no step: {row!r}")
        end = argument(row, step.end())
        after = argument(row, end) if step[0] == r"\step" else end
        yield from _pieces(row[: step.start()] + row[step.end() : end] + row[after:])
        if reasons:
            yield from _found(_TEX, row[end:after])


def _body(source: str) -> str:
    """Return what is shown of a document, without what TeX only measures."""
    body = _UNREAD.sub("", source.partition(r"\begin{document}")[2])
    while measured := _MEASURED.search(body):
        body = body[: measured.start()] + body[argument(body, measured.end()) :]
    return body
