"""`symbackprop code`: the gradient as a source file that needs symbackprop no more."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from symbackprop.cli.command import command, language_option, under
from symbackprop.cli.request import network_options, request
from symbackprop.cli.screen import Screen
from symbackprop.cli.speech import worded
from symbackprop.cli.streams import write_raw
from symbackprop.errors import OutputError

if TYPE_CHECKING:
    from symbackprop.calculus.backpropagation import Derivation
    from symbackprop.calculus.reverse import ProgramDerivation
    from symbackprop.numerics.compilation import Source

_output = under("Output")


@command(
    "code",
    place=4,
    examples=(
        ("symbackprop code", "The gradient of the built-in network 2-3-1, to standard output."),
        ("symbackprop code 784-30-10 -a relu,softmax -c cross_entropy -o gradient.py", "Another one, in a file."),
        ("symbackprop code | python -", "It runs alone."),
        ("symbackprop code rms_norm --backend torch --saved r,u,q", "A backward pass for PyTorch, ready to paste."),
    ),
)
@network_options
@language_option
@click.option(
    "--backend",
    cls=_output,
    metavar="NAME",
    default="numpy",
    show_default=True,
    help="What the code is for (symbackprop list backends).",
)
@click.option(
    "--convention",
    cls=_output,
    metavar="NAME",
    help="The equations above the lines and the names of things in this notation (symbackprop list conventions).",
)
@click.option(
    "--saved",
    cls=_output,
    metavar="NAME,…",
    help="For torch and jax: what the forward pass keeps; the rest is computed again on the way back.",
)
@click.option("-o", "--output", cls=_output, metavar="FILE", help="Where it goes.  [default: standard output]")
@click.option(
    "--force",
    cls=under("Output", needs=("output",)),
    is_flag=True,
    help="Replace a file that symbackprop did not write.",
)
def code(*, backend: str, convention: str | None, saved: str | None, output: str | None, force: bool) -> int:
    """Print the derived gradient as code that runs on its own.

    The code is written from the derived equations, each beside the lines that it became, and needs nothing but its
    backend. It defines gradient(params, x, y), which returns the cost of a batch and its derivative by every parameter;
    of equations without a cost, forward and backward. For torch and jax it defines an autograd.Function or a function
    with a custom_vjp as well, and gradcheck(), which runs when the file is run.

    NETWORK is a shape such as 784-30-10, a layer line such as '1x8x8 -> conv2d(8, 3) relu -> flatten -> dense(10)', a
    file .toml, .json or .eq, an example of equations, or left out: 2-3-1."""
    from symbackprop.calculus.backpropagation import derive
    from symbackprop.files import check_place
    from symbackprop.numerics.compilation import source_of

    wanted = request()
    if output is not None:
        check_place(*_parted(output), force=force)
    derivation = derive(wanted.said)
    kept = None if saved is None else tuple(name.strip() for name in saved.split(",") if name.strip())
    source = source_of(derivation, backend, saved=kept)
    told = _annotated(source, derivation, convention or wanted.spec.convention)
    if output is None:
        write_raw(told)
    else:
        _write(output, told, force=force)
    return 0


def _annotated(source: Source, derivation: Derivation | ProgramDerivation, said: str | Mapping[str, Any] | None) -> str:
    """Return code with equations above its lines and the names of things of a convention, where one is said."""
    from symbackprop.calculus.backpropagation import Derivation
    from symbackprop.cli.annotating import annotated, in_words
    from symbackprop.cli.annotatingprograms import annotated_program
    from symbackprop.exposition.conventions import convention_of

    if said is None:
        return source.text
    convention = convention_of(said)
    if source.program is not None:
        told = annotated_program(source.text, derivation.network, source.program, convention)
    else:
        assert isinstance(derivation, Derivation)
        told = annotated(source.text, derivation, convention)
    return in_words(told, convention)


def _write(path: str, source: str, *, force: bool) -> None:
    """Write the code to a file, whose name must be one that every system takes."""
    from symbackprop.files import write_all

    folder, name = _parted(path)
    (written,) = write_all(folder, {name: source}, force=force)
    Screen.of_process().say(worded(f"Written: {written}"))


def _parted(path: str) -> tuple[str, str]:
    """Return the folder and the name of a file; raises OutputError where there is no name."""
    folder, name = os.path.split(path)
    if not name:
        raise OutputError("-o: wanted the name of a file; try -o gradient.py")
    return folder or os.curdir, name
