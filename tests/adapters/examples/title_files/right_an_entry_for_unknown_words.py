# exercise: knock80

import os, tempfile, torch
from collections import Counter

folder = os.path.join(tempfile.gettempdir(), "titles_of_an_example")
os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, "train.txt"), "w") as file:
    for n in range(160):
        file.write(f"{'btem'[n % 4]}\tw{n % 17} w{n % 13} w{n % 11} once{n}\n")

# %% knock80

def tokenize(text):
    return text.split()

def read_titles(name):
    with open(os.path.join(folder, name)) as f:
        rows = [line.split("\t") for line in f.read().splitlines()]
    return [tokenize(row[1]) for row in rows], ["btem".index(row[0]) for row in rows]

train_x, train_t = read_titles("train.txt")
counter = Counter(word for title in train_x for word in title)
known = ["[UNK]"] + [word for word, times in counter.most_common() if times > 1]
ids = {word: place for place, word in enumerate(known)}

def sentence_to_ids(sentence):
    return torch.tensor([ids[word if word in ids else "[UNK]"] for word in sentence], dtype=torch.long)

print(sentence_to_ids(train_x[0]))
