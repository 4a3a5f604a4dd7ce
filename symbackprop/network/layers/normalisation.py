"""Normalisation: what is read, shifted to mean 0 and scaled to variance 1, then by what is learned."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.frozen import dataclass
from symbackprop.network.layers import LAYERS, Axis, Built, Layer, Parameter, Place, Value, extent, letters_for
from symbackprop.network.layers.fields import fraction

EPSILON = 1e-5


def _scaled(at: Place, axis: Axis, letters: tuple[str, str]) -> tuple[str, tuple[Parameter, ...]]:
    """Return the line that gives what is normalised a gain and a bias for each entry of an axis, and the arrays."""
    index, every = letters
    gain, bias, shape = at.name("G"), at.name("b"), (extent(axis),)
    line = f"{at.entry(at.result, every)} = {gain}[{index}] * {at.entry(at.name('xi'), every)} + {bias}[{index}]"
    return line, (Parameter(gain, axis, shape, start=1.0), Parameter(bias, axis, shape, start=0.0))


def _normal(at: Place, letters: Sequence[str], mean: str, variance: str) -> str:
    """Return the line of what is normalised: ξ = (x - mean)/√(variance + ε)."""
    shifted = f"({at.read(*letters)} - {mean})"
    return f"{at.entry(at.name('xi'), *letters)} = {shifted} / sqrt({variance} + {at.name('epsilon')})"


@LAYERS.register("layer_norm")
@dataclass(frozen=True, slots=True)
class LayerNorm(Layer):
    """ξ = (x - mean x)/√(variance + ε) over the last axis, y = G ξ + b."""

    example = "3x4 -> layer_norm"

    epsilon: float = fraction(EPSILON)

    def built(self, at: Place) -> Built:
        """Return mean, variance, what is normalised, and what is given."""
        *before, last = at.source.axes
        *kept, j, k = letters_for((*before, last, last), "tih"[: len(before)] + "jk")
        mean, variance = at.entry(at.name("mu"), *kept), at.entry(at.name("tau"), *kept)
        line, parameters = _scaled(at, last, (j, ", ".join((*kept, j))))
        lines = (
            f"{mean} = mean[{k}]({at.read(*kept, k)})",
            f"{variance} = mean[{k}](({at.read(*kept, k)} - {mean})^2)",
            _normal(at, (*kept, j), mean, variance),
            line,
        )
        computed = (
            Value(at.name("mu"), tuple(before)),
            Value(at.name("tau"), tuple(before)),
            Value(at.name("xi"), at.source.axes),
        )
        constants = ((Value(at.name("epsilon"), ()), self.epsilon),)
        return Built(lines, Value(at.result, at.source.axes), computed, parameters, constants)


@LAYERS.register("rms_norm")
@dataclass(frozen=True, slots=True)
class RmsNorm(Layer):
    """y = G x/√(mean x² + ε) over the last axis."""

    example = "4 -> rms_norm"

    epsilon: float = fraction(EPSILON)

    def built(self, at: Place) -> Built:
        """Return the scale and what is given."""
        *before, last = at.source.axes
        *kept, j, k = letters_for((*before, last, last), "tih"[: len(before)] + "jk")
        scale = at.entry(at.name("r"), *kept)
        lines = (
            f"{scale} = 1 / sqrt(mean[{k}]({at.read(*kept, k)}^2) + {at.name('epsilon')})",
            f"{at.entry(at.result, *kept, j)} = {at.read(*kept, j)} * {scale} * {at.name('G')}[{j}]",
        )
        parameters = (Parameter(at.name("G"), last, (extent(last),), start=1.0),)
        constants = ((Value(at.name("epsilon"), ()), self.epsilon),)
        return Built(
            lines, Value(at.result, at.source.axes), (Value(at.name("r"), tuple(before)),), parameters, constants
        )


@LAYERS.register("batch_norm")
@dataclass(frozen=True, slots=True)
class BatchNorm(Layer):
    """ξ = (x - mean x)/√(variance + ε) over the samples and all axes but the first, y = G ξ + b; variance with 1/m."""

    example = "3 -> batch_norm"
    couples_samples = True

    epsilon: float = fraction(EPSILON)

    def built(self, at: Place) -> Built:
        """Return mean and variance of every entry of the first axis, what is normalised, and what is given."""
        first, *others = at.source.axes
        c, *rest = letters_for((first, *others), ("c" if others else "j") + "ijt"[: len(others)])
        over = ", ".join(("s", *rest))
        mean, variance = f"{at.name('mu')}[{c}]", f"{at.name('tau')}[{c}]"
        line, parameters = _scaled(at, first, (c, ", ".join((c, *rest))))
        lines = (
            f"{mean} = mean[{over}]({at.read(c, *rest)})",
            f"{variance} = mean[{over}](({at.read(c, *rest)} - {mean})^2)",
            _normal(at, (c, *rest), mean, variance),
            line,
        )
        constants = ((Value(at.name("epsilon"), ()), self.epsilon),)
        shared = (Value(at.name("mu"), (first,)), Value(at.name("tau"), (first,)))
        return Built(
            lines,
            Value(at.result, at.source.axes),
            (Value(at.name("xi"), at.source.axes),),
            parameters,
            constants,
            shared=shared,
        )
