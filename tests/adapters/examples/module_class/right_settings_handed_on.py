# exercise: transformer
import torch
from torch import nn

cfg = {"vocab": 40, "width": 32, "heads": 4, "layers": 2, "context": 64, "drop": 0.1}


class Attention(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.cfg, width = cfg, cfg["width"]
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x):
        q, k, v = (
            part(x).unflatten(-1, (self.cfg["heads"], -1)).transpose(1, 2) for part in (self.query, self.key, self.value)
        )
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        scores = scores + torch.full(scores.shape[-2:], float("-inf")).triu(1)
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        width = cfg["width"]
        self.norm1, self.norm2, self.attention = nn.LayerNorm(width), nn.LayerNorm(width), Attention(cfg)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.drop = nn.Dropout(cfg.get("drop", 0.0))

    def forward(self, x):
        x = x + self.drop(self.attention(self.norm1(x)))
        return x + self.drop(self.mlp(self.norm2(x)))


class Blocks(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.all = nn.Sequential(*[Block(cfg) for _ in range(cfg["layers"])])

    def forward(self, x):
        return self.all(x)


class LanguageModel(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.words = nn.Embedding(cfg["vocab"], cfg["width"])
        self.places = nn.Embedding(cfg["context"], cfg["width"])
        self.blocks, self.norm = Blocks(cfg), nn.LayerNorm(cfg["width"])
        self.head = nn.Linear(cfg["width"], cfg["vocab"])

    def forward(self, ids):
        x = self.words(ids) + self.places(torch.arange(ids.shape[1]))
        return self.head(self.norm(self.blocks(x)))


model = LanguageModel(cfg)
