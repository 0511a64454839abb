# exercise: mask_tokens
import random

import torch
from torch.utils.data import Dataset


class PairDataset(Dataset):
    def __init__(self, path, vocab, seq_len):
        self.vocab, self.seq_len = vocab, seq_len
        with open(path) as file:
            self.lines = [line[:-1].split("\t") for line in file]

    def __len__(self):
        return len(self.lines)

    def __getitem__(self, item):
        one, one_label = self.random_word(self.lines[item][0])
        ids = [self.vocab.sos_index] + one + [self.vocab.eos_index]
        return {"input": torch.tensor(ids), "label": torch.tensor([0] + one_label + [0])}

    def id_of(self, token):
        return self.vocab.stoi.get(token, self.vocab.unk_index)

    def random_word(self, sentence):
        tokens = sentence.split()
        output_label = []
        for i, token in enumerate(tokens):
            dice = random.random()
            if dice < 0.15:
                dice /= 0.15
                if dice < 0.8:
                    tokens[i] = self.vocab.mask_index
                elif dice < 0.9:
                    tokens[i] = random.randrange(len(self.vocab))
                else:
                    tokens[i] = self.id_of(token)
                output_label.append(self.id_of(token))
            else:
                tokens[i] = self.id_of(token)
                output_label.append(0)
        return tokens, output_label
