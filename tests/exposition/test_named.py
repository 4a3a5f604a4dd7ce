"""One equation by its name: which there are, in every notation and form, alone or in a document."""

from __future__ import annotations

import pytest

import symbackprop as sb
from symbackprop.cli.shipped import shipped_example
from symbackprop.errors import UnknownNameError
from symbackprop.exposition.document import Display, Heading
from symbackprop.exposition.named import equations_of
from symbackprop.exposition.narration import narrate

CHAIN = {
    "BP2-here": ("index", "δ⁽ˡ⁾ⱼ = a⁽ˡ⁾ⱼ (1 − a⁽ˡ⁾ⱼ) Σᵢ w⁽ˡ⁺¹⁾ᵢⱼ δ⁽ˡ⁺¹⁾ᵢ"),
    "delta1": ("matrix", "δ⁽¹⁾ = (W⁽²⁾)ᵀ δ⁽²⁾ ⊙ a⁽¹⁾ ⊙ (1 − a⁽¹⁾)"),
    "delta2": ("index", "δ⁽²⁾ⱼ = a⁽²⁾ⱼ − yⱼ"),
    "W2": ("rows", "∇_{W⁽²⁾} C = 1/m · (Δ⁽²⁾)ᵀ A⁽¹⁾"),
    "b1": ("columns", "∇_{b⁽¹⁾} C = 1/m · Δ⁽¹⁾ 𝟏"),
    "forward-z": ("rows", "Z⁽ˡ⁾ = A⁽ˡ⁻¹⁾ (W⁽ˡ⁾)ᵀ + 𝟏 (b⁽ˡ⁾)ᵀ"),
    "forward-a-softmax": ("matrix", "a⁽ˡ⁾ = softmax(z⁽ˡ⁾)"),
    "forward-a-sigmoid": ("scalar", "a⁽¹⁾₁ = σ(z⁽¹⁾₁)\na⁽¹⁾₂ = σ(z⁽¹⁾₂)\na⁽¹⁾₃ = σ(z⁽¹⁾₃)"),
    "forward-C": ("scalar", "C = −y₁ ln a⁽²⁾₁ − y₂ ln a⁽²⁾₂"),
}
EQUATIONS = {
    ("attention", "forward-s"): ("matrix", "S = 1/√D · Q Kᵀ"),
    ("attention", "q"): ("index", "∂C/∂q_{id} = 1/√D · Σⱼ ∂C/∂sᵢⱼ · k_{jd}"),
    ("rnn", "forward-h"): ("index", "h₀ⱼ = h⁽⁰⁾ⱼ\nhₜⱼ = tanh(Σ_d W⁽ˣ⁾_{jd} x_{td} + Σₖ W⁽ʰ⁾ⱼₖ hₜ₋₁,ₖ + bⱼ)"),
}


@pytest.fixture(scope="module")
def chain():
    """Return the derivation of a chain of dense layers, whose errors suppose that targets add up to 1."""
    return sb.derive(sb.mlp("2-3-2", ["sigmoid", "softmax"], "cross_entropy"))


@pytest.mark.parametrize("name", CHAIN)
def test_equation_of_a_chain_is_written_alone(chain, name: str) -> None:
    """Of any layer, of one, of the way forward: each in the notation that is asked for, all its lines."""
    notation, wanted = CHAIN[name]
    assert f"{wanted}\n" == sb.render(chain, "unicode", only=name, notation=notation)


@pytest.mark.parametrize(("arrays", "name"), EQUATIONS)
def test_equation_of_arrays_is_written_alone(arrays: str, name: str) -> None:
    """The derivative by an array, and how it is computed."""
    notation, wanted = EQUATIONS[arrays, name]
    derivation = sb.derive(sb.equations(str(shipped_example(arrays))))
    assert f"{wanted}\n" == sb.render(derivation, "unicode", only=name, notation=notation)


@pytest.mark.parametrize(
    ("format", "wanted"),
    [
        ("tex", "\\mathrm{d}W^{[1]} = \\frac{1}{m}\\,\\mathrm{d}Z^{[1]}"),
        ("typst", "$ attach(upright(d) W,t:bracket.l 1 bracket.r) = frac(1,m)"),
        ("omml", '<m:oMath xmlns:m="'),
        ("mathml", '<math xml:lang="en" alttext="'),
        ("svg", '<svg xmlns="'),
    ],
)
def test_every_form_has_the_equation_that_is_asked_for(chain, format: str, wanted: str) -> None:
    """With a convention; a picture, too, is that of the equation and not of the network."""
    text = str(sb.render(chain, format, only="W1", notation="columns", convention="ng"))
    assert text.startswith(wanted)
    assert 1 == text.count("</svg>") or format != "svg"


def test_names_before_and_after_deriving_are_the_same(chain) -> None:
    """What can be asked for is known of a network that is not derived yet, and each name has its equation."""
    names = list(equations_of(chain.network))
    assert names == list(equations_of(chain))
    assert set(CHAIN) < set(names)


def test_equation_without_a_place_in_the_story_is_shown_below_a_heading(chain) -> None:
    """A document shows it in the notations of all stories, on paper and on slides."""
    document = narrate(chain, only="W2,BP1")
    assert ["error", "named"] == [b.key for b in document.blocks if isinstance(b, Heading) and b.level == 1]
    shown = [block for block in document.blocks if isinstance(block, Display)]
    assert ["", ""] == [block.name for block in shown[-2:]]
    assert document.talk is not None
    assert document.talk[-2:] == document.blocks[-2:]


@pytest.mark.parametrize(("name", "meant"), [("w2", "W2"), ("c", "forward-C"), ("delta", "delta"), ("BP5", "BP")])
def test_wrong_name_is_answered_with_what_comes_close(chain, name: str, meant: str) -> None:
    """Another case, a number without its line, a name that is nearly one."""
    with pytest.raises(UnknownNameError, match=rf"^only: '{name}' is unknown; did you mean '{meant}.*'\? known: net"):
        narrate(chain, only=name)
