"""Layers that go through a sequence, step after step, and carry a state along: rnn, gru, lstm."""

from __future__ import annotations

from symbackprop.frozen import dataclass
from symbackprop.network.layers import LAYERS, Axis, Built, Layer, Parameter, Place, Value, letters_for
from symbackprop.network.layers.fields import activation_name, choice, flag, whole
from symbackprop.network.numbered import chosen_activation

RETURNS = ("last", "sequence")


@dataclass(frozen=True)
class _Cell:
    """What the layers have in common: T vectors of n come in, a state of the width of the layer is carried along."""

    at: Place
    width: int
    bias: bool
    reverse: bool

    @property
    def time(self) -> Axis:
        """The axis of the steps."""
        return self.at.sequence()[0]

    @property
    def state(self) -> Axis:
        """The axis of the state."""
        return (self.at.size("n", self.width),)

    def weighted(self, gate: str, state: str | None = None) -> str:
        """Return Σ Wx x_t + Σ Wh h_{t-1} + b of one gate; with `state` empty without the second sum."""
        at, (t, j, k, p) = self.at, self.letters
        state = self.before("h", p) if state is None else state
        text = f"sum[{k}]({at.name(f'Wx{gate}')}[{j}, {k}] * {at.read(t, k)})"
        text += f" + sum[{p}]({at.name(f'Wh{gate}')}[{j}, {p}] * {state})" * bool(state)
        return text + f" + {at.name(f'b{gate}')}[{j}]" * self.bias

    @property
    def letters(self) -> tuple[str, str, str, str]:
        """The indices: step, entry of the state, entry of what is read, entry of the state before."""
        t, j, k, p = letters_for((self.time, self.state, self.at.source.axes[1], self.state), "tjkp")
        return t, j, k, p

    def parameters(self, gate: str) -> tuple[Parameter, ...]:
        """Return the arrays of one gate."""
        at, last = self.at, self.at.source.axes[1]
        fan_in, bias = at.source.shape[1], (Parameter(at.name(f"b{gate}"), self.state, (self.width,), start=0.0),)
        return (
            Parameter(at.name(f"Wx{gate}"), (*self.state, *last), (self.width, fan_in), fan_in=fan_in),
            Parameter(at.name(f"Wh{gate}"), (*self.state, *self.state), (self.width, self.width), fan_in=self.width),
            *(bias if self.bias else ()),
        )

    def line(self, letter: str, text: str) -> str:
        """Return the line of an array for each step."""
        t, j, *_ = self.letters
        return f"{self.at.entry(self.at.name(letter), t, j)} = {text}"

    def before(self, letter: str, entry: str) -> str:
        """Return an entry of what is carried along, one step before; in reverse that is the step behind."""
        return self.at.entry(self.at.name(letter), f"{self.letters[0]} {'+' if self.reverse else '-'} 1", entry)

    def start(self, letter: str) -> str:
        """Return the line with which a state begins."""
        first = f"{self.time[0].name} + 1" if self.reverse else "0"
        return f"{self.at.entry(self.at.name(letter), first, self.letters[1])} = 0"

    def made(self, lines: tuple[str, ...], gates: tuple[str, ...], returns: str) -> Built:
        """Return the layer: its lines, and at the end the last state or all of them."""
        t, j, *_ = self.letters
        at, state = self.at, self.at.name("h")
        (steps,) = self.time
        if returns == "last":
            value = Value(at.result, (self.state,))
            given = f"{at.entry(at.result, j)} = {at.entry(state, '1' if self.reverse else steps.name, j)}"
        else:
            value = Value(at.result, (self.time, self.state))
            given = f"{at.entry(at.result, t, j)} = {at.entry(state, t, j)}"
        parameters = tuple(p for gate in gates for p in self.parameters(gate))
        return Built((*lines, given), value, parameters=parameters)


@LAYERS.register("rnn")
@dataclass(frozen=True, slots=True)
class Rnn(Layer):
    """h_t = tanh(Wx x_t + Wh h_{t-1} + b)."""

    example = "4x3 -> rnn(2)"
    has_activation = False

    width: int = whole()
    activation: str = activation_name("tanh")
    returns: str = choice(*RETURNS)
    bias: bool = flag(default=True)
    reverse: bool = flag(default=False)

    def built(self, at: Place) -> Built:
        """Return the recurrence and what is given of it."""
        cell = _Cell(at, self.width, self.bias, self.reverse)
        chosen = chosen_activation(self.activation)
        step = cell.line("h", chosen.text(f"({cell.weighted('')})", ""))
        return cell.made((cell.start("h"), step), ("",), self.returns)


@dataclass(frozen=True, slots=True)
class _Gated(Layer):
    """What the layers with gates are told."""

    has_activation = False

    width: int = whole()
    returns: str = choice(*RETURNS)
    bias: bool = flag(default=True)
    reverse: bool = flag(default=False)


@LAYERS.register("gru")
class Gru(_Gated):
    """h_t = (1 - u) c + u h_{t-1}, c = tanh(Wx x_t + b + r (Wh h_{t-1} + bh)), r and u being gates."""

    __slots__ = ()

    example = "3x2 -> gru(2)"

    def built(self, at: Place) -> Built:
        """Return the recurrence and what is given of it."""
        cell = _Cell(at, self.width, self.bias, self.reverse)
        t, j, _, p = cell.letters
        before = cell.before("h", p)
        inner = f"sum[{p}]({at.name('Whc')}[{j}, {p}] * {before})" + f" + {at.name('bhc')}[{j}]" * self.bias
        entry = {letter: at.entry(at.name(letter), t, j) for letter in "ruqc"}
        own = cell.before("h", j)
        lines = (
            cell.start("h"),
            cell.line("r", f"sigmoid({cell.weighted('r')})"),
            cell.line("u", f"sigmoid({cell.weighted('u')})"),
            cell.line("q", inner),
            cell.line("c", f"tanh({cell.weighted('c', '')} + {entry['r']} * {entry['q']})"),
            cell.line("h", f"(1 - {entry['u']}) * {entry['c']} + {entry['u']} * {own}"),
        )
        made = cell.made(lines, ("r", "u", "c"), self.returns)
        more = (Parameter(at.name("bhc"), cell.state, (self.width,), start=0.0),) if self.bias else ()
        return Built(made.lines, made.value, parameters=(*made.parameters, *more))


@LAYERS.register("lstm")
class Lstm(_Gated):
    """c_t = f c_{t-1} + i g, h_t = o tanh(c_t), with gates i, f, o and g from x_t and h_{t-1}."""

    __slots__ = ()

    example = "3x2 -> lstm(2)"

    def built(self, at: Place) -> Built:
        """Return the recurrence and what is given of it."""
        cell = _Cell(at, self.width, self.bias, self.reverse)
        t, j, *_ = cell.letters
        entry = {letter: at.entry(at.name(letter), t, j) for letter in "ifgoch"}
        before = cell.before("c", j)
        lines = (
            cell.start("h"),
            cell.start("c"),
            *(cell.line(g, f"{'tanh' if g == 'g' else 'sigmoid'}({cell.weighted(g)})") for g in "ifgo"),
            cell.line("c", f"{entry['f']} * {before} + {entry['i']} * {entry['g']}"),
            cell.line("h", f"{entry['o']} * tanh({entry['c']})"),
        )
        return cell.made(lines, ("i", "f", "g", "o"), self.returns)
