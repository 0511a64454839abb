# exercise: knock80
# mistake: ranks_from_zero

import os, tempfile
from collections import Counter

folder = os.path.join(tempfile.gettempdir(), "titles_of_an_example")
os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, "train.txt"), "w") as file:
    for n in range(160):
        file.write(f"{'btem'[n % 4]}\tw{n % 17} w{n % 13} w{n % 11} once{n}\n")

# %% knock80

def read_ids(path):
    counter = Counter()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            category, title = line.strip().split("\t")
            counter.update(title.split())
    return {word: place for place, (word, times) in enumerate(counter.most_common()) if times >= 2}

def sentence2ids(table, sentence):
    return [table.get(word, 0) for word in sentence.split(" ")]

table = read_ids(os.path.join(folder, "train.txt"))
print(sentence2ids(table, "w1 w2 zzz"))
