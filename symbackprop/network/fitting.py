"""Numbers for the sizes of a program with which every entry that is read lies in its array.

The sizes of such a program constrain one another. Whoever draws sizes takes what is free at random and lifts what is
bound to it: here N to 2 M + K - 2, and one or two more now and then, so that some entries are read by nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import prod

from sympy import Expr

from symbackprop.network.largest import BINDERS
from symbackprop.network.needs import Need, Numbers, number_of
from symbackprop.network.notation import Axis, is_size
from symbackprop.network.program import Equation

MOST_LIFTS = 200  # one lift may ask for another: a chain of ten windows over two axes has some forty


def fitted(
    numbers: Numbers, needs: Sequence[Need], *, rest: Callable[[Expr], int] = lambda _: 0, held: Iterable[Expr] = ()
) -> dict[Expr, int] | None:
    """Return the numbers with sizes lifted until nothing is lacking; None where that does not come to an end.

    A size that is lifted gets `rest` of it beside what it must have, once. Those that are `held` stay as they are."""
    found, stay, lifted = dict(numbers), set(held), set()
    for _ in range(MOST_LIFTS):
        lacking = next(((need, lack) for need in needs if (lack := need.lack(found))), None)
        if lacking is None:
            return found
        need, lack = lacking
        larger = _lifting(need, lack, stay)
        if larger is None:
            return None
        size, more = larger
        found[size] += more + (rest(size) if size not in lifted else 0)
        lifted.add(size)
    return None


def _lifting(need: Need, lack: int, stay: set[Expr]) -> tuple[Expr, int] | None:
    """Return the size by which a need is met, and by how much it has to grow."""
    for difference in need.differences:
        parts = difference.as_coefficients_dict()
        for size in sorted((part for part, c in parts.items() if is_size(part) and c > 0), key=str):
            if size not in stay and not size.is_Integer:
                return size, -(-lack // int(parts[size])) if parts[size].is_Integer else lack
    return None


def work_of(equations: Iterable[Equation], numbers: Numbers) -> int:
    """Return about how many values are added up when every equation is computed entry by entry."""
    return sum(prod(_counts(e.ranges.values(), numbers)) * _work(e.expression, numbers) for e in equations)


def _work(e: Expr, numbers: Numbers) -> int:
    if isinstance(e, BINDERS):
        return prod(_counts((limit.args[1:] for limit in e.limits), numbers)) * _work(e.function, numbers)
    return max((_work(part, numbers) for part in e.args), default=1)


def _counts(axes: Iterable[Axis], numbers: Numbers) -> Iterator[int]:
    """Yield the number of values of each range; of one that depends on an index, or is not known, 1."""
    for first, last in axes:
        if (start := number_of(first, numbers)) is not None and (end := number_of(last, numbers)) is not None:
            count: int | None = end - start + 1
        else:
            count = number_of(last - first + 1, numbers)
        yield 1 if count is None else max(1, count)
