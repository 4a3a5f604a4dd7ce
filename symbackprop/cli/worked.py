"""A worked example on its way: which network and which numbers are meant, and what they come to.

nothing                    the numbers that are shipped, and their network 2-2-2
3-4-2 --seed 7             a network, and pleasant numbers that are drawn for it
--values values.toml       the numbers of a file, and the network that they are for
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from importlib import resources
from typing import Any

import click
from sympy import Rational

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.backpropagation import derive as derived
from symbackprop.calculus.numbers import Stage, descend
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.cli.outcome import CHECK_FAILED
from symbackprop.cli.request import Request, request, typed_of
from symbackprop.cli.wishes import Wishes
from symbackprop.cli.witnessing import check_targets_of, example_checks, program_checks
from symbackprop.errors import SpecError
from symbackprop.exposition.document import CheckRow, Document
from symbackprop.exposition.example.entrypath import EntryPath, arrays_given, entry_path
from symbackprop.exposition.example.narration import narrate_example
from symbackprop.exposition.example.programexample import narrate_program_example
from symbackprop.exposition.narration import for_samples, laid_out
from symbackprop.exposition.story.program.telling import ProgramTelling
from symbackprop.files import read_named
from symbackprop.frozen import dataclass
from symbackprop.network.arrayvalues import ArrayValues, array_values_from_text, has_more_axes
from symbackprop.network.model import Network
from symbackprop.network.program import Kind
from symbackprop.network.tables import LARGEST_TABLE
from symbackprop.network.values import Values, check_size, pleasant_values, values_from_text

BUILT_IN = "2-2-2"  # the network of the numbers that are shipped
SHIPPED = "example.toml"


@dataclass(frozen=True)
class Worked:
    """The numbers of an example, before and after each step, and how they compare with those of others."""

    derivation: Derivation
    values: Values
    stages: tuple[Stage, ...]
    checks: tuple[CheckRow, ...]

    @classmethod
    def of(cls, network: Network, values: Values, steps: int, *, mean: bool = True) -> Worked:
        """Return the example with so many steps of descent, every number of it compared with its witnesses.

        Without `mean` the cost of several samples is the sum of theirs."""
        check_targets_of(network, values)
        derivation = derived(network)
        stages = descend(derivation, values.given, values.rate, steps, mean=mean)
        return cls(derivation, values, stages, example_checks(network, stages))

    def told(self, wishes: Wishes, digits: int) -> Document:
        """Return the example as a document."""
        return narrate_example(
            self.derivation,
            self.stages,
            wishes.labels(),
            rate=rational(self.values.rate),
            digits=digits,
            checks=self.checks,
            convention=wishes.convention,
        )

    @property
    def status(self) -> int:
        """The exit status: whether every check passed."""
        return _status(self.checks)


@dataclass(frozen=True)
class WorkedProgram:
    """The numbers of a program, before and after each step, and how they compare with those of its witnesses."""

    derivation: ProgramDerivation
    stages: tuple[EntryPath, ...]
    values: ArrayValues
    checks: tuple[CheckRow, ...]

    @classmethod
    def of(cls, wanted: Request, numbers: ArrayValues | int, steps: int | None, *, mean: bool = True) -> WorkedProgram:
        """Return the example with these numbers, or with those drawn from a seed.

        Those of a batch have a size more, the number of samples; without `mean` its cost is the sum of theirs.
        Drawn ones are at smaller sizes where its own would give too many. There is one step of descent where nothing is
        said and there is a cost.
        Raises SpecError where there are no numbers, BudgetError where they are too many even so."""
        network: Any = wanted.said
        if steps and not network.program.has_cost:
            raise SpecError(f"example --steps {steps}: {wanted.name} has no cost C to descend; leave --steps out")
        derivation: Any = derived(network)
        if not isinstance(numbers, int) and numbers.sizes.keys() - derivation.program.sizes.keys():
            derivation = derivation.of_samples(mean="errors" if mean else "none")
        derivation, _ = laid_out(derivation, ())
        path = entry_path(derivation, numbers) if isinstance(numbers, int) else entry_path(derivation, values=numbers)
        if path is None:
            raise SpecError(f"{wanted.name}: no numbers were drawn that give a derivative; try another --seed")
        values = path.values if isinstance(numbers, int) else numbers
        stages = [path]
        for _ in range(network.program.has_cost if steps is None else steps):
            stages.append(stages[-1].moved(rational(values.rate)))
        return cls(derivation, tuple(stages), values, program_checks(stages))

    def told(self, wishes: Wishes, digits: int) -> Document:
        """Return the example as a document."""
        labels, convention = for_samples(self.derivation, wishes.labels(), wishes.convention)
        own = ProgramTelling(self.derivation, labels.language(convention), self.checks, convention)
        return narrate_program_example(own, self.stages, labels, rate=rational(self.values.rate), digits=digits)

    @property
    def status(self) -> int:
        """The exit status: whether every check passed."""
        return _status(self.checks)


def rational(number: Fraction) -> Any:
    """Return a number as SymPy has it."""
    return Rational(number.numerator, number.denominator)


def _status(checks: Sequence[CheckRow]) -> int:
    return 0 if all(check.ok for check in checks) else CHECK_FAILED


def network_and_numbers(
    values: str | None, seed: int | None, title: str | None
) -> tuple[Request, Values | ArrayValues | int]:
    """Return the network and the numbers that are meant: of a file, drawn, or those that are shipped.

    Those of a program of equations, or of other layers than dense ones, are drawn later, from a seed."""
    network, is_text = typed_of("network"), typed_of("equations") is not None
    if values is not None and seed is not None:
        raise click.UsageError("--values and --seed are both given; keep one of them")
    if is_text or (values is None and (seed is not None or network not in (None, BUILT_IN))):
        wanted = request(BUILT_IN if network is None and not is_text else network, title=title)
        if values is None:
            own, chain = wanted.seed(seed), wanted.said
            return wanted, pleasant_values(chain, own) if isinstance(chain, Network) else own
    text, kind, where = _shipped() if values is None else read_named(values, largest=LARGEST_TABLE)
    if network is None and not is_text:
        widths = values_from_text(text, kind=kind, where=where).widths
        wanted = request("-".join(map(str, widths)), title=title)
    else:
        wanted = request(title=title)
    if not isinstance(wanted.said, Network):
        return wanted, wanted.seed(seed) if values is None else _of_arrays(wanted, text, kind, where)
    found = values_from_text(text, kind=kind, where=where, network=wanted.said)
    check_size(wanted.said, len(found.samples))
    return wanted, found


def _of_arrays(wanted: Request, text: str, kind: str, where: str) -> ArrayValues:
    """Return the numbers of a program in the text of a file; of a batch where x has a row for each sample."""
    derivation: Any = derived(wanted.said)
    given, sizes = arrays_given(derivation), derivation.program.sizes
    inputs = [array.name for array in derivation.program.of_kind(Kind.INPUT)]
    if any(has_more_axes(text, name, len(given[name].axes), kind=kind, where=where) for name in inputs):
        given = arrays_given(derivation.of_samples())
    axes = {name: tensor.axes for name, tensor in given.items()}
    fixed = bool(getattr(wanted.said, "layers", ()))  # whose sizes the line says
    return array_values_from_text(text, kind=kind, where=where, axes=axes, sizes=sizes, fixed=fixed)


def _shipped() -> tuple[str, str, str]:
    return resources.files("symbackprop.network").joinpath(SHIPPED).read_text(encoding="utf-8"), "toml", SHIPPED
