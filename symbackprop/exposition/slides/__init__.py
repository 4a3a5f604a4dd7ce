"""From the blocks of a document to slides, for every format that has slides.

outline      what stands under which heading
digest       the sentences of a paragraph that a slide has room for; the whole of it is for the speaker
richtext     sentences, with their formulas as raised and lowered letters, or as plain characters
equations    steps and formulas, measured and broken
measures     how large words are
pages        where everything stands on a slide, as data
strips       blocks -> lines of a slide
tables       tables -> lines of a slide
storyboard   lines -> pages

A format that sets its slides itself (Beamer, HTML) takes the outline and the digests; one that has to say where every
shape stands takes the pages.
"""
