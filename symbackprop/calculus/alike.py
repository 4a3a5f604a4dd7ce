"""What is derived once for all arrays that stand alike in a program: twelve blocks of one kind have one derivation.

    a_1 = tanh(z_1), z_2 = w_2 a_1   and   a_2 = tanh(z_2), z_3 = w_3 a_2     ->     ∂C/∂a_2 is ∂C/∂a_1 in other letters

A derivation knows an array and a size by their names alone. So where the equations around two arrays are the same but
for these, each step that was checked of one holds of the other, in its names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sympy import Add, Expr, Indexed, Mul, Symbol, Tuple
from sympy.core.function import AppliedUndef

from symbackprop.calculus.adjoints import place_of
from symbackprop.calculus.derivation import Chain, Step, in_other_names, letters_in
from symbackprop.calculus.indices import clear_of, cleared
from symbackprop.calculus.partials import Partial
from symbackprop.frozen import dataclass
from symbackprop.network.notation import COST, Tensor, at_one_place, is_size
from symbackprop.network.program import Equation, Kind, Program, arrays_in, free_indices, ranges_of


@dataclass(frozen=True)
class Form:
    """What an expression is but for the names of arrays and sizes, and all these, as often as they stand in it."""

    marks: tuple[Any, ...]
    names: tuple[Expr, ...]


@dataclass(frozen=True)
class Likeness:
    """What an array's surroundings are but for names: `marks`; and the names, in the order in which they are met.

    `others` says what stand-ins are for in the `equations`: terms of the cost that the array is not in."""

    marks: tuple[Any, ...]
    names: tuple[Expr, ...]
    equations: tuple[Equation, ...]
    others: Mapping[Expr, Expr]

    def in_full(self, chain: Chain) -> Chain:
        """Return a chain that was derived here, whatever the stand-ins are, for what they stand for."""
        return renamed(chain, self.others) if self.others else chain


class Surroundings:
    """The equations of a program by the arrays that they compute and read, and the chains that were derived."""

    def __init__(self, program: Program, equations: Sequence[Equation], known: Surroundings | None = None) -> None:
        """Note which equation computes and reads which array; what was derived of another program may be `known`."""
        self._program, self._equations = program, tuple(equations)
        self._computing: dict[Expr, list[int]] = {}
        self._reading: dict[Expr, list[int]] = {}
        for place, equation in enumerate(self._equations):
            self._computing.setdefault(equation.tensor, []).append(place)
            for tensor in equation.reads:
                self._reading.setdefault(tensor, []).append(place)
        self.letters = letters_in(equations)
        self._order = {array.tensor: place for place, array in enumerate(program.arrays)}
        self._forms: dict[Equation, Form] = {}
        self._derived: dict[tuple[Any, ...], tuple[Likeness, Chain]] = {} if known is None else dict(known._derived)

    def readers(self, tensor: Tensor) -> tuple[Equation, ...]:
        """Return the equations that read a tensor, in the order of computation."""
        return tuple(self._equations[place] for place in self._reading.get(tensor, ()))

    def place(self, tensor: Tensor) -> Indexed:
        """Return the entry by which a tensor is derived; along an axis of length 1 there is one alone, r_i1."""
        own = tuple(self._equations[place] for place in self._computing.get(tensor, ()))
        entry = place_of(tensor, own or self.readers(tensor))
        return at_one_place(entry, ranges_of(entry))

    def known(self, likeness: Likeness | None) -> Chain | None:
        """Return the chain of an array that stands alike, in the names that are wanted here; None if there is none."""
        if likeness is None or likeness.marks not in self._derived:
            return None
        other, chain = self._derived[likeness.marks]
        return renamed(chain, dict(zip(other.names, likeness.names, strict=True)))

    def keep(self, likeness: Likeness | None, chain: Chain) -> None:
        """Keep a chain for arrays that stand alike, unless it has been looking further than these are known to."""
        if likeness is not None and set(chain.setting.equations) <= set(likeness.equations):
            self._derived[likeness.marks] = likeness, chain

    def likeness(self, tensor: Tensor, chains: Mapping[Tensor, Chain]) -> Likeness | None:
        """Return what a tensor's surroundings are but for names; None near the cost, which has no second one.

        What is put into a chain, such as a ∂C/∂a that names no other derivative, has to be looked at itself."""
        others: dict[Expr, Expr] = {}
        equations = tuple(self._around(tensor, others))
        marks, met = [], [tensor]
        for equation in equations:
            form = self._form(equation)
            marks.append(form.marks)
            met += form.names
        numbers, places = numbered(met)
        kinds = tuple(self._program.kind(name) if isinstance(name, Tensor) else None for name in numbers)
        whole = tuple(chains[name].result.has(Partial) if name in chains else None for name in numbers)
        near_cost = any(equation.target == COST for equation in equations) and not others
        if near_cost or Kind.TARGET in kinds or False in whole:
            return None
        return Likeness((tuple(marks), places, kinds, whole), tuple(numbers), equations, others)

    def _around(self, tensor: Tensor, others: dict[Expr, Expr]) -> Iterator[Equation]:
        """Yield the equations that a derivation by a tensor may look at, in the order of computation.

        They read and compute what stands in the equations of the tensor itself. Of a cost that reads it beside others,
        as a penalty does of each weight, those terms alone count that have it; `others` learns what the rest is."""
        own = {place: self._equations[place] for place in self._touching(tensor)}
        for place, equation in own.items():
            if equation.target == COST and tensor not in self._computing:
                terms = _cleared(equation.expression, free_indices(self.place(tensor)), self.letters)
                own[place] = replace(equation, expression=_own_terms(terms, tensor, others))
        near = {each for equation in own.values() for each in (equation.tensor, *equation.reads) if self._is_made(each)}
        beyond = {place: self._equations[place] for each in near for place in self._touching(each)}
        if any(place in beyond and own[place] != beyond[place] for place in own):
            others.clear()
        yield from (equation for _, equation in sorted({**own, **beyond}.items(), key=lambda item: item[0]))

    def _touching(self, tensor: Expr) -> Iterable[int]:
        return *self._computing.get(tensor, ()), *self._reading.get(tensor, ())

    def _is_made(self, tensor: Expr) -> bool:
        return tensor in self._computing and tensor != COST

    def _form(self, equation: Equation) -> Form:
        if equation not in self._forms:
            self._forms[equation] = form_of(equation, self._order)
        return self._forms[equation]


@lru_cache(maxsize=8)  # of one cost, for weights with the same letters
def _cleared(expression: Expr, beside: frozenset[Symbol], letters: frozenset[str]) -> Expr:
    """Return an expression none of whose sums has a letter that stands beside it, or of an array."""
    return clear_of(Tuple(cleared(expression, beside), *sorted(beside, key=str)), letters).args[0]


def _own_terms(expression: Expr, tensor: Tensor, others: dict[Expr, Expr]) -> Expr:
    """Return an expression with the terms that a tensor is not in as numbers, which `others` learns the terms of."""
    if isinstance(expression, Mul):
        return Mul(*(_own_terms(f, tensor, others) if tensor in arrays_in(f) else f for f in expression.args))
    apart = [term for term in expression.args if tensor not in arrays_in(term)] if isinstance(expression, Add) else []
    if not apart:
        return expression
    own = [_own_terms(term, tensor, others) for term in expression.args if tensor in arrays_in(term)]
    rest = Tensor(f"rest_{len(others)}")[()]
    others[rest] = Add(*apart)
    return Add(*own, rest)


def form_of(equation: Equation, order: Mapping[Expr, int]) -> Form:
    """Return what an equation is but for names; `order` are places of its arrays among all."""

    def of(part: Expr) -> Form:
        """Return what a part is but for names; what is added or multiplied is in an order of its own."""
        if isinstance(part, Tensor):
            own = Form((Tensor,), (part,))
            return _together(Tensor, (own, *(of(end) for axis in part.axes for end in axis)))
        if isinstance(part, Symbol | AppliedUndef) and is_size(part):
            return Form((Symbol,), (part,))
        if not part.args:
            return Form((part,), ())
        parts = [of(each) for each in part.args]
        if isinstance(part, Add | Mul):
            parts.sort(key=lambda form: (str(form.marks), [order.get(name, -1) for name in form.names]))
        return _together(type(part), parts)

    ends = (end for axis in equation.domain or () for end in axis)
    return _together("=", map(of, (equation.target, equation.expression, *ends)))


def numbered(names: Iterable[Expr]) -> tuple[dict[Expr, int], tuple[int, ...]]:
    """Return a number for each name in the order in which they are met, and the numbers of all that are met."""
    numbers: dict[Expr, int] = {}
    return numbers, tuple(numbers.setdefault(name, len(numbers)) for name in names)


def _together(kind: Any, forms: Iterable[Form]) -> Form:
    forms = tuple(forms)
    return Form((kind, *(form.marks for form in forms)), tuple(name for form in forms for name in form.names))


def renamed(chain: Chain, names: Mapping[Expr, Expr]) -> Chain:
    """Return the chain with other names for its arrays and sizes, as different from one another as they were."""
    known: dict[Expr, Expr] = {}

    def name(part: Expr) -> Expr:
        if part not in known:  # one step ends as the next one begins
            known[part] = part.xreplace(names)
        return known[part]

    steps = tuple(_step(step, name) for step in chain.steps)
    return Chain(name(chain.goal), in_other_names(chain.setting, names), steps)


def _step(step: Step, name: Callable[[Expr], Expr]) -> Step:
    evidence = step.evidence.renamed(name)
    hypotheses = (replace(each, subject=each.subject and name(each.subject)) for each in step.hypotheses)
    return Step(step.rule, evidence.before, evidence.after, evidence, tuple(hypotheses))
