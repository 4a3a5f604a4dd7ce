"""Cuts the mathematical font of pages and decks: STIX Two Math with the letters and signs that formulas here can hold.

    python tests/exposition/cut_font.py     rewrites symbackprop/exposition/web/assets/math.woff2

The font is that of the package ziamath. Hinting and the optional forms of letters go; the table MATH with the tall
forms of parentheses, sums and roots stays.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

ASSET = Path(__file__).parents[2] / "symbackprop" / "exposition" / "web" / "assets" / "math.woff2"
SIGNS = (
    "∂∇∑∏√⊙∘·×±−∓≤≥≠≈∈∞→←⋯⋮⋱…′″‴⏞⏟½⅓⅔¼¾⅛ℓ‖∣∨∧¬∋⋰ϑϕϖϰϱϵ"
    "\u0302\u0304\u0303\u20d7ˆ˜¯"  # accents, above a letter and alone
)
ELSEWHERE = "ℎ𝓵ℬℰℱℋℐℒℳℛℯℊℴ"  # letters that stand outside of their alphabets
BLOCKS = (
    range(0x20, 0x7F),  # ASCII
    range(0xA0, 0x100),  # the letters of western Europe, for words within formulas
    range(0x391, 0x3CA),  # Greek
    range(0x1D400, 0x1D468),  # bold, italic
    range(0x1D49C, 0x1D4D0),  # script
    range(0x1D5A0, 0x1D5D4),  # sans-serif
    range(0x1D6A8, 0x1D756),  # bold, italic and bold italic Greek
    range(0x1D7CE, 0x1D7E2),  # bold and double-struck digits
)


def characters() -> set[int]:
    """Return the code points that the font is to have."""
    codes = {code for block in BLOCKS for code in block} | {ord(sign) for sign in SIGNS + ELSEWHERE}
    return {code for code in codes if unicodedata.category(chr(code)) != "Cn"}


def main() -> None:
    """Write the font."""
    import ziamath
    from fontTools import subset

    whole = Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = options.glyph_names = False
    options.layout_features = []
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]
    font = subset.load_font(str(whole), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    subset.save_font(font, str(ASSET), options)


if __name__ == "__main__":
    main()
