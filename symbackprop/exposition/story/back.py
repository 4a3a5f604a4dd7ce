"""Chapter 6: one layer back, where the chain is one link longer and most of it is known already."""

from __future__ import annotations

from symbackprop.calculus.links import I, J, K
from symbackprop.calculus.partials import Partial
from symbackprop.exposition.document import Block, Figure
from symbackprop.exposition.figures.layout import chain_picture
from symbackprop.exposition.levels import Level
from symbackprop.exposition.selection import At, Story, at
from symbackprop.exposition.story.links import activation_blocks
from symbackprop.exposition.story.telling import Telling, name_of
from symbackprop.network import notation
from symbackprop.network.functions import SIGMA, slope
from symbackprop.network.notation import COST, LAST_LAYER, LAYER


def tell(telling: Telling) -> Story:
    """Return the chapter about the error of the hidden layers."""
    a, above = notation.activation(LAYER)[J], LAYER + 1
    z = notation.weighted_input(above)[I]
    blocks: list[Block | At] = [telling.section("back")]
    if telling.network.depth > 1:
        blocks += [telling.prose("back.idea"), _longer_chain(telling)]
    else:
        blocks.append(telling.prose("back.none"))
    blocks += [
        *at(Level.LECTURE, telling.part("sent")),
        telling.prose("back.link", a=a, link=Partial(z, a), above=above),
        telling.steps("error to activation"),
        *at(Level.LECTURE, telling.part("BP2")),
        telling.prose("back.error.any" if _sigma_is_new(telling) else "back.error", l=LAYER, sigma=SIGMA),
        telling.steps_after("BP2", "BP1"),
        telling.result("BP2"),
        telling.prose("back.reading"),
        *_here(telling),
    ]
    return tuple(blocks)


def _sigma_is_new(telling: Telling) -> bool:
    """Tell whether σ is met here first: the last layer has none, and BP2 does, as it does not where all layers mix."""
    return telling.network.mixes_at_the_end and telling.derivation.equations["BP2"].right.has(slope(SIGMA))


def _longer_chain(telling: Telling) -> Figure:
    last, before = LAST_LAYER, LAST_LAYER - 1
    delta = notation.error(last)[I]
    quantities = (
        notation.weight(before)[J, K],
        notation.weighted_input(before)[J],
        notation.activation(before)[J],
        notation.weighted_input(last)[I],
        notation.activation(last)[I],
        COST,
    )
    picture = chain_picture(quantities, named=3, name=delta)
    mixing = telling.network.mixes_at_the_end
    caption, alt = "figure.longer.mixing" if mixing else "figure.longer", telling.language.words("alt.longer")
    return telling.figure(caption, picture, alt=alt, delta=delta, z=notation.weighted_input(last)[I])


def _here(telling: Telling) -> Story:
    """Return BP2 for each activation of the hidden layers, after its derivative where that is not told yet."""
    network = telling.network
    told = {network.activations[-1]}
    blocks: list[Block | At] = []
    for activation in dict.fromkeys(network.activations[:-1]):
        name = name_of(activation)
        if activation in told:
            blocks += at(Level.FULL, telling.prose("back.here", name=name))
        else:
            blocks += [telling.part("hidden", {"name": name}), *activation_blocks(telling, activation, again=True)]
            blocks += at(Level.FULL, telling.prose("back.with"))
        label = "BP2 here" if "BP2 here" in telling.derivation.chains else f"BP2 {activation.name}"
        blocks += at(Level.FULL, telling.steps(label))
    return tuple(blocks)
