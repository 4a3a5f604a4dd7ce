"""From the blocks of a document to slides, once for all formats that have slides.

topics       what stands under which heading, and the sentences of a paragraph that a slide has room for
richtext     sentences, with their formulas as raised and lowered letters, or as plain characters
measuring    how large words, formulas, lines, tables and pictures are, in em of the letters of a slide
cutting      what goes on one slide together: as few slides as can be, filled evenly, nothing torn from its sentence
slides       document, sheet -> slides: what stands on each, and with which click it comes

A format writes the slides, and makes smaller what its own letters make too large; it moves nothing to another slide.
"""
