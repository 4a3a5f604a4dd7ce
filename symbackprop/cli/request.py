"""What was said about the network on the command line -> the network, and the name of its folder.

nothing                 2-3-1
784-30-10               a shape
4 -> dense(3) tanh      a layer line
network.toml            a file, whose own activation and cost give way to --activation and --cost
attention               an example of equations that is shipped
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from symbackprop.cli.command import under
from symbackprop.cli.letters import symbols_of
from symbackprop.cli.naming import name_of, place_of
from symbackprop.cli.shipped import check_not_misspelt, shipped_example, spelt
from symbackprop.cli.speech import speak
from symbackprop.errors import OutputError, SpecError, errors_of
from symbackprop.frozen import dataclass

if TYPE_CHECKING:
    from symbackprop.network.layered import LayeredNetwork
    from symbackprop.network.model import Network
    from symbackprop.network.said import Said
    from symbackprop.network.spec import Spec
    from symbackprop.network.text.equations import EquationsNetwork

BUILT_IN = "2-3-1"
LARGEST_SEED = 2**32 - 1  # that of network.spec, which cannot be imported before a command runs
_TYPED = "--equations"  # where the equations stand
_SHAPE = re.compile(r"[\d-]*")
_ENDING = re.compile(r"\.[A-Za-z]\w*\Z|/")  # network.toml, network.yaml, models/first: no shape is written so
_ARROW = re.compile("->|→")
_TABLES = ("toml", "json")
_SAMPLE = re.compile(r"\s*\d+([x×]\d+)+\s*")

_network = under("Network")

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Request:
    """The network that is meant, what its file says besides, how it is called, its folder in output/, and its text."""

    spec: Spec
    name: str
    place: str
    source: Said

    @property
    def said(self) -> Network | EquationsNetwork:
        """What is meant: a network of layers, or a program of equations."""
        return self.spec.network

    @property
    def layers(self) -> Network | LayeredNetwork:
        """The network of layers of any kind that is meant; raises SpecError where equations are."""
        from symbackprop.network.layered import LayeredNetwork
        from symbackprop.network.model import Network

        if not isinstance(self.said, Network | LayeredNetwork):
            raise SpecError(
                f"{self.name} is a program of equations, and this wants a network of layers, such as 2-3-1 or "
                "'4 -> dense(3) tanh -> dense(2)'; in Python, sb.descend trains equations, too"
            )
        return self.said

    def owner(self, told: str = "", language: str | None = None) -> str:
        """Return a word for the network and what is told of it, in a language that is not its own: 2-3-1-relu-es."""
        other = language if language not in (None, self.spec.language or "en") else ""
        return "-".join(part for part in (self.place, told, other) if part)

    def folder(self, given: str | None, told: str = "", language: str | None = None) -> str:
        """Return the folder that was given, or output/OWNER; raises OutputError for an empty text."""
        if given is None:
            return os.path.join("output", self.owner(told, language))
        if not given.strip():
            raise OutputError("-o: got nothing; give the name of a folder, or leave -o out")
        return given

    def seed(self, given: int | None) -> int:
        """Return the seed that was given, or that of the file, or 0."""
        return given if given is not None else self.spec.seed or 0


def network_options(function: Function) -> Function:
    """Give a command the argument NETWORK and the options for it, which `request` reads: it has none of them itself."""
    for add in (
        _kept("--equations", metavar="TEXT", help="Equations instead of NETWORK, as a file ending in .eq has them."),
        _kept("--no-bias", is_flag=True, help="No biases, but for layers of a line that say bias=true."),
        _kept("--reduction", metavar="WORD", help="How samples count: mean or sum.  [default: mean]"),
        _kept("--l1", metavar="NUMBER", help="A penalty λ Σ |W|: 0.01, or with a letter lambda=0.01."),
        _kept("--l2", metavar="NUMBER", help="A penalty (λ/2) Σ W²: 0.01, or with a letter lambda=0.01."),
        _kept(
            "--penalty",
            metavar="NAME[,…]",
            help="Penalties by name, with their numbers: 'l1(0.01)' (symbackprop list penalties).",
        ),
        _kept(
            "-c",
            "--cost",
            metavar="NAME",
            help="A name such as cross_entropy, with a number huber(10), or a formula in a and y such as '(a-y)**4'.  "
            "[default: quadratic]",
        ),
        _kept(
            "-a",
            "--activation",
            metavar="NAME[,…]",
            help="One for all layers, or one per layer with commas between: names such as relu, with a number "
            "leaky_relu(0.2), or formulas in z such as 'z/(1+exp(-z))'.  [default: sigmoid]",
        ),
        click.argument("network", required=False, expose_value=False, callback=_keep),
    ):
        function = add(function)
    return function


def _keep(context: click.Context, option: click.Parameter, value: object) -> None:
    """Keep the value of an option for `request`: a command has nothing else to do with it."""
    context.meta.setdefault(__name__, {})[option.name] = value


_kept = partial(click.option, cls=_network, expose_value=False, callback=_keep)


def _typed(activation: str | None, cost: str | None) -> dict[str, Any]:
    """Return what was typed about the network, by the keys of a network file; of the command that is running."""
    said: dict[str, Any] = {"activation": None if activation is None else _one_or_several(activation), "cost": cost}
    said |= {key: typed_of(key) for key in ("l2", "l1", "reduction")}
    said["penalty"] = None if (penalties := typed_of("penalty")) is None else _one_or_several(penalties)
    said["bias"] = False if typed_of("no_bias") else None
    return {key: value for key, value in said.items() if value is not None}


def typed_of(name: str) -> Any:
    """Return what was typed of the network under a name, such as network or cost; of the command that is running."""
    context = click.get_current_context(silent=True)
    return None if context is None else context.meta.get(__name__, {}).get(name)


def seed_option(*needs: str) -> Callable[[Function], Function]:
    """Return what gives a command the seed of its random numbers, drawn only if one of those it `needs` is typed."""
    return click.option(
        "--seed",
        cls=under("Numbers", needs=needs),
        type=click.IntRange(0, LARGEST_SEED),
        metavar="N",
        help="Where the random numbers begin.  [default: 0]",
    )


def request(
    network: str | None = None, *, activation: str | None = None, cost: str | None = None, title: str | None = None
) -> Request:
    """Return what is meant by the argument NETWORK and the options for the network, as they are typed or given.

    Raises what reading a file, `spec_from_text`, `mlp` and `check_label` raise."""
    from symbackprop.network.labels import check_label

    typed = _typed(
        typed_of("activation") if activation is None else activation, typed_of("cost") if cost is None else cost
    )
    wanted = _without_title(network if network is not None else typed_of("network"), typed)
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


def _without_title(network: str | None, typed: Mapping[str, Any]) -> Request:
    from symbackprop.network.said import Said

    text = typed_of("equations")
    if text is not None and network is not None:
        raise SpecError(f"network {network[:40]!a} and --equations: each is a whole network; leave one of them out")
    said = said_of(network, typed) if text is None else Said(text, "eq", _TYPED, typed)
    if said.kind in _TABLES:
        from symbackprop.network.spec import ADVICE
        from symbackprop.network.tables import table_from_text

        table = table_from_text(said.text, kind=said.kind, where=said.where, advice=ADVICE)
        speak(table.get("language"))  # in which what is wrong with the rest is told
    spec = said.spec()
    if said.kind in _TABLES:
        with errors_of(said.where):
            _check_looks(spec)
    made = spec.network
    if said.kind == "shape":
        return Request(spec, name_of(made, said.text), place_of(made, said.text, typed), said)
    if said.kind == "line" or text is not None:
        return Request(spec, name_of(made), place_of(made, said.text, typed), said)
    name = name_of(made, Path(said.where).stem)  # a file or an example, whose folder has its name
    return Request(spec, name, place_of(made, name, typed), said)


def said_of(network: str | None, typed: Mapping[str, Any], *, folder: str = "") -> Said:
    """Return what NETWORK says as plain data: a shape, a line, or the text of an example or of a file in a folder.

    Raises what reading a file raises, SpecError and UnknownNameError for what is none of these."""
    from symbackprop.network.said import Said
    from symbackprop.network.spec import LARGEST_SPEC

    shape = BUILT_IN if network is None else network
    if _ARROW.search(shape):
        return Said(shape, "line", "", typed)
    if (example := shipped_example(shape)) is not None:
        return Said(example, "eq", spelt(shape), typed)
    if _is_file(shape, folder):
        from symbackprop.files import read_named

        return Said(*read_named(os.path.join(folder, shape), largest=LARGEST_SPEC), typed)
    if _SAMPLE.fullmatch(shape):
        raise SpecError(
            f"network {shape[:40]!a} is the shape of one sample alone; say its layers, too, "
            "such as '1x28x28 -> flatten -> dense(10) softmax'"
        )
    check_not_misspelt(shape)
    return Said(shape, "shape", "", typed)


def _is_file(text: str, folder: str) -> bool:
    """Tell whether NETWORK names a file; what has digits and hyphens only is a shape, whatever lies about."""
    if _SHAPE.fullmatch(text):
        return False
    return bool(_ENDING.search(text)) or os.path.isfile(os.path.join(folder, text))


def _check_looks(spec: Spec) -> None:
    """Refuse a language, letters or colours that no document could be told in, whoever reads the file."""
    from symbackprop.exposition.conventions import convention_of
    from symbackprop.exposition.languages import LANGUAGES
    from symbackprop.exposition.narration import check_selection
    from symbackprop.exposition.palette import check_colours
    from symbackprop.exposition.symbols import check_letters

    check_selection(spec.level, spec.only, spec.network)
    if spec.language is not None:
        LANGUAGES.canonical(spec.language)
    check_letters(symbols_of((), None, spec.symbols), convention_of(spec.convention))
    check_colours(spec.colours)


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
