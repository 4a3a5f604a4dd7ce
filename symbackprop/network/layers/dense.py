"""The dense layer: every neuron is joined to every neuron of the layer before; on more axes it acts on the last one."""

from __future__ import annotations

from symbackprop.errors import ShapeError, SpecError
from symbackprop.frozen import dataclass
from symbackprop.network.layers import LAYERS, Built, Layer, Parameter, Place, Size, Value, letters_for
from symbackprop.network.layers.fields import flag, optional, optional_flag, whole


@LAYERS.register("dense")
@dataclass(frozen=True, slots=True)
class Dense(Layer):
    """z_j = Σ_k W_jk x_k + b_j; tied to layer l it has no weight of its own, but that of l, turned where that fits."""

    example = "4 -> dense(3, bias=false) tanh -> dense(2)"

    width: int = whole()
    bias: bool = flag(default=True)
    tied_to: int | None = optional()
    transpose: bool | None = optional_flag()

    def built(self, at: Place) -> Built:
        """Return the weighted input."""
        *before, last = at.source.axes
        weight, out, turned = self._weight(at, last)
        read = weight.sizes[: -len(out)] if turned else weight.sizes[len(out) :]
        joined_sizes = tuple((new, old) for new, old in zip(read, last, strict=True) if new.name != old.name)
        *kept, j, k = letters_for((*before, out, last), "tihg"[: len(before)] + "jk")
        joined = f"{weight.name}[{k}, {j}]" if turned else f"{weight.name}[{j}, {k}]"
        bias = at.name("b")
        total = f"sum[{k}]({joined} * {at.read(*kept, k)})" + f" + {bias}[{j}]" * self.bias
        value = Value(at.result, (*before, out))
        parameters = [] if self.tied_to else [weight]
        if self.bias:
            parameters.append(Parameter(bias, out, (self.width,), start=0.0))
        line = f"{at.entry(at.result, *kept, j)} = {total}"
        return Built((line,), value, parameters=tuple(parameters), joined=joined_sizes)

    def _weight(self, at: Place, last: tuple[Size, ...]) -> tuple[Parameter, tuple[Size, ...], bool]:
        """Return the weight, the sizes of what is given, and whether the weight is read transposed."""
        fan_in = at.source.shape[-1]
        if self.tied_to is None:
            if self.transpose is not None:
                raise SpecError("transpose says how the weight of another layer is read; it wants tied_to")
            out = (at.size("n", self.width),)
            return Parameter(at.name("W"), (*out, *last), (self.width, fan_in), fan_in=fan_in), out, False
        weight = at.others.get(f"W{self.tied_to}")
        if weight is None or len(weight.shape) != 2:
            raise SpecError(f"tied_to = {self.tied_to}: layer {self.tied_to} has no matrix W before this layer")
        turned = self.transpose if self.transpose is not None else weight.shape == (fan_in, self.width)
        wanted = weight.shape[::-1] if turned else weight.shape
        if wanted != (self.width, fan_in):
            raise ShapeError(
                f"tied_to = {self.tied_to}: W{self.tied_to} gives {wanted[0]} from {wanted[1]}, not "
                f"{self.width} from {fan_in}; width = {wanted[0]}"
            )
        parts = len(weight.sizes) - 1  # of the axis that it reads, which flatten may have made of several
        if turned and len(last) != 1:
            raise ShapeError(f"tied_to = {self.tied_to}: a weight that is read transposed wants one axis before it")
        return weight, weight.sizes[1:] if turned else weight.sizes[: len(weight.sizes) - parts], turned
