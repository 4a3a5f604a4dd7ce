"""Chapter 3: the chain rule, as a picture and as a product."""

from __future__ import annotations

from symbackprop.calculus.links import J, K
from symbackprop.exposition.document import Block, Display, Figure, Formula
from symbackprop.exposition.figures.layout import chain_picture
from symbackprop.exposition.story.telling import Telling, equal, roles_in
from symbackprop.network import notation
from symbackprop.network.notation import COST, LAST_LAYER

__all__ = ["tell"]


def tell(telling: Telling) -> tuple[Block, ...]:
    """Return the chapter about the chain rule."""
    say, last = telling.say, LAST_LAYER
    w, z, a = notation.weight(last)[J, K], notation.weighted_input(last)[J], notation.activation(last)[J]
    picture = chain_picture((w, z, a, COST))
    mixing = telling.network.mixes_at_the_end
    caption = say("figure.chain.mixing" if mixing else "figure.chain", z=z)
    blocks: list[Block] = [
        telling.section("chain"),
        telling.prose("chain.rates", w=w, z=z, a=a, C=COST),
        Figure(picture, caption, telling.language.words("alt.chain")),
        telling.prose("chain.product"),
        Display(_product(telling)),
    ]
    blocks.append(telling.prose("chain.mixing" if mixing else "chain.paths", z=z, a=a))
    return tuple(blocks)


def _product(telling: Telling) -> Formula:
    """Return the first step of the chain for a weight of the last layer: the product along its path."""
    step = telling.derivation.chains["last weight"].steps[0]
    return equal(step.before, step.after, roles=roles_in(step.after))
