"""Models of ours that the student's training, perplexity and generation are tried on. Each source defines `make`.

They are sent into the room; what they find is kept in parameters that need no gradient, which come back with the weights.
"""

import torch

from grader.errors import Failure
from grader.model import Text
from grader.student import Module

BIGRAM = '''
import torch
from torch import nn

class Bigram(nn.Module):
    """ids (B, T) -> logits (B, T, V): a table row for each id, and a shift. Keeps what it saw of its training."""

    def __init__(self, table, longest):
        super().__init__()
        self.table = nn.Parameter(table.clone())
        self.shift = nn.Parameter(torch.zeros(table.size(1)))
        self.longest = self.max_len = longest
        self.asleep = nn.Parameter(torch.zeros(1), requires_grad=False)
        self.stale = nn.Parameter(torch.zeros(1), requires_grad=False)
        self.read = nn.Parameter(torch.zeros(len(table)), requires_grad=False)
        self.table.register_hook(self.look)

    def look(self, gradient):
        """When a gradient arrives, the last one must be gone."""
        if self.table.grad is not None and self.table.grad.any():
            self.stale += 1
        return gradient

    def forward(self, ids):
        if ids.dim() != 2 or ids.size(1) > self.longest:
            raise ValueError(f"the model reads ids (B, T) with T up to {self.longest}, not {tuple(ids.shape)}")
        if torch.is_grad_enabled() and not self.training:
            self.asleep += 1
        if torch.is_grad_enabled():
            self.read += torch.bincount(ids.flatten(), minlength=len(self.read))
        return self.table[ids] + self.shift

def make(table, longest):
    return Bigram(table, longest)
'''

DROWSY = '''
import torch
from torch import nn

class Drowsy(nn.Module):
    """As a bigram table, but in training mode it knows nothing: its dropout takes everything."""

    def __init__(self, table, longest):
        super().__init__()
        self.table = nn.Parameter(table.clone())
        self.longest = self.max_len = longest

    def forward(self, ids):
        if ids.dim() != 2 or ids.size(1) > self.longest:
            raise ValueError(f"the model reads ids (B, T) with T up to {self.longest}, not {tuple(ids.shape)}")
        return self.table[ids] * (0.0 if self.training else 1.0)

def make(table, longest):
    return Drowsy(table, longest)
'''

ATTENTIVE = '''
import torch
from torch import nn

class Attentive(nn.Module):
    """ids (B, T) -> logits (B, T, V), T up to max_len: the best next id follows from all ids so far, oldest and newest."""

    def __init__(self, vocabulary, max_len):
        super().__init__()
        self.vocabulary, self.max_len = vocabulary, max_len
        self.sharpness = nn.Parameter(torch.ones(1))

    def forward(self, ids):
        if ids.dim() != 2 or ids.size(1) > self.max_len:
            raise ValueError(f"the model reads ids (B, T) with T up to {self.max_len}, not {tuple(ids.shape)}")
        steps = torch.arange(1, ids.size(1) + 1, device=ids.device)
        best = ((ids + 1) * steps).cumsum(dim=1) % self.vocabulary
        if self.training:
            best = (best + 1) % self.vocabulary
        distance = (torch.arange(self.vocabulary, device=ids.device) - best.unsqueeze(-1)) % self.vocabulary
        return -self.sharpness * distance.float()

def make(vocabulary, max_len):
    return Attentive(vocabulary, max_len)
'''


def trained_awake(model: Module) -> None:
    """Raise Failure if a model that keeps count of it was updated in evaluation mode."""
    if model.current().get("asleep", torch.zeros(1)).sum() > 0:
        raise Failure(
            Text(
                en="The model was updated in evaluation mode, as the last measurement had left it: without its dropout.",
                ja="直前の評価のまま、評価モードで学習していました。dropout が効いていません。",
            ),
            misconception="train_mode_forgotten",
        )
