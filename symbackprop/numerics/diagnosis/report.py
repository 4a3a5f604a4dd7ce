"""What a diagnosis found: a verdict, and findings with the right line beside the wrong one, in one sentence each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sympy import Eq, Expr, Indexed

from symbackprop.calculus.partials import Partial
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation, entries

__all__ = ["Diagnosis", "Finding", "Formula"]

EQUAL, UP_TO, MISTAKE, UNKNOWN = "equal", "equal up to", "mistake", "unknown"


@dataclass(frozen=True)
class Formula:
    """One line of the gradient, as it is or as it was computed."""

    equation: Equation

    @property
    def sympy(self) -> Any:
        """The line as a SymPy equation; d_z is ∂C/∂z."""
        return Eq(self.equation.target, self.equation.expression, evaluate=False)

    @property
    def sides(self) -> tuple[Expr, Expr]:
        """Both sides as they are written on paper, with ∂C/∂z."""
        partials = {
            e: Partial(COST, _tensor(e.base)[e.indices]) for e in self._entries if e.base.letter.startswith("d_")
        }
        return self.equation.target.xreplace(partials), self.equation.expression.xreplace(partials)

    @property
    def _entries(self) -> set[Indexed]:
        return entries(self.equation.expression) | entries(self.equation.target)

    def __str__(self) -> str:
        """Return the line as text: ∂C/∂z1[s, j] = …."""
        text = f"{self.equation.target} = {self.equation.expression}"
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
    leaves, relative to the largest entry of each array."""

    kind: str
    where: str
    sentence: str
    error: float
    factor: float | None = None
    wrong: Formula | None = None
    right: Formula | None = None
    detail: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """What explains somebody's numbers; `guessed` says what was taken for what.

    `verdict` is "equal", "equal up to", "mistake" or "unknown". `tells_apart` is a point at which findings that give
    the same numbers here give different ones."""

    verdict: str
    findings: tuple[Finding, ...]
    guessed: tuple[str, ...] = ()
    errors: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    tells_apart: Mapping[str, Any] | None = None
    first_difference: str | None = None

    @property
    def exit_status(self) -> int:
        """0 for equal, and for equal up to precision, transposition or permutation; 1 for any other difference."""
        kinds = {finding.kind for finding in self.findings}
        harmless = kinds <= {"precision", "transposed", "permutation"}
        return 0 if self.verdict == EQUAL or (self.verdict == UP_TO and harmless) else 1

    def __str__(self) -> str:
        """Return the verdict, what was guessed, and each finding with the right line beside the wrong one."""
        lines = [f"verdict: {self.verdict}"]
        lines += [f"  {guess}" for guess in self.guessed]
        for number, finding in enumerate(self.findings, start=1):
            lines += ["", f"{number}. {finding.kind} ({finding.where}): {finding.sentence}"]
            if finding.wrong is not None and finding.right is not None:
                lines += [f"   yours  {finding.wrong}", f"   right  {finding.right}"]
        if self.tells_apart is not None:
            lines += ["", "These give the same numbers here. They differ at"]
            lines += [f"   {name} = {_short(value)}" for name, value in self.tells_apart.items()]
        if self.verdict != EQUAL and self.errors:
            lines += ["", "difference of each array from the right one, relative to its largest entry:"]
            lines += [f"   {name}  {error:.1e}" for name, error in self.errors.items()]
        return "\n".join(lines)


def _short(value: Any) -> str:
    return " ".join(str(value).split())[:100]
