"""Names for what functions are taken of: nothing is computed twice, and what is computed stays the same."""

from __future__ import annotations

import numpy as np

import symbackprop as sb
from symbackprop.calculus.passes import Passes, adjoint_equations
from symbackprop.numerics.programs import CompiledProgram
from symbackprop.numerics.staging import staged, with_slopes

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


def test_slopes_are_computed_beside_their_values() -> None:
    """tanh(s) and its slope are arrays of the forward pass; a slope of a sum that two values have stays where it is."""
    text = CELL.replace("h[t, j] = tanh(", "s[t, j] = tanh(").replace(
        " for t", " for t = 1..T\nh[t, j] = tanh(s[t, j]) for t"
    )
    derivation = sb.derive(sb.equations(text))
    passes, slopes = with_slopes(staged(Passes(derivation.program, adjoint_equations(derivation))))
    assert {"s": "s_slope", "h": "h_slope"} == {str(value): str(rate) for value, rate in slopes.items()}
    assert "tanh" not in "".join(str(e.expression) for e in passes.adjoints)
    source = CompiledProgram(derivation).source
    assert 2 == source.count("        tanh_into(v_")
    twice = sb.derive(
        sb.equations("input x[N]\nparameter w[N]\nz[i] = w[i]*x[i]\na[i] = tanh(z[i])\nC = sum[i](a[i]*tanh(z[i]))")
    )
    assert not with_slopes(Passes(twice.program, adjoint_equations(twice)))[1]


def test_parts_in_common_are_computed_once() -> None:
    """What stands in two equations is one array; factors with fewer indices are multiplied before they are spread."""
    text = "input x[T, D]\nu[t] = mean[i](x[t, i])\nv[t] = mean[i]((x[t, i] - u[t])^2)\n"
    program = CompiledProgram(sb.derive(sb.equations(f"{text}n[t, i] = (x[t, i] - u[t])/sqrt(v[t] + 0.001)")))
    assert 1 == program.source.count("v_x - v_u")
    assert "[:, None]" not in program.source.split("np.sqrt(")[1].split("\n")[0]
    x = np.random.default_rng(0).normal(size=(3, 70, 60))
    for each in x:
        centred = each - each.mean(axis=1, keepdims=True)
        wanted = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 0.001)
        assert np.allclose(program.forward({"x": each})["n"], wanted, rtol=1e-13)  # some ten roundings


def test_what_both_passes_need_is_computed_once() -> None:
    """The backward pass takes over roots and differences, and neither pass writes into what was given."""
    text = "input x[T, D]\nparameter g[D]\ntarget y[T, D]\nu[t] = mean[i](x[t, i])\n"
    text += "v[t] = mean[k]((x[t, k] - u[t])^2)\nn[s, i] = (x[s, i] - u[s])/sqrt(v[s] + 0.001)\n"
    text += "C = sum[t, j]((g[j]*n[t, j] - y[t, j])^2)/2"
    program = CompiledProgram(sb.derive(sb.equations(text)))
    backward = program.source.split("def backward")[1].split("SIZES")[0]
    assert "np.sqrt" not in backward
    assert "v_y" not in backward
    rng = np.random.default_rng(0)
    given = {"x": rng.normal(size=(5, 4)), "g": rng.normal(size=4), "y": rng.normal(size=(5, 4))}
    before = {name: array.copy() for name, array in given.items()}
    (cost, grads), (again, same) = program(given), program(given)
    assert all(np.array_equal(before[name], given[name]) for name in given)
    assert cost == again
    assert all(np.array_equal(grads[name], same[name]) for name in grads)
    for name in "xg":
        there = {**given, name: given[name] + np.eye(1, given[name].size).reshape(given[name].shape) * 1e-6}
        assert np.isclose((program(there)[0] - cost) / 1e-6, grads[name].flat[0], rtol=1e-4)  # of a step of 1e-6


def test_work_that_needs_no_step_stands_before_the_loop() -> None:
    """Slopes at all times are computed at once; in the loop are the products with the state alone."""
    source = CompiledProgram(sb.derive(sb.equations(CELL))).source
    loops = source.split("    for step in ")[1:]
    assert ["tanh_slope(" in loop.split("\n    t")[0].split("    return")[0] for loop in loops] == [False, False]
