"""Source that is sent into the room."""
