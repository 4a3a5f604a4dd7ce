"""`symbackprop verify --sweep`: trials crossed from a file, a table that grows, workers that may die, clear lines."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from symbackprop.cli import cluster, sweep
from symbackprop.cli.request import said_of
from symbackprop.errors import OutputError
from symbackprop.files import growing
from symbackprop.network.said import Said
from symbackprop.numerics import sweeping
from symbackprop.numerics.sweeping import Trial, looked_at, sweep_from_text

ROOT = Path(__file__).parents[2]
SWEEP = """networks = ["2-1", "2-2", "2 -> dense(2) -> layer_norm"]
activations = ["tanh", ["relu"]]
costs = ["quadratic", "cross_entropy"]
seeds = 3
samples = 1
"""


def crossed(text: str) -> sweeping.Sweep:
    """Return what a file says."""
    return sweep_from_text(text, kind="toml", where="sweep.toml", read=said_of)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Do the work of a cluster in this process; what is returned are the numbers of what was done."""
    done: list[int] = []

    def spread(function, items, *, scheduler):
        for place, item in enumerate(items):
            done.append(place)
            yield place, function(item)

    monkeypatch.setattr(sweep, "spread", spread)
    return done


def test_networks_are_crossed_with_what_they_take() -> None:
    """A shape takes activations and costs, a line costs, an example nothing; a cost that is not defined is left out."""
    found = crossed(SWEEP + 'backends = ["numpy"]')
    assert ("cross_entropy after tanh", "cross_entropy after 2 -> dense(2) -> layer_norm") == found.left_out
    of_shapes = 3 * 2 * (2 + 1)  # relu takes both costs, tanh one
    assert of_shapes + 3 == len(found.trials)
    assert 1 == len(crossed('networks = ["attention", "attention"]').trials)
    assert "symbackprop verify 2-1 -a relu -c cross_entropy --seed 2 --samples 1 --backend numpy" in {
        trial.command for trial in found.trials
    }


def test_trial_is_known_by_all_that_is_looked_at() -> None:
    """Another text, option, seed or version is another trial; the name of the file is told, and an order is not."""
    trial = Trial("a.eq", Said("o = x", "eq", "a.eq"), 0)
    others = [
        Trial("a.eq", Said("o = 2*x", "eq", "a.eq"), 0),
        Trial("a.eq", Said("o = x", "eq", "a.eq"), 1),
        Trial("2-1", Said("2-1", "shape", "", {"cost": "mse"}), 0),
        Trial("2-1", Said("2-1", "shape", "", {"cost": "mae"}), 0),
    ]
    keys = {each.key("1") for each in (trial, *others)} | {trial.key("2")}
    assert 6 == len(keys)


def test_trial_that_cannot_be_looked_at_says_why() -> None:
    """A network without a finite cost anywhere is one line of the table, and so is a failed derivation."""
    ((*_, check, _, _, _, verdict, count),) = looked_at(
        Trial("2-1", Said("2-1", "shape", "", {"activation": "1/0"}), 0)
    )
    assert ("refused", "1") == (verdict, count)
    assert check.startswith("refused: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'sweep.toml: networks is missing; try networks = ["2-3-1"]'),
        (
            "nets = []",
            "sweep.toml: key 'nets' is unknown; known: networks, activations, costs, seeds, samples, backends",
        ),
        ("networks = []", "sweep.toml: networks: wanted a list of text, got an empty list; try"),
        ("networks = 3", 'sweep.toml: networks: wanted a list of text, got a whole number; try networks = ["2-3-1"]'),
        ('networks = ["2-3-1"]\nseeds = true', "sweep.toml: seeds: wanted how many there are, or a list of whole"),
        ('networks = ["2-3-1"]\nsamples = 0', "sweep.toml: samples: wanted a whole number from 1 to 1000, got 0"),
        ('networks = ["2-3-1"]\nbackends = ["nympy"]', "sweep.toml: backend 'nympy' is unknown; did you mean 'numpy'?"),
        ('networks = ["2-3-1", "2-"]', "sweep.toml: 2-: shape '2-'"),
        ('networks = ["2-1"]\nactivations = [["tanh", "tanh"]]', "sweep.toml: 2-1 -a tanh,tanh: "),
        (
            'networks = ["2-1"]\nactivations = ["tanh"]\ncosts = ["cross_entropy"]',
            "sweep.toml: nothing is left to check",
        ),
        ('networks = ["none.eq"]', "sweep.toml: none.eq: no such file"),
        ("networks = [", "sweep.toml is not TOML"),
    ],
)
def test_wrong_file_is_one_line(cli, text: str, message: str) -> None:
    """What is wrong with a sweep, and where, is told in one line with status 2, before anything is started."""
    Path("sweep.toml").write_text(text, encoding="utf-8")
    done = cli("verify", "--sweep", "sweep.toml")
    assert 2 == done.status
    assert done.complaint.startswith(f"symbackprop: {message}")


def test_options_of_one_network_are_refused(cli) -> None:
    """A sweep says networks, seeds and the rest itself; a scheduler without a sweep has nothing to do."""
    assert "--sweep says --seed itself" in cli("verify", "--sweep", "a.toml", "--seed", "1").complaint
    assert "--sweep says NETWORK itself" in cli("verify", "2-1", "--sweep", "a.toml").complaint
    assert "--scheduler wants --sweep" in cli("verify", "--scheduler", "local").complaint


def test_failed_trials_are_named_with_what_to_type(cli, at_once, monkeypatch: pytest.MonkeyPatch) -> None:
    """One failure is status 1, and how to look at it alone is said; the next run knows it, and --force begins anew."""
    Path("s.toml").write_text('networks = ["2-1", "3-1"]', encoding="utf-8")

    def wrongly(trial: Trial) -> list[tuple[str, ...]]:
        error = "0.5" if trial.network == "3-1" else "1e-16"
        verdict = sweeping.FAILED if trial.network == "3-1" else sweeping.PASSED
        return [(trial.network, "", "", "", "0", "complex steps", "3", error, "1e-12", verdict, "1")]

    monkeypatch.setattr(sweep, "looked_at", wrongly)
    done = cli("verify", "--sweep", "s.toml")
    assert (1, "") == (done.status, done.err)
    assert "FAILED: 1 / 2 networks\n  symbackprop verify 3-1\n      complex steps: 5.0e-01\n" in done.out
    assert ("output/s/.symbackprop", "output/s/sweep.csv", "output/s/sweep.svg", "s.toml") == done.files
    again = cli("verify", "--sweep", "s.toml", "--lang", "es")
    assert (1, [0, 1]) == (again.status, at_once)
    assert "FALLA: 1 / 2 redes" in again.out
    assert 1 == cli("verify", "--sweep", "s.toml", "--force").status
    assert [0, 1, 0, 1] == at_once


def test_table_goes_on_where_it_was_cut(tmp_path: Path) -> None:
    """What is there whole stays, half a line and half a group are cut off, and another table is not touched."""
    path = tmp_path / "new" / "table.csv"
    for _ in range(2):
        with growing(path, ("key", "of")) as table:
            table.add([("a, b", "2"), ("c", "2")])
        with path.open("a") as file:
            file.write("d,2\ne,")
    with growing(path, ("key", "of")) as table:
        assert [["a, b", "2"], ["c", "2"]] * 2 == table.lines
        with pytest.raises(OutputError, match="is being written to by another process"), growing(path, ("key", "of")):
            pass
    other = tmp_path / "other.csv"
    other.write_text("x,y\n1,2\n")
    refused = pytest.raises(OutputError, match=r"other\.csv was not written by such a run; replace it with --force")
    with refused, growing(other, ("key", "of")):
        pass
    assert "x,y\n1,2\n" == other.read_text()


def test_cluster_without_dask_says_how_to_install_it(cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra that is missing is named in one line."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    Path("s.toml").write_text('networks = ["2-1"]', encoding="utf-8")
    assert "try: python -m pip install '.[cluster]'" in cli("verify", "--sweep", "s.toml").complaint


# --- with Dask, in processes of their own -----------------------------------------------------------


@pytest.fixture
def distributed() -> None:
    """Dask, where it is installed."""
    pytest.importorskip("distributed", reason="the extra cluster is not installed")


def started(*arguments: str, cwd: Path) -> subprocess.Popen[bytes]:
    """Start a program of Python that knows this package."""
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, *arguments], cwd=cwd, env={**os.environ, "PYTHONPATH": paths}, **quiet)


@pytest.fixture
def scheduler(distributed, tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler with two workers, each a process, as the programs of Dask start them: its address, the workers."""
    told = tmp_path / "scheduler.json"
    head = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show"]
    worker = ["-m", "distributed.cli.dask_worker", "--no-nanny", "--nthreads", "1", "--no-dashboard"]
    running = [started(*head, "--scheduler-file", str(told), cwd=tmp_path)]
    try:
        while not told.exists() or not told.read_text():
            time.sleep(0.05)
        address = json.loads(told.read_text())["address"]
        running += [started(*worker, address, cwd=tmp_path) for _ in range(2)]
        yield address, running[1:]
    finally:
        for each in running:
            each.kill()
            each.wait()


def test_killed_sweep_goes_on_and_a_lost_worker_loses_nothing(cli, scheduler, tmp_path: Path) -> None:
    """The sweep is killed, then one of its workers: in the end every trial is in the table, and none of them twice."""
    address, workers = scheduler
    (tmp_path / "s.toml").write_text(SWEEP + 'backends = ["numpy"]\n', encoding="utf-8")
    table = tmp_path / "output" / "s" / "sweep.csv"
    first = started("-m", "symbackprop", "verify", "--sweep", "s.toml", "--scheduler", address, cwd=tmp_path)
    while not table.exists() or len(table.read_text().splitlines()) < 20:
        assert first.poll() is None
        time.sleep(0.02)
    first.kill()
    first.wait()
    before = len(table.read_text().splitlines())
    threading.Timer(0.5, workers[0].kill).start()
    done = cli("verify", "--sweep", "s.toml", "--scheduler", address)
    assert (0, "") == (done.status, done.err)
    assert "Checked before, as output/s/sweep.csv says: " in done.out
    assert f"All passed: {len(crossed(SWEEP).trials)} networks." in done.out
    with table.open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert before < len(lines)
    found = Counter(line["trial"] for line in lines)
    assert found == {line["trial"]: int(line["checks"]) for line in lines}
    assert len(crossed(SWEEP).trials) == len(found)


def test_scheduler_that_does_not_answer_is_one_line(cli, distributed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody there, or no address at all: status 2 and what to try, within seconds."""
    assert cluster.PATIENCE < 8
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    Path("s.toml").write_text('networks = ["2-1"]', encoding="utf-8")
    for address in ("tcp://127.0.0.1:1", "nonsense://x", ""):
        done = cli("verify", "--sweep", "s.toml", "--scheduler", address)
        assert 2 == done.status
        assert done.complaint.startswith(f"symbackprop: no scheduler answers at {address!a}: ")


def test_worker_of_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version would find is not mixed in."""
    with pytest.raises(cluster.ClusterError, match=r"a worker has symbackprop .*, and this is 0\.0; install"):
        cluster._done(("0.0", looked_at, None))
