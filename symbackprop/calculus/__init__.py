"""Floor 2, what is derived: partial derivatives, checked steps, and the equations of backpropagation."""
