"""The pictures as SVG: complete, found again by their names, and every label where it can be read."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from symbackprop.exposition.document import Document, Figure
from symbackprop.exposition.figures.labelling import named_edges
from symbackprop.exposition.figures.layout import ChainPicture, NetworkPicture, network_picture
from symbackprop.exposition.figures.svg import Drawing, svg
from symbackprop.network import notation
from symbackprop.network.model import mlp

NAMESPACE = "{http://www.w3.org/2000/svg}"
PAGE = Drawing(letters="text", parts="net-")


def figures(document: Document) -> list[Figure]:
    """Return the pictures of a document."""
    return [block for block in document.blocks if isinstance(block, Figure)]


def parsed(document: Document, place: int, drawing: Drawing = PAGE) -> Element:
    """Return one picture of a document, drawn and read again."""
    figure = figures(document)[place]
    return ElementTree.fromstring(svg(figure.picture, document, figure.alt, drawing))


def groups(root: Element, kind: str) -> list[Element]:
    """Return the groups of a class."""
    return [group for group in root.iter(f"{NAMESPACE}g") if kind in group.get("class", "").split()]


def test_every_neuron_and_every_edge_is_drawn(told, network: str, lang: str) -> None:
    """Whatever the network, each neuron, each connection and each caption of the layout is a group of its class."""
    document = told(network, lang)
    picture, root = figures(document)[0].picture, parsed(document, 0)
    assert isinstance(picture, NetworkPicture)
    edges = [edge for kind in ("weight", "output", "stub", "target-edge") for edge in groups(root, kind)]
    assert len(picture.neurons) == len(groups(root, "neuron"))
    assert len(picture.edges) == len(edges)
    assert len(picture.columns) == len(groups(root, "caption"))
    assert len(picture.dots) == len(groups(root, "dots"))
    assert sum(edge.on_path for edge in picture.edges) == sum("on-path" in edge.get("class", "") for edge in edges)


def test_parts_have_the_names_of_their_numbers(told) -> None:
    """In 2-3-1 each number has one group, whose id is the name of its symbol and whose data says the same."""
    root = parsed(told("plain", "en"), 0)
    expected = {str(notation.scalar("w", 1, j, k)) for j in (1, 2, 3) for k in (1, 2)}
    expected |= {str(notation.scalar("w", 2, 1, k)) for k in (1, 2, 3)}
    expected |= {f"{letter}_{layer}_{j}" for letter in "ab" for layer, j in ((1, 1), (1, 2), (1, 3), (2, 1))}
    expected |= {"x_1", "x_2", "C", "C_1", "y"}
    ids = [group.get("id", "") for group in root.iter(f"{NAMESPACE}g") if group.get("data-letter")]
    assert expected == {name.removeprefix("net-") for name in ids}
    assert len(ids) == len(set(ids))
    (weight,) = [group for group in groups(root, "weight") if group.get("id") == "net-w_1_2_1"]
    assert ("w", "1", "2", "1") == tuple(weight.get(f"data-{name}") for name in ("letter", "layer", "j", "k"))


def test_ids_are_unique(told, network: str) -> None:
    """No two elements of a picture have the same id."""
    for place in range(len(figures(told(network, "en")))):
        ids = [element.get("id") for element in parsed(told(network, "en"), place).iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        assert ids


def test_file_has_no_ids_and_no_text(told, network: str) -> None:
    """A picture for a file needs no font, and can be put beside another one."""
    for place in range(len(figures(told(network, "en")))):
        root = parsed(told(network, "en"), place, Drawing())
        assert {"svg", "title", "g", "path", "circle", "rect"} >= {e.tag.removeprefix(NAMESPACE) for e in root.iter()}
        assert [] == [element for element in root.iter() if element.get("id")]


def test_path_is_thick_and_coloured(told) -> None:
    """What is stressed differs in width as well as in colour."""
    root = parsed(told("several", "en"), 0)
    lines = [group for group in root if re.match("(weight|output|target-edge)( on-path)?$", group.get("class", ""))]
    looks = [("on-path" in line.get("class", ""), line[0].get("stroke"), float(line[0].get("stroke-width", 0)))
             for line in lines]  # fmt: skip
    (thin,), (thick,) = ({look[1:] for look in looks if look[0] is stressed} for stressed in (False, True))
    assert thick[1] > 2 * thin[1]
    assert thin[0] != thick[0]


def boxes_of_labels(picture: NetworkPicture, size: tuple[float, float]) -> list[tuple[float, float, float, float]]:
    """Return the box around the name of each weight that has one."""
    points = [named.label_at for named in named_edges(picture) if named.label_at]
    return [(x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2) for x, y in points]


def overlapping(boxes: list[tuple[float, float, float, float]]) -> list[object]:
    """Return the pairs of boxes that share more than an edge."""
    return [
        (one, other)
        for one, other in combinations(boxes, 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]


def test_names_of_weights_do_not_cover_one_another(told, network: str) -> None:
    """Labels keep apart, as large as they are drawn."""
    picture = figures(told(network, "en"))[0].picture
    assert isinstance(picture, NetworkPicture)
    assert [] == overlapping(boxes_of_labels(picture, (0.4, 0.34)))


def test_overlap_is_found() -> None:
    """The search sees two boxes that cover one another, and not two that touch."""
    assert 1 == len(overlapping([(0, 0, 2, 2), (1, 1, 3, 3), (3, 3, 4, 4)]))


@pytest.mark.parametrize(("shape", "count"), [("2-3-1", 9), ("1-1", 1), ("4-2", 8), ("784-30-10", 1)])
def test_weights_are_named_where_there_is_room(shape: str, count: int) -> None:
    """Small layers show the name of each weight, large ones only that of the weight whose path is shown."""
    named = named_edges(network_picture(mlp(shape)))
    assert count == sum(each.label_at is not None for each in named)
    assert all(each.label_at is not None for each in named if each.edge.label is not None)


def test_weight_is_that_of_the_ends_of_its_edge(told) -> None:
    """An edge from neuron k to neuron j of the next layer is w_jk."""
    picture = figures(told("several", "en"))[0].picture
    assert isinstance(picture, NetworkPicture)
    neurons = {(neuron.x, neuron.y): neuron for neuron in picture.neurons}
    for named in named_edges(picture):
        if named.kind == "weight":
            source, end = neurons[named.edge.start], neurons[named.edge.end]
            assert notation.weight(end.layer)[end.number, source.number] == named.weight


def test_chain_has_a_link_between_neighbours(told) -> None:
    """A chain of quantities has one arrow less than quantities, each in the colour of its part."""
    for place in (1, 2):
        picture, root = figures(told("plain", "en"))[place].picture, parsed(told("plain", "en"), place)
        assert isinstance(picture, ChainPicture)
        links = groups(root, "link")
        assert [link.role for link in picture.links] == [link.get("data-role") for link in links]
        assert len(picture.quantities) == len(groups(root, "quantity"))
        assert (picture.name is not None) == bool(groups(root, "name"))


def test_description_is_literal(told) -> None:
    """What is said about a picture is never markup, and neither is the beginning of the ids."""
    document = told("plain", "en")
    text = "\"><script>alert('1')</script>]]>&lt;"
    for drawing in (Drawing(source=text), Drawing(parts='"><x y="')):
        root = ElementTree.fromstring(svg(figures(document)[1].picture, document, text, drawing))
        assert text == root.get("aria-label")
        assert not [element for element in root.iter() if element.tag.endswith(("script", "x"))]


def test_text_is_that_of_the_golden_file(told, golden) -> None:
    """The network 2-3-1 as it is drawn for a page is what somebody last looked at."""
    document = told("plain", "es")
    golden("figures/network.svg", svg(figures(document)[0].picture, document, figures(document)[0].alt, PAGE))


def test_what_is_no_picture_is_refused(told) -> None:
    """A kind of picture that is not known is named."""
    with pytest.raises(TypeError, match="no SVG for the picture str"):
        svg("x", told("plain", "en"), "")


def test_letters_of_another_kind_are_refused() -> None:
    """A misspelt kind of letters is named with those that there are."""
    with pytest.raises(ValueError, match="letters 'paths': wanted one of outlines, text"):
        Drawing(letters="paths")
