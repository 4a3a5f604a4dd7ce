"""Names for what functions are taken of: nothing is computed twice, and what is computed stays the same."""

from __future__ import annotations

import symbackprop as sb
from symbackprop.calculus.passes import Passes, adjoint_equations
from symbackprop.numerics.programs import CompiledProgram
from symbackprop.numerics.staging import staged

CELL = """input x[T]
parameter u[H, H], w[H]
h[0, j] = 0
h[t, j] = tanh(sum[k](u[j, k]*h[t - 1, k]) + w[j]*x[t]) for t = 1..T
C = sum[t, j](h[t, j]^2)
"""


def test_recurrence_sends_back_by_name() -> None:
    """δ_t = ∂C/∂h_t tanh'(z_t) is computed once; the step before, the weights and the input all read it."""
    derivation = sb.derive(sb.equations(CELL))
    passes = staged(Passes(derivation.program, adjoint_equations(derivation)))
    assert ["h", "h_in", "h", "C"] == [str(e.tensor) for e in passes.program.equations]
    by_name = {str(e.tensor): e for e in passes.adjoints}
    readers = [name for name, e in by_name.items() if "d_h_in" in map(str, e.reads)]
    assert ["d_h", "d_u", "d_w", "d_x"] == readers
    assert "tanh" not in "".join(str(by_name[name].expression) for name in readers)


def test_value_of_letters_alone_gets_no_name() -> None:
    """A function of what is already an array stays as it is."""
    derivation = sb.derive(sb.equations("input x[N]\ny[i] = tanh(x[i])\n"))
    passes = Passes(derivation.program, adjoint_equations(derivation))
    assert passes is staged(passes)


def test_work_that_needs_no_step_stands_before_the_loop() -> None:
    """Slopes at all times are computed at once; in the loop are the products with the state alone."""
    source = CompiledProgram(sb.derive(sb.equations(CELL))).source
    loops = source.split("    for step in ")[1:]
    assert ["tanh_slope(" in loop.split("\n    t")[0].split("    return")[0] for loop in loops] == [False, False]
