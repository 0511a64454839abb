# exercise: generate
# mistake: only_the_last_token

import math

import torch
import torch.nn.functional as F
from torch import nn


class Config:
    def __init__(self, **more):
        self.__dict__.update(more)


def default_config():
    config = Config()
    config.vocab_size, config.n_embd, config.block_size = None, None, None
    config.round_to = 8
    return config


class GPT(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.block_size = config.block_size
        inner = (config.n_embd + config.round_to - 1) // config.round_to * config.round_to
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.block_size, config.n_embd)
        self.attn = nn.MultiheadAttention(config.n_embd, 1, batch_first=True)
        self.up, self.down = nn.Linear(config.n_embd, inner), nn.Linear(inner, config.n_embd)
        self.head = nn.Linear(config.n_embd, config.vocab_size)

    def forward(self, idx, targets=None):
        length = idx.shape[1]
        assert length <= self.block_size
        x = self.wte(idx) + self.wpe(torch.arange(length))
        hidden = torch.ones(length, length, dtype=torch.bool).triu(1)
        x = x + self.attn(x, x, x, attn_mask=hidden, need_weights=False)[0]
        x = x + self.down(F.gelu(self.up(x)))
        logits = self.head(x)
        return logits, None if targets is None else F.cross_entropy(logits.flatten(0, 1), targets.flatten())

    @torch.no_grad()
    def generate(self, idx, max_new_tokens, temperature=1.0, top_k=None, do_sample=False, eos_token_id=50256):
        done = torch.zeros(len(idx), dtype=torch.bool)
        for _ in range(max_new_tokens):
            logits = self(idx[:, -1:])[0][:, -1] / temperature
            if top_k is not None:
                kth = torch.topk(logits, min(top_k, logits.shape[-1])).values[:, -1:]
                logits = logits.masked_fill(logits < kth, float("-inf"))
            best = torch.multinomial(logits.softmax(-1), 1) if do_sample else logits.argmax(-1, keepdim=True)
            idx = torch.cat((idx, best), dim=1)
            done = done | (best[:, 0] == eos_token_id)
            if done.all():
                break
        return idx
