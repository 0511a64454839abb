"""The primer on answers in other people's styles, graded from notebooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drawing import drawn
from tests.lessons.other_styles import earns_everything, is_named

RIGHT = {
    "tensors, in loops": (
        "primer_tensors",
        """
def mean_of_rows(table, ids):
    total = torch.zeros(table.size(1))
    for i in ids.tolist():
        total = total + table[i]
    return total / len(ids)

def linear_scores(x, weight, bias):
    rows = []
    for sentence in x:
        rows.append(torch.stack([(sentence * w).sum() for w in weight]) + bias)
    return torch.stack(rows)
""",
    ),
    "tensors, with one-hot rows": (
        "primer_tensors",
        """
def mean_of_rows(table, ids):
    chosen = nn.functional.one_hot(ids, num_classes=len(table)).float()
    return torch.mean(torch.matmul(chosen, table), 0)

def linear_scores(x, weight, bias):
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    layer.weight.data, layer.bias.data = weight, bias
    return layer(x)
""",
    ),
    "gradients, with a function of its own": (
        "primer_gradients",
        """
def slope_of(f, place):
    place = place.detach().clone()
    place.requires_grad = True
    f(place).backward()
    return place.grad

def descend(f, x, lr, steps):
    here = x
    while steps > 0:
        here = here - lr * slope_of(f, here)
        steps -= 1
    return here
""",
    ),
    "gradients, by functorch": (
        "primer_gradients",
        """
def descend(f, x, lr=0.1, steps=10):
    slope = torch.func.grad(f)
    for step in range(steps):
        x = torch.add(x, slope(x), alpha=-lr)
    return x
""",
    ),
    "modules, in a sequence": (
        "primer_modules",
        """
class Mean(nn.Module):
    def forward(self, x):
        return torch.mean(x, 1)

class BagOfWords(nn.Module):
    def __init__(self, V, E, L):
        super(BagOfWords, self).__init__()
        self.net = nn.Sequential(nn.Embedding(V, E), Mean(), nn.Linear(E, L))

    def forward(self, x):
        return self.net(x)
""",
    ),
    "batches, filled by index": (
        "primer_batches",
        """
def make_batches(sentences, batch_size):
    result, rest = [], list(sentences)
    while rest:
        now, rest = rest[:batch_size], rest[batch_size:]
        width = max(map(len, now))
        table = torch.full((len(now), width), 0)
        for r, words in enumerate(now):
            for c, word in enumerate(words):
                table[r, c] = word
        result.append(table)
    return result

def masked_mean(vectors, mask):
    kept = torch.where(mask[:, :, None], vectors, torch.zeros_like(vectors))
    return torch.sum(kept, 1) / torch.count_nonzero(mask, 1)[:, None]
""",
    ),
    "batches, by a loader": (
        "primer_batches",
        """
from torch.utils.data import DataLoader
from torch.nn.utils.rnn import pad_sequence

def collate(part):
    return pad_sequence([torch.LongTensor(s) for s in part], batch_first=True)

def make_batches(sentences, batch_size):
    return [b for b in DataLoader(sentences, batch_size=batch_size, collate_fn=collate)]

def masked_mean(vectors, mask):
    weights = mask / mask.sum(1, keepdim=True)
    return torch.bmm(weights.unsqueeze(1), vectors).squeeze(1)
""",
    ),
}
WRONG = {
    "a mean over everything": (
        "primer_tensors",
        "def mean_of_rows(table, ids):\n    return torch.mean(table[ids])\n\n"
        "def linear_scores(x, weight, bias):\n    return torch.matmul(x, weight.t()) + bias\n",
        "mean_of_everything",
    ),
    "gradients that pile up": (
        "primer_gradients",
        "def descend(f, x, lr, steps):\n    p = x.detach().clone()\n    p.requires_grad_(True)\n    i = 0\n    while i < steps:\n"
        "        f(p).backward()\n        p.data = p.data - lr * p.grad\n        i += 1\n    return p.detach()\n",
        "gradients_pile_up",
    ),
    "a layer in a list": (
        "primer_modules",
        "class BagOfWords(nn.Module):\n    def __init__(self, v, e, o):\n        super().__init__()\n        self.table = nn.Embedding(v, e)\n"
        "        self.out = [nn.Linear(e, o)]\n\n    def forward(self, ids):\n        return self.out[0](self.table(ids).mean(1))\n",
        "layers_in_a_list",
    ),
    "a mean over the padding": (
        "primer_batches",
        "def make_batches(sentences, batch_size):\n    out = []\n    for i in range(0, len(sentences), batch_size):\n"
        "        s = sentences[i:i+batch_size]\n        n = max(len(x) for x in s)\n"
        "        out.append(torch.LongTensor([x + (n - len(x)) * [0] for x in s]))\n    return out\n\n"
        "def masked_mean(vectors, mask):\n    v = vectors * mask.unsqueeze(-1)\n    return v.sum(1) / v.shape[1]\n",
        "divided_by_the_length",
    ),
}


@drawn(2)
@pytest.mark.parametrize(("exercise", "answer"), RIGHT.values(), ids=RIGHT)
def test_other_styles_earn_everything(exercise: str, answer: str, tmp_path: Path) -> None:
    """Right in another way than ours: every point, and nobody has to look."""
    earns_everything("primer", exercise, answer, tmp_path)


@drawn(1)
@pytest.mark.parametrize(("exercise", "answer", "name"), WRONG.values(), ids=WRONG)
def test_a_mistake_in_another_style_is_named(exercise: str, answer: str, name: str, tmp_path: Path) -> None:
    """Written differently from ours, it keeps its name."""
    is_named("primer", exercise, answer, name, tmp_path)
