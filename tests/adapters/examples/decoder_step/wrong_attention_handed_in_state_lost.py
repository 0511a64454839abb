# exercise: attn_decoder
# fails: moves_on

import math

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self, enc_hid_dim, dec_hid_dim):
        super().__init__()
        self.score = nn.Linear(enc_hid_dim * 2 + dec_hid_dim, dec_hid_dim)  # the encoder reads both ways
        self.v = nn.Linear(dec_hid_dim, 1, bias=False)

    def forward(self, hidden, encoder_outputs):
        length = encoder_outputs.shape[0]  # (S, B, 2E)
        hidden = hidden.unsqueeze(1).expand(-1, length, -1)
        outputs = encoder_outputs.transpose(0, 1)
        energy = torch.tanh(self.score(torch.cat((hidden, outputs), dim=2)))
        return F.softmax(self.v(energy).squeeze(2), dim=1)


class Decoder(nn.Module):
    def __init__(self, output_dim, emb_dim, enc_hid_dim, dec_hid_dim, dropout, attention):
        super().__init__()
        self.attention = attention
        self.embedding = nn.Embedding(output_dim, emb_dim)
        self.rnn = nn.GRU(enc_hid_dim * 2 + emb_dim, dec_hid_dim)
        self.fc_out = nn.Linear(enc_hid_dim * 2 + dec_hid_dim + emb_dim, output_dim)
        self.dropout = nn.Dropout(dropout)

    def forward(self, token, hidden, encoder_outputs):
        embedded = self.dropout(self.embedding(token.unsqueeze(0)))
        a = self.attention(hidden, encoder_outputs).unsqueeze(1)
        weighted = torch.bmm(a, encoder_outputs.transpose(0, 1)).transpose(0, 1)
        output, hidden = self.rnn(torch.cat((embedded, weighted), dim=2))
        prediction = self.fc_out(torch.cat((output[0], weighted[0], embedded[0]), dim=1))
        return prediction, hidden.squeeze(0)
