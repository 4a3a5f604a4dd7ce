"""Exercises on their way to paper: a sheet and its key, each a document for any format.

made = exercise(network, kind="compute", seed=3, variants=2)
render(made, "html")        render(made.key, "html")        [paper.name for paper in made.papers]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType

from symbackprop.calculus.backpropagation import Derivation, derive
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.errors import SpecError
from symbackprop.exposition.document import Block, Document, Heading, Prose, paragraph
from symbackprop.exposition.exercise.questions import KINDS, Draft, Plan, Worksheet
from symbackprop.exposition.formats import Files
from symbackprop.exposition.languages import Language
from symbackprop.exposition.mathtext.convention import USUAL, Convention
from symbackprop.exposition.narration import UNLABELLED, Labels, bound
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.exposition.story.telling import Telling
from symbackprop.frozen import dataclass
from symbackprop.network.model import Network
from symbackprop.network.program import Program
from symbackprop.network.spec import LARGEST_SEED
from symbackprop.network.text.equations import EquationsNetwork

_NO_SYMBOLS: Mapping[str, str] = MappingProxyType({})

MOST_VARIANTS, MOST_QUESTIONS = 100_000, 50


@dataclass(frozen=True)
class Exercise:
    """Sheets of one kind about one derivation, which differ in what is drawn, in the notation of a convention."""

    derivation: Derivation | ProgramDerivation
    kind: str
    plan: Plan
    convention: Convention = USUAL

    @cached_property
    def drafts(self) -> tuple[Draft, ...]:
        """What is asked on each of the sheets; raises as `exercise` does."""
        return tuple(KINDS[self.kind](self.derivation, self.plan))

    @property
    def papers(self) -> tuple[Paper, ...]:
        """Every sheet that is made, each with its key after it."""
        pairs = ((Paper(self, number), Paper(self, number, is_key=True)) for number in range(len(self.drafts)))
        return tuple(paper for pair in pairs for paper in pair)

    @property
    def sheet(self) -> Paper:
        """The first sheet."""
        return Paper(self)

    @property
    def key(self) -> Paper:
        """The key of the first sheet."""
        return Paper(self, is_key=True)

    def document(self, labels: Labels = UNLABELLED) -> Document:
        """Return the first sheet as a document; raises as `narrate` does."""
        return self.sheet.document(labels)

    def worksheets(self, language: Language) -> Iterator[Worksheet]:
        """Yield the sheets in the words of a language, one at a time."""
        telling = self._telling(language)
        for draft in KINDS[self.kind](self.derivation, self.plan):  # drawn again, as none is kept
            yield draft.worksheet(telling)

    def _telling(self, language: Language, symbols: Mapping[str, str] = _NO_SYMBOLS) -> Telling | ProgramTelling:
        language = language.with_names(self.convention.names)
        if isinstance(self.derivation, ProgramDerivation):
            return ProgramTelling(self.derivation, language, (), self.convention, symbols=symbols)
        return Telling(self.derivation, language, (), self.convention)


@dataclass(frozen=True)
class Paper:
    """One sheet, or its key; `number` counts from 0."""

    exercise: Exercise
    number: int = 0
    is_key: bool = False

    @property
    def name(self) -> str:
        """What its files are called after: sheet, or sheet-12 where there are several."""
        count = self.exercise.plan.variants
        number = f"-{self.number + 1:0{len(str(count))}d}" if count > 1 else ""
        return ("key" if self.is_key else "sheet") + number

    def named(self, files: Files) -> Files:
        """Return the files of a format under the name of the paper: derivation.tex is sheet-2.tex, or key-2.tex.

        Pictures, which all sheets share, keep theirs."""
        names = {file: f"{self.name}{_place(stem)}{kind}" for file in files for stem, kind in [_parted(file)] if kind}
        return {names.get(file, file): self._referring(content, names) for file, content in files.items()}

    def _referring(self, content: str | bytes, names: Mapping[str, str]) -> str | bytes:
        """Return a file with the names of those that it takes in: a handout that inputs the slides."""
        if isinstance(content, str):
            for old, new in names.items():
                before, after = (rf"\input{{{name.removesuffix('.tex')}}}" for name in (old, new))
                content = content.replace(before, after)
        return content

    def document(self, labels: Labels = UNLABELLED) -> Document:
        """Return the paper as a document; raises as `narrate` does."""
        language = labels.language()
        telling = self.exercise._telling(language, labels.symbols)
        worksheet = self.exercise.drafts[self.number].worksheet(telling)
        say, kind = language.say, self.exercise.kind
        about = "".join(map(str, say(f"exercise.about.{kind}")))
        key = "exercise.key" if self.is_key else "exercise.sheet"
        numbered = f" {self.number + 1}" if self.exercise.plan.variants > 1 else ""
        made = "".join(map(str, say(key, about=about, number=numbered)))
        named = replace(labels, title=made if labels.title is None else f"{labels.title}: {made}")
        return bound(telling, self._blocks(telling, worksheet), named, kind="title")

    def _blocks(self, telling: Telling | ProgramTelling, worksheet: Worksheet) -> Iterator[Block]:
        kind = self.exercise.kind
        yield telling.prose(f"exercise.opening.{'key.' * self.is_key}{kind}")
        if not self.is_key:
            yield from worksheet.given
        yield telling.section("exercise-key" if self.is_key else "exercise-questions")
        for number, question in enumerate(worksheet.questions, 1):
            yield Heading(telling.say("exercise.question", number=number), level=2, key=f"question-{number}")
            first, *others = question.answered if self.is_key else question.asked
            if isinstance(first, Prose):  # a question and its answer in words: one paragraph
                yield Prose(paragraph((question.prompt, first.text)))
            else:
                yield from (Prose(question.prompt), first)
            yield from others


def _parted(file: str) -> tuple[str, str]:
    """Return the stem of a file and its ending, which is '' for a picture."""
    stem, dot, kind = file.partition(".")
    return stem, "" if kind == "svg" else dot + kind


def _place(stem: str) -> str:
    """Return what tells the files of one paper apart: nothing for what is read like an article."""
    return "" if stem in ("derivation", "article") else f"-{stem}"


def exercise(
    network: Network | Program | EquationsNetwork | Derivation | ProgramDerivation,
    *,
    kind: str = "compute",
    seed: int = 0,
    variants: int = 1,
    questions: int | None = None,
    end: int | None = None,
) -> Exercise:
    """Return exercises about a network, every answer checked: `render(made, "html")`, `render(made.key, "html")`.

    `kind` is compute, line, order or mistake; there are so many `variants`, with so many `questions` on each. Those
    before `end` are made, or all.
    Raises UnknownNameError for another kind, SpecError for what is no network, or for one that has not so much to ask,
    BudgetError where no numbers come out pleasantly."""
    for name, value, least, most in (
        ("seed", seed, 0, LARGEST_SEED),
        ("variants", variants, 1, MOST_VARIANTS),
        ("questions", 1 if questions is None else questions, 1, MOST_QUESTIONS),
    ):
        if type(value) is not int or not least <= value <= most:
            raise SpecError(f"{name}: wanted a whole number from {least} to {most}, got {ascii(value)[:40]}")
    derivation = network if isinstance(network, Derivation | ProgramDerivation) else derive(network)
    if isinstance(derivation, ProgramDerivation) and derivation.of_data:  # as a page does, nobody needs ∂C/∂q of these
        derivation = derivation.without(derivation.of_data)
    made = Exercise(derivation, KINDS.canonical(kind), Plan(seed, variants, questions, end=end))
    made.drafts  # noqa: B018 - what cannot be asked is refused here
    return made
