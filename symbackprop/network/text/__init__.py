"""What is said as text with arrays in it: index equations and matrix equations, read by a grammar of our own."""
