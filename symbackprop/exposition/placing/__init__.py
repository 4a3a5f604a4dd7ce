"""Where everything stands on a slide, for formats that have to say so of every shape.

looks           how large words are
equations       steps and formulas, measured and broken, in bands with their reasons, frames and names
equationtables  tables of equations
pictures        the layout of a picture, in points of the slide, a chain with room for its rates
pages           what stands where, as data
placed          slides -> pages
poster          a whole document on one slide
"""
