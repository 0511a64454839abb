# exercise: transformer
import torch
from torch import nn


class InputLayer(nn.Module):
    def __init__(self, config, vocab):
        super().__init__()
        width = config.get("d_model", 512)
        self.embed = nn.Embedding(len(vocab), width, padding_idx=vocab.stoi["<pad>"])
        self.pos_embed = nn.Embedding(config.get("max_seq_len", 512), width)

    def forward(self, x):
        return self.embed(x) + self.pos_embed(torch.arange(x.size(1)))


class Layer(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, heads = config.get("d_model", 512), config.get("num_heads", 8)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.ffn = nn.Sequential(
            nn.Linear(width, config.get("ffn_hid_dim", 2048)), nn.ReLU(), nn.Linear(config.get("ffn_hid_dim", 2048), width)
        )
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x):
        mask = torch.triu(torch.full((x.size(1), x.size(1)), float("-inf")), diagonal=1)
        y = self.ln_1(x)
        x = x + self.attention(y, y, y, attn_mask=mask, need_weights=False)[0]
        return x + self.ffn(self.ln_2(x))


class OutputLayer(nn.Module):
    def __init__(self, config, vocab):
        super().__init__()
        self.norm, self.project = nn.LayerNorm(config.d_model), nn.Linear(config.d_model, len(vocab), bias=False)

    def forward(self, x):
        return self.project(self.norm(x))


class LanguageModel(nn.Module):
    def __init__(self, config, vocab):
        super().__init__()
        self.input_layer = InputLayer(config, vocab)
        self.layers = nn.ModuleList([Layer(config) for _ in range(config.get("num_layers", 6))])
        self.output_layer = OutputLayer(config, vocab)

    def forward(self, x):
        x = self.input_layer(x)
        for layer in self.layers:
            x = layer(x)
        return self.output_layer(x)
