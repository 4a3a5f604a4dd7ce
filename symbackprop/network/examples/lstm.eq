# Long short-term memory
# i, f and o open and close the cell c; g is what may enter it
input x[T, D], h0[H], c0[H]
parameter Wi[H, D], Ui[H, H], bi[H], Wf[H, D], Uf[H, H], bf[H]
parameter Wg[H, D], Ug[H, H], bg[H], Wo[H, D], Uo[H, H], bo[H]
target y[T, H]
sizes T = 3, D = 2, H = 2

h[0, j] = h0[j]
c[0, j] = c0[j]
i[t, j] = sigmoid(sum[d](Wi[j, d] * x[t, d]) + sum[k](Ui[j, k] * h[t - 1, k]) + bi[j])
f[t, j] = sigmoid(sum[d](Wf[j, d] * x[t, d]) + sum[k](Uf[j, k] * h[t - 1, k]) + bf[j])
g[t, j] = tanh(sum[d](Wg[j, d] * x[t, d]) + sum[k](Ug[j, k] * h[t - 1, k]) + bg[j])
o[t, j] = sigmoid(sum[d](Wo[j, d] * x[t, d]) + sum[k](Uo[j, k] * h[t - 1, k]) + bo[j])
c[t, j] = f[t, j] * c[t - 1, j] + i[t, j] * g[t, j]
h[t, j] = o[t, j] * tanh(c[t, j])
C = sum[t, j]((h[t, j] - y[t, j])^2) / 2
