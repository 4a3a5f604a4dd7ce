"""What the formats of Office share: native equations, shapes on slides, and files whose bytes repeat.

xml          elements with prefixes in their tags -> markup with the namespaces that it needs
shapes       text boxes, equations, rules, frames and tables of a slide
pictures     the network and the chain as native shapes
fallback     what a program shows that knows no native equations
template     a presentation to start from: the reader's own, or ours
slides       pages -> slides of a presentation
placeholders where a design wants titles and numbers, and how large
design       our own design of slides
words        runs, fields, cells and pictures of an article
lines        steps and results of an article, their signs under one another
pagesetup    the page, the styles and the numbers of an article
package      the same bytes for the same deck or article
"""
