"""The numeric checks, with a sign of life while they run: `verify` shows them, `derive --check` puts them on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from symbackprop.cli.command import under

if TYPE_CHECKING:
    from symbackprop.cli.screen import Screen
    from symbackprop.network.model import Network
    from symbackprop.network.text.equations import EquationsNetwork
    from symbackprop.numerics.report import Report

SAMPLES = 3

samples_option = click.option(
    "--samples",
    cls=under("Numbers"),
    type=click.IntRange(1, 1000),
    metavar="N",
    default=SAMPLES,
    show_default=True,
    help="At how many random points the checks look.",
)


def checked(
    network: Network | EquationsNetwork, screen: Screen, *, samples: int, seed: int, backend: str | None = None
) -> Report:
    """Return what the checks of the network found, with the code of one backend or of all that are there."""
    from symbackprop.numerics.verification import verify

    with screen.working("checking") as told:
        return verify(
            network, samples=samples, seed=seed, backend=backend, on_step=lambda text: told(f"checking: {text}", 0)
        )
