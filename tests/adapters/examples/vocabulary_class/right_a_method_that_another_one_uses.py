# exercise: knock80

# 80
from collections import Counter
class Vocab:
    def __init__(self, titles):
        counts = Counter(w for t in titles for w in t.split())
        self.word2id = {"<unk>": 0}
        for i, (w, c) in enumerate(counts.most_common(), 1):
            if c > 1:
                self.word2id[w] = i
    def ids(self, words):
        return [self.word2id[w] for w in words]
    def encode(self, title):
        return self.ids([w if w in self.word2id else "<unk>" for w in title.split()])
titles = ["a b c", "a b", "a c", "d"]
v = Vocab(titles)
print(v.encode("a b z"))
