"""The adjoints of a program in stages, whatever the point: what each reads, what a change of it reaches, its function.

Each stage is compiled once, by its equations; so is each change of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from functools import cached_property
from typing import Any

from sympy import Expr, Symbol

from symbackprop.calculus.mistakes.catalogue import updated_tensor, updated_weights, variants_of
from symbackprop.calculus.mistakes.termslips import TERM_SLIPS
from symbackprop.calculus.mistakes.variants import Variant
from symbackprop.calculus.passes import Passes, adjoint_of
from symbackprop.frozen import dataclass
from symbackprop.network.notation import Tensor
from symbackprop.network.program import INDEPENDENT, Equation, Kind
from symbackprop.numerics.arrays.counts import size_letters
from symbackprop.numerics.arrays.functions import function_text, module_text
from symbackprop.numerics.arrays.order import Stage, stages
from symbackprop.numerics.arrays.source import Pass
from symbackprop.numerics.loading import loaded
from symbackprop.numerics.programs import CompiledProgram


@dataclass(frozen=True, eq=False)
class Placed:
    """A stage with its equations, what they compute, and what they read."""

    equations: tuple[Equation, ...]
    computed: tuple[Expr, ...]
    own: frozenset[Expr]
    reads: frozenset[Expr]

    @classmethod
    def of(cls, stage: Stage) -> Placed:
        """Return a stage as it is looked at."""
        everything = (*stage.starts, *stage.equations)
        computed = tuple(dict.fromkeys(e.tensor for e in everything))
        return cls(everything, computed, frozenset(computed), frozenset(t for e in everything for t in e.reads))


@dataclass(eq=False)
class Staged:
    """The stages of a program and of its adjoints, with everything that is the same at all points."""

    compiled: CompiledProgram
    functions: dict[tuple[Equation, ...], Any] = field(default_factory=dict)

    @property
    def passes(self) -> Passes:
        """The equations of the program and of its adjoints."""
        return self.compiled.passes

    @cached_property
    def names(self) -> dict[Expr, str]:
        """The identifier of every array, of every adjoint, and of every parameter after an update."""
        own = dict(self.compiled.identifiers)
        parameters = self.passes.program.of_kind(Kind.PARAMETER)
        return own | {updated_tensor(a.tensor): f"updated_{own[a.tensor]}" for a in parameters}

    @cached_property
    def sizes(self) -> tuple[Symbol, ...]:
        """The letters of all sizes."""
        return size_letters(self.compiled.program)

    @cached_property
    def own_names(self) -> dict[str, str]:
        """The identifier of every array of the program, by its name."""
        return {a.name: self.names[a.tensor] for a in self.passes.program.arrays if a.tensor in self.names}

    @cached_property
    def forward(self) -> tuple[Placed, ...]:
        """The stages of the forward pass."""
        return tuple(map(Placed.of, stages(tuple(e for e in self.passes.program.equations if e.tensor in self.names))))

    @cached_property
    def backward(self) -> tuple[Placed, ...]:
        """The stages of the adjoints."""
        return tuple(map(Placed.of, stages(self.passes.adjoints)))

    @cached_property
    def derivatives(self) -> dict[Expr, str]:
        """The name of what is differentiated by, by its adjoint, from the last layer to the first."""
        names = {adjoint_of(a.tensor): a.name for a in self.passes.program.of_kind(*INDEPENDENT)}
        return {t: names[t] for stage in self.backward for t in stage.computed if t in names}

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters."""
        return tuple(array.name for array in self.passes.program.of_kind(Kind.PARAMETER))

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """Every single mistake that the rules find, at one place."""
        return tuple(variants_of(self.passes))

    @cached_property
    def rarer(self) -> tuple[Variant, ...]:
        """The same for mistakes in a part of a derivative, which are looked for where none of the others explains."""
        return tuple(variants_of(self.passes, TERM_SLIPS))

    @cached_property
    def updates(self) -> tuple[Variant, ...]:
        """The errors that are sent back through weights which were updated already."""
        return tuple(updated_weights(self.passes))

    def reached(self, changed: Iterable[Expr]) -> frozenset[str]:
        """Return the names of the derivatives that change with some adjoints."""
        touched = set(changed)
        for stage in self.backward:
            if stage.reads & touched:
                touched |= stage.own
        return frozenset(name for adjoint, name in self.derivatives.items() if adjoint in touched)

    def function(self, equations: tuple[Equation, ...], values: Sequence[str]) -> Any:
        """Return the function that computes a stage; `values` are the names of what is known besides."""
        if (function := self.functions.get(equations)) is None:
            computed = dict.fromkeys(e.tensor for e in equations)
            read = {t for e in equations for t in e.reads if t not in computed}
            names, known = self.names, set(values)
            around = tuple((a.tensor, names[a.tensor]) for a in self.passes.program.arrays if a.tensor in names)
            each = Pass(
                "stage",
                "",
                tuple((t, names[t]) for t in sorted(read, key=str)),
                equations,
                tuple((t, names[t]) for t in computed),
                tuple((t, name) for t, name in around if isinstance(t, Tensor) and name in known),
            )
            source = module_text("", [function_text(each, names, self.sizes)])
            function = self.functions[equations] = loaded(source)["stage"]
        return function
