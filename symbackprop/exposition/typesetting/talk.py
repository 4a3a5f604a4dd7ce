r"""Frames of a talk in LaTeX: lines come one by one, their signs stay where they are, the path lights up edge by edge.

    \begin{frame}[t]{The product}\onpage{
    \begin{align*} \stepside{left} & \uncover<2->{\stepsign{=} \step{…}{reason}} \\ … \end{align*}
    }\end{frame} \note{what the speaker says}

What is covered takes its room, so nothing moves; what is too high for its slide is shrunk to it by TeX.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from unicodedata import normalize

from symbackprop.exposition.document import Display, Figure, Prose, Steps, Table, Text
from symbackprop.exposition.figures.layout import told_after
from symbackprop.exposition.figures.tikz import tikz
from symbackprop.exposition.paging.measuring import RIGHT, Sheet, words_height
from symbackprop.exposition.paging.richtext import plain
from symbackprop.exposition.paging.slides import Part, Slide, opened, paged, shown_lines
from symbackprop.exposition.typesetting.blocks import STRUTS, Typesetter, display, measured, step_lines
from symbackprop.exposition.typesetting.escaping import is_shown
from symbackprop.frozen import dataclass

TABLE, PICTURE = 1.3, 1.6  # how much larger they may be than the letters of the slide say
CAPTION = 0.8  # em, the letters of a caption
SPARE = 0.5  # em that are left free above and below a picture

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
  \onpage{\footnotesize\setlength{\parskip}{4pt}\insertnote}}
\newlength{\reasonwidth}\setlength{\reasonwidth}{0.285\paperwidth}\newcommand{\reasonsize}{\footnotesize}

% what is higher than its slide is shrunk to it, and set wider, so that its lines are as wide as others; \fillin makes
% a picture or a table larger, so many times at most, where a line and a height that is given have room, or else smaller
\newsavebox{\pagebox}\newlength{\pageroom}\setlength{\pageroom}{\dimexpr\paperheight-2.65cm\relax}
\newcommand{\setpage}[2]{\sbox{\pagebox}{\begin{minipage}[t]{#1}\setlength{\parskip}{0.5\baselineskip}#2\end{minipage}}%
  \dimen0=\dimexpr\ht\pagebox+\dp\pagebox\relax}
\newcommand{\onpage}[1]{\setpage{\textwidth}{#1}%
  \ifdim\dimen0>\pageroom\setpage{\dimexpr\textwidth*\number\dimen0/\number\pageroom\relax}{#1}%
    \ifdim\wd\pagebox>\textwidth\sbox{\pagebox}{\resizebox{\textwidth}{!}{\usebox{\pagebox}}}\fi
    \ifdim\dimexpr\ht\pagebox+\dp\pagebox\relax>\pageroom\sbox{\pagebox}{\resizebox*{!}{\pageroom}{\usebox{\pagebox}}}\fi
  \fi\usebox{\pagebox}}
\newcommand{\fillin}[3]{\sbox{\fitbox}{#3}%
  \dimen0=#1\wd\fitbox \ifdim\dimen0>\linewidth \dimen0=\linewidth\fi
  \dimen2=0.65\dimexpr\ht\fitbox+\dp\fitbox\relax\dimen4=\dimexpr#2\relax
  \ifdim\dimen4<\dimen2\dimen4=\dimen2\fi% less can be read by nobody: the whole slide is shrunk then
  \sbox{\fitbox}{\resizebox{\dimen0}{!}{\usebox{\fitbox}}}%
  \ifdim\dimexpr\ht\fitbox+\dp\fitbox\relax>\dimen4\sbox{\fitbox}{\resizebox*{!}{\dimen4}{\usebox{\fitbox}}}\fi
  {\centering\usebox{\fitbox}\par}}
\newcommand{\stepside}[1]{\hbox to\stepleft{\hfil$\displaystyle #1$}}
\newcommand{\captiontext}[1]{{\centering\footnotesize\color{black!65}#1\par}}
\newcommand{\remark}[2]{\fcolorbox{black!20}{black!4}{\parbox{0.95\linewidth}{\footnotesize\textbf{#1.} #2}}}
"""


@dataclass(frozen=True)
class Talk(Typesetter):
    """Writes the slides of one document, on which the rows of a table share what room there is."""

    sheet: Sheet

    @property
    def struts(self) -> Mapping[int, str]:
        """What makes a row as high as what it holds, that of a sum closer than on paper."""
        return STRUTS | {3: r"\rule[-3.5ex]{0pt}{6.7ex}"}

    def frames(self) -> Iterator[str]:
        """Yield the title, then the slides of each topic."""
        first = opened(self.document)
        question, note = self.text(first.question), self._said(first.said)
        yield f"\\begin{{frame}}[plain]\\titlepage\n{{\\centering {question}\\par}}\\vfill{note}\n\\end{{frame}}"
        for slide in paged(self.document, self.sheet):
            section = slide.topic.section
            if slide.topic.begins and slide.first:
                words = plain(section.text, self.document)  # no font has the marks of a layer, z⁽¹⁾: they are z(1) here
                plainly = self.text(("".join(c if is_shown(c) else normalize("NFKC", c) for c in words),))
                yield rf"\section{{{plainly}}}\label{{sec:{section.key}}}"
            yield self._frame(slide)

    def _frame(self, slide: Slide) -> str:
        number = self.document.sections[slide.topic.section.key]
        section = "" if slide.topic.own else self.text(slide.topic.section.text)
        chapter = rf"{section}\quad\textbf{{{number}}}" if section else rf"\textbf{{{number}}}"
        title = self.text(slide.topic.title)
        body = "\n".join(self._parts(slide))
        return (
            f"\\renewcommand{{\\chapterline}}{{{chapter}}}\n"
            f"\\begin{{frame}}[t]{{{title}}}\\onpage{{\n{body}\n}}"
            f"{self._said(slide.said)}\n\\end{{frame}}"
        )

    def _said(self, said: Sequence[Text]) -> str:
        paragraphs = "\n\n".join(self.text(text) for text in said)
        return f"\n\\note{{{paragraphs}}}" if paragraphs else ""

    def _parts(self, slide: Slide) -> Iterator[str]:
        """Yield the LaTeX of what stands on a slide; what comes with a click takes its room before."""
        for source, parts in slide.groups:
            if source is not None:
                yield self._revealed(source, parts, slide.asked(parts[0]))
            else:
                yield from (self._waiting(self._part(part, slide), part) for part in parts)

    def _waiting(self, latex: str, part: Part) -> str:
        return f"\\begin{{uncoverenv}}<{part.click + 1}->\n{latex}\n\\end{{uncoverenv}}" if part.click else latex

    def _part(self, part: Part, slide: Slide) -> str:
        room = slide.rest(part, self.sheet.height) - SPARE
        match part.block:
            case Prose(text):
                return r"\par\noindent " + self.text(text)
            case Display():
                return display(part.block, self.style, limit=0.9 * self.sheet.width)
            case Figure(picture, caption):
                drawn = tikz(picture, self.document, shown=part.click + 1)
                room -= words_height(plain(caption, self.document), self.sheet.width, size=CAPTION) + SPARE
                waits = told_after(picture)
                words = _uncovered(rf"\captiontext{{{self.text(caption)}}}", waits and part.click + waits)
                return f"\\par\\fillin{{{PICTURE}}}{{{room:.1f}em}}{{{drawn}}}\n\n{words}"
            case Table():
                return rf"\par\fillin{{{TABLE}}}{{{room + SPARE:.1f}em}}{{{self.tabular(part.block)}}}"
        return self.block(part.block)

    def _revealed(self, source: Steps, parts: Sequence[Part], asked: int) -> str:
        """Return lines that come one by one; the left side of the first is `asked` for before its right side."""
        style, limit = self.style, RIGHT * self.sheet.width
        whole = step_lines(source, style, [""] * len(source.lines), limit)
        again = shown_lines(parts)
        reasons = [self.text(line.reason) for line in again]
        rows: list[str] = []
        for line, part in zip(step_lines(Steps(again), style, reasons, limit), parts, strict=True):
            left = rf"\stepside{{{line.left}}}" if line.shows_left else ""
            before = part.click if rows else asked
            rows.append(f"  {_uncovered(left, before)} & {_uncovered(line.rest, part.click)}")
        return f"{measured(whole)}\n\\begin{{align*}}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _uncovered(latex: str, click: int) -> str:
    return rf"\uncover<{click + 1}->{{{latex}}}" if latex and click else latex
