"""Self-attention: each vector of a sequence asks all of them, and takes of each what the answer is worth."""

from __future__ import annotations

from symbackprop.errors import ShapeError
from symbackprop.frozen import dataclass
from symbackprop.network.layers import LAYERS, Built, Layer, Parameter, Place, Value
from symbackprop.network.layers.fields import flag, whole


@LAYERS.register("attention")
@dataclass(frozen=True, slots=True)
class Attention(Layer):
    """P = softmax(Q Kᵀ/√(d/heads)), O = P V for each head, with Q, K and V from x; then all heads together times Wp."""

    example = "3x4 -> attention(2)"
    has_activation = False

    heads: int = whole(1)
    causal: bool = flag(default=False)
    bias: bool = flag(default=False)

    def built(self, at: Place) -> Built:
        """Return queries, keys, values, scores, shares, what each head gives, and what they give together."""
        time, last = at.sequence()
        width = at.source.shape[1]
        if width % self.heads or len(last) > 1:
            raise ShapeError(f"heads = {self.heads} does not divide the width {width} evenly")
        many = self.heads > 1
        heads, part = at.size("H", self.heads), at.size("U", width // self.heads)
        own = (heads, part) if many else last
        g, u, r = ("g", "u", "r") if many else ("", "u", "r")
        names = {letter: at.name(letter) for letter in "qkvSPo"}
        steps, size = time[0].name, (part.name if many else last[0].name)

        def joined(*indices: str) -> str:
            return ", ".join(index for index in indices if index)

        lines = [
            f"{at.entry(names[letter], 't', g, u)} = sum[d]({at.name('W' + letter)}[{joined(g, u, 'd')}] * "
            f"{at.read('t', 'd')})" + f" + {at.name('b' + letter)}[{joined(g, u)}]" * self.bias
            for letter in "qkv"
        ]
        query, key = at.entry(names["q"], "t", g, r), at.entry(names["k"], "i", g, r)
        score, share = at.entry(names["S"], g, "t", "i"), at.entry(names["P"], g, "t", "i")
        lines.append(f"{score} = sum[{r}]({query} * {key}) / sqrt({size})")
        if self.causal:
            again = at.entry(names["S"], g, "t", "c")
            total = f"sum[c = 1..{steps}](where(c <= t, exp({again} - {at.entry(at.name('M'), g, 't')}), 0))"
            largest = f"max[c = 1..{steps}](where(c <= t, {again}, {at.entry(names['S'], g, 't', 't')}))"
            lines.append(f"{at.entry(at.name('M'), g, 't')} = {largest}")
            lines.append(f"{share} = where(i <= t, exp({score} - {at.entry(at.name('M'), g, 't')}), 0) / {total}")
        else:
            lines.append(f"{share} = softmax[i]({score})")
        value = at.entry(names["v"], "i", g, u)
        lines.append(f"{at.entry(names['o'], 't', g, u)} = sum[i]({share} * {value})")
        summed, read = joined(g, u), at.entry(names["o"], "t", g, u)
        line = f"{at.entry(at.result, 't', 'd')} = sum[{summed}]({at.name('Wp')}[{joined('d', g, u)}] * {read})"
        lines.append(line + f" + {at.name('bp')}[d]" * self.bias)
        parameters = []
        for letter in "qkv":
            parameters.append(Parameter(at.name("W" + letter), (*own, *last), (width, width), fan_in=width))
            if self.bias:
                parameters.append(Parameter(at.name("b" + letter), own, (width,), start=0.0))
        parameters.append(Parameter(at.name("Wp"), (*last, *own), (width, width), fan_in=width))
        if self.bias:
            parameters.append(Parameter(at.name("bp"), last, (width,), start=0.0))
        rows = (time, own) if many else (time, last)
        computed = [Value(names[letter], rows) for letter in "qkvo"]
        computed += [Value(names[letter], (*(((heads,),) if many else ()), time, time)) for letter in "SP"]
        return Built(tuple(lines), Value(at.result, (time, last)), tuple(computed), tuple(parameters))
