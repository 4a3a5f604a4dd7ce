"""Floor 1, what the user says: letters, parts, shapes, files, and the forward program they add up to."""
