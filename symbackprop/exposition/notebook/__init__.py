"""What a notebook is made of: words and formulas as its Markdown, and the code that derives again what they show.

wording     every kind of block as Markdown with mathematics between dollar signs
checks      the code: the network, the derivation, and an assert for each chain that is told
"""
