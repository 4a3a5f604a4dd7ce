"""The same numbers in another order: of the neurons of a hidden layer, of the samples.

A neuron of layer l is a row of W_l, an entry of every vector after it, and a column of the next weight.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from symbackprop.numerics.diagnosis.comparison import Yours

Arrays = Mapping[str, np.ndarray]
Orders = dict[str, list[int]]
MOST_COMPARED = 10**9  # entries, beside one another: what takes a second
_NUMBERED = re.compile(r"[A-Za-z]+?(\d+)")


def neurons_in_order(yours: Yours, found: Arrays) -> Orders | None:
    """Return the order of the rows of each weight with which all is equal; None where there is none."""
    weights = {name: array for name, array in found.items() if name.startswith("W") and np.ndim(array) >= 2}
    names = sorted((name for name in weights if name in yours.arrays), key=_number)
    true = {name: np.asarray(found[name]) for name in found}
    orders: Orders = {}
    for one, after in pairwise(names):
        rows = _order(np.asarray(yours.arrays[one]), true[one])
        if rows is None or true[after].shape[1] != len(rows):
            return None
        for name in [one, *_between(one, after, true)]:
            if len(true[name]) == len(rows):
                true[name] = true[name][rows]
        true[after] = true[after][:, rows]
        orders[one] = rows.tolist()
    return orders if _moved(orders) and yours.fits(true) else None


def samples_in_order(yours: Yours, found: Arrays, samples: Sequence[str]) -> Orders | None:
    """Return the order of the rows of arrays with a row for each sample with which all is equal; None without one."""
    names = [name for name in samples if name in yours.arrays and np.ndim(found[name]) >= 1]
    if not names:
        return None
    rows = _order(np.asarray(yours.arrays[names[0]]), np.asarray(found[names[0]]))
    if rows is None or any(len(found[name]) != len(rows) for name in names):
        return None
    orders = {name: rows.tolist() for name in names}
    true = {name: array[rows] if name in orders else array for name, array in found.items()}
    return orders if _moved(orders) and yours.fits(true) else None


def _between(one: str, after: str, known: Arrays) -> list[str]:
    """Return the vectors of the layers from one weight up to the next: biases, gains."""
    first, last = _number(one), _number(after)
    return [name for name in known if first <= _number(name) < last and np.ndim(known[name]) == 1]


def _number(name: str) -> int:
    """Return the layer of a parameter; 0 where its name has no number."""
    found = _NUMBERED.fullmatch(name)
    return int(found[1]) if found else 0


def _moved(orders: Orders) -> bool:
    return any(order != sorted(order) for order in orders.values())


def _order(mine: np.ndarray, true: np.ndarray) -> np.ndarray | None:
    """Return which row of the true array each row of mine is likest; None where the shapes differ."""
    if mine.shape != true.shape:
        return None
    flat, other = (array.reshape(len(array), -1) for array in (mine, true))
    if flat.size * len(flat) > MOST_COMPARED:
        return None
    apart = np.array([np.abs(other - row).sum(axis=1) for row in flat])
    rows = np.full(len(mine), -1)
    for row in np.argsort(apart.min(axis=1), kind="stable"):  # equal rows, of neurons that are never on, take turns
        rows[row] = apart[row].argmin()
        apart[:, rows[row]] = np.inf
    return rows


def names_in_order(yours: Yours, right: Arrays) -> dict[str, str]:
    """Return which array stands under which name, if that explains all; else nothing."""
    wrong = [name for name in yours.arrays if yours.excess(right, name) > 1]
    taken: dict[str, str] = {}
    for name in wrong:
        like = [n for n in wrong if np.shape(right[n]) == np.shape(right[name]) and n not in taken.values()]
        own = next((n for n in like if yours.excess({**right, name: right[n]}, name) <= 1), None)
        if own is None:
            return {}
        taken[name] = own
    return taken
