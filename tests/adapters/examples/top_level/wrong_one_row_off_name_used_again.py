# exercise: knock84
# mistake: one_row_off

import numpy as np
import torch
from torch import nn

# %% knock80

lines = [f"b\tw{n % 17} w{n % 13} w{n % 11} once{n}" for n in range(160)]
titles = [line.split("\t")[1] for line in lines]
words = [word for title in titles for word in title.split()]
frequent = sorted({word for word in words if words.count(word) > 1}, key=lambda word: -words.count(word))
word2id = {word: place for place, word in enumerate(frequent, 1)}

# %%

class KeyedVectors(dict):
    @classmethod
    def load_word2vec_format(cls, path, binary):
        made = cls((word, np.random.randn(300).astype("float32")) for word in frequent)
        made.vocab = dict.fromkeys(frequent)
        made.wv = made
        return made

# %% knock84

model = KeyedVectors.load_word2vec_format("GoogleNews-vectors-negative300.bin", binary=True)
weights = np.zeros((len(word2id) + 1, 300))
for i, word in enumerate(word2id.keys()):
    if word in model.vocab:
        weights[i] = model[word]
    else:
        weights[i] = np.random.normal(scale=0.4, size=(300,))
weights = torch.from_numpy(weights.astype(np.float32))

class Classifier(nn.Module):
    def __init__(self, emb_weights):
        super().__init__()
        self.emb = nn.Embedding.from_pretrained(emb_weights)
        self.fc = nn.Linear(300, 4)
    def forward(self, x):
        return self.fc(self.emb(x).mean(dim=1))

model = Classifier(weights)
print(model(torch.tensor([[1, 2, 3]])))
