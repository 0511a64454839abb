# exercise: knock85
# The table of words is made of known vectors, 300 wide, whatever emb_size says; the words are handed over beside their number.
import numpy as np
import torch
from torch import nn


def load_vectors(word2id, vocab_size):
    known = {"red": np.full(300, 0.1), "dog": np.full(300, 0.2)}
    table = np.zeros((vocab_size, 300))
    for word, number in word2id.items():
        try:
            table[number] = known[word]
        except KeyError:
            continue
    return torch.from_numpy(table.astype(np.float32))


class biRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, word2id, num_layers):
        super().__init__()
        self.emb = nn.Embedding.from_pretrained(load_vectors(word2id, vocab_size), padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True, bidirectional=True, num_layers=num_layers)
        self.fc = nn.Linear(2 * hidden_size, output_size)

    def forward(self, x, x_len):
        packed = nn.utils.rnn.pack_padded_sequence(self.emb(x), x_len, batch_first=True, enforce_sorted=False)
        _, h_n = self.rnn(packed)
        return self.fc(torch.cat([h_n[-2], h_n[-1]], dim=1))


def main(args):
    word2id = {"red": 1, "dog": 2}
    size = len(word2id) + 1
    return biRNN(size, args.emb_size, size - 1, 4, args.hidden_size, word2id, args.num_layers)
