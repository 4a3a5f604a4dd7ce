# Autoencoder with tied weights
# the same W encodes and decodes, so its derivative has one term for each use
input x[D]
parameter W[H, D], b[H], c[D]
sizes D = 4, H = 2

h[j] = sigmoid(sum[k](W[j, k] * x[k]) + b[j])
o[k] = sum[j](W[j, k] * h[j]) + c[k]
C = sum[k]((o[k] - x[k])^2) / 2
