# exercise: seq2seq

import torch
import torch.nn as nn

class EncoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_size)
        self.rnn = nn.LSTM(emb_size, hidden_size)
    def forward(self, src):
        # src: (src_len, batch)
        outputs, (hidden, cell) = self.rnn(self.embedding(src))
        return outputs, (hidden, cell)

class DecoderRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_size)
        self.rnn = nn.LSTM(emb_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)
    def forward(self, word, state):
        # word: (batch,)
        o, state = self.rnn(self.embedding(word).unsqueeze(0), state)
        return self.out(o.squeeze(0)), state
