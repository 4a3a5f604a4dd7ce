"""Any program of index equations as whole arrays of NumPy: the text of a function, line by line an equation.

order       which equations follow which, and which are computed together, one step of time after the other
counts      sizes and bounds as whole numbers: N - K + 1
places      where an entry stands: a[x + u - 1] as a window over a, with zeros outside
writing     the right side of one equation, each part with the indices of its axes
cases       case distinctions that a number decides
totals      sums: a product of matrices where there is one, a band or a mask where bounds depend on an index
moving      how windows and kernels move over arrays: first places, strides, margins
correlating sums of products along shifted places, as convolutions of a library that has them; pooling likewise
scaled      exponentials and sums of them, counted from the largest exponent, so that nothing overflows
sharing     what stands in several places, and what is worked out small before it is made large
beforehand  what a recurrence needs of other arrays, before its first step
stacking    products of several matrices with one array as one of the matrices, one behind the other
together    products of several arrays of a recurrence as one of these, one behind the other
stepping    a recurrence as a function of a step, for a library that differentiates
running     the few functions that such text calls, copied into it
source      the statements of one pass
inplace     operations in the memory of what nothing reads any more
functions   the whole text: sizes, forward pass, backward pass
"""
