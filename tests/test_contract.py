"""A part is one new file in the folder of its kind: the parts in `newparts` go through all that is asked of parts."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from network.random_layers import slopes_agree

import symbackprop as sb
from symbackprop.calculus.equations import NOTATIONS
from symbackprop.cli import main
from symbackprop.exposition.conventions import CONVENTIONS
from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.rendering import render_files
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.network.layers import LAYERS
from symbackprop.network.penalties import PENALTIES
from symbackprop.numerics.backends import BACKENDS
from symbackprop.registry import Registry

PARTS = Path(__file__).parent / "newparts"
REGISTRIES: tuple[Registry, ...] = (  # type: ignore[type-arg]  # of parts of any kind
    ACTIVATIONS,
    BACKENDS,
    CONVENTIONS,
    COSTS,
    FORMATS,
    LANGUAGES,
    LAYERS,
    NOTATIONS,
    PENALTIES,
)
NAMES = (
    "bent",
    "shortened",
    "logistic",
    "elastic_net",
    "group_lasso",
    "doubling",
    "again",
    "outline",
    "la",
    "chalk",
    "turned",
)


@pytest.fixture(scope="module", autouse=True)
def _new_files() -> Iterator[None]:
    """Lay the files into the folders of the package, as far as imports can tell, and take them out again."""
    sb.mlp("1-1", "2*z")  # a formula was read before there is anything new to call
    with pytest.MonkeyPatch.context() as patch:
        for registry in REGISTRIES:
            assert len(registry)  # what stands there is filed before, as no module is imported twice
            package = importlib.import_module(registry._package)
            patch.setattr(package, "__path__", [*package.__path__, str(PARTS / registry._package.rpartition(".")[2])])
            for name in ("_parts", "_aliases", "_shipped"):
                patch.setattr(registry, name, type(getattr(registry, name))(getattr(registry, name)))
            patch.setattr(registry, "_scanned", False)
        before = {*sys.modules}
        yield
        for name in {*sys.modules} - before:
            if PARTS in Path(getattr(sys.modules[name], "__file__", None) or "/").parents:
                del sys.modules[name]


def test_new_parts_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """`list` names each of them, and shows the formula of what has one."""
    with pytest.raises(SystemExit) as ended:
        main(["list"])
    assert ended.value.code in (0, None)
    shown = capsys.readouterr().out
    assert [] == [name for name in NAMES if f"\n  {name}" not in shown]


def test_new_activations_and_new_cost_are_proved_right() -> None:
    """A network of them stands up to every check, at z = ±1000 as well, and so does all else that is in the folders."""
    report = sb.verify(sb.mlp("2-3-3-2", ["bent", "shortened", "identity"], "logistic"))
    assert report.ok, str(report)


@pytest.mark.combinations
@pytest.mark.parametrize("format", list(FORMATS))
@pytest.mark.parametrize("line", ["3 -> dense(2) shortened -> dense(2) bent", "3 -> doubling -> dense(2) shortened"])
def test_new_parts_are_told_in_every_format(format: str, line: str) -> None:
    """A layer, an activation, a language and a convention that are new, in the files of every format."""
    if FORMATS[format].missing:
        pytest.skip(f"{format} wants {', '.join(FORMATS[format].missing)}")
    penalty = "group_lasso(0.1)" if line.startswith("3 -> doubling") else ()
    files = render_files(sb.derive(sb.sequential(line, penalty=penalty)), format, lang="la", convention="chalk")
    assert FORMATS[format].main_of(files) in files


def test_new_notation_and_new_language_are_used() -> None:
    """The right side comes first, and the section has its new title."""
    derivation = sb.derive(sb.mlp("2-3-1", "bent"))
    assert derivation.equations["BP3"].latex("turned") == r"\delta^{(l)}_{j} = \frac{\partial C}{\partial b^{(l)}_{j}}"
    assert sb.render(derivation, "outline", lang="la").startswith("Rete")


def test_new_backend_computes_and_is_verified() -> None:
    """The same numbers as the backend that it repeats."""
    network = sb.mlp("2-3-1", "bent")
    derivation, params = sb.derive(network), network.initial_params()
    x, y = [[0.5, -1.0], [0.25, 2.0]], [[0.25], [1.0]]  # one sample is computed number by number, by NumPy's alone
    assert sb.compile(derivation)(params, x, y)[0] == sb.compile(derivation, backend="again")(params, x, y)[0]
    assert sb.verify(network, backend="again", small_networks=False).ok


def test_new_layer_has_the_slope_of_its_cost() -> None:
    """A layer that doubles what it reads is derived and computed at once."""
    network = sb.sequential("3 -> doubling tanh -> dense(2)")
    assert isinstance(network, sb.LayeredNetwork)
    assert slopes_agree(network) < 1e-7


def test_new_penalties_and_new_numbers_are_proved_right() -> None:
    """Penalties of one number and of two, and parts with a number that is a letter: derived, checked and computed."""
    cost, penalty = "logistic(beta=2)", ["group_lasso(0.1)", "elastic_net(lambda=0.2, rho=0.3)"]
    network = sb.sequential("3 -> dense(2) shortened(T=2) -> dense(2)", cost=cost, penalty=penalty)
    assert isinstance(network, sb.LayeredNetwork)
    assert {"T": 2.0, "beta": 2.0, "lambda": 0.2, "rho": 0.3} == dict(network.constants)
    assert slopes_agree(network) < 1e-7
    assert sb.verify(network, small_networks=False).ok
