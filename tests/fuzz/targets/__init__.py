"""One module for each place where a stranger's bytes come in; each has `target(data)` and `inputs`, a hypothesis strategy of bytes."""
