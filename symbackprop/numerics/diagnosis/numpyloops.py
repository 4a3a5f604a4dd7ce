"""Lines of NumPy with a loop over the places of a window, for what has none of its own: convolutions and pools.

∂C/∂a_j = Σ_i W_{j-i+1} δ_i      for u in range(3): da1[:, :, u:u + 4] += np.einsum('soi,oc->sci', dz2, W2[:, :, u])

An equation is written for one turn of the loop: every array that moves with it is a smaller one, which is a slice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Indexed, Mul, S, Sum, Symbol

from symbackprop.calculus.passes import adjoint_of
from symbackprop.frozen import dataclass
from symbackprop.network.largest import Chosen, Largest
from symbackprop.network.notation import Axis, Tensor
from symbackprop.network.program import Equation, Program, entries, free_indices
from symbackprop.numerics.diagnosis.numpysteps import Line, Turn, over_time

LETTERS = "uvw"  # of loops over the places of a window


@dataclass(frozen=True)
class _Window:
    """How entry j of an axis is reached: j = step·i + u + shift, with i along another axis, u a place in the window."""

    axis: int
    along: Symbol
    step: int
    shift: int
    long: int  # of the window
    wide: int  # of the axis
    count: int  # of i
    ends: Axis  # of i


def looped_line(equation: Equation, names: Mapping[Expr, str], program: Program, line: Line) -> str:
    """Return the line in its loop; nothing where there is none that a person would write."""
    if not isinstance(equation.target, Indexed):
        return ""
    own = [e for e in entries(equation.expression) if e.base == equation.tensor]
    if own:
        return over_time(equation, names, line)
    coefficient, total = equation.expression.as_independent(Sum, as_Add=False)
    if not isinstance(total, Sum) or free_indices(coefficient):
        return ""
    return _Sliding(equation, coefficient, total, program, dict(names), line).written()


def _slice(window: _Window, letter: str, padding: int) -> str:
    start = window.shift + padding
    begin = letter if not start else f"{letter} + {start}" if start > 0 else f"{letter} - {-start}"
    end = f"{letter} + {start + window.step * window.count}"
    return f"{begin}:{end}" + (f":{window.step}" if window.step > 1 else "")


def _padding(window: _Window) -> tuple[int, int]:
    """Return how many zeros there are before and behind an axis."""
    last = window.step * (window.count - 1) + window.long - 1 + window.shift
    return max(0, -window.shift), max(0, last - window.wide + 1)


@dataclass
class _Sliding:
    """A sum over windows: coefficient · Σ of a product of entries, one of which is reached at step·i + u + shift."""

    equation: Equation
    coefficient: Expr
    total: Sum
    program: Program
    names: dict[Expr, str]
    line: Line

    def written(self) -> str:
        """Return the loop over the places of the window; nothing where no entry slides."""
        return self._of_kernel() or self._of_input() or ""

    def _long(self, size: Expr) -> int:
        return int(size.xreplace(dict(self.program.sizes)))

    def _wide(self, tensor: Tensor, axis: int) -> int:
        return self._long(tensor.sizes[axis])

    def _of_kernel(self) -> str:
        """Return the loop for the derivative by a kernel: dW[u] = Σ_i δ_i x_{i+u}."""
        own, plain = self.equation.indices, self.total.function
        for entry in sorted(entries(plain), key=str):
            found: dict[int, tuple[Symbol, _Window]] = {}
            for axis, place in enumerate(entry.indices):
                inside = [s for s in free_indices(place)]
                kernel = [s for s in inside if s in own and place.coeff(s) == 1]
                along = [s for s in inside if s not in own]
                if len(inside) == 2 and len(kernel) == len(along) == 1 and place.coeff(along[0]) > 0:
                    step = int(place.coeff(along[0]))
                    shift = self._long(place - step * along[0] - kernel[0]) + step
                    long = self._wide(self.equation.tensor, own.index(kernel[0]))
                    wide, ends = self._wide(entry.base, axis), self._ends(along[0], entry)
                    found[axis] = kernel[0], _Window(axis, along[0], step, shift, long, wide, self._span(ends), ends)
            if found:
                return self._by_kernel(entry, found)
        return ""

    def _ends(self, along: Symbol, entry: Indexed) -> Axis:
        """Return the range of an index, by the array at which it stands alone."""
        for other in entries(self.total.function):
            if other != entry and along in other.indices:
                return other.base.axes[other.indices.index(along)]  # type: ignore[no-any-return]  # SymPy has no types
        return S.One, S.One

    def _span(self, ends: Axis) -> int:
        return self._long(ends[1] - ends[0] + 1)

    def _by_kernel(self, entry: Indexed, found: Mapping[int, tuple[Symbol, _Window]]) -> str:
        turn = Turn(self.names)
        letters = {symbol: LETTERS[n] for n, (symbol, _) in enumerate(found.values())}
        paddings = [_padding(found[axis][1]) if axis in found else (0, 0) for axis in range(len(entry.indices))]
        code = self.names[entry.base]
        if any(before or behind for before, behind in paddings):
            code = f"np.pad({code}, ({', '.join(map(str, paddings))}))"
        slices = [
            _slice(found[axis][1], letters[found[axis][0]], paddings[axis][0]) if axis in found else ":"
            for axis in range(len(entry.indices))
        ]
        along = {axis: window.along for axis, (_, window) in found.items()}
        places = [along.get(axis, place) for axis, place in enumerate(entry.indices)]
        axes = [found[axis][1].ends if axis in found else entry.base.axes[axis] for axis in range(len(places))]
        moving = turn.part(axes, f"{code}[{', '.join(slices)}]")
        own = [(s, axis) for s, axis in zip(self.equation.indices, self.equation.tensor.axes, strict=True)]
        kept = [(s, axis) for s, axis in own if s not in letters]
        target_code = ", ".join(letters.get(s, ":") for s, _ in own)
        target = turn.part([a for _, a in kept], f"{self._target}[{target_code}]")
        product = self.total.function.xreplace({entry: moving[tuple(places)]})
        limits = [self._whole(limit, [w for _, w in found.values()]) for limit in self.total.limits]
        reduced = Equation(target[tuple(s for s, _ in kept)], self.coefficient * Sum(product, *limits))
        return self._loop([w for _, w in found.values()], turn.written(self.line(reduced, turn.names)))

    @property
    def _target(self) -> str:
        return self.names[self.equation.tensor]

    def _whole(self, limit: Expr, windows: Sequence[_Window]) -> tuple[Expr, Expr, Expr]:
        symbol, first, last = limit
        ends = next((w.ends for w in windows if w.along == symbol), (first, last))
        return (symbol, *ends)

    def _loop(self, windows: Sequence[_Window], line: str) -> str:
        if not line:
            return ""
        letters = ", ".join(LETTERS[: len(windows)])
        spans = ", ".join(str(window.long) for window in windows)
        head = f"for {letters} in range({spans}):" if len(windows) == 1 else f"for {letters} in np.ndindex({spans}):"
        return f"{head} {line}"

    def _of_input(self) -> str:
        """Return the loop for the derivative by what a window slides over: dx[i + u] += W[u] δ_i."""
        own = self.equation.indices
        for entry in (e for e in entries(self.total.function) if not isinstance(e, Chosen)):
            windows = [w for axis, place in enumerate(entry.indices) if (w := self._sliding(entry, axis, place))]
            if windows:
                spans = [window for window, _ in windows]
                return self._scattered(entry, spans, {window.along: turned for window, turned in windows})
        chosen = [factor for factor in Mul.make_args(self.total.function) if isinstance(factor, Chosen)]
        return self._of_pool(own, chosen[0] if chosen else None)

    def _sliding(self, entry: Indexed, axis: int, place: Expr) -> tuple[_Window, bool] | None:
        """Return the window that an entry of a kernel at ±(j - step·i) + c is of, and whether it is turned round."""
        own = [s for s in free_indices(place) if s in self.equation.indices]
        along = [s for s in free_indices(place) if s not in self.equation.indices]
        if len(own) != 1 or len(along) != 1 or abs(place.coeff(own[0])) != 1:
            return None
        is_turned = place.coeff(own[0]) == -1
        straight = entry.base.sizes[axis] + 1 - place if is_turned else place
        step, long = -int(straight.coeff(along[0])), self._wide(entry.base, axis)
        if step < 1:
            return None
        shift = step - self._long(straight - own[0] + step * along[0])
        where = self.equation.indices.index(own[0])
        wide = self._wide(self.equation.tensor, where)
        ends = self._ends(along[0], entry)
        return _Window(where, along[0], step, shift, long, wide, self._span(ends), ends), is_turned

    def _kernel(
        self, entry: Indexed, windows: Sequence[_Window], turned: Mapping[Symbol, bool]
    ) -> tuple[str, list[int]]:
        """Return the code of one place of a kernel, and its axes that are left."""
        parts, left = [], []
        for axis, place in enumerate(entry.indices):
            at = next((n for n, w in enumerate(windows) if w.along in free_indices(place)), None)
            if at is None:
                parts.append(":")
                left.append(axis)
            else:
                parts.append(f"{windows[at].long - 1} - {LETTERS[at]}" if turned[windows[at].along] else LETTERS[at])
        return f"{self.names[entry.base]}[{', '.join(parts)}]", left

    def _scattered(self, entry: Indexed, windows: Sequence[_Window], turned: Mapping[Symbol, bool]) -> str:
        turn, (code, left) = Turn(self.names), self._kernel(entry, windows, turned)
        part = turn.part([entry.base.axes[axis] for axis in left], code)
        one_place = part[tuple(entry.indices[axis] for axis in left)]
        return self._added(turn, self.total.function.xreplace({entry: one_place}), windows)

    def _added(self, turn: Turn, product: Expr, windows: Sequence[_Window]) -> str:
        """Return the loop that adds what comes from one place of the window, and cuts off what was padded."""
        own, tensor = self.equation.indices, self.equation.tensor
        at = {window.axis: n for n, window in enumerate(windows)}
        paddings = [_padding(windows[at[axis]]) if axis in at else (0, 0) for axis in range(len(own))]
        is_padded = any(before or behind for before, behind in paddings)
        slices = [_slice(windows[at[a]], LETTERS[at[a]], paddings[a][0]) if a in at else ":" for a in range(len(own))]
        name = self._target + "_padded" * is_padded
        places = [windows[at[a]].along if a in at else own[a] for a in range(len(own))]
        axes = [windows[at[a]].ends if a in at else tensor.axes[a] for a in range(len(own))]
        target = turn.part(axes, f"{name}[{', '.join(slices)}]")
        along = {window.along for window in windows}
        limits = [limit for limit in self.total.limits if limit[0] not in along]
        side = self.coefficient * (Sum(product, *limits) if limits else product)
        line = turn.written(self.line(Equation(target[tuple(places)], side), turn.names))
        if not line:
            return ""
        cut = [f"{before}:{-behind if behind else ''}" if (before or behind) else ":" for before, behind in paddings]
        end = f"\n{self._target} = {name}[{', '.join(cut)}]" if is_padded else ""
        return self._loop(windows, line.replace(" = ", " += ", 1)) + end

    def _of_pool(self, own: Sequence[Symbol], chosen: Chosen | None) -> str:
        """Return the loop for a pool: what comes back goes to the largest, or in equal parts to all."""
        factors = [e for e in entries(self.total.function) if e.base in self._adjoints]
        if len(factors) != 1:
            return ""
        forward = self._adjoints[factors[0].base]
        sliding = next((t for t in forward.expression.atoms(Sum, Largest)), None)
        inner = (
            None
            if sliding is None
            else next((e for e in entries(sliding.function) if adjoint_of(e.base) == self.equation.tensor), None)
        )
        if inner is None or sliding is None:
            return ""
        windows, numbers = [], dict(self.program.sizes)
        for axis, place in enumerate(inner.indices):
            kernel = [s for s in free_indices(place) if s not in forward.indices]
            along = [s for s in free_indices(place) if s in forward.indices]
            if kernel and along:
                step, where = int(place.coeff(along[0])), forward.indices.index(along[0])
                limit = next(one for one in sliding.limits if one[0] == kernel[0])
                if limit[1] != 1 or not limit[2].xreplace(numbers).is_Integer:
                    return ""
                shift = self._long(place - step * along[0] - kernel[0]) + step
                symbol = factors[0].indices[where]
                wide, ends = self._wide(inner.base, axis), forward.tensor.axes[where]
                windows.append(_Window(axis, symbol, step, shift, self._long(limit[2]), wide, self._span(ends), ends))
        turn, product = Turn(self.names), factors[0]
        if chosen is not None:
            at = {window.axis: n for n, window in enumerate(windows)}
            slices = [_slice(windows[at[a]], LETTERS[at[a]], 0) if a in at else ":" for a in range(len(own))]
            array, largest = self.names[inner.base], self.names[forward.tensor]
            mask = turn.part(factors[0].base.axes, f"({array}[{', '.join(slices)}] == {largest})")
            product = factors[0] * mask[factors[0].indices]
        return self._added(turn, product, windows) if windows else ""

    @property
    def _adjoints(self) -> dict[Expr, Equation]:
        return {adjoint_of(e.tensor): e for e in self.program.equations if isinstance(e.target, Indexed)}
