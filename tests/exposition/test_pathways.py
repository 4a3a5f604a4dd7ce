"""What is told about a part of the picture: every part has its story, and its formulas are those of the derivation."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest
from sympy import Expr, Indexed

from symbackprop.calculus.backpropagation import Derivation
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Document, Figure, Formula, Text
from symbackprop.exposition.figures.layout import network_picture
from symbackprop.exposition.figures.svg import Drawing, svg
from symbackprop.exposition.languages import LANGUAGES
from symbackprop.exposition.mathtext.latex import latex
from symbackprop.exposition.pathways import Pathway, pathways
from symbackprop.exposition.story.telling import Telling
from symbackprop.network.composition import leaf, unrolled
from symbackprop.network.notation import COST


@pytest.fixture
def followed(derived):
    """Return the pathways of one of the networks, by its name."""
    return lambda name, lang="en": _followed(derived, name, lang)


@cache
def _followed(derived: Callable[[str], Derivation], name: str, lang: str) -> tuple[Pathway, ...]:
    derivation = derived(name)
    return pathways(Telling(derivation, LANGUAGES[lang]), network_picture(derivation.network))


def parts(document: Document) -> dict[str, str]:
    """Return the ids of the picture of the network, without their beginning, each with the class of its part."""
    figure = next(block for block in document.blocks if isinstance(block, Figure))
    drawn = svg(figure.picture, document, figure.alt, Drawing(letters="text", parts="net-"))
    return {name: kind.split()[0] for kind, name in re.findall(r'<g class="([^"]+)" id="net-([^"]+)"', drawn)}


def test_every_weight_bias_and_neuron_of_the_picture_is_told(followed, told, network: str) -> None:
    """The parts of the picture that stand for a number each have one pathway, and nothing else has one."""
    drawn = {name for name, kind in parts(told(network, "en")).items() if kind in ("weight", "bias", "neuron")}
    assert sorted(drawn) == sorted(pathway.name for pathway in followed(network))


def test_what_lights_up_is_in_the_picture_and_ends_at_the_cost(followed, told, network: str) -> None:
    """Every part of a path is drawn, the first is the part itself, and the last is the cost."""
    drawn = parts(told(network, "en"))
    for pathway in followed(network):
        assert set() == set(pathway.lit) - set(drawn)
        assert (pathway.name, "C") == (pathway.lit[0], pathway.lit[-1])
        assert len(pathway.lit) == len(set(pathway.lit))


def test_path_of_a_weight_runs_through_one_neuron_and_all_after_it(followed) -> None:
    """In a 3-4-5-2 network, a weight into neuron 2 of layer 1 lights that neuron alone, then whole layers."""
    (pathway,) = [each for each in followed("several") if each.name == "w_1_2_3"]
    lit = set(pathway.lit)
    assert {"a_1_2"} == {name for name in lit if name.startswith("a_1_")}
    assert {f"w_2_{i}_2" for i in range(1, 6)} == {name for name in lit if name.startswith("w_2_")}
    assert {"a_3_1", "a_3_2", "C_1", "C_2", "C"} <= lit
    assert not [name for name in lit if name.startswith(("b_", "x_"))]


def test_links_lead_from_the_part_to_the_cost(followed, network: str) -> None:
    """Every link is a derivative with a value that holds none, and with a shape; the last one leads to the cost."""
    for pathway in followed(network):
        chain = pathway.chain
        assert COST == chain.quantities[-1]
        assert len(chain.links) == len(pathway.values) == len(pathway.shapes)
        for link, value in zip(chain.links, pathway.values, strict=True):
            assert isinstance(link.rate, Partial)
            assert not value.has(Partial)


def test_shapes_fit_together(followed, network: str) -> None:
    """Where a link ends, the next one begins: the shapes of whole layers can be multiplied from the cost back."""
    for pathway in followed(network):
        ends = [shape.split(" × ", 1) for shape in pathway.shapes]
        assert [rows for rows, _ in ends[:-1]] == [columns for _, columns in ends[1:]]
        assert "1" == ends[-1][0]


def numbered(expression: Expr) -> Expr:
    """Return an expression with its sums written out and its entries as symbols such as w_1_2_1."""
    return unrolled(expression, leaf)


@pytest.mark.parametrize("name", ["plain", "several", "flat", "mixing"])
def test_second_line_is_the_partial_of_the_derivation(derived, followed, name: str) -> None:
    """What a weight or a bias is said to be equal to is what `Derivation.partial` gives for it."""
    for pathway in followed(name):
        letter, *numbers = pathway.name.split("_")
        if letter in ("w", "b"):
            layer, j, *k = map(int, numbers)
            expected = derived(name).partial(letter, layer=layer, j=j, k=k[0] if k else None)
            assert expected == numbered(pathway.lines.lines[1].right)


def test_first_line_multiplies_the_links_of_the_chain(followed, network: str) -> None:
    """Every link up to what has a name of its own stands in the product, and no other derivative does."""
    for pathway in followed(network):
        chain, right = pathway.chain, pathway.lines.lines[0].right
        links = [link.rate for link in chain.links]
        if chain.named is not None:
            named = chain.quantities[chain.named]
            assert isinstance(named, Indexed)
            links = [*links[: chain.named], Partial(COST, named)]
        assert sorted(map(_shape, links)) == sorted(map(_shape, right.atoms(Partial)))


def _shape(link: Partial) -> str:
    """Return a link without the letters of indices that are summed over."""
    return re.sub(r"_\{?(\d*)[ikm]*(\d*)\}?", r"_\1\2", latex(link))


def test_what_is_told_is_that_of_the_golden_files(followed, golden, lang: str) -> None:
    """The story of one weight, one neuron and one bias, in each language, is what somebody last looked at."""
    names = {"plain": ("w_1_2_1", "a_1_2"), "digits": ("x_784", "w_1_30_1", "b_2_3")}
    stories = [each for name in names for each in followed(name, lang) if each.name in names[name]]
    golden(f"pathways/told-{lang}.txt", "\n".join(map(written, stories)))


def words(text: Text) -> str:
    """Return a sentence with its formulas as LaTeX."""
    return "".join(latex(*part.sides) if isinstance(part, Formula) else str(part) for part in text)


def written(pathway: Pathway) -> str:
    """Return a pathway as text."""
    lines = [f"{pathway.name}  {pathway.title}: {latex(pathway.letter)}", f"    lit {' '.join(pathway.lit)}"]
    for link, value, shape in zip(pathway.chain.links, pathway.values, pathway.shapes, strict=True):
        lines.append(f"    {latex(link.rate, value)}    {shape}")
    for line in pathway.lines.lines:
        left = "" if line.left is None else latex(line.left)
        lines.append(f"    {left} {line.sign} {latex(line.right)}    {words(line.reason)}")
    return "\n".join(lines) + "\n"
