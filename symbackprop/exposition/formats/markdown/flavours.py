r"""In what the flavours of Markdown differ: the signs around mathematics, what a picture is, what stands at the top.

GitHub refuses \operatorname, \phantom and \mbox, and lets Markdown's own signs into $…$ but not into $`…`$. Pandoc,
which is inside Quarto, and the two programs for slides take $…$ and $$ … $$. Slidev reads {{ }} as code of its own,
wherever it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from symbackprop.exposition.document import Document
from symbackprop.exposition.unbroken import JOINER, joined
from symbackprop.frozen import dataclass

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # of ASCII; a backslash makes each of them harmless for Markdown
_SIGNS = re.compile(r"([\\`*_\[\]<>#|&$~])")  # that words of ours may hold
# what programs look for before or after Markdown is read, whatever a backslash says: {{ code }} of Vue,
# {{< shortcodes >}} and `r code` of Quarto, :names: of pictures
_LATER = re.compile(r"\{(?=[{%])|`(?=r[ #])|:(?=[\w+-]+:)")
_OPENING = re.compile(r"[{<`](?=\S)|\](?=[(\[])")  # of code, of an element, of a link


def literal(text: str) -> str:
    """Return a user's text so that nothing in it is markup, a link or a mention, nor code of a template.

    Signs that mean something to what comes after Markdown have a word joiner between them, which is not seen."""
    return _PUNCTUATION.sub(r"\\\1", _LATER.sub(rf"\g<0>{JOINER}", joined(text)))


def inert(text: str) -> str:
    """Return a text for the head of a file: itself in the title of a window, and no code where it is read as Markdown.

    Slidev makes a template of Vue of the titles in its contents."""
    return _OPENING.sub(rf"\g<0>{JOINER}", _LATER.sub(rf"\g<0>{JOINER}", text))


def fenced(kind: str, text: str, fence: str = "```") -> str:
    """Return lines between fences."""
    return f"{fence}{kind}\n{text}\n{fence}"


def _words(text: str) -> str:
    return _SIGNS.sub(r"\\\1", joined(text))


@dataclass(frozen=True, slots=True)
class Flavour:
    r"""One kind of Markdown.

    head      what stands at the top, with the title
    inline    the signs before and after a formula in a sentence
    display   a formula, given as LaTeX, on a line of its own
    tag       whether \tag{BP1} is known
    coloured  whether \textcolor{#B84F00}{…} is
    mermaid   what announces a picture in Mermaid, or nothing where pictures are files
    numbered  whether the headings have their numbers in them, rather than from the program
    note      a remark, given its title and its text
    slides    whether it is one of slides
    sized     what stands above a slide, given how much smaller its letters are and how high its picture is, in em
    counted   whether pictures and tables have numbers
    words     what makes words of ours harmless, which hold no markup, but may hold its signs
    latex     what makes mathematics harmless"""

    head: Callable[[Document], str]
    inline: tuple[str, str]
    display: Callable[[str], str]
    note: Callable[[str, str], str]
    tag: bool = True
    coloured: bool = True
    mermaid: str = ""
    numbered: bool = True
    slides: bool = False
    sized: Callable[[float, float], str] = lambda share, picture: ""
    counted: bool = True
    words: Callable[[str], str] = _words
    latex: Callable[[str], str] = str


def _display(latex: str) -> str:
    return fenced("", latex, "$$")


def quoted(title: str, text: str) -> str:
    """Return a remark as a quotation."""
    return f"> **{title}.** {text}"


def _title(document: Document) -> str:
    lines = [f"# {literal(document.title)}"]
    return "\n\n".join([*lines, *(literal(text) for text in (document.author, document.date) if text)])


def _front(**values: str | bool | int | None) -> str:
    """Return the head of a file in YAML; JSON's strings are YAML's."""
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in values.items() if value is not None]
    return "\n".join(["---", *lines, "---"])


def _quarto(document: Document) -> str:
    title, author, date = (text and literal(text) for text in (document.title, document.author, document.date))
    head = _front(title=title, author=author, date=date, lang=document.language)
    return head.removesuffix("---") + "number-sections: true\nformat:\n  html:\n    html-math-method: mathml\n---"


def _marp(document: Document) -> str:
    said = {"title": inert(document.title), "author": document.author and inert(document.author)}
    said["lang"] = document.language
    return _front(marp=True, math="mathjax", paginate=True, **said) + "\n\n" + STYLE + "\n\n" + _title(document)


def _slidev(document: Document) -> str:
    said = {"title": inert(document.title), "author": document.author and inert(document.author)}
    return _front(theme="default", layout="cover", canvasWidth=CANVAS, **said) + "\n\n" + _title(document)


def _scoped(share: float, picture: float) -> str:
    rules = [f"section {{ font-size: {LETTERS * share:.2f}px; }}"] if share < 1 else []
    rules += [f"img {{ height: {picture:.2f}em; }}"] if picture else []
    return f"\n<style scoped>{' '.join(rules)}</style>\n\n" if rules else "\n"


def _zoomed(share: float, picture: float) -> str:
    zoom = f"zoom: {share:.3f}\n---\n" if share < 1 else ""
    return f"{zoom}\n<style>{SLIDEV} img {{ height: {picture:.2f}em; }}</style>\n\n"


# what stands on a slide begins at its top, so that it is where it was on the slide before; pictures are as large as the
# slide leaves room for, and tables small enough for equations side by side
CANVAS = 880  # pixels of the width of a slide for Slidev, whose letters have 16
LETTERS = 26  # pixels, of the letters of a slide for Marp
STYLE = f"""<style>
section {{ font-size: {LETTERS}px; place-content: start; justify-content: flex-start; }}
section h2 {{ font-size: 1.3em; margin-bottom: 0.4em; }}
img {{ display: block; margin: 0 auto; width: 100%; max-width: 1000px; object-fit: contain; }}
table {{ margin: 0 auto 0.4em; font-size: 0.82em; }}
table :is(th, td) {{ padding: 0.1em 0.7em; }}
table mjx-container {{ font-size: 1.22em; }}
</style>"""
SLIDEV = "img { margin: auto; object-fit: contain; } table { font-size: 0.85em; } :is(th, td) { padding: 0.2em 0.5em; }"

FLAVOURS: Mapping[str, Flavour] = MappingProxyType(
    {
        "github": Flavour(
            _title,
            ("$`", "`$"),
            lambda latex: fenced("math", latex),
            lambda title, text: f"> [!NOTE]\n> **{title}.** {text}",
            tag=False,
            coloured=False,
            mermaid="mermaid",
        ),
        "quarto": Flavour(
            _quarto,
            ("$", "$"),
            _display,
            lambda title, text: f"::: {{.callout-note}}\n## {title}\n\n{text}\n:::",
            coloured=False,
            mermaid="{mermaid}",
            numbered=False,
        ),
        "marp": Flavour(_marp, ("$", "$"), _display, quoted, slides=True, sized=_scoped),
        "slidev": Flavour(_slidev, ("$", "$"), _display, quoted, tag=False, slides=True, sized=_zoomed),
    }
)
