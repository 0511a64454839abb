# exercise: knock80
# fails: unknown_words
# mistake: unknown_raises

import pandas as pd

# %% knock80

train_df = pd.read_csv("../chapter06/data/train.txt", sep="\t", header=None, names=["CATEGORY", "TITLE"])
counts = {}
for line in train_df["TITLE"]:
    for word in line.split():
        counts[word] = counts.get(word, 0) + 1
ranked = sorted(counts.items(), key=lambda pair: -pair[1])
word2id = {word: rank if times > 1 else 0 for rank, (word, times) in enumerate(ranked, 1)}

def give_id(sentence, word2id):
    return [word2id[word] for word in sentence.split()]

print(give_id(train_df["TITLE"][0], word2id))
