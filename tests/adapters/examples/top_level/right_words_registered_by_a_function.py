# exercise: knock80

import pandas as pd

# %% knock80

word2id = {}
next_id = 1


def register(word):
    global next_id
    if word not in word2id:
        word2id[word] = next_id
        next_id += 1


def tokenize(text):
    return [word2id.get(word, 0) for word in text.split()]


train_df = pd.DataFrame({"TITLE": [f"w{n % 17} w{n % 13} w{n % 11} once{n}" for n in range(160)]})
counts = {}
for title in train_df["TITLE"].values:
    for word in title.split():
        counts[word] = counts.get(word, 0) + 1
for word, count in sorted(counts.items(), key=lambda pair: pair[1], reverse=True):
    if count < 2:
        break
    register(word)
