"""Measure what the models of problems 80-89 reach on a set of news titles, written the way a student would.

    python tools/measure_news.py                        the embedded headlines
    python tools/measure_news.py --folder FOLDER        newsCorpora.csv or train.txt, valid.txt and test.txt in FOLDER
    python tools/measure_news.py --models bag,rnn --seeds 3 --train 2000

One line a model: mean test accuracy over the seeds, its spread, processor seconds of the last run. One thread.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

from grader.data import Headline, News, bert, news, vectors

LETTERS = "btem"
UNKNOWN = 0


def words(title: str) -> list[str]:
    """Lower-case words, numbers and hyphenated compounds."""
    return re.findall(r"[\w'&.-]*\w", title.lower())


def build_vocab(titles: Sequence[str]) -> dict[str, int]:
    """Words seen at least twice, ranked from 1."""
    counts = Counter(word for title in titles for word in words(title))
    return {word: rank for rank, (word, count) in enumerate(counts.most_common(), 1) if count > 1}


class Rnn(nn.Module):
    """Problem 81, 84 and 85: the state after the last real word."""

    def __init__(
        self, table: Tensor, pad: int, hidden: int, layers: int = 1, both: bool = False, cell: str = "LSTM"
    ) -> None:
        super().__init__()
        self.embed = nn.Embedding.from_pretrained(table.clone(), freeze=False, padding_idx=pad)
        self.rnn = getattr(nn, cell)(table.shape[1], hidden, layers, batch_first=True, bidirectional=both)
        self.out = nn.Linear(hidden * (1 + both), 4)
        self.pad, self.both = pad, both

    def forward(self, ids: Tensor) -> Tensor:
        lengths = (ids != self.pad).sum(1).clamp(min=1)
        _, state = self.rnn(pack_padded_sequence(self.embed(ids), lengths, batch_first=True, enforce_sorted=False))
        last = state[0] if isinstance(state, tuple) else state
        return self.out(torch.cat([last[-2], last[-1]], 1) if self.both else last[-1])


class Cnn(nn.Module):
    """Problem 86: three words at a time, the largest value over time."""

    def __init__(self, table: Tensor, pad: int, channels: int) -> None:
        super().__init__()
        self.embed = nn.Embedding.from_pretrained(table.clone(), freeze=False, padding_idx=pad)
        self.conv = nn.Conv1d(table.shape[1], channels, 3, padding=1)
        self.drop, self.out = nn.Dropout(0.3), nn.Linear(channels, 4)

    def forward(self, ids: Tensor) -> Tensor:
        return self.out(self.drop(torch.relu(self.conv(self.embed(ids).transpose(1, 2))).amax(2)))


class Bag(nn.Module):
    """Logistic regression on which words occur."""

    def __init__(self, size: int, pad: int) -> None:
        super().__init__()
        self.weights = nn.Embedding(size, 4, padding_idx=pad)
        nn.init.zeros_(self.weights.weight)
        self.bias = nn.Parameter(torch.zeros(4))

    def forward(self, ids: Tensor) -> Tensor:
        return self.weights(ids).sum(1) + self.bias


class Bert(nn.Module):
    """Problem 89: mean of the encoder's states over the real tokens, then one linear layer."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder, self.drop = encoder, nn.Dropout(0.1)
        self.out = nn.Linear(encoder.config.hidden_size, 4)  # type: ignore[union-attr,arg-type]

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        states = self.encoder(ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(2).to(states.dtype)
        return self.out(self.drop((states * weights).sum(1) / weights.sum(1)))


def freeze_below(encoder: nn.Module, top: int) -> None:
    """Leave only the uppermost `top` layers of a Hugging Face encoder to be tuned."""
    encoder.requires_grad_(False)
    for layer in encoder.encoder.layer[-top:]:  # type: ignore[union-attr,index]
        layer.requires_grad_(True)


Batch = tuple[tuple[Tensor, ...], Tensor]
Batcher = Callable[[Sequence[Headline]], Batch]


def labels_of(items: Sequence[Headline]) -> Tensor:
    return torch.tensor([LETTERS.index(item.category) for item in items])


def accuracy(model: nn.Module, batcher: Batcher, items: Sequence[Headline]) -> float:
    model.eval()
    right = 0
    with torch.no_grad():
        for start in range(0, len(items), 256):
            inputs, labels = batcher(items[start : start + 256])
            right += int((model(*inputs).argmax(1) == labels).sum())
    return right / len(items)


def train(
    model: nn.Module, batcher: Batcher, data: News, epochs: int, lr: float, size: int, decay: float = 0.0
) -> float:
    """Adam, the epoch with the best validation accuracy; test accuracy of that epoch."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=decay)
    steps = epochs * -(-len(data.train) // size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=steps, pct_start=0.1)
    best = (-1.0, 0.0)
    for _ in range(epochs):
        model.train()
        order = torch.randperm(len(data.train)).tolist()
        for start in range(0, len(order), size):
            inputs, labels = batcher([data.train[place] for place in order[start : start + size]])
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(*inputs), labels).backward()
            optimizer.step()
            schedule.step()
        valid = accuracy(model, batcher, data.valid)
        if valid > best[0]:
            best = (valid, accuracy(model, batcher, data.test))
    return best[1]


def word_batcher(vocab: dict[str, int]) -> Batcher:
    pad = len(vocab) + 1

    def batch(items: Sequence[Headline]) -> Batch:
        ids = [torch.tensor([vocab.get(word, UNKNOWN) for word in words(item.title)] or [UNKNOWN]) for item in items]
        return (pad_sequence(ids, batch_first=True, padding_value=pad),), labels_of(items)

    return batch


def table_of(vocab: dict[str, int], named: str | None) -> Tensor:
    """Rows 0 unknown, 1 ... V the words, V + 1 padding."""
    pretrained = vectors(named)
    table = torch.randn(len(vocab) + 2, pretrained.dim) * 0.1
    for word, row in vocab.items():
        if word in pretrained:
            table[row] = pretrained[word]
    return table


def run(model: str, data: News, args: argparse.Namespace) -> float:
    if model.startswith("bert"):
        tokenizer, encoder = bert(args.bert)
        if model == "bert-scratch":
            encoder = type(encoder).from_scratch()
        if args.top:
            freeze_below(encoder, args.top)

        def batch(items: Sequence[Headline]) -> Batch:
            made = tokenizer(
                [item.title for item in items], padding=True, truncation=True, max_length=40, return_tensors="pt"
            )
            return (made["input_ids"], made["attention_mask"]), labels_of(items)

        lr = args.bert_lr if model == "bert" else 1e-3
        return train(Bert(encoder), batch, data, args.bert_epochs, lr, 32, 0.01)
    vocab = build_vocab([item.title for item in data.train])
    if model.endswith("full"):
        counts = Counter(word for item in data.train for word in words(item.title))
        vocab = {word: rank for rank, word in enumerate(counts, 1)}
    pad, batcher = len(vocab) + 1, word_batcher(vocab)
    if model.startswith("bag"):
        return train(Bag(len(vocab) + 2, pad), batcher, data, 20, 0.05, 64)
    table = table_of(vocab, args.vectors) if "vectors" in model else torch.randn(len(vocab) + 2, 50) * 0.1
    if model.startswith("cnn"):
        return train(Cnn(table, pad, 100), batcher, data, 8, 2e-3, 32)
    return train(
        Rnn(
            table, pad, 50, both="both" in model, cell="GRU" if "gru" in model else "RNN" if "tanh" in model else "LSTM"
        ),
        batcher,
        data,
        8,
        4e-3,
        32,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder")
    parser.add_argument("--vectors")
    parser.add_argument("--bert")
    parser.add_argument(
        "--models", default="bag,rnn-tanh,rnn-tanh-vectors,rnn,rnn-vectors,cnn-vectors,bert-scratch,bert"
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--train", type=int)
    parser.add_argument("--bert-lr", type=float, default=5e-4)
    parser.add_argument("--top", type=int, help="tune only so many of the uppermost layers (Hugging Face encoders)")
    parser.add_argument("--bert-epochs", type=int, default=4)
    args = parser.parse_args()
    torch.set_num_threads(1)
    data = news(args.folder)
    data = News(data.train[: args.train], data.valid, data.test, data.source)
    majority = Counter(item.category for item in data.test).most_common(1)[0][1] / len(data.test)
    print(
        f"{data.source}: {len(data.train)} / {len(data.valid)} / {len(data.test)}; majority {majority:.1%}", flush=True
    )
    for model in args.models.split(","):
        results = []
        for seed in range(args.seeds):
            torch.manual_seed(seed)
            began = time.process_time()
            results.append(run(model, data, args))
        mean, spread = sum(results) / len(results), max(results) - min(results)
        print(f"{model:18s} {mean:6.1%}  spread {spread:5.1%}  {time.process_time() - began:5.1f} s", flush=True)


if __name__ == "__main__":
    main()
