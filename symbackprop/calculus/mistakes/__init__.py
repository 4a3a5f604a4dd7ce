"""The mistakes that people make in a gradient, as changes of the derived equations: to be found, or to be planted.

variants        a mistake, and what a rule that makes one looks at
layerslips, parameterslips, statisticslips, kernelslips, termslips        the rules
catalogue       every mistake that the rules find in the equations of a program
sentences       what each kind is, and why it is wrong
"""
