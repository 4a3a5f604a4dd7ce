"""What is no network: one line that says where, what it got, what it wanted and what to try."""

from __future__ import annotations

import re

import numpy as np
import pytest

from symbackprop.errors import ExpressionError
from symbackprop.network.text.equations import equations

X = "input x[N]\n"
XT = "input x[T]\nparameter u\n"
XA = "input X[N, D]\n"

REFUSALS = [
    # indices and sizes
    (X + "sizes N = 2\nC = sum[i](x[i]*N[i])", "line 3: N is a size, which has no entries; rename one of them"),
    (
        "input x\nsizes N = 1000000000000\nC = x",
        "line 2: size N: wanted a whole number from 1 to 1,000,000, got 100000000000",
    ),
    ("input x\nC = x^x^x^x", "line 2, character 6: a tower of exponentials; at most 3 inside one another"),
    (
        "input q[N - 5]\nsizes N = 3\nC = sum(q)",
        "line 3: q has N - 5 entries in its first axis, which is none (N = 3); say other sizes",
    ),
    ("input q[T, D]\n\ns[i] = q[i, d]", "line 3: index d is neither on the left nor summed; write sum[d](…)"),
    (X + "C = sum[i](x[i])*x[i]", "line 2: index i is neither on the left nor summed; write sum[i](…)"),
    (X + "a = softmax[i](x[i])", "line 2: index i is neither on the left nor summed; write sum[i](…)"),
    (
        "input q[T, 4], k[T, 3]\ns[i, j] = sum[d](q[i, d] * k[j, d])",
        "line 2: k[j, d] has 3 in its second axis, q[i, d] has 4 in its second axis; one index has one size",
    ),
    (
        "input q[T, D], k[T, E]\ns[i, j] = sum[d](q[i, d] * k[j, d])",
        "line 2: k[j, d] has E in its second axis, q[i, d] has D in its second axis",
    ),
    (
        "input x[N]\ntarget y[M]\nz[i] = 2*x[i]\nC = sum[i]((z[i] - y[i])^2)",
        "line 4: y[i] has M in its first axis, z[i] has N in its first axis; one index has one size",
    ),
    (X + "a[i, j] = x[i]", "line 2: the range of j is not known, as it stands alone in no axis of known size; say"),
    (X + "z[i, i] = x[i]", "line 2: z[i, i]: index i is there twice; use two"),
    (X + "z = sum[N](x[N])", "line 2: N is a size, so no index can be called so; rename it"),
    (X + "z[i] = x[i] for j = 1..N", "line 2: for j: j is not on the left; a sum says sum[j = …](…)"),
    (X + "z = sum[i = 1..M](x[i])", "line 2: M is no size and no index around it; name it in a declaration"),
    ("input x[N, D]\na[i] = x[i]", "line 2: x[i]: x has 2 axes, not 1"),
    (X + "a[i] = x[i]*x", "line 2: x has 1 axis; write x[i]"),
    (X + "a[i] = x[i*i]", "line 2: a position of x is i*i; wanted it affine in sizes and indices, as 2*x + u - 1 is"),
    (X + "a[i] = x[i/2]", "line 2: a position of x is i/2; wanted whole numbers up to 1,000,000"),
    (X + "a[2*i] = x[i]", "line 2: a[2*i] computes the entry at 2*i; wanted an index, or a number for the start"),
    (
        X + "a[i] = x[i] for i = max(1, 2)..N",
        "line 2: the range of i has more than one bound; only a sum may say max or min of several; write for i = 1..N",
    ),
    (
        "input x[N, N]\na[i, j] = x[i, j] for j = 1..i",
        "line 2: the range of j depends on another index; that only a sum may do: leave it out, and write where",
    ),
    (X + "a = sum[i = min(1, 2)..N](x[i])", "line 2: the range of i is min(1, 2); wanted it affine in sizes and"),
    (X + "a = sum[i, j](x[i])", "line 2: j stands in no array, so its range is not known; write [j = 1..N]"),
    (X + "a[i] = sum[j = N..1](x[j])*x[i]", "line 2: j = N..1 runs downwards; write j = 1..N"),
    (X + "a[i] = sum[j = i + 2..i](x[j])*x[i]", "line 2: j = i + 2..i runs downwards; write j = i..i + 2"),
    (XT + "h[T + 1] = 0\nh[t] = u*h[t + 1] + x[t] for t = T..1", "line 4: t = T..1 runs downwards; write t = 1..T"),
    (
        X + "a[i] = max[j = i + 1..N](x[j])*x[i]",
        "line 2: j may run over nothing, of which there is no mean, largest or logarithm; say another range, or write",
    ),
    (X + "sizes N = 4\na = mean[i = 5..N](x[i])", "line 3: i may run over nothing, of which there is no mean, largest"),
    # names
    (X + "a[i] = w[i]*x[i]", "line 2: w is not declared, and no line computes it; declare it: input w[N]"),
    (X + "a[i] = alpha*x[i]", "line 2: alpha is not declared, and no line computes it; declare it: parameter alpha"),
    (
        "input weight[N]\na[i] = weights[i]",
        "line 2: weights is not declared, and no line computes it; did you mean weight?",
    ),
    (
        X + "sizes M = 3\na[i] = x[i]",
        "line 2: size M is given a number, but no array has it and no line reads it; remove it",
    ),
    (X + "sizes M = 3\na[m] = w[m]", "line 3: w is not declared, and no line computes it; declare it: input w[N]"),
    (X + "parameter w[N]\na[i] = x[i]", "line 2: parameter w is declared, but no line reads it; remove it"),
    (X + "value z[N]\na[i] = x[i]", "line 2: value z is declared, but no line computes it; write z = ..."),
    (X + "parameter N\na[i] = N*x[i]", "line 3: N may be the size N or the number N; rename one of them"),
    (X + "parameter i\na[i] = i*x[i]", "line 3: i may be the index i or the number i; rename one of them"),
    ("input N[N, N]\nA = N @ N", "line 2: N may be the array N or the size N; rename one of them"),
    ("input exp[N]\na[i] = exp[i]", "line 1: exp is a function, so no array can be called so; rename it"),
    (X + "pi[i] = x[i]", "line 2: pi is the number 3.14159..., so no array can be called so; rename it"),
    (X + "tanh[i] = x[i]", "line 2: tanh is a function, so no array can be called so; rename it"),
    (X + "a[i] = tanhh(x[i])", "line 2, character 8: function tanhh is unknown; did you mean tanh?"),
    (X + "a = SUM[i = 1..N](x[i])", "line 2, character 5: function SUM is unknown; did you mean sum?"),
    (X + "a = average[i = 1..N](x[i])", "line 2, character 5: function average is unknown; write mean[i](x[i])"),
    (X + "a = sum[i](x[i = 1])", "line 2, character 16: found '='"),
    (X + "a[i] = prod[j](x[j])*x[i]", "line 2, character 8: function prod is unknown; write exp(sum[i](log(x[i])))"),
    (X + "a[i] = 2*x(i)", "line 2, character 10: function x is unknown; write x[i]"),
    ("input A[N, N]\nC = sum[i](A(1, 2*i)^2)", "line 2, character 12: function A is unknown; write A[1, 2*i]"),
    (X + "s[i] = x[i]^2\nC = sum[i](s(tanh(i)))", "line 3, character 12: function s is unknown; write s[i]"),
    (X + "parameter b\nC = sum(b(x + 1))", "line 3, character 9: function b is unknown; write b*(...)"),
    (X + "a(i) = x[i]", "line 2, character 2: found '('; write a[i]"),
    (X + "a[i] = (-1)^x[i]", "line 2, character 12: found x[i] mod 2; wanted whole numbers made of indices and"),
    (X + "C = dot(x)", "line 2, character 5: dot with 1 argument; it takes 2"),
    (X + "C = x.dot(x, x)", "line 2, character 7: dot with 3 arguments; it takes 2"),
    (X + "C = x.sum(axis)", "line 2, character 11: found 'axis'; wanted axis=0 or keepdims=True in sum(...)"),
    (X + "C = x.fit(x)", "line 2, character 7: function fit is unknown; known: abs"),
    ("input X[M, N], A[H, N, K]\nZ = np.dot(X, A)", "line 2: dot: A has 3 axes; write @"),
    (XA + "Z = X.transpose(0, 2)", "line 2: transpose(..., axis=2): X has 2 axes, counted from 0"),
    (XA + "Z = X.transpose(0, 2, 1)", "line 2, character 17: found '0, 2, 1'; write X.T, or X.swapaxes(1, 2)"),
    (XA + "Z = X.swapaxes()", "line 2, character 16: found ')'; write X.T, or X.swapaxes(1, 2)"),
    (XA + "Z = 2*X\nC = sum(Z(0))", "line 3, character 9: function Z is unknown; write Z*(...)"),
    (X + "z[i] = x[i].exp()", "line 2, character 12: found '.'; write exp(...)"),
    (
        XA + "S = sum(X, axis=1, keepdims=True)\nZ = softmax(S + 1, axis=-1)",
        "line 3: softmax(S + 1) runs over an axis of one entry; choose another axis",
    ),
    (XA + "Z = F.linear(X, W, b)", "line 2, character 6: found '.'; write x @ W.T + b"),
    (XA + "Z = F.relu(X)", "line 2, character 6: found '.'; write relu(...)"),
    (X + "a[i] = sum_j x[j]", "line 2, character 8: function sum_j is unknown; write sum[j](...)"),
    (X + "a[i] = x_i", "line 2: x_i is not declared, and no line computes it; did you mean x[i]? declare it"),
    (X + "z = x + b[:, None]", "line 2, character 11: found ':'; write indices, z[i, j] = x[i, j] + b[i] for X + b[:"),
    (X + "z = b.reshape(-1, 1)", "line 2, character 6: found '.'; write indices, z[i, j] = x[i, j] + b[i] for X + b.r"),
    (
        X + "constant g = 0.1",
        "line 2, character 12: found '='; a declaration gives no numbers; write lambda = 0.1 in a",
    ),
    (X + "a = sum[i = 1:N](x[i])", "line 2, character 14: found ':'; write 1..N, as in sum[i = 1..N](...)"),
    (
        X + "a[i] = where(i > 1 and i < N, x[i], 0)",
        "line 2, character 20: found 'and'; wanted where(condition, a, b), one",
    ),
    ("input x[P*R]\na[i] = x[i]", "line 1: a size of x is P*R; wanted it affine in sizes and indices, as 2*x + u - 1"),
    ("input x[T + 1], y[T]\na[t] = x[t] - y[t]", "line 2: y[t] has T in its first axis, x[t] has T + 1 in its first"),
    (X + "a[i] = tanh*x[i]", "line 2, character 8: tanh is a function; write tanh(...)"),
    ("input x[N], x[M]\na[i] = x[i]", "line 1: x is declared twice, first in line 1; keep one of them"),
    ("input \na = 1", "line 1, character 1: input declares nothing; write input x[N]"),
    (X + "a = torch.sum[i](x[i])", "line 2, character 10: found '.'; write sum[i](...)"),
    (X + "C = -F.mean[i](x[i])", "line 2, character 7: found '.'; write mean[i](...)"),
    ("input for[N]", "line 1, character 7: for is a word of the grammar"),
    ("input x_1[N]", "line 1, character 7: found 'x_1'; a name is made of up to 20 letters and digits, such as x1"),
    ("input λ[N]", "line 1, character 7: found 'λ' (U+03BB); write lambda, a Greek letter by its name"),
    (X + "parameter pi\na[i] = pi*x[i]", "line 2: pi is the number 3.14159..., so no array can be called so"),
    (X + "x[i] = 2", "line 2: x is declared as input, so no line computes it; give one of both another name"),
    ("input x[N, C]\na[i, j] = x[i, j]", "line 1: x has C as a size; C is the cost; rename the size, to K"),
    ("input C[N]", "line 1: C is the cost, which a line C = ... computes"),
    (X + "C[i] = x[i]", "line 2: C is the cost, one number; write C = sum[i](…)"),
    (X + "C = sum(x)\nb = 2*C", "line 3: C is the cost, which no line reads; give this number a name of its own"),
    # what is computed
    (X + "z[i] = x[i]\nz[j] = 2*x[j]", "line 3: z is written twice, first in line 2; one line computes an array"),
    (X + "C = sum(x)\nC = mean(x)", "line 3: C is written twice, first in line 2; one line computes an array"),
    (X + "z[i] = x[i]\nz[i, j] = x[i]*x[j]", "line 3: z has 1 axis elsewhere, here 2 axes; one array has one shape"),
    (
        X + "a[i] = b[i] + x[i]\nb[i] = a[i]",
        "line 2: a[i] needs b[i]: a, b are computed from one another, and no index is",
    ),
    (X + "a[i] = a[i] + x[i]", "line 2: a[i] needs a[i]: a is computed from itself, and no index is shifted"),
    (
        XT + "h[0] = u\nh[T + 1] = u\nh[t] = h[t - 1] + h[t + 1] + x[t] for t = 1..T",
        "line 5: h[t] needs h[t - 1]: h is computed from itself, and no index is shifted in one direction",
    ),
    ("input X[N, N]\nA = B @ X\nB = A @ X", "line 2: A, B: computed from one another, and a matrix line has no in"),
    ("input X[N, N]\nA = A @ X", "line 2: A: computed from one another, and a matrix line has no index to shift"),
    # recurrences
    (
        XT + "h[t] = u*h[t - 1] + x[t]",
        "line 3: h[t - 1] begins at h[0], which no line computes; write a start: h[0] = 0",
    ),
    (
        XT + "h[t] = u*h[t + 1] + x[t]",
        "line 3: h[t + 1] ends at h[T + 1], which no line computes; write a start: h[T + 1]",
    ),
    (
        XT + "h[0] = 0\nh[t] = u*h[t - 2] + x[t]",
        "line 4: h[t - 2] begins at h[-1], which no line computes; write a start",
    ),
    (
        XT + "h[1] = 0\nh[t] = u*h[t - 1] + x[t] for t = 1..T",
        "line 3: h[1] is computed here and in line 4 for t = 1..T",
    ),
    (XT + "h[0] = 0\nh[t] = u*h[t - 1] + x[t] for t = 2..T", "line 3: h[0] does not join the other labels of h, 2"),
    (XT + "h[0] = 0\nh[0] = 1\nh[t] = u*h[t - 1] + x[t]", "line 4: h[0] is written twice, first in line 3"),
    (X + "A[1, 1] = x[1]\nA[1, 2] = x[2]", "line 2: A[1, 1]: only one axis has numbers on the left"),
    # places outside
    (
        "sizes N = 4\ninput x[N]\na[i] = x[i + 1]*x[i]",
        "line 3: x[i + 1] reads the place 5 of its first axis, which has N",
    ),
    (
        X + "a[i] = x[i + 1] for i = 1..N",
        "line 2: x[i + 1] reads the place 3 of its first axis, which has N entries (N = 2)",
    ),
    (X + "a = sum[i = 0..N](x[i])", "line 2: x[i] reads the place 0 of its first axis"),
    (
        X + "a[i] = where(i > 2, x[i - 2], x[i - 1]) for i = 1..N",
        "line 2: x[i - 1] reads the place 0 of its first axis",
    ),
    (
        "input a[N], k[K]\nsizes N = 2, K = 4\nz[x] = sum[u](k[u]*a[x + u - 1])",
        "line 3: z has N - K + 1 entries in its first",
    ),
    # shapes of matrix lines
    (XA + "parameter W[H, D]\nZ = X @ W", "line 3: X @ W: X is [N, D], W is [H, D]; D and H are to be equal; try"),
    (XA + "parameter W[H, K]\nZ = X @ W", "line 3: X @ W: X is [N, D], W is [H, K]; D and H are to be equal"),
    (
        XA + "target Y[N, K]\nC = sum((X - Y)**2)",
        "line 3: X is [N, D], Y is [N, K]; entry by entry, axes are equal from",
    ),
    (XA + "C = sum(X**2, axis=1)", "line 2: C is one number, sum(X^2) has the shape [N]; add up with sum(...) or"),
    (XA + "C = sum(X**2, axis=2)", "line 2: sum(..., axis=2): X^2 has 2 axes, counted from 0"),
    (XA + "Z = V @ X", "line 2: V is not declared, and no line computes it; declare it: input V[N, M]"),
    (XA + "parameter b\nZ = b @ X", "line 3: b is a number; @ wants arrays on both sides, * multiplies with a num"),
    (XA + "value Z[N]\nZ = X * 2", "line 3: Z is declared with the shape [N], the line gives [N, D]"),
    (XA + "Z = softmax(X)", "line 2, character 5: softmax without an axis; write softmax(Z, axis=1)"),
    (XA + "Z = sum(X, foo=1)", "line 2, character 12: found 'foo'; wanted axis=0 or keepdims=True in sum(...)"),
    (
        XA + "a[i] = sum[d](X[i, d]) @ X[i, 1]",
        "line 2, character 24: @ stands in matrix lines; a line with [ ] has its own",
    ),
    # signs
    (X + "a[i] = sum(x[i])", "line 2, character 8: sum has no index; write sum[i](...)"),
    (
        X + "a[i] = leaky_relu(x[i], 0.2)",
        "line 2, character 8: leaky_relu with 2 arguments; it takes 1; write where(z > 0, z, alpha*z)",
    ),
    (X + "a[i] = max(x[i])", "line 2, character 8: max with 1 argument; it takes 2, or indices: max[i](...)"),
    (X + "a[i] = softmax(x[i])", "line 2, character 8: softmax has no index; write softmax[i](...)"),
    (X + "a[i] = where(x[i], 1, 2)", "line 2, character 18: found ','; wanted a comparison with <, <=, ==, !="),
    (X + "a[i] = x[i] x[i]", "line 2, character 13: found 'x'; a sign is missing before it: *x"),
    (X + "a[i] = x[i] mod 2", "line 2, character 13: found x[i] mod 2; wanted whole numbers made of indices and sizes"),
    (X + "a[i] = x[i]*(i mod (1 - N))", "line 2, character 16: found i mod (1 - N); wanted a size or a whole number"),
    (
        X + "a[i] = x[i mod 2]",
        "line 2: a position of x is i mod 2; wanted it affine in sizes and indices, as 2*x + u - 1 is; "
        "write sum[m](where(m == i mod 2, x[m], 0))",
    ),
    (
        X + "a[i] = x[1 + (i - 1) mod (2*N)]",
        "line 2: a position of x is 1 + (i - 1) mod (2*N); wanted it affine in sizes and indices, as 2*x + u - 1 is; "
        "write sum[m](where(m == 1 + (i - 1) mod (2*N), x[m], 0))",
    ),
    (
        "input m[N], x[N, K]\na[i, n] = m[i]*x[n, (i - 1) mod K + 1]",
        "line 2: a position of x is (i - 1) mod K + 1; wanted it affine in sizes and indices, as 2*x + u - 1 is; "
        "write sum[k](where(k == (i - 1) mod K + 1, x[n, k], 0))",
    ),
    (X + "a[i] = mod(i)*x[i]", "line 2, character 8: mod with 1 argument; it takes 2"),
    (XA + "Z = X % 2", "line 2, character 7: found '%'; write where(even == 1, U, V), and constant even[N, M]"),
    (X + "a[i] = x[i] if x[i] > 0", "line 2, character 13: found 'if'; write where(x[i] > 0, u, v)"),
    (X + "a[i] = (x[i] > 0)*x[i]", "line 2, character 14: found '>'; a comparison stands in where(condition, a, b)"),
    (X + "a[i] = log_sigmoid(x[i])", "line 2, character 8: function log_sigmoid is unknown; write -softplus(-x[i])"),
    (X + "a[i] = e^x[i]", "line 2: e is not declared, and no line computes it; did you mean exp(...)? declare it:"),
    (X + "a[i] = sum[j < i](x[j])", "line 2, character 14: found '<'; wanted two dots, as in t = 1..T"),
    (X + "a[i] = sum[j in x](x[j])", "line 2, character 14: found 'in'; wanted two dots, as in t = 1..T"),
    (X + "a[i] = sum[j, j](x[j])", "line 2: [j, j] has an index twice"),
    (
        X + "a[i] = sum[i](x[i])",
        "line 2: the range of i is not known, as it stands alone in no axis of known size; "
        "that of the sum is another; rename it",
    ),
    (
        "input x[N, M]\nr[0, j] = 0\nr[i, 0] = 0\nr[i, j] = r[i - 1, j] + x[i, j] for i = 1..N",
        "line 2: r[0, j]: only one axis has numbers on the left; write a second border as a case of the step, where(j",
    ),
    (
        "input x[N, M]\nr[i, j] = where(i > 1, r[i - 1, j], 0) + where(j > 1, r[i, j - 1], x[i, j])",
        "line 2: r[i, j] needs r[i - 1, j]: r is computed from itself, along i and along j; "
        "count diagonals, s = i + j; write r[s, i] for r[i, s - i], from r[s - 1, i - 1] and r[s - 1, i]",
    ),
    (XA + "Z = X^T @ X", "line 2, character 6: found '^T'; write X.T, or X^(T) for a power"),
    (XA + "Z = X;", "line 2, character 6: found ';'; write each in a line of its own"),
    (XA + "Z = X'", 'line 2, character 6: found "\'"; a name is made of letters and digits; X.T is transposed'),
    (XA + "Z = np.pi * X", "line 2, character 7: found '.'; write pi for np.pi, and N for X.shape"),
    (XA + "Z = sum(X, axis=(0, -2))", "line 2: sum(..., axis=(0, -2)): an axis is there twice"),
    (XA + "C = trace(X)", "line 2, character 5: function trace is unknown; write sum[i](x[i, i])"),
    (XA + "C = np.linalg.norm(X)", "line 2, character 15: function norm is unknown; write sqrt(sum(X**2))"),
    (X + "a[i] = tanh(x[i]\nb[i] = a[i]", "line 2: an opening bracket is not closed before line 3"),
    (X + "a[i] = tanh(x[i]", "line 2, character 17: found the end; wanted a closing bracket"),
    (X + "a[i] = (\n x[i] +\n $)", "line 4, character 2: found '$'; write numbers"),
    (X + "a[i]", "line 2, character 5: found the end; wanted = after what is computed"),
    (X + "param W[3]", "line 2, character 1: param declares nothing; did you mean parameter? input, parameter, target"),
    (X + "cost C = sum[i](x[i])", "line 2, character 1: cost declares nothing; the cost is what the line C = ..."),
    (
        X + "let a[i] = x[i]",
        "line 2, character 1: let declares nothing; an equation begins with what it computes, as in",
    ),
    (X + "C := sum[i](x[i])", "line 2, character 3: found ':'; write ="),
    ("title: Sum\n" + X, "line 1, character 6: found ':'; the title is a comment in the first line: # ..."),
    ("input x: N", "line 1, character 8: found ':'; write sizes in brackets: x[N]"),
    ("parameter w(N)", "line 1, character 12: found '('; write sizes in brackets: w[N]"),
    (X + "theta W", "line 2, character 1: theta declares nothing; input, parameter, target, constant and value do"),
    ("input x[0]\na[i] = x[i]", "line 1: x has 0 as a size; wanted a letter, or a whole number from 1 to 1,000,000"),
    (X + "sizes N = 0\na[i] = x[i]", "line 2: size N: wanted a whole number from 1 to 1,000,000, got 0; try N = 3"),
    (X + "sizes N = 2, N = 3\na[i] = x[i]", "line 2: size N has two numbers; keep one of them"),
    # too large, or without a value
    (X + "a[i] = x[i]/0", "line 2, character 12: a constant without a finite real value"),
    (X + "a[i] = x[i]/(N - N)", "line 2: the right side has no finite real value; look for a division by 0"),
    (X + "a[i] = 9^9^9*x[i]", "line 2, character 9: an exponent that is too large or no fraction"),
    (X + "a[i] = " + "(" * 200 + "x[i]" + ")" * 200, "line 2, character 39: more than 30 levels inside one another"),
    (X + "a[i] = " + "x[i]+" * 300 + "x[i]", "line 2: 1511 characters; at most 500; shorten it"),
    ("a = 1\n" * 500, "equations: 501 lines, at most 400; shorten the text"),
    ("#" * 30_000, "equations: 30,000 characters, at most 20,000; shorten the text"),
    ("", "equations: there is no equation in the text; try 'input x[N]' and 'y[i] = tanh(x[i])'"),
    (X, "equations: no line computes anything; try y[i] = tanh(x[i])"),
]


@pytest.mark.parametrize(("text", "message"), REFUSALS, ids=range(len(REFUSALS)))
def test_refusal_says_where_and_what_to_do(text: str, message: str) -> None:
    """Each kind of mistake has its one line, with the line of the text in which it stands."""
    with pytest.raises(ExpressionError, match=f"^{re.escape(message)}.*$"):
        equations(text)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"M": 3}, "sizes: 'M' is no size of the text; it has N"),
        ({"N": 0}, "size N: wanted a whole number from 1 to 1,000,000, got 0; try N = 3"),
        ({"N": 2.0}, "size N: wanted a whole number from 1 to 1,000,000, got float; try N = 3"),
        ({"N": True}, "size N: wanted a whole number from 1 to 1,000,000, got bool; try N = 3"),
        ([("N", 3)], "sizes: wanted a dict such as {'N': 3}, got list"),
    ],
)
def test_wrong_sizes_are_refused(sizes: object, message: str) -> None:
    """Numbers for sizes are whole, positive, and for letters that the text has."""
    with pytest.raises(ExpressionError, match=f"^{re.escape(message)}$"):
        equations(X + "a[i] = x[i]", sizes)  # type: ignore[arg-type]


def test_whole_numbers_of_numpy_are_sizes() -> None:
    """What a shape is made of is a size, whoever has counted it."""
    network = equations(X + "a[i] = x[i]", {"N": np.int64(4)})
    assert [4] == list(network.program.sizes.values())


@pytest.mark.parametrize("text", [3, None, b"a = 1", ["a = 1"]])
def test_what_is_no_text_is_refused(text: object) -> None:
    """Anything but text is an error that names its type."""
    with pytest.raises(ExpressionError, match=rf"^equations: wanted text, got {type(text).__name__}; try"):
        equations(text)  # type: ignore[arg-type]
