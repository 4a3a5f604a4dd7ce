"""The adjoint of the largest of each window, for whole arrays: the errors go back to where the largest were.

    Σ_i g_i [q - 2 i + 2 = argmax_p x_{2i+p-2}], over the windows i that hold q   ->   unpool_2(g, x)

The arrays are those over the windows alone: of x_c,2i+p-2 the channel c stays an index.
"""

from __future__ import annotations

from sympy import Expr, Indexed, Mul, Piecewise, S, Sum, Symbol

from symbackprop.calculus.batches import Atoms
from symbackprop.calculus.correlation import flat, whole, windows_of, with_windows
from symbackprop.calculus.matrices import Matrix, Named, Unpooled
from symbackprop.calculus.matrixcheck import check_recognised
from symbackprop.calculus.matrixform import setting_of
from symbackprop.calculus.slices import sliced
from symbackprop.calculus.standins import without_partials
from symbackprop.errors import CheckError
from symbackprop.network.largest import Chosen
from symbackprop.network.program import entries, free_indices


def unpooled_sides(left: Expr, right: Expr) -> tuple[Matrix, Matrix]:
    """Return left = right with the errors of windows put where their largest are.

    Raises CheckError for anything else, and if what is recognised differs from the index form."""
    atoms: Atoms = {}
    goal, entry = (without_partials(side, atoms, batch=None) for side in (left, right))
    for each in entries(goal) | entries(entry):
        atoms.setdefault(each.base, Named(each.base))
    inside = entry.args[0].expr if isinstance(entry, Piecewise) and len(entry.args) == 2 else entry  # no window: 0
    around = inside.limits if isinstance(inside, Sum) else ()  # along one axis a window may hold an entry alone
    one = with_windows(inside.function if around else inside)
    factors, limits = flat(Sum(one, *around) if around else one)
    choices = [factor for factor in factors if isinstance(factor, Chosen)]
    if len(choices) != 1:
        raise CheckError(f"{right} has no choice of the largest, or several")
    windows = _windows(goal, choices[0], [symbol for symbol, *_ in limits])
    stay = frozenset(goal.indices) - set(windows)
    errors = Mul(*(factor for factor in factors if not isinstance(factor, Chosen)))
    compared = _in_place(choices[0].largest.function, set(windows.values()), list(windows), stay)
    (of, _), (array, _) = (
        whole(part, list(axes), stay, atoms) for part, axes in ((errors, windows.values()), (compared, windows))
    )
    parts = list(zip(choices[0].places, windows_of(choices[0].largest), strict=True))
    along = [next((place, window) for place, window in parts if own in free_indices(place)) for own in windows]
    strides = tuple(-place.coeff(window) for (place, _), window in zip(along, windows.values(), strict=True))
    first = {**dict.fromkeys(windows, S.Zero), **dict.fromkeys(windows.values(), S.One)}
    padding = tuple(place.xreplace(first) for place, _ in along)
    sizes, ends = zip(*(window for _, window in along), strict=True)
    matrix = Unpooled(of, array, sizes, strides, padding, ends)
    check_recognised(entry, matrix, setting_of(goal, inside, atoms), atoms, stay=stay)
    part, slices = sliced(goal, stay, atoms)
    return {**atoms, **slices}[part.base], matrix


def _windows(goal: Indexed, choice: Chosen, summed: list[Symbol]) -> dict[Symbol, Symbol]:
    """Return the index of the windows for each index of the left side that stands in a place of the choice."""
    found = {}
    for place in choice.places:
        own, windows = ([i for i in symbols if i in free_indices(place)] for symbols in (goal.indices, summed))
        if len(own) != 1 or len(windows) != 1:
            raise CheckError(f"{choice} chooses by more than windows along axes")
        found[own[0]] = windows[0]
    return {own: found[own] for own in goal.indices if own in found}


def _in_place(compared: Expr, windows: set[Symbol], own: list[Symbol], stay: frozenset[Symbol]) -> Expr:
    """Return an entry that is compared as one at the indices of the left side: x_cqr of x_{c,2i+p-2,2j+s-2}."""
    if not isinstance(compared, Indexed):
        raise CheckError(f"{compared} is no entry of an array")
    moving = [place for place in compared.indices if free_indices(place) & windows]
    if len(moving) != len(own) or any(free_indices(p) - stay for p in compared.indices if p not in moving):
        raise CheckError(f"{compared} is not compared along windows alone")
    names = dict(zip(moving, own, strict=True))
    return compared.base[tuple(names.get(place, place) for place in compared.indices)]
