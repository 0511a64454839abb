# exercise: seq2seq
# fails: decoder_moves_on
import torch
import torch.nn as nn


class Encoder(nn.Module):
    def __init__(self, n_words, embedding_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.embedding, self.rnn = nn.Embedding(n_words, embedding_size), nn.GRU(embedding_size, hidden_size)

    def forward(self, x):
        vectors = self.embedding(x).view(x.shape[0], 1, -1)
        h = torch.zeros(1, 1, self.hidden_size)
        return self.rnn(vectors, h)


class Decoder(nn.Module):
    def __init__(self, embedding_size, hidden_size, output_size):
        super().__init__()
        self.embedding, self.rnn = nn.Embedding(output_size, embedding_size), nn.GRU(embedding_size, hidden_size)
        self.out = nn.Sequential(nn.Linear(hidden_size, output_size), nn.LogSoftmax(dim=2))

    def forward(self, word, h):
        x, h = self.rnn(self.embedding(word).view(1, 1, -1), h)
        return self.out(x), torch.zeros_like(h)
