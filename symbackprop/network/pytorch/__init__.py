"""From a module of PyTorch to a network of layers, with its parameters: `from_torch`, which alone imports torch."""
