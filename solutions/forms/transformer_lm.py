# %% [markdown]
# # The language model with time first
#
# The same lesson in the form of the course's notebook, which follows PyTorch's older tutorial on nn.Transformer: (T, B) instead of (B, T), a mask that is
# added to the scores, and layers from torch.nn. No notebook is made of this file; answers handed in in this form are compared with it.
# %% role="setup"
import math

import torch
from torch import nn

device = torch.device("cpu")
bptt = 35
ntokens = 29
lr = 0.5
model = train_data = optimizer = None
criterion = nn.CrossEntropyLoss()


# %% exercise="positional_encoding" role="answer"
class PositionalEncoding(nn.Module):
    """x (T, B, D) -> (T, B, D)"""

    def __init__(self, d_model, dropout=0.1, max_len=500):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        pe = torch.zeros(max_len, d_model)
        position = torch.arange(0, max_len).to(pe).unsqueeze(1)
        rate = torch.exp(torch.arange(0, d_model, 2).to(pe) * (-math.log(10000.0) / d_model))
        pe[:, 0::2] = torch.sin(position * rate)
        pe[:, 1::2] = torch.cos(position * rate)
        pe = pe.unsqueeze(1)  # (max_len, 1, D)
        self.register_buffer("pe", pe)

    def forward(self, x):
        x = x + self.pe[: x.size(0)]
        return self.dropout(x)


# %% exercise="transformer" role="answer"
class TransformerModel(nn.Module):
    """ids (T, B) -> logits (T, B, V)"""

    def __init__(self, ntoken, ninp, nhead, nhid, nlayers, dropout=0.5):
        super().__init__()
        self.src_mask = None
        self.pos_encoder = PositionalEncoding(ninp, dropout)
        layer = nn.TransformerEncoderLayer(ninp, nhead, nhid, dropout)
        self.transformer_encoder = nn.TransformerEncoder(layer, nlayers, enable_nested_tensor=False)
        self.encoder = nn.Embedding(ntoken, ninp)
        self.ninp = ninp
        self.decoder = nn.Linear(ninp, ntoken)

    def _generate_square_subsequent_mask(self, sz):
        mask = (torch.triu(torch.ones(sz, sz)) == 1).transpose(0, 1)
        mask = mask.float().masked_fill(mask == 0, float("-inf")).masked_fill(mask == 1, 0.0)
        return mask.to(torch.get_default_dtype())

    def forward(self, src):
        if self.src_mask is None or self.src_mask.size(0) != len(src):
            self.src_mask = self._generate_square_subsequent_mask(len(src)).to(src.device)
        src = self.encoder(src) * math.sqrt(self.ninp)
        src = self.pos_encoder(src)
        output = self.transformer_encoder(src, self.src_mask)
        return self.decoder(output)


# %% exercise="lm_training" role="answer"
def batchify(data, bsz):
    """ids (S,) -> (S // B, B): each column a piece of the text"""
    nbatch = data.size(0) // bsz
    data = data.narrow(0, 0, nbatch * bsz)
    data = data.view(bsz, -1).t().contiguous()
    return data.to(device)


def get_batch(source, i):
    """(N, B) -> inputs (T, B), targets (T * B,)"""
    seq_len = min(bptt, len(source) - 1 - i)
    data = source[i : i + seq_len]
    target = source[i + 1 : i + 1 + seq_len].reshape(-1)
    return data, target


def train():
    """One pass over train_data."""
    model.train()
    for i in range(0, train_data.size(0) - 1, bptt):
        data, targets = get_batch(train_data, i)
        optimizer.zero_grad()
        output = model(data)
        loss = criterion(output.view(-1, ntokens), targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()


def evaluate(eval_model, data_source):
    """(N, B) -> the mean loss of a word"""
    eval_model.eval()
    total_loss = 0.0
    with torch.no_grad():
        for i in range(0, data_source.size(0) - 1, bptt):
            data, targets = get_batch(data_source, i)
            output = eval_model(data).view(-1, ntokens)
            total_loss += len(data) * criterion(output, targets).item()
    return total_loss / (len(data_source) - 1)
