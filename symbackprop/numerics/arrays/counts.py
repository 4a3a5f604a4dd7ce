"""Sizes and bounds of indices as Python's whole numbers: N - K + 1 is n_N - n_K + 1, ⌈q/2⌉ is -(-q // 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sympy import Add, Expr, Indexed, Integer, Max, Min, Mod, Mul, Pow, Sum, Symbol, ceiling, floor

from symbackprop.errors import CheckError
from symbackprop.network.needs import sizes_in
from symbackprop.network.notation import COST, Axis, Tensor
from symbackprop.network.program import Program

LARGEST_POWER = 4  # of an index: 50,000^4 is below 2^63


def size_name(size: Expr) -> str:
    """Return the identifier of a size in code: n_T, whatever it is called outside."""
    return f"n_{size}"


def size_letters(program: Program) -> tuple[Symbol, ...]:
    """Return the letters of all sizes of a program."""
    axes = [axis for array in program.arrays if array.tensor != COST for axis in array.tensor.axes]
    read = [*(end for axis in axes for end in axis), *(equation.expression for equation in program.equations)]
    return tuple(sorted({size for each in read for size in sizes_in(each)}, key=str))


def count_text(e: Expr, names: Mapping[Expr, str]) -> str:
    """Return a whole number as text; `names` says what indices are called, sizes have their own names.

    Raises CheckError for what is no whole number in this sense."""
    if e in names:
        return names[e]
    match e:
        case Integer():
            return str(int(e))
        case Symbol():
            return size_name(e)
        case Add():
            ordered = sorted(e.args, key=lambda part: (part.could_extract_minus_sign(), part.is_number, str(part)))
            parts = [count_text(part, names) for part in ordered]
            return " + ".join(parts).replace("+ -", "- ")
        case Mul():
            return _product(e, names)
        case Pow() if e.exp.is_Integer and 0 < e.exp <= LARGEST_POWER:
            return "*".join([_operand(count_text(e.base, names))] * int(e.exp))
        case Max() | Min():
            return _extreme([count_text(part, names) for part in e.args], "max" if isinstance(e, Max) else "min")
        case floor():
            above, below = (count_text(part, names) for part in e.args[0].together().as_numer_denom())
            return f"({above}) // {_divisor(below)}"
        case Mod():
            above, below = (count_text(part, names) for part in e.args)
            return f"({above}) % {_divisor(below)}"
        case ceiling():
            above, below = e.args[0].together().as_numer_denom()
            return f"-(({count_text((-above).expand(), names)}) // {_divisor(count_text(below, names))})"
    raise CheckError(f"{e} is no whole number that code can say")


def _extreme(texts: list[str], name: str) -> str:
    """Return the largest or the smallest of whole numbers, of which some may be arrays of them."""
    if not any("np." in text for text in texts):
        return f"{name}({', '.join(texts)})"
    first, *others = texts
    for other in others:
        first = f"np.{name}imum({first}, {other})"
    return first


def _product(e: Mul, names: Mapping[Expr, str]) -> str:
    coefficient, rest = e.as_coeff_Mul()
    product = "*".join(_operand(count_text(part, names)) for part in Mul.make_args(rest))
    if coefficient == 1:
        return product
    return f"-{product}" if coefficient == -1 else f"{count_text(coefficient, names)}*{product}"


def _operand(text: str) -> str:
    return f"({text})" if " " in text else text


def _divisor(text: str) -> str:
    """Return a divisor, in brackets where it is a product, too: i % (2*n), and not i % 2*n."""
    return f"({text})" if "*" in text else _operand(text)


def told_by(size: Symbol, arrays: Iterable[tuple[Tensor, str]], length: str) -> str | None:
    """Return the text of a size, n where an axis has n or n + 2 entries, of the first array that tells it, or None.

    `arrays` have their names; `length` is the text of how long an axis is, with {0} the name and {1} the axis. Where
    no axis has n alone, one of 2 n + k - 2 entries tells it if another tells k."""
    axes = [(c, length.format(name, place)) for tensor, name in arrays for place, c in enumerate(tensor.sizes)]
    return _told(size, axes)


def _told(size: Symbol, axes: Sequence[tuple[Expr, str]]) -> str | None:
    for count, text in sorted(axes, key=lambda axis: axis[0] != size):
        if (more := count - size).is_Integer:
            return text + (f" {'-' if more > 0 else '+'} {abs(more)}" if more else "")
    for count, text in axes:
        times = count.expand().coeff(size)
        rest = (count - times * size).expand()
        others = {other: _told(other, [axis for axis in axes if not axis[0].has(size)]) for other in sizes_in(rest)}
        if times.is_Integer and times != 0 and not rest.has(size) and None not in others.values():
            return f"({text} - {_operand(count_text(rest, {s: f'({told})' for s, told in others.items()}))}) // {times}"
    return None


def room_text(axes: Sequence[Axis], step: int, *, filled: bool, floats: str) -> str:
    """Return an array for a recurrence, of which all that belongs to one step lies together in memory: zeros, or not.

    What is not `filled` at every place is 0 at the others."""
    make, kind = "np.empty" if filled else "np.zeros", f", {floats}" if floats else ""
    if step == 0:
        return f"{make}({_shape(axes)}{kind})"
    order = (step, *(place for place in range(len(axes)) if place != step))
    back = ", ".join(str(order.index(place)) for place in range(len(axes)))
    return f"{make}({_shape([axes[place] for place in order])}{kind}).transpose({back})"


def _shape(axes: Sequence[Axis]) -> str:
    counts = [count_text((last - first + 1).expand(), {}) for first, last in axes]
    return f"({', '.join(counts)}{',' * (len(counts) == 1)})"


def is_whole(e: Expr) -> bool:
    """Tell whether an expression is a whole number, whatever arrays hold: SymPy asks much before it does not know."""
    if isinstance(e, Add | Mul | Sum):
        return all(map(is_whole, [e.function] if isinstance(e, Sum) else e.args))
    return not isinstance(e, Indexed) and bool(e.is_integer)
