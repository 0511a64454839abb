# exercise: knock83
# fails: padding_is_no_word
# open: one_step_on_a_padded_batch every_batch_is_a_step averages_are_true modes_are_switched runs_where_it_is_told

import torch
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset
from collections import Counter

# %% knock80

titles = [f"w{n % 17} w{n % 53} w{n % 71} once{n}" for n in range(400)]
counter = Counter(word for title in titles for word in title.split())
word2id = {word: place for place, (word, times) in enumerate(counter.most_common(), 1) if times > 1}

def tokenizer(text, table):
    return [table.get(word, 0) for word in text.split()]

# %%

class Titles(Dataset):
    def __init__(self, tokenizer, table):
        self.tokenizer, self.table = tokenizer, table
    def __len__(self):
        return len(titles)
    def __getitem__(self, i):
        return {"inputs": torch.tensor(self.tokenizer(titles[i], self.table)), "labels": torch.tensor(i % 4)}

# %% knock83

class Padsequence:
    def __init__(self, padding_idx):
        self.padding_idx = padding_idx
    def __call__(self, batch):
        batch = sorted(batch, key=lambda item: item["inputs"].shape[0], reverse=True)
        ids = pad_sequence([item["inputs"] for item in batch], batch_first=True, padding_value=self.padding_idx)
        return {"inputs": ids, "labels": torch.LongTensor([item["labels"] for item in batch])}

loader = DataLoader(Titles(tokenizer, word2id), batch_size=32, shuffle=True, collate_fn=Padsequence(len(set(word2id.values()))))
print(next(iter(loader))["inputs"].shape)
