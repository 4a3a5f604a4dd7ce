"""The lines of NumPy that equations became, in the words of a library that differentiates: PyTorch, JAX.

translation     one statement after the other, call by call, by a table of rules for each library
torchwords      such a table, for PyTorch
functions       what the text calls: functions of NumPy translated, and those that a library says in its own way
moduletext      the whole text: forward, backward, both as one differentiable function, and a check of it
compiled        that text as functions of arrays by name, and of (params, x, y)
"""
