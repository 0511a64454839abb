# exercise: knock80

import pandas as pd
from collections import defaultdict

# %% knock80

data = pd.DataFrame({
    "TITLE": [f"w{n % 17} w{n % 13} w{n % 11} once{n}" for n in range(160)],
    "CATEGORY": ["btem"[n % 4] for n in range(160)],
})
counts = defaultdict(int)
for text in data["TITLE"]:
    for word in text.split():
        counts[word] += 1
counts = sorted(counts.items(), key=lambda pair: pair[1], reverse=True)
word_id = defaultdict(int)
for i, (word, times) in enumerate(counts):
    if times > 1:
        word_id[word] = i + 1

labels = data["CATEGORY"].map({"b": 0, "t": 1, "e": 2, "m": 3}).values
data = data["TITLE"].reset_index(drop=True)

def numbers(text, table):
    return [table.get(word, 0) for word in text.split()]

print(numbers(data[0], word_id))
