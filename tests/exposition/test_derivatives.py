"""Single derivatives as documents: their steps end in what the derivation says, in every format."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import pytest

from symbackprop.calculus.backpropagation import derive
from symbackprop.calculus.reverse import ProgramDerivation
from symbackprop.errors import BudgetError, ShapeError
from symbackprop.exposition.derivatives import narrate_derivatives, narrate_entries
from symbackprop.exposition.document import Display, Figure, Heading, Steps
from symbackprop.exposition.formats import FORMATS
from symbackprop.exposition.narration import Labels
from symbackprop.exposition.rendering import files_of
from symbackprop.network.text.equations import equations

WEIGHT, BIAS = ("w", 1, (2, 1)), ("b", 2, (1,))


def test_derivative_is_told_with_its_path_and_its_steps(derived, network: str, lang: str) -> None:
    """A section has the chain, the links multiplied, and the derivative that the derivation gives, framed."""
    if derived(network).network.depth < 2:
        pytest.skip("has no second layer")
    document = narrate_derivatives(derived(network), [WEIGHT, BIAS], Labels(lang))
    assert ["w_1_2_1", "b_2_1"] == list(document.sections)
    kinds = [type(block) for block in document.blocks if isinstance(block, Figure | Steps | Display)]
    assert [Figure, Steps, Display] * 2 == kinds
    results = [block.formula.sides[1] for block in document.blocks if isinstance(block, Display)]
    assert [derived(network).partial("w", layer=1, j=2, k=1), derived(network).partial("b", layer=2, j=1)] == results


def test_expanded_derivative_ends_without_errors(derived) -> None:
    """What has a budget is written out once more, in w, b, x and y alone."""
    document = narrate_derivatives(derived("plain"), [WEIGHT], budget=1000)
    *_, last = (block for block in document.blocks if isinstance(block, Display))
    assert derived("plain").partial("w", layer=1, j=2, k=1, expanded=True) == last.formula.sides[1]
    assert 3 == sum(isinstance(block, Heading) for block in document.blocks)


def test_derivative_of_a_program_is_told_with_its_steps(lang: str) -> None:
    """A section has the chain of the whole array, then the one entry in a frame, and then without what is computed."""
    document = narrate_entries(program(), [("g", ()), ("k", (2,))], Labels(lang), budget=1000)
    assert ["g", "k_2"] == list(document.sections)
    kinds = [type(block) for block in document.blocks if isinstance(block, Steps | Display)]
    assert [Steps, Display, Display] * 2 == kinds
    whole = [block.formula.sides[1] for block in document.blocks if isinstance(block, Display)]
    expected = [
        program().partial(*entry, expanded=expanded) for entry in (("g",), ("k", 2)) for expanded in (False, True)
    ]
    assert expected == whole


def test_derivative_of_a_program_has_no_name_that_is_not_told() -> None:
    """The steps end in what was derived, where a whole story has a name for what repeats, and tells it."""
    text = (files("symbackprop.network") / "examples" / "rnn.eq").read_text(encoding="utf-8")
    derivation = derive(equations(text))
    (steps,) = (b for b in narrate_entries(derivation, [("Wh", (1, 2))]).blocks if isinstance(b, Steps))
    assert derivation.gradient("Wh").right == steps.lines[-1].right


@cache
def program() -> ProgramDerivation:
    """Return the derivation of a convolution."""
    return derive(equations("input a[N]\nparameter k[K], g\nz[x] = g*sum[u](k[u]*a[x+u-1])\nC = sum[x](z[x]^2)"))


@pytest.mark.combinations
@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_takes_a_derivative(derived, name: str) -> None:
    """No format needs the sections of a whole story."""
    if FORMATS[name].missing:
        pytest.skip("a package of the extra `export` is not installed")
    document = narrate_derivatives(derived("plain"), [WEIGHT])
    assert files_of(derived("plain"), document, name)
    assert files_of(program(), narrate_entries(program(), [("k", (1,))]), name)


def test_what_is_not_there_is_refused(derived) -> None:
    """A weight that the network does not have, and a formula that is longer than allowed, are errors."""
    with pytest.raises(ShapeError, match="layer 3 is not there"):
        narrate_derivatives(derived("plain"), [("w", 3, (1, 1))])
    with pytest.raises(BudgetError, match="more than the 9 allowed"):
        narrate_derivatives(derived("plain"), [WEIGHT], budget=9)
