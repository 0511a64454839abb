"""Make grader/data/tiny_bert.safetensors: a tiny BERT pretrained with masked words on the synthetic headlines.

    python tools/pretrain_bert.py [--titles 80000] [--epochs 8] [--threads 1] [--out FILE]

The vocabulary comes from the WordPiece trainer of the package tokenizers. Masking as in Devlin et al. (2019), section
3.1: of the tokens asked for 80 % become [MASK], 10 % a random token and 10 % stay; but a quarter of all tokens is asked
for, not 15 %, since a small model learns faster so (Wettig et al. 2023, "Should You Mask 15% in Masked Language
Modeling?"). There is no second task. The pooler is not trained by it and is shipped as an orthogonal map, which loses
nothing. Weights are shipped as float16.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import BertWordPieceTokenizer
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from grader.data.synthetic import unlabelled
from grader.data.tiny_bert import EMBEDDED, TinyBert, TinyBertConfig, metadata
from grader.data.wordpiece import SPECIAL, WordPiece

PIECES, BATCH, RATE, SEED, IGNORED = 3000, 64, 2e-3, 89, -100
ASKED = 0.25


def learn_pieces(titles: tuple[str, ...]) -> list[str]:
    """The vocabulary, special tokens first."""
    trainer = BertWordPieceTokenizer(lowercase=True)
    trainer.train_from_iterator(
        titles, vocab_size=PIECES, min_frequency=2, special_tokens=list(SPECIAL), show_progress=False
    )
    return sorted(trainer.get_vocab(), key=trainer.get_vocab().__getitem__)


def mask(ids: Tensor, tokenizer: WordPiece) -> tuple[Tensor, Tensor]:
    """(B, T) -> what the model sees, and the labels: the true id where it is asked for, IGNORED elsewhere."""
    asked = (torch.rand(ids.shape) < ASKED) & (ids >= len(SPECIAL))
    fate = torch.rand(ids.shape)
    seen = torch.where(asked & (fate < 0.8), tokenizer.mask_token_id, ids)
    seen = torch.where(asked & (fate >= 0.9), torch.randint(len(SPECIAL), len(tokenizer), ids.shape), seen)
    return seen, torch.where(asked, ids, IGNORED)


class MaskedLm(nn.Module):
    """The encoder with BERT's head: dense, GELU, norm, and the token embeddings once more as the output layer."""

    def __init__(self, encoder: TinyBert) -> None:
        super().__init__()
        size = encoder.config.hidden_size
        self.encoder = encoder
        self.dense = nn.Sequential(nn.Linear(size, size), nn.GELU(), nn.LayerNorm(size))
        self.bias = nn.Parameter(torch.zeros(encoder.config.vocab_size))

    def forward(self, seen: Tensor, labels: Tensor) -> Tensor:
        states = self.encoder(seen, (seen != 0).long()).last_hidden_state[labels != IGNORED]  # only where asked: (N, D)
        scores = self.dense(states) @ self.encoder.tokens.weight.T + self.bias
        return nn.functional.cross_entropy(scores, labels[labels != IGNORED])


def batches(rows: list[Tensor]) -> list[Tensor]:
    """Padded batches of titles of similar length, in random order: little padding, and no order to learn."""
    order = sorted(torch.randperm(len(rows)).tolist(), key=lambda place: len(rows[place]))
    groups = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    return [pad_sequence([rows[i] for i in groups[g]], batch_first=True) for g in torch.randperm(len(groups)).tolist()]


def pretrain(model: MaskedLm, rows: list[Tensor], tokenizer: WordPiece, epochs: int) -> None:
    """AdamW, warm-up and linear decay; says how it goes after every epoch."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    steps = epochs * -(-len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=steps, pct_start=0.06, anneal_strategy="linear"
    )
    began = time.perf_counter()
    for epoch in range(epochs):
        total = 0.0
        groups = batches(rows)
        for ids in groups:
            loss = model(*mask(ids, tokenizer))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / len(groups):.3f}, {time.perf_counter() - began:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--titles", type=int, default=80_000)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=EMBEDDED)
    args = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(args.threads)
    titles = unlabelled(args.titles)
    pieces = learn_pieces(titles)
    tokenizer = WordPiece(pieces)
    rows = [torch.tensor(tokenizer(title)["input_ids"]) for title in titles]
    encoder = TinyBert(TinyBertConfig(vocab_size=len(pieces)))
    print(
        f"{len(titles)} titles, {sum(map(len, rows))} tokens, {len(pieces)} pieces, "
        f"{sum(weight.numel() for weight in encoder.parameters())} weights",
        flush=True,
    )
    pretrain(MaskedLm(encoder), rows, tokenizer, args.epochs)
    nn.init.orthogonal_(encoder.pooler.weight)
    weights = {name: weight.half().contiguous() for name, weight in encoder.state_dict().items()}
    save_file(weights, args.out, metadata=metadata(encoder.config, pieces))
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
