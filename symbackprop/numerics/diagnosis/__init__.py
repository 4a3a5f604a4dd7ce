"""Which mistake explains these numbers? The derived equations, changed symbolically, computed, and compared."""
