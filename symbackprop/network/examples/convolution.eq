# Convolution of a signal
# a kernel of K numbers moves over N entries; what it gives has N - K + 1
input a[N]
parameter k[K], b
target y[N - K + 1]
sizes N = 7, K = 3

z[x] = sum[u](k[u] * a[x + u - 1]) + b
o[x] = relu(z[x])
C = sum[x]((o[x] - y[x])^2) / 2
