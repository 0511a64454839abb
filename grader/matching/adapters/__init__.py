"""Foreign forms of an answer, a file each."""
