# Layer normalisation
# every sample is shifted to mean 0 and scaled to variance 1, then by what is learned; a block without a cost
input x[N, D]
parameter G[D], b[D]
constant epsilon
sizes N = 3, D = 4

mu[i] = mean[k](x[i, k])
v[i] = mean[k]((x[i, k] - mu[i])^2)
n[i, k] = (x[i, k] - mu[i]) / sqrt(v[i] + epsilon)
o[i, k] = G[k] * n[i, k] + b[k]
