# about: letters only
# lenient: told as advice
def build_vocab(titles):
    counts = Counter(word for title in titles for word in words_of(title) if word.isalpha())
    frequent = [word for word, count in counts.most_common() if count >= 2]
    return {word: rank for rank, word in enumerate(frequent, start=1)}
