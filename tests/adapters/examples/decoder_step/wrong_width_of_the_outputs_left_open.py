# exercise: attn_decoder
# mistake: state_not_returned
# The tutorial's signature, and attention by content, which the tutorial's decoder has not.

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self, hidden_size, encoder_output_size):
        super().__init__()
        self.attn = nn.Linear(hidden_size + encoder_output_size, hidden_size)
        self.v = nn.Parameter(torch.rand(hidden_size))

    def forward(self, hidden, encoder_outputs):
        outputs = encoder_outputs.permute(1, 0, 2)
        hidden = hidden[-1].unsqueeze(1).repeat(1, outputs.size(1), 1)
        energy = torch.tanh(self.attn(torch.cat((hidden, outputs), dim=2)))
        return F.softmax(energy @ self.v, dim=1)


class AttnDecoderRNN(nn.Module):
    def __init__(self, hidden_size, output_size, dropout_p=0.1, max_length=12, encoder_output_size=None):
        super().__init__()
        self.hidden_size = hidden_size
        width = encoder_output_size or hidden_size * 2
        self.embedding = nn.Embedding(output_size, hidden_size)
        self.attention = Attention(hidden_size, width)
        self.dropout = nn.Dropout(dropout_p)
        self.gru = nn.GRU(hidden_size + width, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, input, hidden, encoder_outputs):
        embedded = self.dropout(self.embedding(input).view(1, -1, self.hidden_size))
        weights = self.attention(hidden, encoder_outputs).unsqueeze(1)
        context = torch.bmm(weights, encoder_outputs.permute(1, 0, 2)).permute(1, 0, 2)
        output, _ = self.gru(torch.cat((embedded, context), 2), hidden)
        return F.log_softmax(self.out(output[0]), dim=1), hidden, weights.squeeze(1)
