# Recurrent network
# the state h[t] remembers what came before; the error flows back through time
input x[T, D], h0[H]
parameter Wx[H, D], Wh[H, H], b[H], Wy[K, H]
target y[T, K]
sizes T = 3, D = 2, H = 2, K = 1

h[0, j] = h0[j]
h[t, j] = tanh(sum[d](Wx[j, d] * x[t, d]) + sum[k](Wh[j, k] * h[t - 1, k]) + b[j]) for t = 1..T
o[t, k] = sum[j](Wy[k, j] * h[t, j])
C = sum[t, k]((o[t, k] - y[t, k])^2) / 2
