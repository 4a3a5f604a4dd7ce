"""Whole numbers drawn at random: those of NumPy's default generator, without loading NumPy for a dozen of them.

The seed is mixed as NumPy's SeedSequence mixes it, the stream is PCG-64 (O'Neill 2014, XSL-RR), and a number below a
bound comes from 32 bits by Lemire's multiplication (2019), each as NumPy promises to keep them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

_WORD, _HALF, _WHOLE = 2**32 - 1, 2**64 - 1, 2**128 - 1
_STEP = 0x2360ED051FC65DA44385DF649FCCF645


def drawing(seed: int) -> Callable[[int, int], int]:
    """Return what draws a whole number from `low` to `high`, both included, as `default_rng(seed).integers` does.

    The seed is from 0 to 2^32 - 1."""
    words = _words(seed)

    def drawn(low: int, high: int) -> int:
        count = high - low + 1
        product = next(words) * count if count > 1 else 0  # of one number nothing is drawn
        while product & _WORD < 2**32 % count:
            product = next(words) * count
        return low + (product >> 32)

    return drawn


def _words(seed: int) -> Iterator[int]:
    """Yield 32 random bits after the other: of each 64 of the stream the lower half first."""
    first, start = (high << 64 | low for high, low in _mixed(seed))
    steps = (start << 1 | 1) & _WHOLE
    state = ((steps + first) * _STEP + steps) & _WHOLE
    while True:
        state = (state * _STEP + steps) & _WHOLE
        bits, turn = (state >> 64 ^ state) & _HALF, state >> 122
        turned = (bits >> turn | bits << 64 - turn) & _HALF
        yield turned & _WORD
        yield turned >> 32


def _mixed(seed: int) -> list[tuple[int, int]]:
    """Return two pairs of 64 bits in which those of the seed are spread out."""
    mixed = _hashing(0x43B0D7E5, 0x931E8875)
    pool = [mixed(word) for word in (seed, 0, 0, 0)]
    for source in range(4):
        for place in {0, 1, 2, 3} - {source}:
            both = (0xCA01F9DD * pool[place] - 0x4973F715 * mixed(pool[source])) & _WORD
            pool[place] = both ^ both >> 16
    spread = map(_hashing(0x8B51F9DD, 0x58F38DED), 2 * pool)
    halves = [low | high << 32 for low, high in zip(spread, spread, strict=True)]
    return [(halves[0], halves[1]), (halves[2], halves[3])]


def _hashing(constant: int, factor: int) -> Callable[[int], int]:
    """Return a hash of 32 bits that is another one each time it is called."""

    def mixed(word: int) -> int:
        nonlocal constant
        word ^= constant
        constant = constant * factor & _WORD
        word = word * constant & _WORD
        return word ^ word >> 16

    return mixed
