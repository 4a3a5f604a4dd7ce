"""Which derivations are the same but for the letters: those of the gates of an LSTM, whose first one a lecture shows.

∂C/∂U^o, ∂C/∂U^f, ∂C/∂U^i  ->  one group     ∂C/∂U^g  ->  another: tanh' is not σ'

Nothing is supposed of it: every line of one chain has to become that of the other when its arrays are renamed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations, product

from sympy import Basic, Expr

from symbackprop.calculus.adjoints import Adjoint
from symbackprop.network.notation import Tensor
from symbackprop.network.program import Kind

MOST_NAMES = 5  # arrays to be renamed; with more there are too many ways


def alike(adjoints: Sequence[Adjoint], kinds: Mapping[Expr, Kind]) -> tuple[tuple[Adjoint, ...], ...]:
    """Return adjoints in groups whose chains are equal but for the names of arrays, in the order of the first ones."""
    groups: list[list[Adjoint]] = []
    for adjoint in adjoints:
        group = next((group for group in groups if _is_like(group[0], adjoint, kinds)), None)
        if group is None:
            groups.append([adjoint])
        else:
            group.append(adjoint)
    return tuple(map(tuple, groups))


def _is_like(one: Adjoint, other: Adjoint, kinds: Mapping[Expr, Kind]) -> bool:
    """Tell whether the lines of one chain become those of the other by renaming arrays of the same kind and shape."""
    if not one.steps or [step.rule for step in one.steps] != [step.rule for step in other.steps]:
        return False
    lines = [[adjoint.left, *(step.after for step in adjoint.steps)] for adjoint in (one, other)]
    names = [dict.fromkeys(t for line in side for t in _tensors(line)) for side in lines]
    return any(_become(lines[0], lines[1], renaming) for renaming in _renamings(one, other, names, kinds))


def _renamings(
    one: Adjoint, other: Adjoint, names: Sequence[Mapping[Tensor, None]], kinds: Mapping[Expr, Kind]
) -> list[dict[Basic, Basic]]:
    """Return the ways to give the arrays that only one chain has the names of those that only the other has."""
    swapped = {one.entry.base: other.entry.base, other.entry.base: one.entry.base}
    mine = [tensor for tensor in names[0] if tensor not in names[1] and tensor not in swapped]
    theirs = [tensor for tensor in names[1] if tensor not in names[0] and tensor not in swapped]
    sorts = {(kinds.get(tensor), tensor.axes) for tensor in (*mine, *theirs)}
    ways: list[list[dict[Basic, Basic]]] = []
    for sort in sorts:
        left, right = ([t for t in side if (kinds.get(t), t.axes) == sort] for side in (mine, theirs))
        if len(left) != len(right) or len(left) > MOST_NAMES:
            return []
        ways.append([dict(zip(left, order, strict=True)) for order in permutations(right)])
    return [{**swapped, **{k: v for part in way for k, v in part.items()}} for way in product(*ways)]


def _become(lines: Sequence[Expr], others: Sequence[Expr], renaming: Mapping[Basic, Basic]) -> bool:
    pairs = zip(lines, others, strict=True)
    return all(line.xreplace(renaming).as_dummy() == other.as_dummy() for line, other in pairs)


def _tensors(line: Expr) -> list[Tensor]:
    return sorted(line.atoms(Tensor), key=lambda tensor: str(tensor.sort_key()))
