"""What pages and decks in HTML share: blocks as elements, mathematics as MathML, and what styles and moves them.

    markup      elements and literal text
    formulas    displays and aligned steps, broken where they are long
    blocks      every kind of block
    chain       the picture of a chain, its letters as MathML
    answers     the network as a picture that answers
    controls    what a reader may do: light or dark, copying
    assets      style, scripts and the mathematical font, put into the file

Nothing refers to anything outside of the file, and a policy within it forbids that anything does.
"""
