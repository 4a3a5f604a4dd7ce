r"""A derivation for one's own book: files to \input, whose macros, colours and labels all begin with sbp.

    sbp-preamble.tex        \input before \begin{document}: the macros; a comment lists the packages that they want
    chapter.tex             the story, in sections, its results with labels; what no sentence leads to floats
    equations.tex           every equation in every notation, numbered, with a label
    equations/BP1.tex       one bare formula; BP1-matrix.tex, BP1-here-rows.tex, …   for \[ \input{…} \]
    pictures/network.tex    the network in TikZ, chain.tex, …, with their colours

A label is sbp:NAME:KEY, such as sbp:2-3-1:BP1 for a result in the chapter, sbp:2-3-1:back for a section of it,
sbp:2-3-1:figure-network, or sbp:2-3-1:BP1-matrix in the list of equations; of layers and equations sbp:rnn:gradient-Wh,
sbp:rnn:forward-o, sbp:rnn:delta-h, with numbers of the document's own. So several networks go into one document.
Nothing that a chapter sets for itself outlives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.equations import NOTATIONS
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.errors import SymbackpropError
from symbackprop.exposition.document import Block, Display, Document, Figure, Formula, Heading, Steps, Table, announces
from symbackprop.exposition.figures.names import picture_names
from symbackprop.exposition.figures.tikz import TIKZ_LIBRARIES, tikz
from symbackprop.exposition.formulas import formula_latex
from symbackprop.exposition.named import Written, named_equations
from symbackprop.exposition.narration import OF_PROGRAMS
from symbackprop.exposition.palette import COLOURS
from symbackprop.exposition.typesetting.blocks import Typesetter, steps
from symbackprop.exposition.typesetting.preamble import BLOCKS, COMMANDS, colours
from symbackprop.frozen import dataclass

PREFIX = "sbp"
MOST_LINES = 12  # of one equation that stands in a list of all; a longer one has its file

_SETTINGS = r"""\newlength{\reasonwidth}\newcommand{\reasonsize}{\small}
% the number of a line of steps: taken before them, as TeX sets them twice, and shown at the end of its reason
\makeatletter
\newcommand{\numberfor}[2]{\refstepcounter{equation}\label{#1}%
  \expandafter\protected@xdef\csname sbpnumber#2\endcsname{\theequation}}
\makeatother
\newcommand{\numbered}[1]{\unskip\nobreak\hfill\penalty50\hskip1em\null\nobreak\hfill
  \mbox{\normalsize\normalcolor(\csname sbpnumber#1\endcsname)}}
"""
_OWN = sorted(
    set(re.findall(r"\\new(?:command|length|savebox|environment)\{\\?([A-Za-z]+)\}", BLOCKS + COMMANDS + _SETTINGS)),
    key=len,
    reverse=True,
)
_COLOURS = "|".join((*COLOURS, "unstressed"))
_MACRO = re.compile(rf"\\({'|'.join(_OWN)})(?![A-Za-z])")
_ENVIRONMENT = re.compile(rf"(\\(?:newenvironment|begin|end))\{{({'|'.join(_OWN)})\}}")
_COLOUR = re.compile(rf"(draw=|text=|fill=|!|\\role\{{|\\color\{{|\\definecolor\{{)({_COLOURS})(?![A-Za-z])")

_HEAD = r"""% Macros for the chapters, the equations and the pictures of symbackprop. They want these packages:
%   \usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}
%   \usepackage{amsmath,amssymb,xcolor,graphicx,booktabs,tikz}
% hyperref and cleveref go with them. To put a chapter below a section:
%   \renewcommand{\sbpsection}{\subsection}\renewcommand{\sbppart}{\subsubsection*}
\ifdefined\sbpsection\expandafter\endinput\fi
\makeatletter\@for\sbpname:=amsmath,amssymb,xcolor,graphicx,booktabs,tikz\do{\@ifpackageloaded{\sbpname}{}{%
  \PackageError{symbackprop}{\sbpname\space is missing; write \string\usepackage{\sbpname} before this file}{}}}
\newcommand{\sbphere}[1]{\def\@captype{#1}}% a caption where no float is
\makeatother
\newcommand{\sbpsection}{\section}\newcommand{\sbppart}{\subsection*}
"""
# what a chapter changes: in a group of its own, but for the penalty of amsmath, which is always global
_BEGINS = r"""\begingroup\edef\sbppenalty{\the\interdisplaylinepenalty}
\setlength{\reasonwidth}{0.28\linewidth}\setlength{\jot}{6pt}\renewcommand{\arraystretch}{1.2}
"""
_ENDS = r"""\par\global\interdisplaylinepenalty=\sbppenalty\relax\endgroup
"""


def fragment(derivation: object, document: Document, name: str) -> dict[str, str | bytes]:
    """Return the files; `name` is that of the labels."""
    writer = Fragment(document, name)
    files: dict[str, str | bytes] = {"chapter.tex": writer.chapter()}
    files["sbp-preamble.tex"] = prefixed(_HEAD + TIKZ_LIBRARIES + "\n" + _SETTINGS + BLOCKS + COMMANDS)
    listed = []
    for key, style, formula in _equations(derivation, document):
        file = key + f"-{style}" * (style != "index")
        files[f"equations/{file}.tex"] = f"% {file}: for mathematics, \\[ \\input{{equations/{file}}} \\]\n{formula}%\n"
        if formula.count(r"\\") < MOST_LINES:
            listed.append(writer.numbered(f"{key}-{style}", formula))
    if listed:
        files["equations.tex"] = f"{_colours()}\n" + "\n".join(listed)
    for picture, called in picture_names(document).items():
        # in a group, no wider than the line, which it begins where it is no float
        drawn = prefixed(rf"\noindent\fittable{{{tikz(picture, document)}}}")
        files[f"pictures/{called}.tex"] = f"\\begingroup{_colours()}%\n{drawn}\\endgroup\n"
    return files


def prefixed(latex: str) -> str:
    r"""Return LaTeX of ours with the prefix before every macro, environment and colour: \step -> \sbpstep."""
    latex = _COLOUR.sub(rf"\1{PREFIX}\2", latex)
    latex = _ENVIRONMENT.sub(rf"\1{{{PREFIX}\2}}", latex)
    return _MACRO.sub(rf"\\{PREFIX}\1", latex)


def _colours() -> str:
    """Return the definitions of the colours, which hold in the group around them."""
    return prefixed(colours()).replace("\n", "")


def _equations(derivation: object, document: Document) -> Iterator[tuple[str, str, str]]:
    """Yield every equation of a derivation in every notation that it has: its name, the notation, the LaTeX."""
    if not isinstance(derivation, Derivation | ProgramDerivation):
        return
    styles = tuple(NOTATIONS) if isinstance(derivation, Derivation) else OF_PROGRAMS
    for name, equation in named_equations(derivation, document.only):
        for style in sorted(styles, key="index".__ne__):
            if formula := _formula(derivation, equation, style, document):
                yield name, style, formula


def _formula(derivation: object, equation: Written, style: str, document: Document) -> str:
    """Return an equation in a notation, or nothing where it has no such form, or one that is too long to be read."""
    try:
        pairs = equation(derivation, style, document.convention.mean)
    except SymbackpropError:
        return ""
    lines = [formula_latex(Formula(sides), document.style) for sides in pairs]
    if len(lines) == 1:
        return lines[0]
    aligned = r" \\ ".join(line.replace(" = ", " &= ", 1) for line in lines)
    return rf"\begin{{aligned}} {aligned} \end{{aligned}}"


@dataclass(frozen=True)
class Fragment(Typesetter):
    """Writes the blocks of a document for somebody else's: floats, and labels with a name."""

    name: str

    def chapter(self) -> str:
        """Return the story as sections."""
        body = self.blocks().lstrip("\n")
        return prefixed(f"{_BEGINS}{_colours()}\n{body}\n{_ENDS}")

    def numbered(self, key: str, formula: str) -> str:
        """Return an equation with a number and a label."""
        return prefixed(
            rf"\begin{{equation}}\label{{{self.label(key)}}}" + f"\n  \\fit{{{formula}}}\n\\end{{equation}}\n"
        )

    def label(self, key: str) -> str:
        """Return the label of a section, an equation or a picture."""
        return f"{PREFIX}:{self.name}:{key}"

    def _reference(self, key: str) -> str:
        return rf"\ref{{{self.label(key)}}}"

    def _heading(self, block: Heading) -> str:
        title, label = self.text(block.text), rf"\label{{{self.label(block.key)}}}"
        return rf"\sbpsection{{{title}}}{label}" if block.level == 1 else rf"\sbppart{{{title}}}"

    def _display(self, block: Display) -> str:
        tag, written = rf"\tag{{{block.name}}}", super()._display(block)
        if block.label:
            written = written.replace("{equation*}", "{equation}")
            return written.replace("\n", rf"\label{{{self.label(block.label)}}}" + "\n", 1)
        return written.replace(tag, rf"{tag}\label{{{self.label(block.name)}}}")

    def _steps(self, block: Steps) -> str:
        taken, reasons = "", []
        for place, line in enumerate(block.lines):
            taken += rf"\numberfor{{{self.label(line.label)}}}{{{place}}}" * bool(line.label)
            reasons.append(self.text(line.reason) + rf"\numbered{{{place}}}" * bool(line.label))
        return (f"{taken}%\n" if taken else "") + steps(block, self.style, reasons, room=self.room)

    def _figure(self, block: Figure) -> str:
        picture = tikz(block.picture, self.document)
        label = rf"\label{{{self.label(f'figure-{picture_names(self.document)[block.picture]}')}}}"
        caption = rf"\caption{{{self.text(block.caption)}}}{label}" if block.caption else ""
        return self._placed(block, "figure", f"\\fittable{{{picture}}}\n{caption}")

    def _table(self, block: Table) -> str:
        parts = [rf"\fittable{{{self.tabular(part)}}}" for part in self.parted(block)]
        if not block.caption:
            return "\\begin{center}\n" + "\n\n".join(parts) + "\n\\end{center}"
        parts[0] = rf"\caption{{{self.text(block.caption)}}}\vskip4pt" + f"\n{parts[0]}"
        return "\n".join(self._placed(block, "table", part) for part in parts)

    def _placed(self, block: Block, kind: str, content: str) -> str:
        """Return a picture or a table as a float; in its place where the sentence before it ends with a colon."""
        if any(each is block and announces(before) for before, each, _ in self.around()):
            return f"\\begin{{together}}\\sbphere{{{kind}}}\n{content}\n\\end{{together}}"
        return f"\\begin{{{kind}}}[htbp]\\centering\n{content}\n\\end{{{kind}}}"
