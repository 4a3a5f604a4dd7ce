"""Faults in the witnesses that a gradient is compared with, and in the trainers."""

from __future__ import annotations

from planted.networks import DEEP, RESIDUAL
from planted.planting import Fault

from symbackprop.numerics import (
    corners,
    interpretation,
    lonelayer,
    pointwise,
    program_witnesses,
    reference,
    reference_activations,
    reference_costs,
    training,
    witnesses,
)

__all__ = ["OTHERS_IN_TRAINERS", "TRAINERS", "WITNESSES"]

STEP = "np.asarray(grad), learning_rate)"
OTHERS_IN_TRAINERS = (
    Fault(
        "mean cost of an epoch",
        training.descend,
        "losses.append(total / len(x))",
        "losses.append(total / (len(x) + 1))",
    ),
    Fault("mean cost of an epoch by hand", reference.train, "total / len(x)", "total / (len(x) + 1)"),
    Fault(
        "last sample never seen by either",
        reference.minibatches,
        "range(0, samples, batch_size)",
        "range(0, samples - 1, batch_size)",
    ),
    Fault(
        "a sample seen twice by either",
        reference.minibatches,
        "rng.permutation(samples)",
        "rng.integers(samples, size=samples)",
    ),
)

TRAINERS = (
    Fault("climbs", training.descend, "-= kept", "+= kept"),
    Fault("climbs by hand", reference.steps, "-= learning_rate", "+= learning_rate"),
    Fault("longer steps", training.descend, STEP, STEP.replace("learning", "1.0001 * learning")),
    Fault("shorter steps by hand", reference.steps, "-= learning_rate", "-= 0.9999 * learning_rate"),
    Fault("no step", training.descend, STEP, STEP.replace("learning", "0 * learning")),
    Fault("sum for mean", training.descend, STEP, STEP.replace("learning", "len(rows) * learning")),
    Fault("mean taken twice by hand", reference.steps, "-= learning_rate", "-= learning_rate / len(rows)"),
    Fault("other order", training.descend, "generator(seed)", "generator(seed + 1)"),
    Fault("other order by hand", reference.steps, "default_rng(seed)", "default_rng(seed + 1)"),
    Fault("order of the data", training.descend, "in minibatches(len(x), batch_size, rng)", "in ([0, 1], [2])"),
    Fault(
        "last mini-batch lost",
        training.descend,
        "in minibatches(len(x), batch_size, rng)",
        "in [*minibatches(len(x), batch_size, rng)][:1]",
    ),
    Fault("biases left", training.descend, "grads.items()", "[item for item in grads.items() if item[0][0] == 'W']"),
    Fault("one array left by hand", reference.steps, "grads.items()", "list(grads.items())[1:]"),
    Fault("stale gradient", training.descend, "gradient(current,", "gradient(params,"),
    Fault("stale gradient by hand", reference.steps, "gradient(current,", "gradient(params,"),
    Fault("momentum", training.descend, "np.asarray(grad)", "grad + 0.01 * (params[name] - current[name])"),
    Fault("wrong cost", training.descend, "on_step(float(loss)", "on_step(1.001 * float(loss)"),
)

WITNESSES = (
    Fault("mean over the samples by hand", reference.cost_and_gradient, "delta /= len(x)", "delta /= 1"),
    Fault("error not sent back by hand", reference.cost_and_gradient, "back * slope", "back", DEEP),
    Fault("tanh' by hand", reference_activations.tanh, "1 - a * a", "1 - a", DEEP),
    Fault("softsign' by hand", reference_activations.softsign, "d * d", "d", ("2-1", "softsign")),
    Fault("kink of relu by hand", reference_activations.relu, "z > 0", "z >= 0", ("2-1", "relu")),
    Fault("kink of hinge by hand", reference_costs.hinge, "margin > 0", "margin >= 0", ("2-1", "identity", "hinge")),
    Fault(
        "Huber beyond 1 by hand",
        reference_costs.huber,
        "inside / 2)), inside",
        "inside / 2)), d",
        ("2-1", "identity", "huber"),
    ),
    Fault("coefficient of a difference", witnesses.central_difference, "8 * (ahead", "7 * (ahead"),
    Fault(
        "length of a complex step", witnesses.complex_step, "cost.imag / numbers.tiny", "cost.imag / (2 * numbers.tiny)"
    ),
    Fault("mean of the composed cost", witnesses.composed_derivative, "/ len(rows)", "/ 1"),
    Fault("mean of the equations' cost", interpretation.Forward.__call__, "/ len(x)", "/ 1"),
    Fault(
        "maximum for minimum",
        pointwise.Pointwise.extreme,
        "sign * difference >= 0",
        "difference >= 0",
        ("2-1", "min(z,1)*z"),
    ),
    Fault(
        "truth of a layer",
        lonelayer.LoneLayer._truths,
        "cost.imag / numbers.tiny",
        "2 * cost.imag / numbers.tiny",
        ("2-1",),
    ),
    Fault(
        "slope at a kink",
        corners._at_kinks,
        "number(slope) * by_activation",
        "number(1 + slope) * by_activation",
        ("2-1", "relu"),
    ),
    Fault("difference quotient in 100 digits", program_witnesses.difference, "/ (2 * step)", "/ step", RESIDUAL),
    Fault(
        "dual number of another entry",
        program_witnesses.position_of,
        "p + world.range(*axis)[0] for p",
        "world.range(*axis)[0] for p",
        RESIDUAL,
    ),
    Fault(
        "a case on top of another",
        pointwise.Pointwise._cases,
        "open_yet & self._decided",
        "np.True_ & self._decided",
        ("2-1", "elu"),
    ),
)
