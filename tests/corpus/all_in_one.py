"""ニュース記事の分類"""
import collections
import random
import torch
from torch import nn

random.seed(0)
categories = {'b': 0, 't': 1, 'e': 2, 'm': 3}
<<vocab>>


class NewsRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, x):
        out, _ = self.rnn(self.emb(x))
        return self.fc(out.mean(dim=1))


def accuracy(scores, gold):
    return (scores.argmax(dim=1) == gold).float().mean().item()

<<cnn>>


if __name__ == '__main__':
    print(NewsRNN(90, 300, 89, 4, 50)(torch.randint(1, 80, (2, 7))))
