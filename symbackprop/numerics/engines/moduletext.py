"""A derived program as a file for a library that differentiates: forward, backward, and both as one function of it.

def forward(x, g):  …  return (y,), (r,)            the outputs, and what the backward pass is given besides
def backward(x, g, r, d_y):  …  return d_x, d_g     what was not kept is computed again

The statements are those for NumPy, translated; each stands below the equation that it computes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from sympy import Expr, Symbol

from symbackprop.calculus.passes import Passes, adjoint_of
from symbackprop.errors import SpecError
from symbackprop.frozen import dataclass
from symbackprop.network.notation import in_numbers
from symbackprop.network.program import GIVEN, INDEPENDENT, Array, Equation, Kind
from symbackprop.numerics.arrays.counts import size_letters, size_name, told_by
from symbackprop.numerics.arrays.functions import docstring
from symbackprop.numerics.arrays.moving import Sizes
from symbackprop.numerics.arrays.order import needed_for
from symbackprop.numerics.arrays.source import Pass, comments_of, written
from symbackprop.numerics.arrays.writing import Windows
from symbackprop.numerics.engines.engine import FUNCTION_OF, TRANSLATED, Engine, called_in, is_used
from symbackprop.numerics.engines.keeping import with_slopes_of_values
from symbackprop.numerics.engines.naming import names_of
from symbackprop.numerics.engines.scaling import FACTOR, with_factor_at_source
from symbackprop.numerics.engines.translation import translated
from symbackprop.numerics.equationtext import notes_of
from symbackprop.numerics.logarithms import with_finite_logarithms, with_logarithms_of
from symbackprop.numerics.saturation import keeping_digits
from symbackprop.numerics.staging import staged, with_slopes
from symbackprop.numerics.supports import wild_arrays, without_unread, without_wild_zeros


@dataclass(frozen=True)
class ModuleText:
    """The text of passes for an engine. `saved` names what the forward pass keeps; left out, all that is read again.

    `count` is the number of samples whose mean the cost is, if it is one.
    `are_fixed` says that sizes are the program's own numbers, whatever is given, but for that of the samples.
    With `inputs_apart` the derivatives by inputs are computed only where they are asked for.
    Raises SpecError where `saved` has a name that is none."""

    passes: Passes
    engine: Engine
    title: str
    saved: tuple[str, ...] | None = None
    inputs_apart: bool = False
    count: Symbol | None = None
    are_fixed: bool = False

    @cached_property
    def _scaled(self) -> Passes | None:
        """The passes with the derivative by the cost as a factor; None for a block, and where it has to come last."""
        return with_factor_at_source(self.passes, self.count) if self.passes.program.has_cost else None

    @property
    def is_scaled(self) -> bool:
        """Whether the backward pass takes the derivative by the cost as a factor."""
        return self._scaled is not None

    @cached_property
    def _staged(self) -> Passes:
        return with_slopes(without_wild_zeros(keeping_digits(staged(self._scaled or self.passes))), beside=False)[0]

    @cached_property
    def given(self) -> tuple[Array, ...]:
        """The arguments of the forward pass, in their order."""
        return self.passes.program.of_kind(*GIVEN)

    @cached_property
    def outputs(self) -> tuple[Array, ...]:
        """What the forward pass gives: the cost, or the outputs of a block."""
        program = self.passes.program
        return (program.array("C"),) if program.has_cost else program.outputs

    @cached_property
    def names(self) -> dict[Expr, str]:
        """What every array, and the derivative by it, is called in the text."""
        return names_of(self._staged, {*TRANSLATED, *self.engine.functions.__all__, self.block_name})

    @property
    def block_name(self) -> str:
        """What the differentiable function is called."""
        return "Cost" if self.passes.program.has_cost else "Block"

    @cached_property
    def _forward_equations(self) -> tuple[Equation, ...]:
        return with_finite_logarithms(without_unread(self._staged.program.equations, self._staged))

    @cached_property
    def wanted(self) -> tuple[Array, ...]:
        """The arrays whose derivatives are computed: parameters and inputs that something depends on."""
        computed = {equation.tensor for equation in self._staged.adjoints}
        return tuple(a for a in self.passes.program.of_kind(*INDEPENDENT) if adjoint_of(a.tensor) in computed)

    @cached_property
    def _backward_equations(self) -> tuple[Equation, ...]:
        adjoints = with_logarithms_of(self._staged.adjoints, self._staged.program.equations)
        if self.saved is None:
            adjoints = with_slopes_of_values(adjoints, self._forward_equations)
        return needed_for([adjoint_of(array.tensor) for array in self.wanted], adjoints)

    @cached_property
    def kept(self) -> tuple[Array, ...]:
        """What is computed on the way forward and kept for the way back."""
        computed = {a.tensor: a for a in self._staged.program.of_kind(Kind.VALUE)}
        if self.saved is None:
            read = {tensor for equation in self._backward_equations for tensor in equation.reads}
            return tuple(array for tensor, array in computed.items() if tensor in read)
        by_name = {array.name: array for array in (*self.given, *computed.values())}
        for name in self.saved:
            if name not in by_name:
                raise SpecError(f"--saved: {name[:40]!a} is no array of this program; it has {', '.join(by_name)}")
        return tuple(array for array in computed.values() if array.name in self.saved)

    @cached_property
    def _again(self) -> tuple[Equation, ...]:
        """The equations of the forward pass that are computed again on the way back."""
        known = {array.tensor for array in (*self.given, *self.kept)}
        read = {tensor for equation in self._backward_equations for tensor in equation.reads}
        return needed_for(sorted(read - known, key=str), self._forward_equations, known)

    @cached_property
    def _ways(self) -> dict[str, Any]:
        return {"wild": wild_arrays(self._staged.program.equations), "guards": True}

    def _pass(self, equations: Sequence[Equation], windows: Windows, behind: Iterable[Expr]) -> Pass:
        """Return the pass of some equations; `behind` are the arrays that are read after them."""
        has = "conv2d" in self.engine.dialect.functions
        numbers = in_numbers(self.passes.program.sizes)
        sizes = Sizes(numbers, self.are_fixed) if has else None
        results = tuple((tensor, self.names[tensor]) for tensor in behind)
        ways = {"windows": windows, "moving": sizes, "notes": {**notes_of(self._staged), FACTOR: "d_C"}, **self._ways}
        return Pass("", "", (), tuple(equations), results, **ways)

    @cached_property
    def _by_inputs(self) -> set[Expr]:
        """The derivatives that are computed only where they are asked for."""
        asked = {adjoint_of(array.tensor) for array in self.wanted if array.kind == Kind.INPUT}
        return asked if self.inputs_apart else set()

    @cached_property
    def _passes(self) -> tuple[Pass, Pass, Pass, Pass]:
        """Forward, what is computed again on the way back, backward, and the derivatives by inputs if they are apart.

        A pass reads the copies of windows that those before have made, which are known when these were written."""
        made: Windows = {}
        kept = made if self.saved is None else {}
        wanted = {adjoint_of(array.tensor) for array in self.wanted}
        own: tuple[Equation, ...] = self._backward_equations
        apart: tuple[Equation, ...] = ()
        if self._by_inputs:
            own = needed_for([adjoint_of(a.tensor) for a in self.wanted if a.kind != Kind.INPUT], own)
            apart = tuple(equation for equation in self._backward_equations if equation not in own)
        return (
            self._pass(self._forward_equations, made, (a.tensor for a in (*self.kept, *self.outputs))),
            self._pass(self._again, kept, {read for each in self._backward_equations for read in each.reads}),
            self._pass(own, kept, wanted.union(*(each.reads for each in apart))),
            self._pass(apart, kept, wanted),
        )

    @cached_property
    def _parts(self) -> tuple[list[str], list[str], tuple[str, ...]]:
        """The two functions as lines, and the copies of windows that go from one to the other."""
        forward, *others = (written(each, self.names, size_letters(self.passes.program)) for each in self._passes)
        again, backward, rest = others
        copies = tuple(dict.fromkeys(name for each in others for name in each.windows if name in forward.own))
        lines = [*again.lines, *backward.lines]
        if rest.lines:
            lines += [f"{self.names[tensor]} = None" for tensor in sorted(self._by_inputs, key=str)]
            lines += ["if by_inputs:", *(f"    {line}" for line in rest.lines)]
        sizes = {size for each in others for size in each.sizes}
        return [*self._head(forward.sizes), *forward.lines], [*self._head(sizes), *lines], copies

    def comments(self) -> Iterator[tuple[tuple[str, ...], Equation]]:
        """Yield the lines of each comment of the text with the equation that they say."""
        for each in self._passes:
            yield from comments_of(each)

    def _head(self, sizes: Iterable[Symbol]) -> list[str]:
        """Return the lines that read sizes off what is given; a size that no array tells is a number."""
        told = [(array.tensor, self.names[array.tensor]) for array in self.given]
        found = []
        for size in sorted(sizes, key=str):
            text = told_by(size, told, "{0}.shape[{1}]") or self.passes.program.sizes.get(size)
            if text is None:
                raise SpecError(f"size {size} follows from no array that is given; say it with sizes {size} = …")
            found.append(f"{size_name(size)} = {text}")
        return found

    @cached_property
    def arguments(self) -> dict[str, str]:
        """The texts of what the functions take and give."""
        names, _, copies = self.names, *self._parts[1:]
        row = [names[array.tensor] for array in self.given]
        kept = [*(names[array.tensor] for array in self.kept), *copies]
        upstream = ["d_C"] if self.passes.program.has_cost else [names[adjoint_of(a.tensor)] for a in self.outputs]
        wanted = {array.tensor for array in self.wanted}
        grads = [names[adjoint_of(a.tensor)] if a.tensor in wanted else "None" for a in self.given]
        return {
            "name": self.block_name,
            "given": ", ".join(row),
            "kept": ", ".join(kept),
            "outputs": ", ".join(names[array.tensor] for array in self.outputs),
            "upstream": ", ".join(upstream),
            "grads": ", ".join(grads),
        }

    @cached_property
    def functions(self) -> str:
        """The text of both passes, as functions of arrays by their places."""
        forward, backward, _ = self._parts
        said, has_cost = self.arguments, self.passes.program.has_cost
        kept, upstream = said["kept"], "" if has_cost else f", {said['upstream']}"
        arguments = ", ".join(part for part in (said["given"], kept) if part) + upstream
        option = ", d_C=1.0" * (self._scaled is not None) + ", by_inputs=True" * self.inputs_apart
        wanted = ", ".join(array.name for array in self.wanted)
        of = "the cost" if has_cost else f"C, given {said['upstream']}"
        texts = [
            f"def forward({said['given']}):",
            f'    """Return ({said["outputs"]},) and what the backward pass reads: ({kept})."""',
            *self._body(forward),
            f"    return ({said['outputs']},), ({kept}{',' * (bool(kept) and ',' not in kept)})",
            "",
            "",
            f"def backward({arguments}{option}):",
            f'    """Return the derivatives of {of}, by {wanted}; None for what is only data."""',
            *self._body(backward),
            f"    return {said['grads']}{',' * (',' not in said['grads'])}",
        ]
        return "\n".join(texts)

    def _body(self, lines: Sequence[str]) -> list[str]:
        new = translated(lines, self.engine.dialect)
        if any(re.search(r"\bone\b", line) for line in new if not line.lstrip().startswith("#")):
            first = next(a for a in self.given if a.kind != Kind.CONSTANT) if self.given else None
            if first is not None:
                new = [self.engine.one.format(self.names[first.tensor]), *new]
        return [f"    {line}" for line in new]

    @cached_property
    def fields(self) -> dict[str, str]:
        """What the texts of an engine are filled with."""
        return self.arguments | _by_case(self)

    def text(self, *behind: str) -> str:
        """Return the whole file: what is imported and called, both passes, the function, and what stands behind."""
        parts = [self.functions, self.engine.block.format(**self.fields), *behind]
        called = called_in("\n".join(parts), self.engine)
        whole = [*called, *parts]
        head = [line for line in self.engine.head.splitlines() if is_used(line, "\n".join(whole))]
        title = f'"""{docstring(self.title)}"""'
        return "\n\n\n".join(part.strip("\n") for part in (title, "\n".join(head), *whole)) + "\n"


def _by_case(module: ModuleText) -> dict[str, str]:
    """Return what the function has to say where there is one output, a cost, or inputs that are apart."""
    said = module.arguments
    apart = [place for place, array in enumerate(module.given) if array.kind == Kind.INPUT and array in module.wanted]
    needs = f", by_inputs=ctx.needs_input_grad[{apart[0]}]" if module.inputs_apart and apart else ""
    data = [place for place, array in enumerate(module.given) if array not in module.wanted]
    has_one = len(module.outputs) == 1
    backward = f"backward(*given, *kept, {said['upstream'] if has_one else '*upstream'})"
    if module.is_scaled:
        backward = f"backward(*given, *kept, d_C{needs})"
    elif module.passes.program.has_cost:
        backward = f"tuple(None if grad is None else d_C * grad for grad in backward(*given, *kept{needs}))"
    return {
        "function": FUNCTION_OF[module.block_name],
        "returned": "outputs[0]" if has_one else "outputs",
        "handed": said["upstream"] if has_one else "*upstream" if module.engine.is_eager else "upstream",
        "in_full": f"in_full({said['upstream']})" if has_one else "tuple(in_full(each) for each in upstream)",
        "backward": backward,
        "data_guard": _guard(module, data),
        "count": str(len(module.given)),
        "doc": f"{', '.join(a.name for a in module.outputs)} of {', '.join(a.name for a in module.given)}",
    }


def _guard(module: ModuleText, data: Sequence[int]) -> str:
    """Return the lines that refuse to differentiate by what is only data, where there is such."""
    if not data:
        return ""
    named = ", ".join(module.given[place].name for place in data)
    asked = " or ".join(map(module.engine.asked.format, data))
    indent = " " * 4 * (2 if module.engine.is_eager else 1)
    message = f"{named}: data, by which nothing is differentiated"
    return f'{indent}if {asked}:\n{indent}    raise NotImplementedError("{message}")\n'
