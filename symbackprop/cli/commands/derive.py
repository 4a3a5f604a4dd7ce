"""`symbackprop derive`: the equations on the screen, the whole derivation in files."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from symbackprop.cli.command import command, under
from symbackprop.cli.documents import Wishes, document_options, formats_of, options_of
from symbackprop.cli.folder import listed
from symbackprop.cli.partials import partial_of
from symbackprop.cli.request import Request, network_options, request, symbols_of
from symbackprop.cli.screen import Screen, write_raw

__all__: list[str] = []

FORMS = ("index", "matrix")  # what is shown if no notation is asked for
BUDGET = 20_000  # operations; that of network.composition, which cannot be imported before a command runs

_shown = under("On the screen")


@command(
    "derive",
    place=1,
    examples=(
        ("symbackprop derive", "The built-in network 2-3-1: its equations, and the derivation in output/2-3-1/."),
        (
            "symbackprop derive 784-30-10 -a sigmoid,softmax -c cross_entropy --to all --lang es",
            "Another network, told in Spanish, in every format that this installation can make.",
        ),
        ("symbackprop derive network.toml --to latex --stdout", "The article alone, to standard output."),
        ("symbackprop derive --partial w_1_2_1 --expanded", "One derivative, in weights, biases, input and target."),
    ),
)
@network_options
@document_options
@click.option(
    "--notation", cls=_shown, metavar="STYLE", help="index, matrix, rows or scalar.  [default: index, matrix]"
)
@click.option(
    "--partial", "partials", cls=_shown, multiple=True, metavar="NAME", help="Only this one: w_LAYER_J_K or b_LAYER_J."
)
@click.option("--expanded", cls=_shown, is_flag=True, help="With --partial: without δ, z and a.")
@click.option(
    "--max-operations",
    cls=_shown,
    type=click.IntRange(1),
    metavar="N",
    default=BUDGET,
    show_default=True,
    help="With --expanded: how long the formula may become.",
)
def derive(
    *,
    network: str | None,
    activation: str | None,
    cost: str | None,
    lang: str | None,
    title: str | None,
    author: str | None,
    date: str | None,
    symbols: tuple[str, ...],
    weights: str | None,
    to: str,
    output: str | None,
    force: bool,
    stdout: bool,
    flavour: str,
    steps: str,
    aspect: str,
    fallback: str,
    template: str | None,
    notation: str | None,
    partials: tuple[str, ...],
    expanded: bool,
    max_operations: int,
) -> int:
    """Derive the equations of backpropagation, each step checked.

    Shows the four equations for any network and for this one, and writes the whole derivation to output/.

    NETWORK is a shape such as 784-30-10, a file .toml or .json, or left out: 2-3-1."""
    if expanded and not partials:
        raise click.UsageError("--expanded wants --partial; try --partial w_1_1_1 --expanded")
    wanted = request(network, activation=activation, cost=cost, title=title)
    wishes = Wishes.of(
        wanted.spec,
        lang=lang,
        author=author,
        date=date,
        symbols=symbols_of(symbols, weights),
        options=options_of(template, flavour=flavour, steps=steps, aspect=aspect, fallback=fallback),
    )
    if partials:
        _show_partials(wanted, wishes, partials, budget=max_operations if expanded else None)
    elif stdout:
        _pour_out(wanted, wishes, to)
    else:
        notations = FORMS if notation is None else (notation,)
        _show_and_write(wanted, wishes, to, notations=notations, folder=wanted.folder(output), force=force)
    return 0


def _show_partials(wanted: Request, wishes: Wishes, names: Sequence[str], *, budget: int | None) -> None:
    """Write each derivative on a line of its own, which a terminal gets in lines that fit."""
    from symbackprop.calculus.backpropagation import derive as derived
    from symbackprop.cli.sheet import broken

    screen = Screen.of_process()
    derivation, pen = derived(wanted.network), screen.pen(wishes.symbols)
    for formula in [partial_of(derivation, name, pen, budget=budget) for name in names]:
        fits = broken(formula, screen.width) if screen.out.is_terminal and pen.unicode else [formula]
        screen.say("\n".join(fits))


def _pour_out(wanted: Request, wishes: Wishes, to: str) -> None:
    """Write the main file of one format to standard output, byte by byte."""
    from symbackprop.calculus.backpropagation import derive as derived

    formats, _ = formats_of(to)
    if len(formats) != 1:
        raise click.UsageError(f"--stdout wants one format, got {len(formats)}; try --stdout --to latex")
    (chosen,) = formats
    content = wishes.files(derived(wanted.network), chosen.name)[chosen.main]
    if isinstance(content, bytes) and sys.stdout.isatty():
        raise click.UsageError(f"{chosen.name} is not text for a terminal; try > {chosen.main}")
    write_raw(content)


def _show_and_write(
    wanted: Request, wishes: Wishes, to: str, *, notations: Sequence[str], folder: str, force: bool
) -> None:
    """Write the equations to the screen, then the documents to their folder."""
    from symbackprop.calculus.backpropagation import derive as derived
    from symbackprop.cli.sheet import show_equations
    from symbackprop.files import write_all

    formats, lacking = formats_of(to)
    wishes.check()
    screen = Screen.of_process()
    derivation = derived(wanted.network)
    show_equations(screen, derivation, notations, screen.pen(wishes.symbols))
    files: dict[str, str | bytes] = {}
    with screen.progress(counted=False) as progress:
        task = progress.add_task("", total=None)
        for chosen in formats:
            progress.update(task, description=f"writing {chosen.name}")
            files |= wishes.files(derivation, chosen.name)
    write_all(folder, files, force=force)
    screen.say()
    screen.say(f"Derived in {len(derivation.steps)} steps, each of them checked. Written:")
    for line in listed(folder, files, screen.width):
        screen.say(line)
    for chosen in lacking:
        install = "python -m pip install 'symbackprop[export]'"
        screen.say(f"Not made: {chosen.name}, which needs {', '.join(chosen.missing)}; try: {install}", "dim")
