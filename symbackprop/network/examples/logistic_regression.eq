# Logistic regression
# one class or the other for each of N samples; a logit z, a probability p, binary cross-entropy
input x[N, D]
parameter w[D], b
target y[N]
sizes N = 4, D = 3

z[i] = sum[d](w[d] * x[i, d]) + b
p[i] = sigmoid(z[i])
C = -mean[i](y[i] * ln(p[i]) + (1 - y[i]) * ln(1 - p[i]))
