# Max pooling
# the larger one of every two neighbours is kept, and only there the error comes back
input a[2*M]
parameter w[M]
target y
sizes M = 3

p[x] = max[u = 1..2](a[2*x + u - 2]) for x = 1..M
o = sum[x](w[x] * p[x])
C = (o - y)^2 / 2
