# exercise: knock80

from collections import Counter, defaultdict

# %% knock80

class Vocabulary:
    """Fitted on the training titles, then called with the words of one."""

    def __init__(self, least=2):
        self.least = least
        self.counts = Counter()
        self.stoi = defaultdict(int)

    def fit(self, titles):
        for title in titles:
            self.counts.update(title.split())
        for rank, (word, times) in enumerate(self.counts.most_common(), start=1):
            if times >= self.least:
                self.stoi[word] = rank
        return self

    def __call__(self, words):
        return [self.stoi[word] for word in words]

train_titles = [f"w{n % 17} w{n % 13} w{n % 11} once{n}" for n in range(160)]
vocabulary = Vocabulary().fit(train_titles)
print(vocabulary("w1 w2 zzz".split()))
