"""Every mistake that can be made in the derived equations of a network: one at one place, one kind everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sympy import Expr

from symbackprop.calculus.mistakes.kernelslips import KERNEL_SLIPS
from symbackprop.calculus.mistakes.layerslips import LAYER_SLIPS
from symbackprop.calculus.mistakes.parameterslips import PARAMETER_SLIPS
from symbackprop.calculus.mistakes.statisticslips import STATISTIC_SLIPS
from symbackprop.calculus.mistakes.variants import Derived, Rule, Variant
from symbackprop.calculus.passes import Passes
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Equation, Kind, entries

AT_ONE_PLACE = ("sign", "path_missing", "wrong_layer_weight", "wrong_layer_activation", "term_missing", "term_sign")


OF_SAMPLES = ("one_sample", "one_sample_for_mean", "sample_missing", "wrong_axis")  # made in all biases, or weights
LETTERS = "Wb"
USUAL_SLIPS = (*LAYER_SLIPS, *PARAMETER_SLIPS, *STATISTIC_SLIPS, *KERNEL_SLIPS)


def variants_of(passes: Passes, rules: Sequence[Rule] = USUAL_SLIPS) -> Iterator[Variant]:
    """Yield every single mistake that the rules find in the derived equations."""
    derived = Derived(passes)
    for equation in passes.adjoints:
        array = derived.array_of(equation.tensor)
        if array is None:
            continue
        for rule in rules:
            for kind, expression, detail in rule(derived, equation, array):
                if expression != equation.expression:
                    changed = replace(equation, expression=expression)
                    yield Variant(kind, array.name, {equation.tensor: changed}, detail)


UPDATED = "'"  # of the name of a parameter after its update, w′; no name of a network has it


def updated_weights(passes: Passes) -> Iterator[Variant]:
    """Yield the errors that are sent back through weights which were updated already: all of them, and each alone."""
    derived = Derived(passes)
    every: dict[Expr, Equation] = {}
    for equation in passes.adjoints:
        array = derived.array_of(equation.tensor)
        if array is None or array.kind == Kind.PARAMETER:
            continue
        found = [e for e in entries(equation.expression) if derived.program.kind(e.base) == Kind.PARAMETER]
        if found:
            swaps = {e: updated_tensor(e.base)[e.indices] for e in found}
            changed = replace(equation, expression=equation.expression.xreplace(swaps))
            every[equation.tensor] = changed
            yield Variant("updated_weights", array.name, {equation.tensor: changed}, updated=True)
    if len(every) > 1:
        yield Variant("updated_weights", "everywhere", every, updated=True)


def updated_tensor(tensor: Tensor) -> Tensor:
    """Return the tensor of a parameter after an update."""
    return Tensor(tensor.letter + UPDATED, tensor.layer, tensor.axes)


def everywhere(variants: Sequence[Variant]) -> Iterator[Variant]:
    """Yield each kind of mistake made at every place where it can be made, and not at one of them alone."""
    kinds: dict[tuple[str, str], list[Variant]] = {}
    for each in variants:
        kinds.setdefault((each.kind, each.detail), []).append(each)
    for (kind, detail), same in kinds.items():
        merged: dict[Expr, Equation] = {}
        for each in same:
            merged |= each.changes
        if len(merged) > 1 and kind not in AT_ONE_PLACE:
            yield Variant(kind, "everywhere", merged, detail)
        for letter in LETTERS if kind in OF_SAMPLES else ():
            some = [each for each in same if each.where.startswith(letter)]
            if 1 < len(some) < len(same):
                changes = {tensor: equation for each in some for tensor, equation in each.changes.items()}
                yield Variant(kind, ", ∂C/∂".join(each.where for each in some), changes, detail)
