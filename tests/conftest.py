"""What all tests share: the settings of Hypothesis, the hostile inputs row by row, and the golden files."""

from __future__ import annotations

import gc
import inspect
import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

# read as SymPy is imported: a run goes through thousands of networks, and kept results save a tenth of it
os.environ.setdefault("SYMPY_CACHE_SIZE", "20000")

from combining import met_in_pairs
from hypothesis import settings
from planted.planting import rewritten

from symbackprop.calculus import reverse
from symbackprop.network.memo import memoised

COMBINATIONS = ("share", "rest", "all")
SHARE = 15  # one combination of so many, the first of each test among them; odd, as there are two languages

HOSTILE_INPUTS = Path(__file__).parent / "hostile_inputs.jsonl"
GOLDEN_FILES = Path(__file__).parent / "golden"

# a run for the record repeats itself; a run at the desk looks for what is new
settings.register_profile("desk", deadline=None)
settings.register_profile("record", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("record" if os.environ.get("CI") else "desk")

# SymPy keeps what it has found, and each look for garbage goes through all of it: that was a tenth of a run
gc.set_threshold(200_000, 20, 100)

# a run in the background may ignore Ctrl-C, and would hand that on to the programs that are interrupted on purpose
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that rewrites the golden files, whose diff is then looked at, and options for how much is tried."""
    parser.addoption("--combinations", choices=COMBINATIONS, help="which cases of tests of many combinations are run")
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden from what is printed now")
    parser.addoption("--random-layers", type=int, default=4, help="how many random networks of layers are tried")
    parser.addoption(
        "--diagnoses", type=int, default=8, help="how many right gradients are diagnosed, and half as much noise"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Let a run of the whole suite take a share of the combinations, and a run of what is named take all of them."""
    config.addinivalue_line("markers", "hostile(kind, expect='error'): run with `hostile_text` set to each such row")
    config.addinivalue_line(
        "markers", "combinations: of the cases of such a test a run of the whole suite takes a share"
    )
    config.addinivalue_line(
        "markers", "thorough: takes seconds, as a browser or TeX does; a run of the whole suite leaves it to the rest"
    )
    if config.option.combinations is None:
        whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
        config.option.combinations = "share" if whole else "all"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the combinations that are not asked for; of every test one case at least is in the share.

    What is thorough is in the rest."""
    if config.option.combinations == "all":
        return
    places: Counter[str] = Counter()  # of the next case of each function
    share, rest = [], []
    left = met_in_pairs([item for item in items if item.get_closest_marker("combinations")])
    for item in (item for item in items if item not in left):
        function, _, _ = item.nodeid.partition("[")
        is_left_out = item.get_closest_marker("combinations") is not None and places[function] % SHARE
        is_left_out = is_left_out or item.get_closest_marker("thorough") is not None
        places[function] += 1
        (rest if is_left_out else share).append(item)
    kept, others = (share, rest) if config.option.combinations == "share" else (rest, share)
    config.hook.pytest_deselected(items=[*left, *others])
    items[:] = kept


def pytest_sessionfinish() -> None:
    """Look for garbage once, and pass over the rest of what SymPy keeps: pytest looks through all of it five times."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def without_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `verify` have the rows that it has where neither PyTorch nor JAX is installed."""
    for module in ("program_verification", "witnessed"):
        monkeypatch.setattr(f"symbackprop.numerics.{module}.libraries", tuple)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare `golden(name, text)` with the file of that name in tests/golden, or rewrite it if the flag says so."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN_FILES / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.is_file(), f"{name} is not in tests/golden; run pytest --update-golden and look at it"
        assert path.read_text(encoding="utf-8") == text

    return compare


def memo() -> Any:
    """Return the function that derives, which has derived nothing yet, and keeps far more than a command needs."""
    return memoised(inspect.unwrap(reverse.adjoints_of), most=1_000)


reverse.adjoints_of = memo()  # equal networks are derived once for all the tests that a process runs


class Patch(pytest.MonkeyPatch):
    """One that derives anew while a function or a name is changed, and then knows what was derived before."""

    before: Any = None

    def setattr(self, *arguments: Any, **options: Any) -> None:
        """Set it, and let every derivation be made anew."""
        self.before = self.before or reverse.adjoints_of
        super().setattr(*arguments, **options)
        reverse.adjoints_of = memo()

    def undo(self) -> None:
        """Undo all, and take what was derived of what is changed for nothing else."""
        super().undo()
        if self.before:
            reverse.adjoints_of, self.before = self.before, None


@pytest.fixture
def monkeypatch() -> Iterator[pytest.MonkeyPatch]:
    """As pytest's own; what was derived of what is changed is not taken for anything else."""
    with Patch.context() as patch:
        yield patch


@pytest.fixture
def rewrite(monkeypatch: pytest.MonkeyPatch) -> Callable[[FunctionType, Callable[[str], str]], None]:
    """Give a function another text: `rewrite(function, change)` replaces it by `change(text)`, until the test ends."""
    return partial(rewritten, monkeypatch)


@pytest.fixture
def plant(rewrite: Callable[[FunctionType, Callable[[str], str]], None]) -> Callable[[FunctionType, str, str], None]:
    """Put a fault into a function: `plant(function, right, wrong)` replaces a piece of its text."""

    def planted(function: FunctionType, right: str, wrong: str) -> None:
        assert right in inspect.getsource(function), f"{right} is not in {function.__name__}"
        rewrite(function, lambda text: text.replace(right, wrong))

    return planted


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test marked `hostile` one case for each row of its kind, one of `random_layers` as many as asked for."""
    if "random_layers" in metafunc.fixturenames:
        metafunc.parametrize("random_layers", range(metafunc.config.getoption("--random-layers")))
    for name, share in (("right_seed", 1), ("noisy_seed", 2)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, range(metafunc.config.getoption("--diagnoses") // share))
    for marker in metafunc.definition.iter_markers("hostile"):
        (kind,), expect = marker.args, marker.kwargs.get("expect", "error")
        rows = [json.loads(line) for line in HOSTILE_INPUTS.read_text(encoding="utf-8").splitlines()]
        cases = [
            pytest.param(row["input"], id=f"{kind}-{number}")
            for number, row in enumerate(rows, start=1)
            if (row["kind"], row["expect"]) == (kind, expect)
        ]
        metafunc.parametrize("hostile_text", cases)
