"""What a diagnosis found: a verdict, and findings with the right line beside the wrong one, in one sentence each.

Data alone: numerics finds it, exposition tells it, in any language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sympy import Eq, Expr

from symbackprop.calculus.partials import Partial
from symbackprop.frozen import dataclass
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation, entries
from symbackprop.registry import Registry

if TYPE_CHECKING:
    from symbackprop.calculus.backpropagation import Derivation
    from symbackprop.calculus.judgement import JudgedLine
    from symbackprop.calculus.reverse import ProgramDerivation

# what a diagnosis can be made into: a document, what a notebook shows
TELLINGS: Registry[Callable[..., Any]] = Registry("telling", "symbackprop.exposition.diagnosis")
LONGEST_POINT = 100  # characters of an array of a point
EQUAL, UP_TO, MISTAKE, UNKNOWN = "equal", "equal up to", "mistake", "unknown"


class Remark(str):
    """A sentence that keeps what it is made of, so that whoever shows it may word it in another language.

    Remark("{name} is taken for {target}", name="w1", target="W1") is the text 'w1 is taken for W1'."""

    template: str
    parts: Mapping[str, object]

    __slots__ = ("parts", "template")

    def __new__(cls, template: str, **parts: object) -> Remark:
        """Return the sentence in English; a template without parts is taken as it is."""
        made = super().__new__(cls, template.format_map(parts) if parts else template)
        made.template, made.parts = template, MappingProxyType(parts)
        return made


@dataclass(frozen=True)
class Formula:
    """One line of the gradient, as it is or as it was computed.

    `value` are the numbers that it comes to at the point of a diagnosis, and `code` is the line in NumPy."""

    equation: Equation
    value: Any = field(default=None, compare=False)
    code: str = ""

    @property
    def sympy(self) -> Any:
        """The line as a SymPy equation; d_z is ∂C/∂z."""
        return Eq(self.equation.target, self.equation.expression, evaluate=False)

    @property
    def sides(self) -> tuple[Expr, Expr]:
        """Both sides as they are written on paper, with ∂C/∂z."""
        left, right = self.equation.sides
        derived = (e for e in entries(left) | entries(right) if e.base.letter.startswith("d_"))
        partials = {e: Partial(COST, _tensor(e.base)[e.indices]) for e in derived}
        return left.xreplace(partials), right.xreplace(partials)

    def __str__(self) -> str:
        """Return the line as text: ∂C/∂z1[s, j] = …."""
        text = "{} = {}".format(*self.equation.sides)
        text = re.sub(r"\bd_(\w+)", r"∂C/∂\1", text)
        text = re.sub(r"\b(\w+)_slope\b", r"\1′", text)
        return re.sub(r"\b(\w+)'", r"\1_after_the_update", text)


def _tensor(adjoint: Tensor) -> Tensor:
    """Return the tensor that an adjoint is the derivative by."""
    return Tensor(adjoint.letter.removeprefix("d_"), adjoint.args[1], adjoint.axes)


@dataclass(frozen=True)
class Finding:
    """One explanation: its kind, where it arises, what was computed and what is right, and how well it fits.

    `where` is the array, with its layer, whose derivative is wrong first. `error` is the largest difference that it
    leaves, relative to the largest entry of each array. `beside` is the kind and the place of the other one, where it
    explains the numbers together with another mistake alone."""

    kind: str
    where: str
    remark: Remark
    error: float
    factor: float | None = None
    wrong: Formula | None = None
    right: Formula | None = None
    detail: str = ""
    beside: tuple[str, str] | None = None

    @property
    def sentence(self) -> Remark:
        """What happened and why it is wrong, and what it is found together with."""
        if self.beside is None:
            return self.remark
        kind, where = self.beside
        return Remark("{remark}; together with {kind} ({where})", remark=self.remark, kind=kind, where=where)


@dataclass(frozen=True)
class Diagnosis:
    """What explains somebody's numbers for the gradient of a network; `guessed` says what was taken for what.

    `verdict` is "equal", "equal up to", "mistake" or "unknown". `tells_apart` is a point at which findings that give
    the same numbers here give different ones; `undecided` are mistakes that change no number here and do so there.
    `lines` are those of a derivation, where one was given."""

    verdict: str
    findings: tuple[Finding, ...]
    guessed: tuple[Remark, ...] = ()
    errors: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    tells_apart: Mapping[str, Any] | None = None
    first_difference: str | None = None
    lines: tuple[JudgedLine, ...] = ()
    undecided: tuple[Finding, ...] = ()
    network: Any = field(default=None, compare=False, repr=False)

    @property
    def point(self) -> dict[str, str]:
        """The point that tells mistakes apart as it is written; of a long array, its beginning."""
        return {} if self.tells_apart is None else {n: _short(value) for n, value in self.tells_apart.items()}

    @property
    def derivation(self) -> Derivation | ProgramDerivation:
        """The derivation of the network, from which the right lines are."""
        from symbackprop.calculus.backpropagation import derive

        derivation: Derivation | ProgramDerivation = derive(self.network)
        return derivation

    @property
    def document(self) -> Any:
        """What was found as a document in English, for any format; `render` has it in other languages."""
        return TELLINGS["document"](self)

    def _repr_markdown_(self) -> str:
        """Show what was found in a notebook."""
        return str(TELLINGS["markdown"](self))

    @property
    def first_wrong_line(self) -> int | None:
        """The number of the first line of a derivation that does not follow; None where all of them do."""
        return next((line.number for line in self.lines if line.is_new_mistake), None)

    @property
    def exit_status(self) -> int:
        """0 for equal, and for equal up to precision, transposition or permutation; 1 for any other difference."""
        kinds = {finding.kind for finding in self.findings}
        harmless = kinds <= {"precision", "transposed", "permutation"}
        return 0 if self.verdict == EQUAL or (self.verdict == UP_TO and harmless) else 1

    def __str__(self) -> str:
        """Return the verdict, what was guessed, and each finding with the right line beside the wrong one."""
        first = self.first_wrong_line
        lines = [f"verdict: {self.verdict}" + (f"; line {first} is the first that does not follow" if first else "")]
        lines += [f"  {guess}" for guess in self.guessed]
        if self.lines:
            return "\n".join([*lines, "", *map(str, self.lines)])
        for number, finding in enumerate(self.findings, start=1):
            lines += ["", f"{number}. {finding.kind} ({finding.where}): {finding.sentence}"]
            if finding.wrong is not None and finding.right is not None:
                lines += [f"   yours  {finding.wrong}", f"   right  {finding.right}"]
        if self.undecided:
            lines += ["", "This sample cannot tell these mistakes, which change no number here:"]
            lines += [f"   {finding.kind} ({finding.where})" for finding in self.undecided]
        if self.tells_apart is not None:
            lines += ["", "They are seen at" if self.undecided else "These give the same numbers here. They differ at"]
            lines += [f"   {name} = {text}" for name, text in self.point.items()]
        if self.verdict != EQUAL and self.errors:
            lines += ["", "difference of each array from the right one, relative to its largest entry:"]
            lines += [f"   {name}  {error:.1e}" for name, error in self.errors.items()]
        return "\n".join(lines)


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_POINT else f"{text[:LONGEST_POINT]} …"
