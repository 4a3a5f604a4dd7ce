"""Random programs of index equations: each is derived, every step checked, and verified against its own equations."""

from __future__ import annotations

from random import Random

import pytest

import symbackprop as sb

ONE = ("tanh({})", "relu({})", "abs({})", "({}) ^ 2", "1 / (1 + ({}) ^ 2)", "exp({} / 4)", "softplus({})", "-({})")
TWO = ("({}) + ({})", "({}) * ({})", "({}) - ({})", "max({}, {})", "min({}, {})", "where({} > {}, 1, 0)")
OF_ONE = ("(d - 0.3) ^ 2", "exp(-d)", "tanh(d)", "sigmoid(d)")
AXES = {"N": ("i", "p"), "M": ("j", "q")}  # the index of an axis on the left, and where it is summed over
GIVEN = {"x": "N", "A": "NM", "w": "M", "B": "MN", "s": ""}
READ_ALL = "z = sum[i](x[i]) + sum[i, j](A[i, j] * B[j, i]) + sum[j](w[j] * s)"


def entry(rng: Random, shapes: dict[str, str], own: str) -> str:
    """Return an entry of some array, summed, averaged or compared over the axes that the left side lacks."""
    name = rng.choice(list(shapes))
    axes, lacking = shapes[name], [axis for axis in shapes[name] if axis not in own]
    places = [AXES[axis][axis not in own] for axis in axes]
    if axes == own == "N":
        places = [rng.choice(("i", "i", "1", "N", "N - i + 1"))]
    read = f"{name}[{', '.join(places)}]" if axes else name
    bound = ", ".join(AXES[axis][1] for axis in lacking)
    return f"{rng.choice(('sum', 'mean', 'max'))}[{bound}]({read})" if lacking else read


def expression(rng: Random, shapes: dict[str, str], own: str, depth: int) -> str:
    """Return an expression in entries of the arrays that there are."""
    if depth == 0:
        return entry(rng, shapes, own)
    form = rng.choice((*ONE, *TWO))
    return form.format(*(expression(rng, shapes, own, depth - 1) for _ in range(form.count("{}"))))


def program(seed: int) -> str:
    """Return a text of random lines; some are recurrences, and some have a cost."""
    rng, shapes, lines = Random(seed), dict(GIVEN), [READ_ALL]
    for name in "abcd":
        own = rng.choice(("N", "N", "M", "NM", ""))
        side = expression(rng, shapes, own, rng.choice((1, 2)))
        if own == "N" and rng.random() < 0.3:
            lines += [f"h{name}[0] = s", f"h{name}[i] = tanh(h{name}[i - 1] * s + {side}) for i = 1..N"]
            side = f"h{name}[i]"
        left = f"{name}[{', '.join(AXES[axis][0] for axis in own)}]" if own else name
        ranges = ", ".join(f"{AXES[axis][0]} = 1..{axis}" for axis in own)
        lines.append(f"{left} = {side}" + f" for {ranges}" * bool(own))
        shapes[name] = own
    if rng.random() < 0.5:
        bound = ", ".join(AXES[axis][0] for axis in own)
        lines.append(f"C = sum[{bound}](({left} - 0.3) ^ 2)" if own else f"C = {rng.choice(OF_ONE)}")
    return "\n".join(("input x[N], A[N, M]", "parameter w[M], B[M, N], s", "sizes N = 3, M = 2", *lines))


@pytest.mark.combinations
@pytest.mark.parametrize("seed", range(8))
def test_random_program_is_derived_and_verified(seed: int) -> None:
    """Derivation and compiled code agree with the equations alone, at ties too."""
    assert sb.verify(sb.equations(program(seed)), samples=1).ok
