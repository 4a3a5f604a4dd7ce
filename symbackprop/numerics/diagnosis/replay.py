"""The equations of a gradient, run one stage at a time, so that one of them can be another one.

a changed equation             its own stage is another one, and everything that it reaches is run again
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Expr

from symbackprop.calculus.diagnosis import Remark
from symbackprop.calculus.mistakes.catalogue import UPDATED
from symbackprop.calculus.mistakes.variants import Variant
from symbackprop.calculus.passes import Passes, adjoint_of
from symbackprop.frozen import dataclass
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Equation
from symbackprop.numerics.diagnosis.staged import Placed, Staged
from symbackprop.numerics.programs import CompiledProgram

Changes = Mapping[Expr, Equation]


@dataclass(eq=False)
class Replay:
    """The stages of a program and its adjoints, with what is given at one point; `rate` is the learning rate.

    `known` are all arrays of the program at the point, by their names, and the sizes."""

    staged: Staged
    known: Mapping[str, Any]
    rate: float | None = None
    on_step: Callable[[Remark], None] = lambda _text: None  # is told what is tried

    @property
    def compiled(self) -> CompiledProgram:
        """The program as code."""
        return self.staged.compiled

    @property
    def passes(self) -> Passes:
        """The equations of the program and of its adjoints."""
        return self.staged.passes

    @property
    def names(self) -> dict[Expr, str]:
        """The identifier of every array, of every adjoint, and of every parameter after an update."""
        return self.staged.names

    @property
    def order(self) -> tuple[str, ...]:
        """What is differentiated by, in the order of the derivatives: from the last layer to the first."""
        return tuple(self.staged.derivatives.values())

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters."""
        return self.staged.parameters

    def at(self, values: Mapping[str, Any]) -> Replay:
        """Return the replay at another point; `values` are all arrays that are given there."""
        return Replay(self.staged, self.compiled.known(values), self.rate)

    @cached_property
    def values(self) -> dict[str, Any]:
        """What is known at the point, by identifiers, and the sizes."""
        own = self.staged.own_names
        return {own.get(name, name): value for name, value in self.known.items()}

    @cached_property
    def right(self) -> dict[str, Any]:
        """All adjoints as they are derived, and the values, by identifiers."""
        found = dict(self.values)
        for stage in self.staged.backward:
            self._run(stage, {}, found)
        return found

    def by_output(self, output: Any) -> Any:
        """Return ∂C/∂a of the last array for what somebody's own network gives, in place of what this one does."""
        equation, names = self.staged.backward[0].equations[0], self.names
        own = next(a.tensor for a in self.passes.program.arrays if adjoint_of(a.tensor) == equation.tensor)
        found = {**self.values, names[own]: np.reshape(output, np.shape(self.values[names[own]]))}
        back = self.staged.function((equation,), tuple(self.values))(found)[names[equation.tensor]]
        share = 1 / own.sizes[0]  # of one sample: the mean is taken here, or only where parameters are reached
        is_later = any(e.expression.has(share) for e in self.passes.adjoints) and not equation.expression.has(share)
        return np.reshape(back, np.shape(output)) / (len(output) if is_later else 1)

    def with_mistakes(self, *mistakes: Variant) -> dict[str, Any]:
        """Return all adjoints with some mistakes; what they do not reach is taken as it was."""
        found = dict(self.right)
        for _ in self._stages_again(_merged(mistakes), found):
            pass
        return found

    def stepwise(self, *mistakes: Variant) -> Iterator[tuple[str, np.ndarray]]:
        """Yield the derivatives with some mistakes, each as soon as it is computed, from the last layer back."""
        found, derivatives = dict(self.right), self.staged.derivatives
        for stage in self._stages_again(_merged(mistakes), found):
            for tensor in stage.computed:
                if (name := derivatives.get(tensor)) is not None:
                    yield name, self._derivative(name, found[self.names[tensor]])

    def of_other(self, changes: Changes) -> Replay:
        """Return the replay with equations of the forward pass changed: every value is computed again."""
        found = dict(self.values)
        for stage in self.staged.forward:
            self._run(stage, changes, found)
        own = self.staged.own_names
        known = {name: found[own[name]] if name in own else value for name, value in self.known.items()}
        return Replay(self.staged, known, self.rate)

    def gradient(self, found: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Return the derivatives by the parameters and the inputs, by their names."""
        derivatives = self.staged.derivatives.items()
        named = ((name, self.names[tensor]) for tensor, name in derivatives)
        return {name: self._derivative(name, found[own]) for name, own in named if own in found}

    def _derivative(self, name: str, value: Any) -> np.ndarray:
        return np.broadcast_to(np.asarray(value, dtype=float), np.shape(self.known[name]))

    def _stages_again(self, changes: Changes, found: dict[str, Any]) -> Iterator[Placed]:
        """Go through the stages, running those again that changes reach."""
        touched = set(changes)
        for stage in self.staged.backward:
            if stage.own & touched or stage.reads & touched:
                self._run(stage, changes, found)
                touched |= stage.own
            yield stage

    def _run(self, stage: Placed, changes: Changes, found: dict[str, Any]) -> None:
        equations = stage.equations
        if not stage.own.isdisjoint(changes):
            equations = tuple(changes.get(e.tensor, e) for e in equations)
            self._update(equations, found)
        with np.errstate(all="ignore"):
            found.update(self.staged.function(equations, tuple(self.values))(found))

    def _update(self, equations: Sequence[Equation], found: dict[str, Any]) -> None:
        """Give the parameters that are read after their update the values that they have then."""
        for tensor in {t for e in equations for t in e.reads if isinstance(t, Tensor) and t.letter.endswith(UPDATED)}:
            own = Tensor(tensor.letter.removesuffix(UPDATED), tensor.args[1], tensor.axes)
            step = found[self.names[adjoint_of(own)]]
            found[self.names[tensor]] = found[self.names[own]] - (self.rate or 0.0) * np.asarray(step)


def _merged(mistakes: Sequence[Variant]) -> Changes:
    return {tensor: equation for each in mistakes for tensor, equation in each.changes.items()}
