r"""Frames of a talk in LaTeX: lines come one by one, their signs stay where they are, the path lights up edge by edge.

    \begin{frame}[t]{The product}\begin{onpage}
    \begin{align*} \stepside{left} & \uncover<2->{\stepsign{=} \step{…}{reason}} \\ … \end{align*}
    \end{onpage}\end{frame} \note{what the speaker says}

What is covered takes its room, so nothing moves; what is too high for its slide is shrunk to it by TeX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from symbackprop.exposition.document import Code, Display, Document, Figure, Heading, Note, Prose, Steps, Table, Text
from symbackprop.exposition.figures.graph import GraphPicture
from symbackprop.exposition.figures.layout import ChainPicture, NetworkPicture
from symbackprop.exposition.figures.tikz import tikz
from symbackprop.exposition.slides.digest import gist
from symbackprop.exposition.slides.outline import Topic, opening, topics
from symbackprop.exposition.slides.richtext import plain
from symbackprop.exposition.typesetting.blocks import STRUTS, Typesetter
from symbackprop.exposition.typesetting.formulas import display, measured, step_lines
from symbackprop.exposition.typesetting.pouring import LINE, RIGHT, Frame, Paper, Piece, poured

__all__ = ["TALK", "Talk"]

TABLE, PICTURE = 1.3, 1.6  # how much larger they may be than the letters of the slide say
CAPTION = 2.3  # letters of a caption in one em of the text
SPARE = 0.5  # em that are left free above and below a picture
_OVERLAY = re.compile(r"<(\d+)->")

TALK = r"""% the slides
\usefonttheme[onlymath]{serif}
\setbeamertemplate{navigation symbols}{}
\setbeamersize{text margin left=0.8cm,text margin right=0.8cm}
\setbeamercolor{frametitle}{fg=black!85}\setbeamercolor{normal text}{fg=black!90}
\setbeamerfont{frametitle}{size=\large,series=\bfseries}\setbeamerfont{title}{size=\LARGE,series=\bfseries}
\newcommand{\chapterline}{}
\setbeamertemplate{frametitle}{\nointerlineskip\vbox to1.35cm{\vskip5pt
  \hbox to\textwidth{\hfil\fontsize{6}{7}\selectfont\color{black!55}\chapterline\vphantom{Ag}}\vss
  \hbox{\usebeamerfont{frametitle}\usebeamercolor[fg]{frametitle}\strut\insertframetitle}\vskip2pt
  {\color{cost}\hrule width2.4em height1pt}}}
\setbeamertemplate{footline}{\hbox to\paperwidth{\hfil\tiny\color{black!55}%
  \insertframenumber/\inserttotalframenumber\hskip0.8cm}\vskip6pt}
\setbeamertemplate{title page}{\vfill\begin{centering}{\usebeamerfont{title}\inserttitle\par}\vskip1.5em
  {\large\insertauthor\par}\vskip0.5em{\insertdate\par}\end{centering}\vfill}
\setbeamertemplate{note page}{\vskip3mm{\small\bfseries\insertframenumber\quad\insertframetitle\par}\vskip2mm
  \begin{onpage}\footnotesize\setlength{\parskip}{4pt}\insertnote\end{onpage}}
\newlength{\reasonwidth}\setlength{\reasonwidth}{0.285\paperwidth}\newcommand{\reasonsize}{\footnotesize}

% what is higher than its slide is shrunk to it; \fitin does so with a picture or a table, in a given height; \fillin
% makes it larger where there is room, so many times at most
\newsavebox{\pagebox}\newlength{\pageroom}\setlength{\pageroom}{\dimexpr\paperheight-2.65cm\relax}
\newenvironment{onpage}{\begin{lrbox}{\pagebox}\begin{minipage}[t]{\textwidth}\setlength{\parskip}{0.5\baselineskip}}%
  {\end{minipage}\end{lrbox}\ifdim\dimexpr\ht\pagebox+\dp\pagebox\relax>\pageroom
    \hbox to\textwidth{\hfil\resizebox*{!}{\pageroom}{\usebox{\pagebox}}\hfil}\else\usebox{\pagebox}\fi}
\newcommand{\fitin}[2]{\sbox{\fitbox}{#2}%
  \ifdim\wd\fitbox>\linewidth\sbox{\fitbox}{\resizebox{\linewidth}{!}{\usebox{\fitbox}}}\fi
  \ifdim\dimexpr\ht\fitbox+\dp\fitbox\relax>\dimexpr#1\relax
    \sbox{\fitbox}{\resizebox*{!}{\dimexpr#1\relax}{\usebox{\fitbox}}}\fi
  {\centering\usebox{\fitbox}\par}}
\newcommand{\fillin}[3]{\sbox{\fitbox}{#3}%
  \dimen0=#1\wd\fitbox \ifdim\dimen0>\linewidth \dimen0=\linewidth\fi
  \sbox{\fitbox}{\resizebox{\dimen0}{!}{\usebox{\fitbox}}}\fitin{#2}{\usebox{\fitbox}}}
\newcommand{\stepside}[1]{\hbox to\stepleft{\hfil$\displaystyle #1$}}
\newcommand{\captiontext}[1]{{\centering\footnotesize\color{black!65}#1\par}}
\newcommand{\remark}[2]{\fcolorbox{black!20}{black!4}{\parbox{0.95\linewidth}{\footnotesize\textbf{#1.} #2}}}
"""


class _Typesetter(Typesetter):
    """Writes what stands on slides, where the rows of a table share what room there is."""

    @property
    def struts(self) -> Mapping[int, str]:
        return STRUTS | {3: r"\rule[-3ex]{0pt}{6.3ex}"}


@dataclass(frozen=True)
class Talk:
    """Writes the frames of one document."""

    document: Document
    paper: Paper

    @property
    def typesetter(self) -> Typesetter:
        """What writes sentences and tables."""
        return _Typesetter(self.document)

    def frames(self) -> Iterator[str]:
        """Yield the title, then the slides of each topic."""
        told = [block for block in opening(self.document) if isinstance(block, Prose)]
        question = self.typesetter.text(gist(told[0], self.document)) if told else ""
        note = self._note(tuple(block.text for block in told))
        yield f"\\begin{{frame}}[plain]\\titlepage\n{{\\centering {question}\\par}}\\vfill{note}\n\\end{{frame}}"
        for topic in topics(self.document):
            if topic.begins:
                yield rf"\section{{{self._plain(topic.section.text)}}}\label{{sec:{topic.section.key}}}"
            for place, frame in enumerate(poured(topic.blocks, self.document, self.paper)):
                yield self._frame(topic, frame if place else replace(frame, said=(*topic.before, *frame.said)))

    def _plain(self, text: Text) -> str:
        return self.typesetter.text((plain(text, self.document),))

    def _frame(self, topic: Topic, frame: Frame) -> str:
        number = self.document.sections[topic.section.key]
        section = "" if topic.own else self.typesetter.text(topic.section.text)
        chapter = rf"{section}\quad\textbf{{{number}}}" if section else rf"\textbf{{{number}}}"
        title = self.typesetter.text(topic.title)
        body = "\n".join(_Filling(self, frame).parts())
        return (
            f"\\renewcommand{{\\chapterline}}{{{chapter}}}\n"
            f"\\begin{{frame}}[t]{{{title}}}\\begin{{onpage}}\n{body}\n\\end{{onpage}}"
            f"{self._note(frame.said)}\n\\end{{frame}}"
        )

    def _note(self, said: Sequence[Text]) -> str:
        paragraphs = "\n\n".join(self.typesetter.text(text) for text in said)
        return f"\n\\note{{{paragraphs}}}" if paragraphs else ""


@dataclass
class _Filling:
    """One slide that is being written; `clicks` is the last overlay on which something appears, 0 before the first."""

    talk: Talk
    frame: Frame
    clicks: int = 0

    def parts(self) -> Iterator[str]:
        """Yield the LaTeX of what stands on the slide."""
        for source, group in groupby(self.frame.pieces, key=lambda piece: piece.source):
            pieces = list(group)
            if source is not None:
                yield self._steps(source, pieces)
            else:
                yield from map(self._piece, pieces)

    def _piece(self, piece: Piece) -> str:
        typesetter, document = self.talk.typesetter, self.talk.document
        match piece.block:
            case Prose(text):
                return self._waiting(r"\par\noindent " + typesetter.text(text), piece) if text else ""
            case Display():
                latex = display(piece.block, document.style, limit=0.9 * self.talk.paper.width)
                return self._waiting(latex, piece)
            case Figure(picture, caption):
                return self._figure(picture, caption, self._room(piece))
            case Table():
                self.clicks = max(self.clicks, 1)
                return rf"\par\fillin{{{TABLE}}}{{{self._room(piece):.1f}em}}{{{typesetter.tabular(piece.block)}}}"
            case Note(title, text):
                return self._waiting(rf"\remark{{{typesetter.text(title)}}}{{{typesetter.text(text)}}}", piece)
            case Code():
                return self._waiting(typesetter.block(piece.block), piece)
            case Heading() | Steps():  # steps come by `_steps`, a heading is the title
                return ""

    def _next(self) -> int:
        """Return the overlay on which the next thing appears."""
        self.clicks += 1
        return self.clicks

    def _waiting(self, latex: str, piece: Piece) -> str:
        """Return what comes with the next click, or at once where nothing is there before it."""
        click = max(1, self.clicks) if piece.joined else self._next()
        self.clicks = click
        return latex if click == 1 else f"\\begin{{uncoverenv}}<{click}->\n{latex}\n\\end{{uncoverenv}}"

    def _room(self, piece: Piece) -> float:
        """Return how high a picture or a table may be: what the rest of the slide leaves."""
        return self.talk.paper.height - sum(other.height for other in self.frame.pieces if other is not piece) - SPARE

    def _figure(self, picture: NetworkPicture | ChainPicture | GraphPicture, caption: Text, room: float) -> str:
        """Return a picture, there from the beginning, and what it reveals later, click by click."""
        document = self.talk.document
        drawn = tikz(picture, document, revealed=True)
        self.clicks = max([1, *map(int, _OVERLAY.findall(drawn))])
        lines = 1 + len(plain(caption, document)) // (CAPTION * self.talk.paper.width)
        words = self.talk.typesetter.text(caption)
        return (
            f"\\par\\fillin{{{PICTURE}}}{{{room - LINE * lines - SPARE:.1f}em}}{{{drawn}}}\n\n\\captiontext{{{words}}}"
        )

    def _steps(self, source: Steps, pieces: Sequence[Piece]) -> str:
        """Return lines that come one by one; the left side of the first is there before its right side."""
        style, limit = self.talk.document.style, RIGHT * self.talk.paper.width
        whole = step_lines(source, style, [""] * len(source.lines), limit)
        rows: list[str] = []
        for piece in pieces:
            steps = piece.block
            assert isinstance(steps, Steps)  # it has a source
            reasons = [self.talk.typesetter.text(line.reason) for line in steps.lines]
            (line,) = step_lines(steps, style, reasons, limit)
            there = max(1, self.clicks)
            click = there if piece.joined else self._next()
            self.clicks = click
            left = "" if piece.goes_on and rows else rf"\stepside{{{line.left}}}"
            rows.append(f"  {_uncovered(left, click if rows else there)} & {_uncovered(line.rest, click)}")
        return f"{measured(whole)}\n\\begin{{align*}}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _uncovered(latex: str, click: int) -> str:
    return rf"\uncover<{click}->{{{latex}}}" if latex and click > 1 else latex
