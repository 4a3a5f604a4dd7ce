r"""What stands before \begin{document}: packages of every TeX distribution, the colours, and macros that fit things in.

    \fit{…}              a formula, shrunk if it is wider than the line
    \stepsfor{left}      how wide the left sides of the next steps are; \stepsalso{left} for further ones
    \step{…}{reason}     one right side with its reason beside it, or below it where the formula needs the room
    \lonestep{…}         one right side without a reason
    \fittable{…}         a table or a picture, shrunk if it is wider than the line, or leaves no room on its page

The widths are measured by TeX itself, so that no line is ever overfull.
"""

from __future__ import annotations

from symbackprop.exposition.document import Document
from symbackprop.exposition.figures.layout import SHARE_OF_PAGE
from symbackprop.exposition.palette import COLOURS, GREY
from symbackprop.exposition.typesetting.escaping import escaped, property_text

ARTICLE = "\\documentclass[11pt,a4paper]{article}\n"
LINKS = "\\usepackage[hidelinks,unicode]{hyperref}\n"  # beamer has it already
PACKAGES = r"""\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{lmodern}
\usepackage{microtype}
\usepackage{amsmath,amssymb,mathtools,bm}
\usepackage{xcolor}
\usepackage{booktabs}
\usepackage{tikz}
"""

PAGE = r"""% the page
\setlength{\textwidth}{16cm}\setlength{\oddsidemargin}{-0.04cm}
\setlength{\textheight}{24.2cm}\setlength{\topmargin}{-1.5cm}
\setlength{\parindent}{0pt}\setlength{\parskip}{0.55\baselineskip}
\setlength{\emergencystretch}{3em}\clubpenalty=10000 \widowpenalty=10000
\allowdisplaybreaks\raggedbottom
\newlength{\reasonwidth}\setlength{\reasonwidth}{4.5cm}\newcommand{\reasonsize}{\small}

\newcounter{picture}\newcounter{tabular}
\newcommand{\captiontext}[2]{{\small\textbf{#1.} #2\par\vskip4pt}}
"""

BLOCKS = r"""% a remark; whether a page may end before the next picture or table (0) or not (10000)
\newcommand{\remark}[2]{\begin{center}\fcolorbox{black!25}{black!4}{%
  \parbox{0.94\linewidth}{\small\textbf{#1.} #2}}\end{center}}
\makeatletter
\newcommand{\announced}[1]{\@beginparpenalty=#1\relax}
\newenvironment{together}{\begin{center}\begin{minipage}{\linewidth}\centering}%
  {\end{minipage}\end{center}}
\makeatother
"""

SPACES = r"""% mathematics
\AtBeginDocument{%
  \setlength{\abovedisplayskip}{7pt plus 2pt}\setlength{\belowdisplayskip}{7pt plus 2pt}%
  \setlength{\abovedisplayshortskip}{4pt plus 2pt}\setlength{\belowdisplayshortskip}{7pt plus 2pt}%
  \setlength{\topsep}{2pt}\setlength{\jot}{6pt}}
\renewcommand{\arraystretch}{1.2}

"""

COMMANDS = r"""% the part that a factor plays; unlike \textcolor this leaves the spaces around the factor as they are
\newcommand{\role}[2]{\begingroup\color{#1}#2\endgroup}

% a formula that is wider than the line, or higher than the page, is shrunk to it; so is a table or a picture, above
% and below which a heading, a sentence and a caption have room
\newsavebox{\fitbox}
\newcommand{\fitto}[2]{\fitin{#1}{0.95\textheight}{$\displaystyle #2$}}
\newcommand{\fit}[1]{\fitto{0.9\linewidth}{#1}}
\newcommand{\fittable}[1]{\fitin{\linewidth}{SHARE_OF_PAGE\textheight}{#1}}
\newcommand{\fitin}[3]{\sbox{\fitbox}{#3}%
  \ifdim\wd\fitbox>\dimexpr#1\relax\sbox{\fitbox}{\resizebox{\dimexpr#1\relax}{!}{\usebox{\fitbox}}}\fi
  \ifdim\dimexpr\ht\fitbox+\dp\fitbox>#2\resizebox*{!}{#2}{\usebox{\fitbox}}\else\usebox{\fitbox}\fi}

% steps: the reason stands beside the formula, or below it where the formula needs the room
\newlength{\stepleft}\newlength{\steproom}\newlength{\stepwide}
\newcommand{\stepsfor}[1]{\global\interdisplaylinepenalty=0 \setlength{\stepleft}{0pt}\stepsalso{#1}}
\newcommand{\stepsalso}[1]{\sbox{\fitbox}{$\displaystyle #1$}%
  \ifdim\wd\fitbox>\stepleft\setlength{\stepleft}{\wd\fitbox}\fi
  \setlength{\stepwide}{\dimexpr\linewidth-\stepleft-2.2em\relax}%
  \setlength{\steproom}{\dimexpr\stepwide-\reasonwidth-1em\relax}}
\newcommand{\stepsign}[1]{\mathrel{\hbox to1em{\hfil$#1$\hfil}}}
\newcommand{\reason}[1]{{\reasonsize\color{black!65}#1}}
\newcommand{\lonestep}[1]{\hbox to\stepwide{\fitto{\stepwide}{#1}\hfil}}
\newcommand{\step}[2]{\sbox{\fitbox}{$\displaystyle #1$}%
  \ifdim\wd\fitbox>\steproom
    \vtop{\hbox{\fitto{\stepwide}{#1}}\vskip3pt\sbox{\fitbox}{\reason{#2}}%
      \hbox to\stepwide{\hfill\ifdim\wd\fitbox>\stepwide
        \parbox[t]{\stepwide}{\raggedleft\leavevmode\reason{#2}}\else\usebox{\fitbox}\fi}}%
  \else
    \hbox to\steproom{\usebox{\fitbox}\hfil}\hskip1em
    \vcenter{\hbox{\parbox{\reasonwidth}{\raggedright\leavevmode\reason{#2}}}}%
  \fi}

% whether a page may end after the next display (0) or not (10000); amsmath puts a penalty of its own after the last
% line of an alignment, and \laststep makes it the same
\newcommand{\displayends}[1]{\postdisplaypenalty=#1\relax}
\makeatletter
\newcommand{\laststep}{\ifmeasuring@\else\global\interdisplaylinepenalty=\postdisplaypenalty\fi}
\makeatother
""".replace("SHARE_OF_PAGE", str(SHARE_OF_PAGE))


MACROS = SPACES + COMMANDS


def colours() -> str:
    """Return the definitions of the colours, by the names of the palette."""
    named = {**COLOURS, "unstressed": GREY}
    return "".join(rf"\definecolor{{{name}}}{{HTML}}{{{value[1:]}}}" + "\n" for name, value in named.items())


def title_lines(document: Document) -> str:
    """Return the title, the author and the date, for the page and for the properties of the PDF.

    Raises SpecError for one that pdflatex cannot show."""
    names = {"pdftitle": property_text(document.title), "pdfauthor": property_text(document.author or "")}
    properties = ", ".join(f"{name}={{{value}}}" for name, value in (*names.items(), ("pdflang", document.language)))
    lines = [rf"\hypersetup{{{properties}}}"]
    for name, text in (("title", document.title), ("author", document.author), ("date", document.date)):
        lines.append(rf"\{name}{{{escaped(text, name) if text else ''}}}")
    return "\n".join(lines)


def hyphens(document: Document) -> str:
    """Return what keeps words whole in other languages than English.

    Their patterns are not part of every TeX installation, and those of English break words wrongly."""
    return "" if document.language == "en" else r"\hyphenpenalty=10000 \exhyphenpenalty=10000" + "\n"
