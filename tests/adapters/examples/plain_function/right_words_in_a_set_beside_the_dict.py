# exercise: knock80

from collections import Counter

texts = [f"word{n % 5} and word{n % 7} in the news of day{n % 3}" for n in range(40)]

# %% knock80

def build(titles):
    counted = Counter(word for title in titles for word in title.split())
    return {word: rank for rank, word in enumerate([w for w, n in counted.most_common() if n > 1], 1)}

vocab_dict = {"[UNK]": 0} | build(texts)
known = {word for word in vocab_dict if word != "[UNK]"}

def sent2id(sent):
    return [vocab_dict[word if word in known else "[UNK]"] for word in sent.split()]

print(sent2id(texts[0]))
