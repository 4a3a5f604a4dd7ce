# Softmax regression with weight decay
# shares of K classes, cross-entropy, and the penalty (lambda/2) W^2
input x[N, D]
parameter W[K, D], b[K]
target y[N, K]
constant lambda
sizes N = 4, D = 3, K = 2

z[i, k] = sum[d](W[k, d] * x[i, d]) + b[k]
p[i, k] = softmax[k](z[i, k])
C = -mean[i](sum[k](y[i, k] * ln(p[i, k]))) + lambda / 2 * sum[k, d](W[k, d]^2)
