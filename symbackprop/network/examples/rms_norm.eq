# RMS norm, a gated SiLU and a residual
input x[T, D]
parameter g[D], w[D, H], v[D, H], o[H, D]
sizes T = 3, D = 4, H = 5

r[t] = (sum[d](x[t, d]^2) / D + 0.00001)^(-1/2)
n[t, d] = x[t, d] * r[t] * g[d]
u[t, h] = sum[d](n[t, d] * w[d, h])
q[t, h] = sum[d](n[t, d] * v[d, h])
a[t, h] = silu(u[t, h]) * q[t, h]
y[t, d] = x[t, d] + sum[h](a[t, h] * o[h, d])
