"""Which parts of a derived line can be blank: those that stand in it once, and that nothing else could stand for.

    link     ∂a/∂z           factor   a_j - y_j          matrix   (W^{(l+1)})^T
    index    the i of w_ij   layer    the l+1 of δ^{(l+1)}        number   the 2 of (a - y)^2

Whatever else is offered for a part has been put in its place and found wrong, by the check that every step has passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cached_property
from typing import Any

from sympy import Expr, Indexed, KroneckerDelta, Mul, Piecewise, Pow, Sum, Symbol

from symbackprop.calculus.arrayforms import matrix_sides
from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.checking import agree
from symbackprop.calculus.derivation import Chain, Step
from symbackprop.calculus.matrices import Gradient, Matrix, Named, Product, Transposed, parts_of, replaced
from symbackprop.calculus.matrixform import is_column_form
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.errors import CheckError
from symbackprop.exposition.document import Term
from symbackprop.exposition.exercise.blanks import Part, is_seen
from symbackprop.exposition.exercise.slips import slips
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.frozen import dataclass
from symbackprop.network.notation import LAST_LAYER, LAYER, Tensor
from symbackprop.network.program import free_indices

KINDS_OF_GAPS = ("link", "factor", "index", "matrix", "layer", "number")
OFFERED = 3  # wrong ones beside the right one
LEAST_OFFERED = 2
LONGEST = 60  # operations of a line that is read in an exercise


@dataclass(frozen=True, eq=False)
class Gap:
    """A part of one line of a chain; of a matrix form it is a part of the last line, written in matrices."""

    kind: str
    name: str
    chain: Chain
    step: Step
    part: Part
    sides: tuple[Matrix, Matrix] | None = None

    @property
    def is_first(self) -> bool:
        """Whether it stands in the first line after the goal."""
        return self.step is self.chain.steps[0]

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """How the lines look that are shown, that with the gap the last."""
        before = () if self.is_first and self.sides is None else (latex(self.step.before),)
        return (*before, latex(self.step.after))

    @property
    def right(self) -> Term:
        """What the part is a part of."""
        return self.step.after if self.sides is None else self.sides[1]

    @cached_property
    def wrong(self) -> tuple[Term, ...]:
        """What else could be offered, each found wrong; nothing where too little was found."""
        found: list[Term] = []
        for other in _others(self):
            if len(found) < OFFERED and other not in found and self._is_wrong(other):
                found.append(other)
        return tuple(found)

    @cached_property
    def is_clear(self) -> bool:
        """Whether one answer alone is right, of those that could be given."""
        if self.part.index is None:
            return len(self.wrong) >= LEAST_OFFERED
        others = [*_others(self)]
        return bool(others) and all(map(self._is_wrong, others))

    def _is_wrong(self, other: Term) -> bool:
        """Tell whether the line would be no consequence of the one before with another part in its place."""
        if self.sides is not None:
            changed = _with_matrix(self.sides[1], self.part.term, other)
            return not is_column_form(self.chain.goal, self.step.after, changed)
        term, index = self.part.term, self.part.index
        new = other if index is None else _with(term, index, other)
        changed = self.step.after.xreplace({term: new})
        if free_indices(changed) != free_indices(self.step.after) and index is None:
            return False  # seen to be wrong without a thought
        try:
            agree(self.step.before, changed, self.chain.setting)
        except (CheckError, KeyError, IndexError):
            return True
        return False


def told_chains(derivation: Derivation | ProgramDerivation) -> dict[str, Chain]:
    """Return the chains of a derivation whose lines are short enough to be read, by their names."""
    return {name: chain for name, chain in derivation.chains.items() if chain.steps}


def gaps_of(derivation: Derivation | ProgramDerivation) -> tuple[Gap, ...]:
    """Return every part of every line that can be blank, each once however many chains tell the line."""
    found: dict[tuple[str, Expr, Part], Gap] = {}
    for name, chain in told_chains(derivation).items():
        for step in chain.steps:
            if step.after.has(Piecewise) or step.after.count_ops() > LONGEST or _is_written_out(step.after):
                continue
            for kind, part in _parts(step.after):
                if is_seen(step.after, part) and (step.before == chain.goal or not step.before.has(part.term)):
                    found.setdefault((kind, step.after, part), Gap(kind, name, chain, step, part))
        for gap in _of_matrices(name, chain):
            found.setdefault(("matrix", gap.step.after, gap.part), gap)
    return tuple(found.values())


def _is_written_out(line: Expr) -> bool:
    """Tell whether a formula stands in the place of a quantity that is differentiated: ∂/∂w of a whole sum."""
    return any(not isinstance(partial.of, Indexed | Symbol) for partial in line.atoms(Partial))


def _of_matrices(name: str, chain: Chain) -> Iterator[Gap]:
    """Yield the matrices in the last line that has a matrix form, transposed or not."""
    for step in reversed(chain.steps):
        if step.after.has(Piecewise, KroneckerDelta):
            continue
        sides = matrix_sides(chain.goal, step.after)
        if sides is None or not is_column_form(chain.goal, step.after, sides[1]):
            return
        for product in (part for part in parts_of(sides[1]) if isinstance(part, Product)):
            for factor in product.factors:
                part = Part(factor)
                if isinstance(factor, Transposed | Named | Gradient) and is_seen(sides[1], part):
                    yield Gap("matrix", name, chain, step, part, sides)
        return


def _parts(line: Expr) -> Iterator[tuple[str, Part]]:
    for partial in sorted(line.atoms(Partial), key=str):
        if partial != line:
            yield "link", Part(partial)
    for product in sorted(_products(line), key=str):
        factors = [factor for factor in product.args if not factor.is_number]
        for factor in factors if len(factors) > 1 else ():  # the y of a - y is a term
            if not isinstance(factor, Sum | Partial | KroneckerDelta):
                yield "factor", Part(factor)
    for entry in sorted(line.atoms(Indexed), key=str):
        for index in entry.indices:
            if isinstance(index, Symbol):
                yield "index", Part(entry, index)
        layer = entry.base.layer if isinstance(entry.base, Tensor) else None
        if layer is not None and layer.is_Add:
            yield "layer", Part(entry, layer)
    for power in sorted(line.atoms(Pow), key=str):
        if power.exp.is_Integer and power.exp > 1:
            yield "number", Part(power.exp)


def _products(line: Expr) -> set[Mul]:
    """Return the products in a line, but for those of sizes in the limits of its sums."""
    parts = [line.function] if isinstance(line, Sum) else line.args
    return {*([line] if isinstance(line, Mul) else []), *(p for part in parts for p in _products(part))}


def _with(entry: Indexed, old: Expr, new: Expr) -> Indexed:
    """Return an entry with another index, or of another layer."""
    if old in entry.indices:
        return entry.base[tuple(new if index == old else index for index in entry.indices)]
    return entry.xreplace({old: new})


def _others(gap: Gap) -> Iterator[Term]:
    """Yield what could stand in the place of a part, as people write it: the most like it first."""
    part, line, index = gap.part.term, gap.step.after, gap.part.index
    if isinstance(part, Matrix):
        yield from _other_matrices(gap)
    elif index is not None and gap.kind == "index":
        bound = {variable for total in line.atoms(Sum) for variable in total.variables}
        letters = bound | free_indices(line) | {i for e in line.atoms(Indexed) for i in e.indices if i.is_Symbol}
        yield from sorted((letter for letter in letters if letter != index), key=str)
    elif index is not None:
        last = LAST_LAYER if index.has(LAST_LAYER) else LAYER
        yield from (each for each in (last, last + 1, last - 1) if each != index)
    elif isinstance(part, Partial):
        yield Partial(part.by, part.of) if isinstance(part.by, Indexed) and isinstance(part.of, Indexed) else -part
        known = sorted({p for step in gap.chain.steps for p in step.after.atoms(Partial)}, key=str)
        yield from (other for other in known if other != part)
        yield -part
    elif gap.kind == "number":
        yield from (part - 1, part + 1, -part)
    elif isinstance(part, Expr):
        yield from _other_factors(gap, part)


def _other_factors(gap: Gap, part: Expr) -> Iterator[Expr]:
    if isinstance(part, Indexed):
        yield from (part.base[part.indices[::-1]],) if len(part.indices) > 1 else ()
    else:
        yield from (wrong for _, wrong in slips(part))
    factors = {f for s in gap.chain.steps for m in s.after.atoms(Mul) for f in m.args if not f.is_number}
    yield from sorted((f for f in factors if f != part and not isinstance(f, Sum | Partial)), key=str)


def _other_matrices(gap: Gap) -> Iterator[Matrix]:
    """Yield a matrix turned round, and that of another layer, both ways; then the other factors of the product."""
    own = gap.part.term
    assert isinstance(own, Matrix)
    assert gap.sides is not None
    turned = own.of if isinstance(own, Transposed) else Transposed(own)
    yield turned
    layers = {LAYER + 1: LAYER, LAYER: LAYER + 1, LAYER - 1: LAYER}
    moved = replaced(own, layers)
    yield from (moved, replaced(turned, layers)) if moved != own else ()
    for part in parts_of(gap.sides[1]):
        if isinstance(part, Named | Gradient) and part not in (own, turned):
            yield part


def _with_matrix(whole: Any, old: Matrix, new: Term) -> Any:
    """Return a matrix expression with a part replaced, wherever it stands."""
    if whole == old:
        return new
    if isinstance(whole, tuple):
        return tuple(_with_matrix(each, old, new) for each in whole)
    if not isinstance(whole, Matrix):
        return whole
    return type(whole)(*(_with_matrix(getattr(whole, field.name), old, new) for field in fields(whole)))
