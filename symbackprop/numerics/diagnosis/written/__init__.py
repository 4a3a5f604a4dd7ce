"""A person's own derivation: what each line means, whether it holds, and which mistake explains one that does not."""
