"""Chapter 3: the chain rule, first of three gears with numbers, then of a weight with derivatives: the same picture.

t_1 --3--> t_2 --5--> t_3       w --∂z/∂w--> z --∂a/∂z--> a --∂C/∂a--> C
    └── 3 · 5 = 15 ──┘
"""

from __future__ import annotations

from sympy import Integer, Symbol

from symbackprop.calculus.links import J, K
from symbackprop.exposition.document import Block, Display, Formula
from symbackprop.exposition.figures.layout import ChainLink, ChainPicture, chain_picture
from symbackprop.exposition.selection import Story
from symbackprop.exposition.story.telling import Telling, equal, roles_in
from symbackprop.exposition.story.terms import Chain, Total
from symbackprop.network import notation
from symbackprop.network.notation import COST, LAST_LAYER

TURNS = (Symbol("t_1"), Symbol("t_2"), Symbol("t_3"))  # of three gears
RATES = (3, 5)  # how many times as fast each is as the one before


def tell(telling: Telling) -> Story:
    """Return the chapter about the chain rule."""
    return telling.section("chain"), *_gears(telling), *_weight(telling)


def _gears(telling: Telling) -> tuple[Block, ...]:
    """Return three gears, whose rates are numbers and multiply."""
    whole = Integer(1)
    for rate in RATES:
        whole *= rate
    product = Chain((Total((RATES,)), whole), ("=",))
    roles = ("input", "activation")
    links = tuple(ChainLink(Integer(rate), role) for rate, role in zip(RATES, roles, strict=True))
    picture = ChainPicture(TURNS, links, named=0, name=product)
    first, second, third = TURNS
    return (
        telling.prose("chain.gears", first=first, second=second, third=third),
        telling.figure("figure.gears", picture, alt=telling.language.words("alt.gears"), product=product),
        telling.prose("chain.gears.product"),
    )


def _weight(telling: Telling) -> Story:
    """Return the way of a weight to the cost, whose rates are derivatives and multiply as well."""
    last = LAST_LAYER
    w, z, a = notation.weight(last)[J, K], notation.weighted_input(last)[J], notation.activation(last)[J]
    mixing = telling.network.mixes_at_the_end
    caption = "figure.chain.mixing" if mixing else "figure.chain"
    return (
        telling.part("rates"),
        telling.prose("chain.rates", w=w, z=z, a=a, C=COST),
        telling.figure(caption, chain_picture((w, z, a, COST)), alt=telling.language.words("alt.chain"), z=z),
        telling.prose("chain.product"),
        Display(_product(telling)),
        telling.prose("chain.mixing" if mixing else "chain.paths", z=z, a=a),
    )


def _product(telling: Telling) -> Formula:
    """Return the first step of the chain for a weight of the last layer: the product along its path."""
    step = telling.derivation.chains["last weight"].steps[0]
    return equal(step.before, step.after, roles=roles_in(step.after))
