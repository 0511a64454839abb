# exercise: attn_decoder
# fails: moves_on
import torch
import torch.nn as nn
import torch.nn.functional as F


class AttnDecoder(nn.Module):
    def __init__(self, hidden_size, output_size):
        super().__init__()
        self.embedding, self.gru = nn.Embedding(output_size, hidden_size), nn.GRU(2 * hidden_size, hidden_size)
        self.W, self.U, self.v = nn.Linear(hidden_size, hidden_size), nn.Linear(hidden_size, hidden_size), nn.Linear(hidden_size, 1)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, input, hidden, encoder_outputs):
        embedded = self.embedding(input).view(1, 1, -1)
        scores = self.v(torch.tanh(self.W(hidden[0]) + self.U(encoder_outputs))).view(1, -1)
        weights = F.softmax(scores, dim=1)
        context = weights @ encoder_outputs
        output, hidden = self.gru(torch.cat((embedded, context.unsqueeze(0)), 2), hidden)
        return F.log_softmax(self.out(output[0]), dim=1), torch.zeros_like(hidden), weights
