"""Sums over indices as products of matrices, and the ranges that make it possible.

Σ_k w[j,k] x[i,k]                                   v_x @ v_w.T
Σ_x δ[x] k[q-x+1], x from q-K+1 to q                window(d_z, …) @ window(v_k, …)
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sympy import Add, Expr, Indexed, Mul, Sum, Symbol

from symbackprop.calculus.inequalities import without_rounding
from symbackprop.network.largest import Chosen
from symbackprop.network.program import entries, free_indices
from symbackprop.numerics.arrays.correlating import correlation
from symbackprop.numerics.arrays.places import Frame, Labelled, aligned, apart_from, factor_text, transposed, unturned
from symbackprop.numerics.arrays.ranges import Regular, regular
from symbackprop.numerics.arrays.spreading import spread_sum
from symbackprop.numerics.elementwise import bare
from symbackprop.numerics.supports import is_wild

if TYPE_CHECKING:
    from symbackprop.numerics.arrays.writing import ArrayWriter


def summed(total: Sum, frame: Frame, writer: ArrayWriter) -> Labelled:
    """Return a sum as an array over the indices of the frame that it depends on."""
    total = apart_from(total, frame)
    found = correlation(total, frame, writer) if writer.sizes else None
    found = spread_sum(total, frame, writer) if found is None else found
    if found is not None:
        return found
    fair = regular(total, frame)
    inner = frame.inside(fair.ranges)
    terms = [_contracted(term, fair, (frame, inner), writer) for term in _terms(fair, writer.common)]
    if len(terms) == 1:
        return terms[0]
    axes = frame.ordered({symbol for term in terms for symbol in term.axes})
    return Labelled(f"({' + '.join(aligned(term, axes) for term in terms)})".replace("+ -", "- "), axes)


def _terms(fair: Regular, common: Collection[Expr]) -> list[Expr]:
    """Return the summands of a sum; it is split where that leaves products of arrays with fewer axes.

    What is in `common` is an array anyway."""
    function = fair.function
    if isinstance(function, Mul):  # a (b + c) with arrays of different axes: multiplied out, each is a product
        sums = [factor for factor in function.args if isinstance(factor, Add)]
        if (
            len(sums) == 1
            and sums[0] not in common
            and any(isinstance(part, Mul) and len(part.atoms(Indexed)) > 1 for part in sums[0].args)
        ):
            return [Mul(function / sums[0], part) for part in sums[0].args]
    if isinstance(function, Add):
        every = set(fair.ranges)
        if any(every & free_indices(term) != every & free_indices(function) for term in function.args):
            return list(function.args)
        if all(isinstance(term, Mul) for term in function.args):
            return list(function.args)
    return [function]


def _contracted(term: Expr, fair: Regular, frames: tuple[Frame, Frame], writer: ArrayWriter) -> Labelled:
    """Return Σ of a product: numbers in front, arrays without the summed indices outside, the rest as one product."""
    frame, inner = frames
    is_finite = not is_wild(term) and writer.wild.isdisjoint(entry.base for entry in entries(term))
    conditions = [c for c in fair.conditions if not (is_finite and _is_implied(c, term))]  # 1/0 is not 0 outside
    number, factors = writer.scaled(term, inner).as_coeff_mul()
    free = [f for f in factors if not writer.indices(f) & set(fair.ranges)]
    bound = [f for f in factors if f not in free]
    wild = [f for f in bound if is_wild(f) or not writer.wild.isdisjoint(entry.base for entry in entries(f))]
    along = {symbol for condition in conditions for symbol in writer.indices(condition)}
    plain = all(isinstance(f, Indexed | Chosen) for f in bound)
    if conditions and plain and wild and all(along <= writer.indices(f) for f in wild):
        parts = [
            writer.keep(writer.masked(f, conditions, inner)) if f in wild else writer.value(f, inner) for f in bound
        ]
    elif conditions and (wild or not plain):
        parts = [writer.masked(Mul(*bound), conditions, inner)]
    elif len(bound) == 1 and bound[0].is_Pow and bound[0].exp == 2 and not conditions:
        parts = [writer.keep(writer.value(bound[0].base, inner))] * 2  # no array of squares
    else:
        summed = set(fair.ranges)
        parts = [writer.columns(f, inner, summed) if len(bound) == 2 else writer.value(f, inner) for f in bound]
        parts += [writer.mask([c], inner) for c in conditions]
    summed_symbols = set(fair.ranges)
    idle = [s for s in summed_symbols if not any(s in part.axes for part in parts)]
    product = _product(parts, summed_symbols, frames, writer) if parts else None
    outside = [writer.value(f, frame) for f in free]
    outside += [product] if product is not None and product.text else []
    counts = [f"max(0, {inner.count(s)})" for s in idle]
    coefficient = [] if number == 1 else [writer.elementwise.text(number, {})]
    axes = frame.ordered({symbol for part in outside for symbol in part.axes})
    texts = [*coefficient, *counts, *(factor_text(aligned(part, axes)) for part in outside)]
    return Labelled(" * ".join(texts) if texts else "1", axes)


def _is_implied(condition: Expr, term: Expr) -> bool:
    """Tell whether a factor is 0 by itself where the condition does not hold: it is read outside of its array."""
    for factor in Mul.make_args(term):
        if isinstance(factor, Indexed):
            pairs = zip(factor.indices, factor.base.axes, strict=True)
        elif isinstance(factor, Chosen):
            pairs = zip(factor.places, (limit.args[1:] for limit in factor.largest.limits), strict=True)
        else:
            continue
        for position, (first, last) in pairs:
            if without_rounding(condition) in ((position - first).expand(), (last - position).expand()):
                return True
    return False


def _product(
    parts: list[Labelled], summed_symbols: set[Symbol], frames: tuple[Frame, Frame], writer: ArrayWriter
) -> Labelled:
    """Return the sum of the product of arrays over the summed indices."""
    frame, inner = frames
    if len(parts) == 2 and parts[0].axes == parts[1].axes:
        return _along(parts, summed_symbols)
    parts = _joined(parts, inner, writer)
    if len(parts) == 1:
        (part,) = parts
        places = tuple(place for place, symbol in enumerate(part.axes) if symbol in summed_symbols)
        axes = tuple(symbol for symbol in part.axes if symbol not in summed_symbols)
        text = f"{factor_text(part.text)}.sum()" if not axes else f"total({bare(part.text)}, {places})"
        return Labelled(text if places else part.text, axes)
    parts = [_alone(part, parts, summed_symbols, writer) for part in parts]
    kept = frame.ordered({symbol for part in parts for symbol in part.axes} - summed_symbols)
    if len(parts) == 2:
        return _pair(parts[0], parts[1], kept, writer)
    letters = {s: chr(ord("a") + n) for n, s in enumerate(inner.ordered({s for p in parts for s in p.axes}))}
    spec = ",".join("".join(letters[s] for s in part.axes) for part in parts)
    arrays = ", ".join(bare(part.text) for part in parts)
    return Labelled(f'np.einsum("{spec}->{"".join(letters[s] for s in kept)}", {arrays}, optimize=True)', kept)


def _along(parts: list[Labelled], summed_symbols: set[Symbol]) -> Labelled:
    """Return the sum of products of two arrays with the same axes over some of these, no array of products made."""
    axes = parts[0].axes
    letters = {symbol: chr(ord("i") + n) for n, symbol in enumerate(axes)}
    kept = tuple(symbol for symbol in axes if symbol not in summed_symbols)
    one, two = ("".join(letters[s] for s in some) for some in (axes, kept))
    arrays = ", ".join(bare(part.text) for part in parts)
    return Labelled(f'np.einsum("{one},{one}->{two}", {arrays})' if kept else f"np.vdot({arrays})", kept)


def _joined(parts: list[Labelled], frame: Frame, writer: ArrayWriter) -> list[Labelled]:
    """Return the factors with one whose indices all stand in another multiplied into that one, while there are three.

    Two factors are a product of matrices only if neither has all the indices of the other."""
    parts = list(parts)
    while len(parts) > 1:
        pairs = [
            (a, b)
            for a in range(len(parts))
            for b in range(len(parts))
            if a != b and set(parts[a].axes) <= set(parts[b].axes) and (len(parts) > 2 or _is_same(parts))
        ]
        if not pairs:
            return parts
        small, large = min(pairs, key=lambda pair: (len(parts[pair[1]].axes), pair))
        axes = parts[large].axes
        text = f"{factor_text(aligned(parts[small], axes))} * {factor_text(aligned(parts[large], axes))}"
        joined = writer.keep(Labelled(text, frame.ordered(set(axes))))
        parts = [part for place, part in enumerate(parts) if place not in (small, large)] + [joined]
    return parts


def _is_same(parts: list[Labelled]) -> bool:
    return parts[0].axes == parts[1].axes


def _alone(part: Labelled, parts: list[Labelled], summed_symbols: set[Symbol], writer: ArrayWriter) -> Labelled:
    """Return a factor with the summed indices that no other factor has added up."""
    shared = {symbol for other in parts if other is not part for symbol in other.axes}
    places = tuple(p for p, s in enumerate(part.axes) if s in summed_symbols and s not in shared)
    if not places:
        return part
    axes = tuple(symbol for place, symbol in enumerate(part.axes) if place not in places)
    return writer.keep(Labelled(f"{factor_text(part.text)}.sum(axis={places if len(places) > 1 else places[0]})", axes))


def _pair(left: Labelled, right: Labelled, kept: tuple[Symbol, ...], writer: ArrayWriter) -> Labelled:
    """Return the product of two arrays: `@` for matrices and rows of numbers, else a product over shared indices."""
    if len(left.axes) <= 2 and len(right.axes) <= 2 and len(kept) == len(left.axes) + len(right.axes) - 2:
        if kept and kept[0] in right.axes:
            left, right = right, left
        (middle,) = set(left.axes) & set(right.axes)
        one = left.text if left.axes[-1] == middle else transposed(left.text)
        two = right.text if right.axes[0] == middle else transposed(right.text)
        return Labelled(f"{factor_text(one)} @ {factor_text(two)}", kept)
    alone = [symbol for symbol in kept if (symbol in left.axes) != (symbol in right.axes)]
    if alone and alone[0] in right.axes:  # rows first: the product then lies in memory as it is read
        left, right = right, left
    left, right = unturned(left), unturned(right)
    symbols = dict.fromkeys((*left.axes, *right.axes))
    letters = {symbol: chr(ord("a") + n) for n, symbol in enumerate(symbols)}
    one, two, three = ("".join(letters[s] for s in axes) for axes in (left.axes, right.axes, kept))
    return Labelled(f'contract("{one},{two}->{three}", {bare(left.text)}, {bare(right.text)})', kept)
