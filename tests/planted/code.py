"""Faults in the code that computes a gradient: of batches, of single samples, of programs."""

from __future__ import annotations

from planted.networks import ATTENTION, CONVOLUTION, DEEP, LARGEST, READ_TWICE, RECURRENT, RESIDUAL, SOFTMAX, STRIDED
from planted.planting import Fault

from symbackprop.calculus import instances
from symbackprop.numerics import (
    batching,
    compilation,
    forms,
    forwardvalues,
    layered,
    matrixtext,
    plan,
    programs,
    staging,
    workspace,
)
from symbackprop.numerics.arrays import inplace, moving, order, running, scaled, totals, writing
from symbackprop.numerics.backends import numpy as numpy_backend
from symbackprop.numerics.backends import scalar as scalar_backend
from symbackprop.numerics.stable import exponential, normal, piecewise, scalar, scalarshares
from symbackprop.numerics.stable.wholesample import softmax

__all__ = ["BATCHES", "PROGRAMS", "SINGLE_SAMPLES", "WRITTEN_FROM", "WRITTEN_OUT"]

BATCHES = (
    Fault("mean over the samples not taken", numpy_backend._write_error, '*= space["share"]', "*= 1", DEEP),
    Fault(
        "matrix not transposed",
        matrixtext.MatrixWriter.text,
        '{self._operand(of)}.T"',
        '{self._operand(of)}"',
        ("3-3-3", "tanh"),
    ),
    Fault("bias multiplied", numpy_backend._Code.assign, '"+=" if isinstance', '"*=" if isinstance'),
    Fault(
        "slope of the layer lost",
        numpy_backend._Code.assign,
        "(part is not product)",
        "(matrix is product)",
    ),
    Fault("ones that are twos", workspace.Workspace.text, "np.ones(m, dtype)", "2 * np.ones(m, dtype)"),
    Fault("minus of a cost lost", numpy_backend._cost_term, '"-" if sign == -1', '"" if sign == -1', SOFTMAX),
    Fault("tanh' halved", exponential.tanh_slope, "= 4 *", "= 2 *", ("2-1", "tanh")),
    Fault(
        "textbook sigmoid'",
        exponential.sigmoid_into,
        "np.divide(value, slope, out=slope)",
        "np.multiply(value, 1 - value, out=slope)",
        ("2-1",),
    ),
    Fault("softmax not counted from the largest", softmax, ".max(", ".min(", ("2-3", "softmax", "quadratic")),
    Fault("cut-off of gelu_tanh", exponential.gelu_tanh_value_and_slope, "-30.0", "-3.0", ("2-1", "gelu_tanh")),
    Fault("Huber beyond 1", piecewise.huber_slope, "hardtanh(z)", "z", ("2-1", "identity", "huber")),
    Fault(
        "slope of |a - y| at 0", piecewise.absolute_slope, "np.sign(z)", "2 * (z > 0) - 1.0", ("2-1", "identity", "mae")
    ),
    Fault("erf from 4 on", normal.scaled_erfc, "x > 4", "x > 5", ("2-1", "gelu")),
    Fault("selu' below 0", exponential.selu_slope, "z > 0, 1.05", "z > -1, 1.05", ("2-1", "selu")),
)

SINGLE_SAMPLES = (
    Fault("mean over the samples not taken", scalar_backend._gradient, "sum(column) / len(rows)", "sum(column)"),
    Fault(
        "gradient read from one place on",
        compilation.CompiledGradient._by_numbers,
        "flat[start:end]",
        "flat[start - 1 : end - 1]",
    ),
    Fault(
        "order of the sum of a neuron",
        scalar_backend._entries,
        "dict(zip(line.target.indices, position",
        "dict(zip(line.target.indices, position[::-1]",
        ("3-3-3", "tanh"),
    ),
    Fault(
        "factor of a cost lost",
        scalar_backend._write_cost,
        "if factor == 1 else",
        "if factor != 0 else",
        ("2-2", "sigmoid", "mse"),
    ),
    Fault("tanh' halved", scalar.tanh_slope, "return 4 *", "return 2 *", DEEP),
    Fault("coefficient of gelu_tanh", scalar.gelu_tanh, "0.044715", "0.044716", ("2-1", "gelu_tanh")),
    Fault("coefficient of its slope", scalar.gelu_tanh_slope, "0.134145", "0.134146", ("2-1", "gelu_tanh")),
    Fault("elu' above 0", scalar.elu_slope, "1.0 if", "1.1 if", ("2-1", "elu")),
    Fault("threshold of selu", scalar.selu_slope, "z > 0", "z >= 0", ("2-1", "selu")),
    Fault("kink of relu", scalar.relu_slope, "z > 0", "z >= 0", ("2-1", "relu")),
    Fault(
        "exponential that overflows",
        scalar.softplus,
        "max(z, 0.0) + math.log1p(math.exp(-abs(z)))",
        "math.log1p(math.exp(z))",
        ("2-1", "softplus"),
    ),
    Fault(
        "0 ln 0", scalarshares.x_log_x, "if x > 0 else 0.0", "if x > 0 else 1.0", ("2-1", "softplus", "kl_divergence")
    ),
    Fault("Huber beyond 1, one number", scalar.huber_slope, "hardtanh(z)", "z", ("2-1", "identity", "huber")),
    Fault("leaky below 0", scalar.leaky_relu_slope, "0.01", "0.1", ("2-1", "leaky_relu")),
)

WRITTEN_FROM = (
    Fault(
        "another width in the cost", plan._cost_plan, "Integer(width)", "Integer(width + 1)", ("2-2", "sigmoid", "mse")
    ),
    Fault(
        "ln(1 - a) taken for ln a",
        plan._cost_plan,
        "straight[log(1 - A)] = LOG_R",
        "straight[log(1 - A)] = LOG_A",
        ("2-1", "sigmoid", "binary_cross_entropy"),
    ),
    Fault(
        "a term of the cost lost",
        plan._cost_plan,
        "Add.make_args(cost.term.xreplace(straight))",
        "Add.make_args(cost.term.xreplace(straight))[:1]",
        ("2-1", "sigmoid", "binary_cross_entropy"),
    ),
    Fault(
        "half of 1 = a + r lost",
        forms._split,
        ", *rest, r * Add(*alone))",
        ", *rest)",
        ("2-1", "sigmoid", "binary_cross_entropy"),
    ),
    Fault(
        "Σ a = 0 put in",
        forms._with_sum_of_shares,
        "sums[total] = 1 +",
        "sums[total] = 0 +",
        ("2-3", "softmax", "poisson"),
    ),
    Fault("σ' for σ'/σ", forms._without_pole, "{1 / a: q / s}", "{1 / a: q}", ("2-1", "softplus", "poisson")),
    Fault(
        "1 - a from the same side",
        forwardvalues.text_of_value,
        "return text.format_map(names)",
        'return text.replace("(-", "(").format_map(names)',
        ("2-1", "sigmoid", "binary_cross_entropy"),
    ),
)

PROGRAMS = (
    Fault(
        "windows spread one place on",
        moving.Window.start,
        "frame.ranges[self.target][0]).expand()",
        "frame.ranges[self.target][0] + 1).expand()",
        STRIDED,
    ),
    Fault(
        "product with a matrix not transposed",
        totals._pair,
        "else transposed(right.text)",
        "else right.text",
        ("3 -> dense(3) -> layer_norm -> dense(3) tanh",),
    ),
    Fault(
        "what is read yet is written to",
        inplace.in_place,
        "memory.own - after",
        "memory.own",
        READ_TWICE,
    ),
    Fault("time the wrong way round", order._recurrence, "way < 0", "way > 0", RECURRENT),
    Fault(
        "shares along the wrong axis",
        writing.ArrayWriter.value,
        "part.axes.index(share[1])",
        "1 - part.axes.index(share[1])",
        ATTENTION,
    ),
    Fault(
        "the last of the largest",
        running.first_of_largest,
        "flat.argmax(axis=-1)",
        "(flat.shape[-1] - 1 - flat[..., ::-1].argmax(axis=-1))",
        LARGEST,
    ),
    Fault("δ without the slope", staging._staged, "given[at] * rate(inner[at])", "given[at]", RECURRENT),
    Fault("∂C/∂C left out", programs.CompiledProgram.backward, "scale * grad", "grad", RESIDUAL),
    Fault(
        "gradient of another type",
        programs.CompiledProgram.gradient_at,
        "value, dtype = found.get(name)",
        "value, dtype = np.float32(found.get(name))",
        RESIDUAL,
    ),
    Fault(
        "parameters in each other's shapes",
        layered.CompiledLayers._outside,
        "np.reshape(grads[name], shape)",
        "np.reshape(grads[name].T, shape)",
        CONVOLUTION,
    ),
    Fault(
        "∂C/∂a in another order",
        layered.CompiledLayers.backward,
        "arrays.reshape(",
        "arrays[::-1].reshape(",
        CONVOLUTION,
    ),
    Fault(
        "outputs not those of the cost",
        layered.CompiledLayers.forward,
        "found[name].reshape(",
        "2 * found[name].reshape(",
        CONVOLUTION,
    ),
    Fault(
        "adjoints of the mean",
        batching.block_of,
        '"sum"',
        '"mean"',
        CONVOLUTION,
    ),
    Fault("batch in another order", layered.CompiledLayers._gradient, "y=y)", "y=y[::-1])", CONVOLUTION),
    Fault(
        "largest exponent not taken back",
        scaled.scaled,
        "most + log(rest)",
        "log(rest)",
        ("input x[N]\nsizes N = 3\nC = log(sum[i](exp(x[i])))",),
    ),
)

WRITTEN_OUT = (
    Fault("j and k changed round", instances.partial, "indices, position,", "indices, position[::-1],", ("3-3",)),
    Fault("another place", instances.partial, "strict=True))", "strict=True)) | {general.left.by.indices[0]: 1}"),
    Fault("another layer", instances.partial, "general.right, layer,", "general.right, max(1, layer - 1),", ("2-2-2",)),
    Fault("one layer too few", instances.Ladder.climbed, "range(self.layer,", "range(self.layer + 1,", ("2-2-2",)),
    Fault("last error lost", instances.Ladder.climbed, "r * unrolled(last", "r + 0 * unrolled(last"),
    Fault("factors not multiplied", instances.Ladder.climbed, "r * unrolled(value", "unrolled(value"),
    Fault("targets assumed to sum up", instances._errors, "step.before for", "step.after for", SOFTMAX),
)
