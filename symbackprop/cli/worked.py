"""A worked example on its way: which network and which numbers are meant, and what they come to.

nothing                    the numbers that are shipped, and their network 2-2-2
3-4-2 --seed 7             a network, and pleasant numbers that are drawn for it
--values values.toml       the numbers of a file, and the network that they are for
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from symbackprop.cli.outcome import CHECK_FAILED
from symbackprop.cli.request import Request, request, typed_of
from symbackprop.cli.wishes import Wishes

if TYPE_CHECKING:
    from symbackprop.calculus.backpropagation import Derivation
    from symbackprop.calculus.numbers import Stage
    from symbackprop.exposition.document import CheckRow, Document
    from symbackprop.network.values import Values

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
    def of(cls, wanted: Request, values: Values, steps: int, *, mean: bool = True) -> Worked:
        """Return the example with so many steps of descent, every number of it compared with its witnesses.

        Without `mean` the cost of several samples is the sum of theirs."""
        from symbackprop.calculus.backpropagation import derive as derived
        from symbackprop.calculus.numbers import descend
        from symbackprop.cli.witnessing import check_targets_of, example_checks

        check_targets_of(wanted.network, values)
        derivation = derived(wanted.network)
        stages = descend(derivation, values.given, values.rate, steps, mean=mean)
        return cls(derivation, values, stages, example_checks(wanted.network, stages))

    def told(self, wishes: Wishes, digits: int) -> Document:
        """Return the example as a document."""
        from sympy import Rational

        from symbackprop.exposition.example.narration import narrate_example

        return narrate_example(
            self.derivation,
            self.stages,
            wishes.labels(),
            rate=Rational(self.values.rate.numerator, self.values.rate.denominator),
            digits=digits,
            checks=self.checks,
            convention=wishes.convention,
        )

    @property
    def status(self) -> int:
        """The exit status: whether every check passed."""
        return 0 if all(check.ok for check in self.checks) else CHECK_FAILED


def network_and_numbers(values: str | None, seed: int | None, title: str | None) -> tuple[Request, Values]:
    """Return the network and the numbers that are meant: of a file, drawn, or those that are shipped."""
    from symbackprop.files import read_named
    from symbackprop.network.tables import LARGEST_TABLE
    from symbackprop.network.values import check_size, pleasant_values, shape_of_values, values_from_text

    network = typed_of("network")
    if values is not None and seed is not None:
        raise click.UsageError("--values and --seed are both given; keep one of them")
    if values is None and (seed is not None or network not in (None, BUILT_IN)):
        wanted = request(BUILT_IN if network is None else network, title=title)
        return wanted, pleasant_values(wanted.network, wanted.seed(seed))
    text, kind, where = _shipped() if values is None else read_named(values, largest=LARGEST_TABLE)
    if network is None:
        found = values_from_text(text, kind=kind, where=where)
        wanted = request("-".join(map(str, shape_of_values(found))), title=title)
    else:
        wanted = request(title=title)
        found = values_from_text(text, kind=kind, where=where, network=wanted.network)
    check_size(wanted.network, len(found.samples))
    return wanted, found


def _shipped() -> tuple[str, str, str]:
    from importlib import resources

    return resources.files("symbackprop.network").joinpath(SHIPPED).read_text(encoding="utf-8"), "toml", SHIPPED
