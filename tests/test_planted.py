"""Planted faults are caught by the derivation or by `verify`, one of each part; all: `python -m tests.planted`."""

from __future__ import annotations

import inspect
import re
import textwrap
from pathlib import Path

import pytest
from planted.faults import FAULTS
from planted.planting import Fault, caught, noticed


@pytest.mark.parametrize("part", FAULTS)
def test_fault_is_caught(part: str) -> None:
    """Somebody notices a fault while it is there."""
    if (engine := FAULTS[part][0].backend) is not None:
        pytest.importorskip(engine)
    assert caught(FAULTS[part][0])


def test_nothing_is_caught_where_nothing_is_planted() -> None:
    """Before a fault is planted and when it is taken out nothing is found, nor for another spelling of the same."""
    fault = FAULTS["trainers"][0]
    same = Fault("the same", fault.function, "-= kept", "-= 1 * kept", fault.said)
    assert ["", "", ""] == [noticed(fault.said), caught(same), noticed(fault.said)]


def test_faults_differ() -> None:
    """No fault stands twice in the table."""
    faults = [fault for part in FAULTS.values() for fault in part]
    assert len(faults) == len({(fault.place, fault.right, fault.wrong) for fault in faults})
    assert len(faults) >= 40


def test_readme_tells_how_many_there_are() -> None:
    """The table in the README has a line for each part, with the number of its faults."""
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"puts {sum(map(len, FAULTS.values()))} faults into the package" in readme
    for part, faults in FAULTS.items():
        assert re.search(rf"^  \| {part}[^|]*\| {len(faults)} \|", readme, re.M), part


def test_every_fault_still_has_its_place() -> None:
    """The text that a fault replaces stands in its function."""
    faults = [fault for part in FAULTS.values() for fault in part]
    texts = {fault: textwrap.dedent(inspect.getsource(inspect.unwrap(fault.function))) for fault in faults}
    assert [] == [f"{fault.place}: {fault.right}" for fault in faults if fault.right not in texts[fault]]
