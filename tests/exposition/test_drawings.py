"""The same pictures as TikZ and as Mermaid: complete, and the same every time."""

from __future__ import annotations

import re

import pytest

from symbackprop.exposition.document import Document, Figure
from symbackprop.exposition.figures.mermaid import mermaid
from symbackprop.exposition.figures.tikz import tikz


def figures(document: Document) -> list[Figure]:
    """Return the pictures of a document."""
    return [block for block in document.blocks if isinstance(block, Figure)]


def test_pictures_of_the_plain_network_are_those_in_the_golden_files(told, golden) -> None:
    """The pictures of 2-3-1 are drawn as they were when somebody last looked at them."""
    document = told("plain", "en")
    for name, figure in zip(("network", "gears", "chain", "longer"), figures(document), strict=True):
        golden(f"figures/{name}.tex", tikz(figure.picture, document) + "\n")
        golden(f"figures/{name}.mmd", mermaid(figure.picture, document, figure.alt) + "\n")


def test_tikz_draws_every_neuron_and_every_edge(told, network: str, lang: str) -> None:
    """Whatever the network, nothing of its layout is missing in the drawing, and stressed lines come last."""
    document = told(network, lang)
    picture = figures(document)[0].picture
    drawn = tikz(picture, document)
    edges = re.findall(r"\\draw\[(stressed|edge)", drawn)
    assert len(picture.edges) == len(edges)
    assert len(picture.neurons) == len(re.findall(r"\\node\[neuron", drawn))
    assert sorted(edges) == edges
    assert drawn.count("{") == drawn.count("}")


def test_mermaid_names_every_neuron_once(told, network: str, lang: str) -> None:
    """Each neuron has one name, every line joins two names, and what is styled is there."""
    document = told(network, lang)
    figure = figures(document)[0]
    lines = mermaid(figure.picture, document, figure.alt).splitlines()
    names = [match.group(1) for line in lines if (match := re.match(r"  (\w+)[\[(]", line))]
    joined = [match.groups() for line in lines if (match := re.match(r"  (\w+) (?:===|---|-\.-)\S* ?(\w+)$", line))]
    styled = [int(number) for line in lines if "linkStyle" in line for number in line.split()[1].split(",")]
    assert len(names) == len(set(names))
    assert {name for pair in joined for name in pair} <= set(names)
    assert styled == [] or max(styled) < len(joined) + 1


@pytest.mark.parametrize("draw", [tikz, lambda picture, document: mermaid(picture, document, "")])
def test_what_is_no_picture_is_refused(told, draw) -> None:
    """A kind of picture that a drawing does not know is named."""
    with pytest.raises(TypeError, match="for the picture str"):
        draw("x", told("plain", "en"))


@pytest.mark.parametrize("name", ["plain", "digits"])
def test_description_has_no_markup(told, name: str, lang: str) -> None:
    """The description for who cannot see the picture is plain words."""
    for figure in figures(told(name, lang)):
        assert len(figure.alt) > 40
        assert not set(figure.alt) & set("{}\\$*`|")
