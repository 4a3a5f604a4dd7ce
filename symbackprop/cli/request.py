"""What was said about the network on the command line -> the network, and the name of its folder.

nothing                 2-3-1
784-30-10               a shape
network.toml            a file, whose own activation and cost give way to --activation and --cost
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symbackprop.cli.command import under
from symbackprop.cli.shipped import check_not_misspelt, shipped_example
from symbackprop.errors import OutputError, SpecError, SymbackpropError

if TYPE_CHECKING:
    from symbackprop.network.model import Network
    from symbackprop.network.spec import Spec
    from symbackprop.network.text.equations import EquationsNetwork

__all__ = [
    "Request",
    "network_options",
    "pairs_of",
    "request",
    "seed_option",
    "symbols_of",
    "top_level_parts",
]

BUILT_IN = "2-3-1"
LARGEST_SEED = 2**32 - 1  # that of network.spec, which cannot be imported before a command runs
LONGEST_NAME = 60
# what may be called differently: the letters of notation, of the general equations, and the indices
LETTERS = ("w", "b", "z", "a", "x", "y", "delta", "C", "sigma", "eta", "L", "l", "n", "m", "i", "j", "k", "s")

_NOTHING: Mapping[str, str] = MappingProxyType({})
_SHAPE = re.compile(r"[\d-]*")
_ENDING = re.compile(r"\.[A-Za-z]\w*\Z|/")  # network.toml, network.yaml, models/first: no shape is written so
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Request:
    """The network that is meant, what its file says besides, and the name of its folder in output/."""

    spec: Spec
    name: str

    @property
    def said(self) -> Network | EquationsNetwork:
        """What is meant: a network of layers, or a program of equations."""
        return self.spec.network

    @property
    def network(self) -> Network:
        """The network of layers that is meant; raises SpecError where equations are given to what wants layers."""
        from symbackprop.network.model import Network

        if not isinstance(self.said, Network):
            raise SpecError(
                f"{self.name} is a program of equations, and this wants a network of layers, such as 2-3-1; "
                "derive, verify and code take equations"
            )
        return self.said

    def folder(self, given: str | None) -> str:
        """Return the folder that was given, or output/NAME; raises OutputError for an empty text."""
        if given is None:
            return os.path.join("output", self.name)
        if not given.strip():
            raise OutputError("-o: got nothing; give the name of a folder, or leave -o out")
        return given

    def seed(self, given: int | None) -> int:
        """Return the seed that was given, or that of the file, or 0."""
        return given if given is not None else self.spec.seed or 0


def network_options(function: Function) -> Function:
    """Give a command the argument NETWORK and the options for its activation and its cost."""
    for add in (
        click.option(
            "-c",
            "--cost",
            cls=under("Network"),
            metavar="NAME",
            help="A name such as cross_entropy, or a formula in a and y such as '(a-y)**4'.  [default: quadratic]",
        ),
        click.option(
            "-a",
            "--activation",
            cls=under("Network"),
            metavar="NAME[,…]",
            help="One for all layers, or one per layer with commas between: names such as relu, or formulas in z "
            "such as 'z/(1+exp(-z))'.  [default: sigmoid]",
        ),
        click.argument("network", required=False),
    ):
        function = add(function)
    return function


def seed_option(*needs: str) -> Callable[[Function], Function]:
    """Return what gives a command the seed of its random numbers, drawn only if one of those it `needs` is typed."""
    return click.option(
        "--seed",
        cls=under("Numbers", needs=needs),
        type=click.IntRange(0, LARGEST_SEED),
        metavar="N",
        help="Where the random numbers begin.  [default: 0]",
    )


def request(network: str | None, *, activation: str | None, cost: str | None, title: str | None = None) -> Request:
    """Return what is meant by the argument NETWORK and the options for the network.

    Raises what reading a file, `spec_from_text`, `mlp` and `check_label` raise."""
    from symbackprop.network.labels import check_label

    wanted = _without_title(network, activation=activation, cost=cost)
    _measure(wanted.said)
    if title is None:
        return wanted
    named = replace(wanted.said, title=check_label(title, "title"))
    return replace(wanted, spec=replace(wanted.spec, network=named))


def _measure(said: object) -> None:
    """Warn where the numbers of a formula lose their digits; what is shipped is not measured, nor NumPy loaded."""
    from symbackprop.network.activations import ACTIVATIONS
    from symbackprop.network.costs import COSTS
    from symbackprop.network.model import Network

    if isinstance(said, Network):
        named = (*(each.name in ACTIVATIONS for each in said.activations), said.cost_function.name in COSTS)
        if not all(named):
            from symbackprop.numerics.inaccuracy import warn_of_inaccuracy

            warn_of_inaccuracy(said)


def _without_title(network: str | None, *, activation: str | None, cost: str | None) -> Request:
    from symbackprop.network.model import Network, mlp
    from symbackprop.network.spec import Spec

    named = activation if activation is None else _one_or_several(activation)
    if network is not None and (example := shipped_example(network)) is not None:
        spec = example
    elif network is not None and _is_file(network):
        spec = _read(network)
    else:
        shape = BUILT_IN if network is None else network
        check_not_misspelt(shape)
        made = mlp(shape, "sigmoid" if named is None else named, "quadratic" if cost is None else cost)
        return Request(Spec(made), _folder_name(made.shape, made.shape))
    own = spec.network
    if not isinstance(own, Network):
        if named is not None or cost is not None:
            raise SpecError(f"{network}: its equations say activations and cost themselves; leave -a and -c out")
    elif named is not None or cost is not None:
        chosen = own.activations if named is None else named
        own = mlp(own.widths, chosen, own.cost_function if cost is None else cost, title=own.title)
    shape = own.shape if isinstance(own, Network) else "equations"
    return Request(replace(spec, network=own), _folder_name(shape, Path(str(network)).stem))


def _is_file(text: str) -> bool:
    """Tell whether NETWORK names a file; what has digits and hyphens only is a shape, whatever lies about."""
    if _SHAPE.fullmatch(text):
        return False
    return bool(_ENDING.search(text)) or os.path.isfile(text)


def _read(path: str) -> Spec:
    from symbackprop.files import read_named
    from symbackprop.network.spec import LARGEST_SPEC, Spec, spec_from_text
    from symbackprop.network.text.equations import equations_from_file

    text, kind, where = read_named(path, largest=LARGEST_SPEC)
    if kind == "eq":
        return Spec(equations_from_file(text, where=where))
    spec = spec_from_text(text, kind=kind, where=where)
    try:
        _check_looks(spec)
    except SymbackpropError as error:
        raise type(error)(f"{where}: {error}") from None
    return spec


def _check_looks(spec: Spec) -> None:
    """Refuse a language, letters or colours that no document could be told in, whoever reads the file."""
    from symbackprop.exposition.languages import LANGUAGES
    from symbackprop.exposition.narration import check_selection
    from symbackprop.exposition.palette import check_colours

    check_selection(spec.level, spec.only)
    if spec.language is not None:
        LANGUAGES.canonical(spec.language)
    symbols_of((), None, spec.symbols)
    check_colours(spec.colours)


def _folder_name(shape: str, wanted: str) -> str:
    """Return a name for the folder of a network that every file system takes."""
    if len(wanted) <= LONGEST_NAME and _NAME.fullmatch(wanted):
        return wanted
    if len(shape) <= LONGEST_NAME:
        return shape
    widths = shape.split("-")
    return f"{widths[0]}-to-{widths[-1]}-in-{len(widths) - 1}-layers"


def _one_or_several(text: str) -> str | tuple[str, ...]:
    parts = top_level_parts(text)
    return parts[0] if len(parts) == 1 else parts


def top_level_parts(text: str) -> tuple[str, ...]:
    """Split at the commas outside parentheses: 'max(0, z), sigmoid' is two activations."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    return tuple(part.strip() for part in parts) if len(parts) > 1 else (text,)


def pairs_of(what: str, given: tuple[str, ...], wanted: str) -> dict[str, str]:
    """Return {"delta": "e"} from texts such as 'delta=e,w=theta'; raises SpecError for a text of another form."""
    found: dict[str, str] = {}
    for pair in (pair for text in given for pair in text.split(",")):
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not (name and equals and value):
            raise SpecError(f"{what}: got {pair[:40]!a}, wanted {wanted}")
        if name in found:
            raise SpecError(f"{what}: {name[:40]} is said twice; keep one of them")
        found[name] = value
    return found


def symbols_of(given: tuple[str, ...], weights: str | None, told: Mapping[str, str] = _NOTHING) -> dict[str, str]:
    """Return the letters to be renamed, {"delta": "e"}: those that a file has `told`, and what was `given` instead.

    Raises SpecError for a text of another form, and where two letters would look the same."""
    texts = given if weights is None else (*given, f"w={weights}")
    symbols = {**told, **pairs_of("symbols", texts, "LETTER=LETTER; try --symbols delta=e")}
    for letter in symbols:
        if letter not in LETTERS:
            raise SpecError(f"symbols: {letter[:40]!a} is no letter of the derivation; known: {', '.join(LETTERS)}")
    shown: dict[str, str] = {}
    for letter in LETTERS:
        look = symbols.get(letter, letter).removeprefix("\\")
        if look in shown:
            raise SpecError(f"symbols: {shown[look]} and {letter} would both be written {look[:40]!a}; choose another")
        shown[look] = letter
    return symbols
