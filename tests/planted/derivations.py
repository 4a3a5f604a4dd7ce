"""Faults in what is derived, and in the matrix forms of it."""

from __future__ import annotations

from planted.networks import (
    CARRIED,
    DEEP,
    LARGEST,
    MUTUAL,
    NESTED,
    NORMED,
    PADDED,
    PAIRS,
    PENALISED,
    PICKED,
    RECURRENT,
    RESIDUAL,
    SOFTMAX,
    SQUARES,
    STARTED,
    STRIDED,
)
from planted.planting import Fault

from symbackprop.calculus import (
    alike,
    arrangement,
    batches,
    collecting,
    contraction,
    correlation,
    derivation,
    known,
    links,
    masks,
    partials,
    picking,
    recognition,
    slices,
    tangents,
    unpooling,
)

__all__ = ["CONTRACTION", "DERIVATION", "MATRIX_FORM", "SECOND"]

CONTRACTION = (
    Fault("lost limit of the other index", contraction._placed, "*below, *freed", "*below", MUTUAL),
    Fault("wrong sign of the other's limit", contraction._freed, "[own - b for", "[b - own for", MUTUAL),
    Fault("wrong sign of the rest", picking.solved, "(rest if slope", "(-rest if slope", STRIDED),
    Fault("lost constant", picking.solved, "rest := difference", "rest := 1 + difference", STRIDED),
    Fault("condition without its end", contraction._placed, "needed >= 0", "needed > 0", CARRIED),
    Fault("no upper limit", contraction._placed, "*above, *below,", "*above,", STRIDED),
    Fault("no lower limit", contraction._placed, "*above, *below,", "*below,", STRIDED),
    Fault("upper limit one too high", contraction._placed, "bound - solution for", "bound - solution + 1 for", STRIDED),
    Fault("upper limit one too low", contraction._placed, "bound - solution for", "bound - solution - 1 for", STRIDED),
    Fault("lower limit one too low", contraction._placed, "solution - bound for", "solution - bound + 1 for", STRIDED),
    Fault("lower limit one too high", contraction._placed, "solution - bound for", "solution - bound - 1 for", STRIDED),
    Fault("floor for ceiling", contraction._narrowed, "ceiling(-rest", "floor(-rest", STRIDED),
    Fault("ceiling for floor", contraction._narrowed, "floor(-rest", "ceiling(-rest", STRIDED),
    Fault("min for max", contraction._narrowed, "_extreme(Max,", "_extreme(Min,", STRIDED),
    Fault("max for min", contraction._narrowed, "_extreme(Min,", "_extreme(Max,", STRIDED),
    Fault("limits changed round", contraction._narrowed, "if slope.is_negative", "if slope.is_positive", STRIDED),
    Fault("wrong sign of a limit", contraction._narrowed, "ceiling(-rest", "ceiling(rest", STRIDED),
    Fault(
        "narrowed by nothing",
        contraction._narrowed,
        "[*limits[:place], carried, *limits[place + 1 :]]",
        "limits",
        STRIDED,
    ),
    Fault(
        "lost limits around a sum",
        contraction._narrowed,
        "[*limits[:place], carried, *limits[place + 1 :]]",
        "[carried]",
        NESTED,
    ),
    Fault(
        "the weaker of two limits",
        contraction._extreme,
        "1 if choose is Max else -1",
        "-1 if choose is Max else 1",
        PAIRS,
    ),
    Fault("the second of two limits alone", contraction._extreme, "return choose(old, bound)", "return bound", STRIDED),
    Fault("the first of two limits alone", contraction._extreme, "return choose(old, bound)", "return old", STRIDED),
    Fault("the term beside the picked one", picking.at_places, "symbol: place}", "symbol: place + 1}", PICKED),
    Fault("a sum taken for one term", contraction.rebuilt, "as_ceiling(first) == as_ceiling(last)", "True", STRIDED),
)

DERIVATION = (
    Fault(
        "inner derivative of the chain rule lost",
        partials._moved,
        "xreplace(back) * inner)",
        "xreplace(back))",
        DEEP,
    ),
    Fault(
        "δ for the first index alone",
        partials.differentiate,
        "zip(part.indices, by.indices, strict=True)",
        "[(part.indices[0], by.indices[0])]",
    ),
    Fault(
        "argmax lost in the derivative of a maximum",
        partials._moved,
        "inner = inner * Chosen(",
        "inner = inner + 0 * Chosen(",
        LARGEST,
    ),
    Fault("sum of the other factor lost", contraction._product, "one.limits + other.limits", "one.limits", DEEP),
    Fault(
        "sign lost where terms change places",
        arrangement.signed,
        "-1 if turned[part] and exponent.is_odd",
        "1 if turned",
        ("2-2", "sigmoid", "binary_cross_entropy"),
    ),
    Fault(
        "square root taken for a factor",
        arrangement._without_roots,
        "letter: total for total, letter",
        "letter: 2 * total for total, letter",
        NORMED,
    ),
    Fault("σ' in a with a wrong sign", known._in_value, "numerator - A * denominator", "numerator + A * denominator"),
    Fault("known value times what it is divided by", known.restored, "worth / rest", "worth * rest", SOFTMAX),
    Fault("shares that add up to 0", links.with_links, "{total: S.One}", "{total: S.Zero}", SOFTMAX),
    Fault("own terms of the cost left out", alike._own_terms, "Add(*own, rest)", "rest", PENALISED),
    Fault("link put in at another index", links.put_result, "put(each.result, at)", "put(each.result, {})", SOFTMAX),
    Fault(
        "second use of an array forgotten",
        derivation.collected,
        "for equation in readers))",
        "for equation in readers[:1]))",
        RESIDUAL,
    ),
    Fault(
        "one reader of an array forgotten",
        alike.Surroundings.readers,
        "self._reading.get(tensor, ()))",
        "self._reading.get(tensor, ())[:1])",
        RESIDUAL,
    ),
    Fault(
        "adjoint put in twice",
        collecting.put_adjoint,
        "adjoint.goal, adjoint.result,",
        "adjoint.goal, 2 * adjoint.result,",
        ("3 -> dense(4) -> layer_norm",),
    ),
    Fault("second term of a sum lost", partials._moved, "Add(*terms)", "Add(*terms[:1])", SQUARES),
    Fault(
        "slope in values of another function",
        collecting._slopes_in_values,
        "{A: equation.sides[0]}",
        "{A: 2 * equation.sides[0]}",
        NORMED,
    ),
    Fault(
        "start of a recurrence for its step",
        derivation._computing,
        "list(equation.ranges.values()) == spans",
        "list(equation.ranges.values()) != spans",
        STARTED,
    ),
)

MATRIX_FORM = (
    Fault(
        "outer product turned round",
        recognition._outer,
        "product_of(left, transposed(right))",
        "product_of(right, transposed(left))",
        ("3-3-3", "tanh"),
    ),
    Fault(
        "first factor not transposed",
        recognition._summed,
        "else transposed(left[0])",
        "else left[0]",
        ("3-3-3", "tanh"),
    ),
    Fault(
        "entrywise product of one factor less", recognition._merged, "Hadamard(factors)", "Hadamard(factors[:1])", DEEP
    ),
    Fault(
        "coefficient lost",
        recognition._scaled,
        "else Scaled(coefficient, matrix)",
        "else matrix",
        ("2-3-2", "tanh", "mse"),
    ),
    Fault("step that an array is read at lost", slices.sliced, "replace(atom, places=places)", "atom", RECURRENT),
    Fault("sum over the steps lost", recognition.recognise, "Total(matrix, symbol, first, last)", "matrix", RECURRENT),
    Fault(
        "case taken for all",
        recognition.recognise,
        "_term(value, axes, frame), holds)",
        "_term(value, axes, frame), True)",
        RECURRENT,
    ),
    Fault("kernel not turned round", correlation._put_together, "Turned(array), spaced", "array, spaced", STRIDED),
    Fault("padding of windows lost", correlation._pooled, "-shift.rest - shift.stride", "0 * shift.rest", PADDED),
    Fault("padding of errors lost", unpooling.unpooled_sides, "strides, padding,", "strides, strides,", PADDED),
    Fault("rows of a mask for columns", masks._masked, "zip(own, PLACES,", "zip(own, PLACES[::-1],", LARGEST),
    Fault("largest of columns for rows", recognition._greatest, "places + along,", "along + places,", LARGEST),
    Fault("padding one too small", correlation._put_together, "length - rest for", "length - rest - 1 for", STRIDED),
    Fault(
        "mean over the samples lost",
        batches.sides_of_samples,
        "Sum(right, (SAMPLE, 1, BATCH)) / BATCH",
        "Sum(right, (SAMPLE, 1, BATCH))",
    ),
    Fault(
        "first sample left out",
        batches.sides_of_samples,
        "(SAMPLE, 1, BATCH)) / BATCH",
        "(SAMPLE, 2, BATCH)) / BATCH",
    ),
)

SECOND = (
    Fault("sign of a movement lost", tangents._tangent, "moved(equation", "-moved(equation", RECURRENT, second=True),
    Fault(
        "a direction twice",
        partials.moved,
        "lambda part: directions",
        "lambda part: 2 * directions",
        SQUARES,
        second=True,
    ),
    Fault(
        "another place of a direction", partials.moved, "[part.indices]", "[part.indices[::-1]]", RESIDUAL, second=True
    ),
)
