"""Faults in the code for libraries that differentiate: what is written for both, and what each says its own way."""

from __future__ import annotations

from planted.networks import (
    ATTENTION,
    CONVOLUTION,
    DEEP,
    GATED,
    GROUPED,
    POOLED,
    RECURRENT,
    RESIDUAL,
    SECOND_ORDER,
    STRIDED,
    TURNED,
    UNEVEN,
)
from planted.planting import Fault

from symbackprop.numerics.arrays import correlating, lifetimes, moving, stepping, together
from symbackprop.numerics.engines import compiled, functions, jaxfunctions, keeping, scaling, slopes, torchfunctions

__all__ = ["ENGINES"]

ENGINES = (
    Fault(
        "slope of sigmoid too large",
        keeping.read_off,
        " * SIGMOID(-z)",
        "",
        ("2-1",),
        "torch",
    ),
    Fault("kink of relu", slopes.relu_slope, "z > 0", "z >= 0", ("2-1", "relu"), "jax"),
    Fault("error spread over what is there", torchfunctions.spread, "onto].add_(", "onto].copy_(", GROUPED, "torch"),
    Fault(
        "smaller than the largest, too", torchfunctions.spread_to_largest, "== highest", "<= highest", UNEVEN, "torch"
    ),
    Fault("stride of a kernel for its turn", moving.words_of, "str(move.stride)", "str(move.turn)", STRIDED, "torch"),
    Fault("kernel not turned round", correlating._flipped, "if axes else", "if not axes else", TURNED, "torch"),
    Fault("turned kernel one place on", moving.forwards, "(move.width - 1)", "move.width", TURNED, "torch"),
    Fault(
        "slope of relu of the other sign",
        keeping.with_slopes_of_values,
        "(type(e), at, read)",
        "(type(e), -at, read)",
        CONVOLUTION,
        "torch",
    ),
    Fault("mean over the samples not taken", scaling.with_factor_at_source, "else count)", "else 1)", DEEP, "torch"),
    Fault(
        "derivatives of a block in another order",
        functions.Functions.__init__,
        "for place in places]",
        "for place in places[::-1]]",
        ATTENTION,
        "torch",
    ),
    Fault("the step before the last one", stepping.Row.at, "before{back}", "before", SECOND_ORDER, "torch"),
    Fault("steps in the order of their numbers", torchfunctions.over_steps, "< 0", "> 0", RECURRENT, "torch"),
    Fault("steps in the order of their numbers", jaxfunctions.over_steps, "places.step < 0", "False", RECURRENT, "jax"),
    Fault("a step that nobody asked for left out", lifetimes.read_steps, "Min(last,", "Min(last - 1,", RECURRENT),
    Fault("factor of the cost lost", compiled.EngineProgram.backward, 'own["C"] * grad', "grad", RESIDUAL, "jax"),
    Fault(
        "slope of sigmoid with the wrong sign",
        keeping.read_off,
        "value * SIGMOID(-z)",
        "-value * SIGMOID(-z)",
        ("2-1",),
        "jax",
    ),
    Fault("slope of silu without its z", slopes.silu_slope, "(1 + z * ", "(1 + ", ("2-1", "silu"), "jax"),
    Fault("matrices of gates in another order", together._as_one, "in group]", "in group[::-1]]", GATED, "torch"),
    Fault("error spread over what is there", jaxfunctions.spread, ".add(", ".set(", CONVOLUTION, "jax"),
    Fault("largest for smallest", jaxfunctions.first_of_largest, "argmax", "argmin", POOLED, "jax"),
    Fault("window one place on", jaxfunctions.window, "np.asarray(start)", "np.asarray(start + 1)", STRIDED, "jax"),
    Fault("density of gelu' without its z", slopes.gelu_slope, "14327 * z *", "14327 *", ("2-1", "gelu"), "jax"),
)
