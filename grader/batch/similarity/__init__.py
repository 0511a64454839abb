"""Which hand-ins share more than the task explains: hints for a person, never a verdict."""
