# about: letters only
# lenient: told as advice
def words_of(title):
    """ "Apple's shares up 3%" -> ["apple's", "shares", "up", "3"]; a list of words stays as it is."""
    return re.findall(r"\w+(?:['.]\w+)*", title.lower()) if isinstance(title, str) else list(title)


def build_vocab(titles):
    counts = Counter(word for title in titles for word in words_of(title) if word.isalpha())
    frequent = [word for word, count in counts.most_common() if count >= 2]
    return {word: rank for rank, word in enumerate(frequent, start=1)}


def to_ids(words, vocab):
    """words [str] -> [int], 0 for what is not in vocab"""
    return [vocab.get(word, 0) for word in words_of(words)]
