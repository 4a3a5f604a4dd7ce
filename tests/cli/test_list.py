"""`symbackprop list`: what the registries hold, and nothing that they do not hold."""

from __future__ import annotations

import re
import sys

import pytest

from symbackprop.calculus.equations import NOTATIONS
from symbackprop.cli.commands.list import SECTIONS
from symbackprop.cli.shipped import examples
from symbackprop.exposition.conventions import CONVENTIONS
from symbackprop.exposition.formats import FORMATS, Format
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.narration import CHAPTERS
from symbackprop.exposition.selection import EQUATIONS
from symbackprop.exposition.story.program.chapters import PROGRAM_CHAPTERS
from symbackprop.network.activations import ACTIVATIONS
from symbackprop.network.costs import COSTS
from symbackprop.network.layers import LAYERS
from symbackprop.network.penalties import PENALTIES
from symbackprop.numerics.backends import BACKENDS
from symbackprop.numerics.data import BUILT_IN

REGISTRIES = {
    "activations": ACTIVATIONS,
    "costs": COSTS,
    "penalties": PENALTIES,
    "layers": LAYERS,
    "notations": NOTATIONS,
    "conventions": CONVENTIONS,
    "languages": LANGUAGES,
    "formats": FORMATS,
    "sections": (*dict.fromkeys((*CHAPTERS, *PROGRAM_CHAPTERS)), *EQUATIONS),
    "examples": examples(),
    "backends": BACKENDS,
    "data": BUILT_IN,
}


@pytest.mark.combinations
@pytest.mark.parametrize("section", SECTIONS)
def test_section_names_every_part_of_its_registry(cli, section: str) -> None:
    """Each section is its heading and one line for each part, or more where a line is too long."""
    done = cli("list", section)
    heading, *lines = done.out.splitlines()
    names = [line.split()[0].rstrip(",") for line in lines if not line.startswith("   ")]
    assert (0, "", section) == (done.status, done.err, heading)
    assert list(REGISTRIES[section]) == [name for name in names if not name.startswith("FILE.")]
    assert 80 >= max(map(len, lines))


def test_everything_is_listed_without_an_argument(cli) -> None:
    """Left alone it goes through all sections."""
    done = cli("list")
    assert list(SECTIONS) == [line for line in done.out.splitlines() if line and not line.startswith(" ")]


@pytest.mark.parametrize(
    ("section", "name", "formula"),
    [
        ("activations", "relu", "ReLU(z) = {z, z > 0; 0, otherwise}"),
        ("activations", "silu, swish", "SiLU(z) = z · σ(z)"),
        ("activations", "softmax", "aⱼ = e^(zⱼ)/(Σᵢ e^(zᵢ))"),
        ("costs", "quadratic", "C = ½ Σⱼ (aⱼ − yⱼ)²"),
        ("notations", "rows", "Δ⁽ˡ⁾ = Δ⁽ˡ⁺¹⁾ W⁽ˡ⁺¹⁾ ⊙ σ′(Z⁽ˡ⁾)"),
        ("languages", "es", "español"),
        ("data", "xor", "4 samples, 2 inputs, 1 output"),
    ],
)
def test_part_comes_with_what_it_is(cli, section: str, name: str, formula: str) -> None:
    """Beside a name stands its formula, with its other names if there are any, or what there is to say in words."""
    assert [name, formula] in [line.strip().split("  ", 1) for line in squeezed(cli("list", section).out)]


def squeezed(text: str) -> list[str]:
    """Return the lines with no more than two blanks in a row."""
    return [re.sub(" {2,}", "  ", line) for line in text.splitlines()]


def test_part_of_another_package_is_listed(cli, monkeypatch) -> None:
    """What is added to a registry is listed, with what it lacks."""
    monkeypatch.setitem(FORMATS._parts, "stone", Format("stone", "slab.txt", lambda *_: {}, ("chisel",)))
    words = " ".join(cli("list", "formats").out.split())
    assert "stone slab.txt, format 'stone' needs chisel, not installed; try: python -m pip install" in words


def test_data_that_cannot_be_loaded_says_why(cli, monkeypatch) -> None:
    """Without scikit-learn the digits are listed with the way to install it."""
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    assert "comes with scikit-learn, which is not installed" in " ".join(cli("list", "data").out.split())


def test_unknown_section_is_refused(cli) -> None:
    """A section that is none is answered with those that are."""
    done = cli("list", "cost")
    assert (2, "") == (done.status, done.out)
    assert "'cost' is not one of 'activations', 'costs'" in done.complaint
