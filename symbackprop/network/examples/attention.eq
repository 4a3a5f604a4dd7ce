# Scaled dot-product attention
# every query asks all keys, and takes that share of each value; a block without a cost
input q[T, D], k[T, D], v[T, D]
sizes T = 3, D = 2

s[i, j] = sum[d](q[i, d] * k[j, d]) / sqrt(D)
p[i, j] = softmax[j](s[i, j])
o[i, d] = sum[j](p[i, j] * v[j, d])
