# about: cut at ten
def words_of(title):
    """ "Apple's shares up 3%" -> ["apple's", "shares", "up", "3"]; a list of words stays as it is."""
    return re.findall(r"\w+(?:['.]\w+)*", title.lower()) if isinstance(title, str) else list(title)


def build_vocab(titles):
    """titles [str] -> {word: 1, 2, 3, ...}"""
    counts = Counter(word for title in titles for word in words_of(title))
    frequent = [word for word, count in counts.most_common() if count >= 2]
    return {word: rank for rank, word in enumerate(frequent, start=1)}


def to_ids(words, vocab):
    return [vocab.get(word, 0) for word in words_of(words)[:10]]
