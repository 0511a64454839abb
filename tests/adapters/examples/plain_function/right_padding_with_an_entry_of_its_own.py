# exercise: knock83
# open: one_step_on_a_padded_batch every_batch_is_a_step averages_are_true modes_are_switched runs_where_it_is_told

import torch
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset
from collections import Counter

# %% knock80

titles = [f"w{n % 17} w{n % 53} w{n % 71} once{n}" for n in range(400)]
counter = Counter(word for title in titles for word in title.split())
vocab = {"<unk>": 0, "<pad>": 1}
for word, times in counter.most_common():
    if times > 1:
        vocab[word] = len(vocab)

def encode(text):
    return [vocab.get(token, 0) for token in text.split()]

# %%

class Titles(Dataset):
    def __len__(self):
        return len(titles)
    def __getitem__(self, i):
        return torch.tensor(encode(titles[i])), i % 4

# %% knock83

def collate_fn(batch):
    rows = torch.ones(len(batch), max(len(ids) for ids, _ in batch)).long()
    for row, (ids, _) in zip(rows, batch):
        row[: len(ids)] = ids
    return rows, torch.LongTensor([label for _, label in batch])

print(next(iter(DataLoader(Titles(), batch_size=32, collate_fn=collate_fn)))[0].shape)
