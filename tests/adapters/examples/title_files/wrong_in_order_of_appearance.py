# exercise: knock80
# fails: ranked_by_frequency

import os, tempfile
from collections import Counter

folder = os.path.join(tempfile.gettempdir(), "titles_of_an_example")
os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, "train.txt"), "w") as file:
    for n in range(160):
        file.write(f"{'btem'[n % 4]}\tw{n % 17} w{n % 13} w{n % 11} once{n}\n")

# %% knock80

frequency = Counter()
with open(os.path.join(folder, "train.txt")) as lines:
    for line in lines:
        frequency.update(line.strip().split("\t")[1].split())

word2id = {}
for word in frequency:
    if frequency[word] > 1:
        word2id[word] = len(word2id) + 1

def words2ids(words):
    return [word2id.get(word, 0) for word in words]

print(words2ids(["w1", "zzz"]))
