"""Make grader/data/vectors.safetensors: word vectors trained on the synthetic headlines.

    python tools/train_vectors.py [--out FILE]

Positive pointwise mutual information between words of the same title, near words counting more, factorised by a
truncated singular value decomposition (Levy and Goldberg 2014, "Neural Word Embedding as Implicit Matrix
Factorization"; the square root of the singular values as in Levy, Goldberg and Dagan 2015, section 3.3). About a minute
on one core. Rows are shipped as float16, the words as JSON in the file's metadata, in the order of their frequency.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from grader.data.synthetic import unlabelled

TITLES, DIM, AT_LEAST, WINDOW, SMOOTHING, SEED = 100_000, 50, 6, 6, 0.75, 84
TARGET = Path(__file__).parents[1] / "grader" / "data" / "vectors.safetensors"


def split(title: str) -> list[str]:
    """Lower-case words; apostrophes, full stops, ampersands and hyphens belong to a word when inside it."""
    return re.findall(r"\w(?:[\w'’&.-]*\w)?", title.lower())


def count_pairs(titles: list[list[str]], rows: dict[str, int]) -> Tensor:
    """(V, V): how often two words stand in one title, 1/distance each."""
    counts = torch.zeros(len(rows), len(rows))
    for distance in range(1, WINDOW + 1):
        pairs = [
            (rows[left], rows[right])
            for title in titles
            for left, right in zip(title, title[distance:], strict=False)
            if left in rows and right in rows
        ]
        left, right = torch.tensor(pairs).T
        counts.index_put_((left, right), torch.tensor(1 / distance), accumulate=True)
    return counts + counts.T


def ppmi(counts: Tensor) -> Tensor:
    """max(0, log p(w, c) / (p(w) p(c)^0.75)): the smoothed exponent keeps rare contexts from shouting."""
    word, context = counts.sum(1), counts.sum(0) ** SMOOTHING
    expected = word[:, None] * (context / context.sum())[None, :]
    return torch.where(counts > 0, torch.log(counts / expected), 0.0).clamp(min=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=TARGET)
    out = parser.parse_args().out
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    titles = [split(title) for title in unlabelled(TITLES)]
    counts = Counter(word for title in titles for word in title)
    words = [word for word, count in counts.most_common() if count >= AT_LEAST]
    table = ppmi(count_pairs(titles, {word: row for row, word in enumerate(words)}))
    left, strength, _ = torch.svd_lowrank(table, q=DIM + 20, niter=6)
    vectors = left[:, :DIM] * strength[:DIM].sqrt()
    vectors = (vectors / vectors.std()).half() / 2
    save_file({"vectors": vectors}, out, metadata={"words": json.dumps(words, ensure_ascii=False)})
    print(f"{out}: {len(words)} words, {vectors.shape[1]} numbers each, {out.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
