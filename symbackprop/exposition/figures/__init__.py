"""Pictures: laid out once as data, then drawn by each format in its own way.

    layout    where neurons, edges and labels stand: of a network, and of the chain w -> z -> a -> C
    tikz      the same as TikZ, for LaTeX
    mermaid   the same as Mermaid, for Markdown
    svg       the same as SVG, for files and for pages (svgnetwork, svgchain, labelling, lettering, svgparts)

A further way of drawing is a further module; it reads the layout and changes nothing in it.
"""
