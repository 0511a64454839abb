# exercise: knock80

import os, tempfile
import pandas as pd
from collections import Counter

folder = os.path.join(tempfile.gettempdir(), "titles_of_an_example")
os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, "train_re.csv"), "w") as file:
    file.write(",CATEGORY,TITLE\n")
    for n in range(160):
        file.write(f"{n},{'btem'[n % 4]},w{n % 17} w{n % 13} w{n % 11} once{n}\n")

# %% knock80

def load(name):
    frame = pd.read_csv(os.path.join(folder, name), index_col=0)
    words = Counter(word for title in frame["TITLE"] for word in title.split())
    return frame["CATEGORY"].map({"b": 0, "t": 1, "e": 2, "m": 3}), words

labels, frequency = load("train_re.csv")
word_to_id = {}
for word, times in sorted(frequency.items(), key=lambda pair: -pair[1]):
    word_to_id[word] = len([w for w in word_to_id if word_to_id[w]]) + 1 if times > 1 else 0

def tokenize(words, word_to_id):
    return [word_to_id[word] if word in word_to_id else 0 for word in words]

print(tokenize(["w1", "zzz"], word_to_id))
