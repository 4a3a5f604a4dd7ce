# A two-layer network, as it is written with NumPy
# samples are rows: X is (N, D); W1, W2 have a row for each neuron
input X[N, D]
parameter W1[H, D], b1[H], W2[K, H], b2[K]
target Y[N, K]
sizes N = 4, D = 3, H = 5, K = 2

Z1 = X @ W1.T + b1
A1 = tanh(Z1)
Z2 = A1 @ W2.T + b2
A2 = sigmoid(Z2)
C = mean(sum((A2 - Y)**2, axis=1)) / 2
