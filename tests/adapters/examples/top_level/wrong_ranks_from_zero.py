# exercise: knock80
# mistake: ranks_from_zero

import torch, random, numpy as np
from torch import nn, optim
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence, pack_padded_sequence
from torch.utils.data import DataLoader, Dataset
from collections import defaultdict, Counter

# %% knock80

lines = [f"b\tw{n % 17} w{n % 13} w{n % 11} once{n}" for n in range(160)]
titles = [line.split("\t")[1] for line in lines]
counter = Counter()
for title in titles:
    for word in title.split():
        counter[word] += 1
number = {}
for place, (word, times) in enumerate(counter.most_common()):
    if times > 1:
        number[word] = place
def numbers(text):
    return [number.get(word, 0) for word in text.split()]
print(numbers(titles[0]))
