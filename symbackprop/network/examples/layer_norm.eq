# Layer normalisation
# every sample is shifted to mean 0 and scaled to variance 1, then by what is learned; a block without a cost
input x[N, D]
parameter G[D], b[D]
constant epsilon
sizes N = 3, D = 4

mu[i] = mean[k](x[i, k])
tau[i] = mean[k]((x[i, k] - mu[i])^2)
xi[i, k] = (x[i, k] - mu[i]) / sqrt(tau[i] + epsilon)
o[i, k] = G[k] * xi[i, k] + b[k]
