def split_words(title):
    return title.split() if isinstance(title, str) else list(title)
