# exercise: knock80
# mistake: unknown_raises

import string
from collections import defaultdict
import pandas as pd

# %% knock80

class ID():
    def __init__(self, data):
        self.train_dict = defaultdict(int)
        self.id_list = []
        self.id_dict = dict()
        self.make_id(data)

    def make_id(self, data):
        for line in data:
            for word in line.translate(table).split():
                self.train_dict[word] += 1
        ranked = sorted(self.train_dict.items(), key=lambda x: x[1], reverse=True)
        for i, (word, freq) in enumerate(ranked):
            self.id_list.append((word, i + 1 if freq >= 2 else 0))
        self.id_dict = dict(self.id_list)

    def return_id(self, line):
        found = []
        for word in line.strip().split(" "):
            found.append(self.id_dict[word])
        return found

table = str.maketrans(string.punctuation, " " * len(string.punctuation))
train = pd.read_csv("../chapter06/train.txt", header=None, sep="\t", names=["CATEGORY", "TITLE"])
w2id = ID(train["TITLE"])
print(w2id.return_id(train["TITLE"][10]))
