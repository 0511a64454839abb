# exercise: mask_tokens
import random
from itertools import chain

import numpy as np
import torch
from torch.utils.data import Dataset


class BERTDataset(Dataset):
    def __init__(self, lines, tokenizer):
        self.lines, self.tokenizer = lines, tokenizer

    def mask_sentence(self, text):
        inputs, labels = [], []
        for word in text.split():
            pieces = self.tokenizer(word)["input_ids"][1:-1]
            chosen = np.random.rand() < 0.15
            dice = np.random.rand()
            if chosen and dice < 0.8:
                inputs.append([self.tokenizer.vocab["[MASK]"]] * len(pieces))
            elif chosen and dice < 0.9:
                inputs.append([random.randrange(len(self.tokenizer.vocab)) for _ in pieces])
            else:
                inputs.append(pieces)
            labels.append(pieces if chosen else [-100] * len(pieces))
        return {
            "masked": torch.tensor(list(chain.from_iterable(inputs))),
            "labels": torch.tensor(list(chain.from_iterable(labels))),
        }
