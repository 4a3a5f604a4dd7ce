"""From index equations to matrix equations: recognised term by term, and compared with the index form entry by entry.

    Σ_i w_ij δ_i   ->  Wᵀ δ        δ_j a_k  ->  δ aᵀ        σ'(z_j) u_j  ->  σ'(z) ⊙ u        Σ_s δ_sj a_sk  ->  Δᵀ A

For a batch every per-sample tensor gets a sample index s, in front in `rows` and at the end where samples are columns,
and a derivative by a parameter becomes the mean over the samples, as the derivative of a mean is the mean of the
derivatives.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from sympy import Expr, Indexed, KroneckerDelta, Piecewise, Symbol

from symbackprop.calculus.batches import Atoms, Batch, sides_of_samples
from symbackprop.calculus.checking import Setting
from symbackprop.calculus.correlation import correlated
from symbackprop.calculus.equations import DerivedEquation
from symbackprop.calculus.masks import masked
from symbackprop.calculus.matrices import Gradient, Matrix, Named, Transposed, parts_of, replaced, transposed
from symbackprop.calculus.matrixcheck import check_recognised
from symbackprop.calculus.partials import Partial
from symbackprop.calculus.recognition import MATRIX_AXES, Frame, recognise
from symbackprop.calculus.slices import sliced, staying, unsliced
from symbackprop.calculus.standins import slopes_of_numbers, without_partials
from symbackprop.errors import CheckError
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import Equation, entries, free_indices, ranges_of

ROWS = Batch()


def columns(equation: DerivedEquation) -> tuple[Matrix, Matrix]:
    """Return both sides of an equation for one sample, vectors as columns.

    Raises CheckError if the right side has no matrix form, or one that differs from it."""
    return columns_of(equation.left, writable(equation))


def columns_of(left: Expr, right: Expr, steps: frozenset[Symbol] = frozenset()) -> tuple[Matrix, Matrix]:
    """Return left = right, in index form, as matrices; the indices of the left side are rows, then columns.

    Those of `steps`, the time of a recurrence, stay indices, as all do that run over no whole axes; of arrays with more
    axes than a matrix has, one that they share: the head of an attention. Raises CheckError as `columns` does."""
    try:
        return _recognised_sides(left, right, None, steps)
    except CheckError:
        if (shared := _shared(left, right)) is None:
            raise
        return _recognised_sides(left, right, None, steps | {shared})


def _shared(left: Expr, right: Expr) -> Symbol | None:
    """Return the index that every array with more axes than a matrix has shares, the foremost of them; None if none."""
    large = [entry.indices for entry in entries(left) | entries(right) if len(entry.indices) > MATRIX_AXES]
    common = set.intersection(*map(set, large)) if large else set()
    places = {symbol: sum(each.index(symbol) for each in large) for symbol in common if isinstance(symbol, Symbol)}
    return min(places, key=lambda symbol: (places[symbol], str(symbol)), default=None)


def is_column_form(left: Expr, right: Expr, matrix: Matrix) -> bool:
    """Tell whether a matrix, whoever wrote it, has the right side of an equation as its entries, at every place."""
    atoms: Atoms = {}
    goal, entry = (without_partials(side, atoms, batch=None) for side in (left, right))
    for each in entry.atoms(Indexed):
        atoms.setdefault(each.base, Named(each.base))
    for named in (part for part in parts_of(matrix) if isinstance(part, Named)):
        atoms.setdefault(named.tensor, Named(named.tensor, named.batch))
    setting = setting_of(goal, entry, atoms)
    try:
        _, _, channels = correlated(goal, entry, atoms)
        check_recognised(entry, matrix, setting, atoms, stay=staying(goal, entry, channels)[2])
    except CheckError:
        return False
    return True


def rows(equation: DerivedEquation) -> tuple[Matrix, Matrix]:
    """Return both sides of an equation for a batch, one sample per row; raises CheckError as `columns` does."""
    return rows_of(equation.left, writable(equation))


def rows_of(left: Expr, right: Expr) -> tuple[Matrix, Matrix]:
    """Return left = right for a batch, one sample per row, the mean taken at the parameters."""
    return batch_of(left, right, ROWS)


def batch_of(left: Expr, right: Expr, batch: Batch) -> tuple[Matrix, Matrix]:
    """Return left = right for a batch: per-sample quantities with a row or a column per sample.

    A Jacobian differs from sample to sample; an equation with one is written for a single sample."""
    if any(partial.of != COST for partial in right.atoms(Partial)):  # a Jacobian per sample: one of them at a time
        column, matrix = _recognised_sides(left, right, None)
        return (Transposed(column), transposed(matrix)) if batch.samples == "rows" else (column, matrix)
    return _recognised_sides(left, right, batch)


@lru_cache(maxsize=512)
def _recognised_sides(
    left: Expr, right: Expr, batch: Batch | None, steps: frozenset[Symbol] = frozenset()
) -> tuple[Matrix, Matrix]:
    atoms: Atoms = {}
    left, right = (without_partials(side, atoms, batch=batch) for side in (left, right))
    if batch is not None:
        left, right = sides_of_samples((left, right), atoms, batch)
    for entry in left.atoms(Indexed) | right.atoms(Indexed):
        atoms.setdefault(entry.base, Named(entry.base))
    setting = setting_of(left, right, atoms)
    written, moved, channels = correlated(left, right, atoms)
    chosen, masks = masked(left, written, steps | channels)

    def read(entry: Expr, named: Atoms) -> tuple[Matrix, Matrix, frozenset[Symbol]]:
        entry, ranges, stay = staying(left, entry, steps | channels)
        axes = tuple(place for place in left.indices if place not in stay and free_indices(place))
        (goal, entry), slices = zip(*(sliced(side, stay, atoms) for side in (left, entry)), strict=True)
        called = {**atoms, **named, **slices[0], **slices[1]}
        sizes = {symbol: last - first + 1 for symbol, (first, last) in ranges.items()}
        whole = called[goal.base]
        if isinstance(whole, Named | Gradient) and left.indices and not axes:  # one entry: ∂C/∂v_c, each of its own
            whole = replace(whole, places=left.indices)
        recognised = recognise(entry, axes, Frame(called, sizes, stay))
        return whole, unsliced(recognised, slices[1], atoms), stay

    try:
        whole, recognised, stay = read(chosen, {**moved, **masks})
    except CheckError:  # with masks there may be more axes than a matrix has
        if not masks:
            raise
        whole, recognised, stay = read(written, moved)
    check_recognised(right, recognised, setting, atoms, stay=stay)
    return whole, replaced(recognised, slopes_of_numbers(right, atoms))


def setting_of(left: Indexed, right: Expr, atoms: Atoms) -> Setting:
    """Return where left = right is compared: in worlds whose sizes are such that whatever it reads is there.

    Raises CheckError for the entries of a diagonal, which are no matrix."""
    ranges = ranges_of(left)
    if len(ranges) < sum(bool(free_indices(place)) for place in left.indices):
        raise CheckError(f"{left} is one entry of a diagonal: an equation for it has no matrix form")
    goal = Tensor("goal", None, tuple(ranges.values()))
    return Setting((Equation(goal[tuple(ranges)], right),), ranges, frontier=tuple(atoms))


def writable(equation: DerivedEquation) -> Expr:
    """Return the last line without case distinctions and Kronecker deltas, which have no matrix form."""
    for step in reversed(equation.chain.steps):
        if not step.after.has(Piecewise, KroneckerDelta):
            return step.after
    return equation.right


def forward(equation: Equation, batch: Batch | None = None) -> tuple[Matrix, Matrix]:
    """Return a forward equation as matrices, for one sample or for a batch."""
    sides = equation.target, equation.expression
    return columns_of(*sides) if batch is None else batch_of(*sides, batch)
