"""The reverse pass of any program: the adjoint of every array, from the last equation to the first.

    C = c(o),  o = g(v, w),  v = f(u)        ->        ∂C/∂o,  ∂C/∂v and ∂C/∂w by ∂C/∂o,  ∂C/∂u by ∂C/∂v

Each adjoint is a chain of checked steps: one term for each equation that reads the array, the adjoints of what these
compute called by their names. So each step is checked on those equations alone, with the cost any function of what
they compute; that the adjoints together are the derivative of the whole program is checked once more at the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sympy import Expr, Indexed

from symbackprop.calculus import rules
from symbackprop.calculus.adjoints import Adjoint
from symbackprop.calculus.alike import Surroundings
from symbackprop.calculus.arrangement import arranged
from symbackprop.calculus.batches import MEANS, OwnCosts
from symbackprop.calculus.checking import Setting
from symbackprop.calculus.collecting import collected_form, written_differences
from symbackprop.calculus.derivation import Chain, Step, adjoint, extend
from symbackprop.calculus.poles import refuse_poles
from symbackprop.calculus.recurrence import recurrences
from symbackprop.calculus.wholepass import check_whole_pass
from symbackprop.calculus.worlds import frontier_of
from symbackprop.errors import CheckError, SpecError, UnknownNameError
from symbackprop.frozen import dataclass
from symbackprop.network.extent import DEFAULT_BUDGET
from symbackprop.network.memo import memoised
from symbackprop.network.notation import COST, Tensor
from symbackprop.network.program import INDEPENDENT, Array, Equation, Kind, Program, ranges_of
from symbackprop.network.samples import over_samples, sampling
from symbackprop.network.unchanging import Unchanging
from symbackprop.registry import Named

if TYPE_CHECKING:
    from symbackprop.network.text.equations import EquationsNetwork

DERIVED = (Kind.INPUT, Kind.PARAMETER, Kind.VALUE)
KEPT = 16  # derivations: a command asks for that of a sample and of a batch, for documents, code and checks


@dataclass(frozen=True, repr=False)
class ProgramDerivation(Unchanging):
    """What was derived for a program: the adjoint of every array by its name, in the order in which they are computed.

    A program without a cost is derived for any: ∂C/∂o of its outputs is given, and has no chain. `samples` says where
    that of a batch has their axis: in "rows" it is the first one, in "columns" the last; `mean` where it has the 1/m of
    its cost, as `of_samples` was asked for it; `left_out` are arrays whose adjoints are not told."""

    program: Program
    adjoints: Mapping[str, Adjoint]
    network: EquationsNetwork | None = None
    samples: str | None = None
    mean: str = "errors"
    left_out: tuple[str, ...] = ()
    around: Surroundings | None = field(default=None, compare=False)

    @property
    def title(self) -> str | None:
        """How a document calls it, where the text of its equations says so."""
        return None if self.network is None else self.network.title

    @property
    def chains(self) -> Mapping[str, Chain]:
        """The chain of each adjoint, in the order of the story: from the last equation to the first."""
        return MappingProxyType({name: each.chain for name, each in self.adjoints.items()})

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every checked step, in the order of the story."""
        return tuple(step for each in self.adjoints.values() for step in each.steps)

    @cached_property
    def _surroundings(self) -> Mapping[str, Any]:
        """What stands around each array but for names, where that tells which derivation it has."""
        if self.around is None:
            return {}
        chains = {each.entry.base: each.chain.unconditional for each in self.adjoints.values()}
        found = ((name, self.around.likeness(each.entry.base, chains)) for name, each in self.adjoints.items())
        return {name: likeness.marks for name, likeness in found if likeness is not None and not likeness.others}

    def stand_alike(self, one: str, other: str) -> bool:
        """Tell whether two arrays have one derivation, as their surroundings are the same but for names."""
        return one in self._surroundings and self._surroundings[one] == self._surroundings.get(other)

    @property
    def times(self) -> Mapping[Tensor, int]:
        """Which axis is time, of every array that is computed step by step: every adjoint knows it of all."""
        return next((adjoint.times for adjoint in self.adjoints.values()), {})

    @cached_property
    def _batches(self) -> dict[tuple[str, str], ProgramDerivation]:
        """The derivations of a batch that were asked for already."""
        return {}

    def of_samples(self, samples: str = "rows", mean: str = "errors") -> ProgramDerivation:
        """Return the derivation of a batch, whose cost is the mean of those of its samples, or with "none" their sum.

        With the 1/m of the mean at the "parameters", matrices hold the derivatives of the samples' own costs.
        The same derivation where layers couple the samples, and have an axis for them."""
        network = self.network
        if getattr(network, "is_coupled", False):
            return self
        reduction = getattr(network, "reduction", None)
        program = self.program if network is None or reduction is None else network.program
        reduction = "sum" if mean == "none" else reduction or "mean"
        key = samples, mean if reduction == "mean" else reduction
        if key not in self._batches:
            way = sampling(program, last=samples == "columns")
            derived = derive_program(over_samples(program, reduction, way), network, samples=samples)
            own = OwnCosts(frozenset(way.tensors.values()), way.count) if key[1] == MEANS[0] else None
            self._batches[key] = replace(derived, adjoints=_of_own_costs(derived.adjoints, own), mean=mean)
        return self._batches[key]

    @property
    def of_data(self) -> tuple[str, ...]:
        """The names of the values of targets and constants alone, whose derivatives lead to none that is wanted."""
        found = {array.tensor for array in self.program.of_kind(*INDEPENDENT)}
        while more := {e.tensor for e in self.program.equations if not found.isdisjoint(e.reads)} - found:
            found |= more
        return tuple(name for name, adjoint in self.adjoints.items() if adjoint.entry.base not in found)

    def without(self, names: Collection[str]) -> ProgramDerivation:
        """Return the derivation without some adjoints, which is told so: with those of data it says what none needs."""
        kept = {name: adjoint for name, adjoint in self.adjoints.items() if name not in names}
        return replace(self, adjoints=MappingProxyType(Named("adjoint", kept)), left_out=(*self.left_out, *names))

    @property
    def given(self) -> tuple[Array, ...]:
        """The outputs whose ∂C/∂o is given; none where the program computes a cost."""
        return () if self.program.has_cost else self.program.outputs

    def gradient(self, name: str) -> Adjoint:
        """Return ∂C/∂ of an array, by its name; raises UnknownNameError, with the names that there are."""
        if name in self.adjoints:
            return self.adjoints[name]
        if any(array.name == name for array in self.given):
            raise UnknownNameError(f"∂C/∂{name[:40]} is what the block is given; ask for {', '.join(self.adjoints)}")
        known = ", ".join(self.adjoints)
        if any(array.name == name for array in self.program.of_kind(*DERIVED)):
            raise UnknownNameError(f"C does not depend on {name[:40]}; there are derivatives by {known}")
        raise UnknownNameError(f"there is no derivative by {str(name)[:40]!a}; there are those by {known}")

    def partial(self, name: str, *place: int, expanded: bool = False, max_operations: int = DEFAULT_BUDGET) -> Expr:
        """Return ∂C/∂ of one entry of an array: W_12 is called "W", 1, 2.

        In the derivatives by what reads it, or, `expanded`, in what nothing computes alone; at the sizes that the
        program has. Raises UnknownNameError as `gradient` does, ShapeError for an entry that is not there and for a
        size without a number, BudgetError for a formula of more than `max_operations` operations."""
        from symbackprop.calculus.entrypartials import EntryPartials  # few ask for one

        self.gradient(name)
        return EntryPartials(self.program, self.adjoints, max_operations).partial(name, place, expanded=expanded)

    def __repr__(self) -> str:
        """Show what was derived, in one line."""
        return f"<Derivation of a program: {', '.join(self.adjoints)[:60]} in {len(self.steps)} steps>"

    def _repr_latex_(self) -> str:
        """Show the adjoints in a notebook."""
        lines = [each.latex("index") for each in self.adjoints.values()]
        return r"$$\begin{gathered}" + r" \\ ".join(lines) + r"\end{gathered}$$"


def derive_program(
    program: Program,
    network: EquationsNetwork | None = None,
    *,
    samples: str | None = None,
    like: ProgramDerivation | None = None,
) -> ProgramDerivation:
    """Return the derivation of a program, every step checked; `network` is what said it, if a text did.

    `samples` says which axis of a target is that of the samples of a batch, along which nothing adds up to 1. What
    stands in the program as it does in that of another derivation, which it is `like`, is not derived anew.
    Raises SpecError where there is nothing to differentiate by, of a text nothing but what it computes, or no value;
    CheckError if a step does not hold, which would be a defect of ours."""
    try:
        derivation = derivation_of(program, network, samples=samples, like=like)
    except CheckError:
        refuse_poles(program)
        raise
    computed = {equation.tensor for equation in derivation.program.equations}
    if all(network and each.array.tensor in computed for each in derivation.adjoints.values()):
        names = "C" if program.has_cost else ", ".join(array.name for array in program.outputs)
        raise SpecError(f"{names} depends on no input and no parameter; declare what it is to be differentiated by")
    return derivation


def derivation_of(
    program: Program,
    network: EquationsNetwork | None = None,
    *,
    samples: str | None = None,
    like: ProgramDerivation | None = None,
) -> ProgramDerivation:
    """Return the derivation of a program, or of a part of one, in which there may be nothing to differentiate by."""
    program = program.with_states_given
    found, around = adjoints_of(program, samples, like.around if like else None)
    adjoints = {name: replace(each, network=network) for name, each in found.items()}
    return ProgramDerivation(program, MappingProxyType(Named("adjoint", adjoints)), network, samples, around=around)


@partial(memoised, most=KEPT)
def adjoints_of(
    program: Program, samples: str | None, known: Surroundings | None
) -> tuple[Mapping[str, Adjoint], Surroundings]:
    """Return the adjoint of every array of a program, by its name, every step checked: once for equal programs.

    And what was derived, by what stands around it, of which something may be `known` from another program."""
    arrays = {array.tensor: array for array in program.arrays}
    behind = _before_the_cost(program)
    groups = {tensor: group for group in recurrences(behind) for tensor in group.tensors}
    times = {tensor: group.axis(tensor) for tensor, group in groups.items()}
    adjoints: dict[str, Adjoint] = {}
    chains: dict[Tensor, Chain] = {}
    around = Surroundings(program, behind, known)
    targets = list(_totals([array.tensor for array in program.of_kind(Kind.TARGET)], samples))
    for tensor in reverse_order(program):
        array = arrays.get(tensor) or Array(tensor, Kind.VALUE, tensor.code_name)
        readers, likeness = around.readers(tensor), around.likeness(tensor, chains)
        chain = around.known(likeness)
        if chain is None:
            read = readers if likeness is None else tuple(e for e in likeness.equations if tensor in e.reads)
            chain = collected_form(_chain(around.place(tensor), read, around.letters), behind, chains, targets)
            around.keep(likeness, chain)
        chain = chain if likeness is None else likeness.in_full(chain)
        chains[tensor] = chain.unconditional
        adjoints[array.name] = Adjoint(array.name, chain, array, readers, groups.get(tensor), times, program.sizes)
    check_whole_pass(behind, frontier_of(program), chains)
    return MappingProxyType(adjoints), around


def _totals(targets: Sequence[Tensor], samples: str | None) -> Iterator[Expr]:
    """Yield the sums over the classes of targets: along the last axis that is none of samples, where there is one."""
    for target in targets:
        if len(target.axes) > (samples is not None):
            yield rules.total_along(target, len(target.axes) - (2 if samples == "columns" else 1))


def _of_own_costs(adjoints: Mapping[str, Adjoint], own: OwnCosts | None) -> Mapping[str, Adjoint]:
    """Return adjoints whose matrices hold the derivatives of the samples' own costs, each checked; or as they are."""
    if own is None:
        return adjoints
    for each in adjoints.values():
        own.check(each.left, each.right, each.chain.setting)
    return MappingProxyType({name: replace(each, own=own) for name, each in adjoints.items()})


def _before_the_cost(program: Program) -> tuple[Equation, ...]:
    """Return the equations that the cost depends on; all of a program that has none."""
    if not program.has_cost:
        return program.equations
    needed: set[Expr] = set()
    read: set[Expr] = {COST}
    while read - needed:
        needed |= read
        read = {tensor for equation in program.equations if equation.tensor in needed for tensor in equation.reads}
    return tuple(equation for equation in program.equations if equation.tensor in needed)


def reverse_order(program: Program) -> Iterator[Tensor]:
    """Yield what the cost is differentiated by: each computed array before what its equation alone still reads.

    Targets, constants, the outputs of a program without a cost, and what a cost does not depend on, are left out."""
    equations = _before_the_cost(program)
    given = frontier_of(program)
    computed = {equation.tensor for equation in equations}
    first_reader: dict[Tensor, Equation] = {}
    for equation in equations:
        for tensor in equation.reads:
            first_reader.setdefault(tensor, equation)
    for tensor in _reversed_tensors(equations):
        if tensor not in (COST, *given):
            yield tensor
        own = [equation for equation in equations if equation.tensor == tensor]
        for read in dict.fromkeys(read for equation in reversed(own) for read in equation.reads):
            wanted = read not in computed and first_reader[read].tensor == tensor
            if wanted and program.kind(read) in DERIVED:
                yield read


def _reversed_tensors(equations: tuple[Equation, ...]) -> Iterator[Expr]:
    """Yield each tensor that is computed once, from the last equation to the first."""
    yield from dict.fromkeys(equation.tensor for equation in reversed(equations))


def _chain(entry: Indexed, readers: tuple[Equation, ...], letters: frozenset[str]) -> Chain:
    """Return the chain for ∂C/∂ of an entry through the equations that read it, arranged; `letters` are of arrays."""
    beyond = (reader.tensor for reader in readers if reader.tensor not in (COST, entry.base))
    frontier = tuple(dict.fromkeys(beyond))  # not the tensor itself: the cost reads no entry of it on its own
    chain = adjoint(entry, readers, Setting(readers, ranges_of(entry), frontier=frontier, around=letters))
    return extend(chain, rules.ARRANGE, arranged(chain.result, written_differences(readers)))
