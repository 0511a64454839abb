"""The review in a browser: a page on this machine alone, for those who were given its address."""
