"""The commands, one per file; a further command is one further file, which files itself with `@command`."""
