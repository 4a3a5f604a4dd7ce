"""The equations of a gradient, run one stage at a time, so that one of them can be another one.

forward and backward stages    each compiled once, by its equations
a changed equation             its own stage is compiled, and everything that it reaches is run again
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Expr

from symbackprop.network.notation import Tensor
from symbackprop.network.program import INDEPENDENT, Array, Equation, Kind
from symbackprop.numerics.arrays.order import Stage, stages
from symbackprop.numerics.arrays.source import Pass, function_text, module_text
from symbackprop.numerics.diagnosis.mistakes import UPDATED, updated_tensor
from symbackprop.numerics.diagnosis.variants import Variant
from symbackprop.numerics.loading import loaded
from symbackprop.numerics.programs import CompiledProgram
from symbackprop.numerics.staging import Passes, adjoint_of

__all__ = ["Replay"]

RIGHT = Variant("equal", "", {})


@dataclass(eq=False)
class Replay:
    """The stages of a program and its adjoints, with what is given at one point; `rate` is the learning rate.

    `known` are all arrays of the program at the point, by their names, and the sizes."""

    compiled: CompiledProgram
    known: Mapping[str, Any]
    rate: float | None = None
    functions: dict[tuple[Equation, ...], Any] = field(default_factory=dict)

    @property
    def passes(self) -> Passes:
        """The equations of the program and of its adjoints."""
        return self.compiled.passes

    def at(self, values: Mapping[str, Any]) -> Replay:
        """Return the replay at another point; `values` are all arrays that are given there."""
        return self._where(self.compiled.known(values))

    def _where(self, known: Mapping[str, Any]) -> Replay:
        return Replay(self.compiled, known, self.rate, self.functions)

    @cached_property
    def names(self) -> dict[Expr, str]:
        """The identifier of every array, of every adjoint, and of every parameter after an update."""
        own = dict(self.compiled.identifiers)
        parameters = self.passes.program.of_kind(Kind.PARAMETER)
        return own | {updated_tensor(a.tensor): f"updated_{own[a.tensor]}" for a in parameters}

    @cached_property
    def values(self) -> dict[str, Any]:
        """What is known at the point, by identifiers, and the sizes."""
        arrays = {a.name: a.tensor for a in self.passes.program.arrays}
        return {self.names[arrays[name]] if name in arrays else name: value for name, value in self.known.items()}

    @cached_property
    def right(self) -> dict[str, Any]:
        """All adjoints as they are derived, and the values, by identifiers."""
        found = dict(self.values)
        for stage in self._stages:
            self._run(stage, RIGHT, found)
        return found

    def with_mistakes(self, *mistakes: Variant) -> dict[str, Any]:
        """Return all adjoints with some mistakes; what they do not reach is taken as it was."""
        changes = {tensor: equation for each in mistakes for tensor, equation in each.changes.items()}
        merged = Variant("", "", changes)
        found, touched = dict(self.right), set(changes)
        for stage in self._stages:
            everything = (*stage.starts, *stage.equations)
            own, read = {e.tensor for e in everything}, {t for e in everything for t in e.reads}
            if own & touched or read & touched:
                self._run(stage, merged, found)
                touched |= own
        return found

    def of_other(self, changes: Mapping[Expr, Equation]) -> Replay:
        """Return the replay with equations of the forward pass changed: every value is computed again."""
        found, other = dict(self.values), Variant("", "", changes)
        equations = tuple(e for e in self.passes.program.equations if e.tensor in self.names)
        for stage in stages(equations):
            self._run(stage, other, found)
        own = {a.name: self.names[a.tensor] for a in self.passes.program.arrays if a.tensor in self.names}
        known = {name: found[own[name]] if name in own else value for name, value in self.known.items()}
        return self._where(known)

    def gradient(self, found: Mapping[str, Any]) -> dict[str, np.ndarray]:
        """Return the derivatives by the parameters and the inputs, by their names."""
        names = {a.name: self.names[adjoint_of(a.tensor)] for a in self._independent}
        return {
            name: np.broadcast_to(np.asarray(found[own], dtype=float), np.shape(self.known[name]))
            for name, own in names.items()
            if own in found
        }

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters."""
        return [array.name for array in self.passes.program.of_kind(Kind.PARAMETER)]

    @cached_property
    def order(self) -> tuple[str, ...]:
        """What is differentiated by, in the order of the derivatives: from the last layer to the first."""
        names = {adjoint_of(a.tensor): a.name for a in self._independent}
        return tuple(dict.fromkeys(names[e.tensor] for e in self.passes.adjoints if e.tensor in names))

    @property
    def _independent(self) -> tuple[Array, ...]:
        known = self.names
        return tuple(a for a in self.passes.program.of_kind(*INDEPENDENT) if adjoint_of(a.tensor) in known)

    @cached_property
    def _stages(self) -> tuple[Stage, ...]:
        return stages(self.passes.adjoints)

    def _run(self, stage: Stage, mistake: Variant, found: dict[str, Any]) -> None:
        equations = tuple(mistake.changes.get(e.tensor, e) for e in (*stage.starts, *stage.equations))
        for tensor in {t for e in equations for t in e.reads}:
            if isinstance(tensor, Tensor) and tensor.letter.endswith(UPDATED):
                self._update(tensor, found)
        with np.errstate(all="ignore"):
            found.update(self._function(equations)(found))

    def _update(self, tensor: Tensor, found: dict[str, Any]) -> None:
        """Give a parameter the value that it has after its update."""
        own = Tensor(tensor.letter.removesuffix(UPDATED), tensor.args[1], tensor.axes)
        step = found.get(self.names[adjoint_of(own)], self.right.get(self.names[adjoint_of(own)]))
        found[self.names[tensor]] = found[self.names[own]] - (self.rate or 0.0) * np.asarray(step)

    def _function(self, equations: tuple[Equation, ...]) -> Any:
        """Return the function that computes a stage."""
        if (function := self.functions.get(equations)) is None:
            computed = dict.fromkeys(e.tensor for e in equations)
            read = {t for e in equations for t in e.reads if t not in computed}
            names = self.names
            around = tuple((a.tensor, names[a.tensor]) for a in self.passes.program.arrays if a.tensor in names)
            each = Pass(
                "stage",
                "",
                tuple((t, names[t]) for t in sorted(read, key=str)),
                equations,
                tuple((t, names[t]) for t in computed),
                tuple((t, name) for t, name in around if isinstance(t, Tensor) and name in self.values),
            )
            source = module_text("", [function_text(each, names, self.compiled.sizes)])
            function = self.functions[equations] = loaded(source)["stage"]
        return function
