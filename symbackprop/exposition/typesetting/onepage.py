r"""A whole document on one page A4: its parts in two columns, the first over both where it wants that.

What is higher than the paper is shrunk to it by TeX; where letters would be less than half as large, there are several
pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.exposition.document import Block, Document, Figure, Table
from symbackprop.exposition.figures.tikz import TIKZ_LIBRARIES, tikz
from symbackprop.exposition.paging.topics import Topic, topics
from symbackprop.exposition.typesetting.blocks import Typesetter
from symbackprop.exposition.typesetting.escaping import escaped
from symbackprop.exposition.typesetting.preamble import LINKS, MACROS, PACKAGES, colours, hyphens, title_lines

LEFT = {True: 0.53, False: 0.44}  # of the width, below a part over the whole of it or not
GAP = 0.035
LINE = 1.27  # of a line of an article, for which the widths of formulas are estimated

ONE_PAGE = r"""% one page
\usepackage{multicol}
\setlength{\textwidth}{18.4cm}\setlength{\oddsidemargin}{-1.24cm}
\setlength{\textheight}{27.3cm}\setlength{\topmargin}{-1.5cm}\setlength{\headheight}{0pt}\setlength{\headsep}{0pt}
\setlength{\parindent}{0pt}\setlength{\parskip}{0pt}\setlength{\topskip}{0pt}\pagestyle{empty}
\newlength{\reasonwidth}\setlength{\reasonwidth}{3cm}\newcommand{\reasonsize}{\footnotesize}
\newsavebox{\wholepage}
\newcommand{\wholesheet}{\begin{lrbox}{\wholepage}\begin{minipage}[t]{\textwidth}\sheettop\noindent
  \begin{minipage}[t]{\sheetleft\linewidth}\sheetfirst\end{minipage}\hfill
  \begin{minipage}[t]{\sheetright\linewidth}\sheetsecond\end{minipage}\end{minipage}\end{lrbox}%
  \ifdim\dimexpr\ht\wholepage+\dp\wholepage\relax>2\textheight
    \sheettop\begin{multicols}{2}\sheetfirst\sheetsecond\end{multicols}%
  \else\ifdim\dimexpr\ht\wholepage+\dp\wholepage\relax>\textheight
    \hbox to\textwidth{\hfil\resizebox*{!}{\textheight}{\usebox{\wholepage}}\hfil}\else\usebox{\wholepage}\fi\fi}
\newcommand{\panel}[1]{\par\vskip9pt{\large\bfseries #1}\par\nobreak\vskip2pt{\color{cost}\hrule height 1pt}\nobreak
  \vskip5pt}
\newcommand{\pictured}[1]{\sbox{\fitbox}{#1}%
  \ifdim\dimexpr\ht\fitbox+\dp\fitbox\relax>5cm\sbox{\fitbox}{\resizebox*{!}{5cm}{\usebox{\fitbox}}}\fi
  {\centering\usebox{\fitbox}\par}}
"""


def sheet_tex(document: Document, *, across: bool = True) -> str:
    """Return the page as LaTeX, the first part `across` both columns or not; two parts are in the left one.

    Raises SpecError for a title that pdflatex cannot show."""
    parts = topics(document)
    first, others = (parts[:1], parts[1:]) if across else ([], parts)
    left = LEFT[across]
    right = round(1 - GAP - left, 3)
    title = rf"{{\centering\LARGE\bfseries {escaped(document.title)}\par}}\vskip6pt"
    pieces = {
        "left": f"{left}",
        "right": f"{right}",
        "top": "\n".join([title, *_opening(document), _parts(Typesetter(document, room=LINE), first)]),
        "first": _parts(Typesetter(document, room=left * LINE), others[:2]),
        "second": _parts(Typesetter(document, room=right * LINE), others[2:]),
    }
    lines = [
        "\\documentclass[10pt,a4paper]{article}\n" + PACKAGES + LINKS + TIKZ_LIBRARIES + "\n" + colours(),
        ONE_PAGE,
        MACROS,
        title_lines(document),
        *(rf"\newcommand{{\sheet{name}}}{{{piece}}}" for name, piece in pieces.items()),
        r"\begin{document}",
        hyphens(document) + r"\setlength{\abovedisplayskip}{2pt}\setlength{\belowdisplayskip}{2pt}",
        r"\wholesheet",
        r"\end{document}",
        "",
    ]
    return "\n".join(lines)


def _opening(document: Document) -> Iterator[str]:
    """Yield the pictures that stand before the first part."""
    for block in document.blocks:
        if isinstance(block, Figure):
            yield rf"\pictured{{{tikz(block.picture, document)}}}"


def _parts(typesetter: Typesetter, parts: Sequence[Topic]) -> str:
    """Return parts below one another, each with its heading."""
    return "".join(
        rf"\panel{{{typesetter.text(part.title)}}}"
        + "\n"
        + "\n".join(_block(typesetter, b) for b in part.blocks)
        + "\n"
        for part in parts
    )


def _block(typesetter: Typesetter, block: Block) -> str:
    if isinstance(block, Table):
        return rf"{{\centering\fittable{{{typesetter.tabular(block)}}}\par}}\vskip5pt"
    return typesetter.block(block)
