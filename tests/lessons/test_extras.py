"""The extras on answers in other people's styles, graded from notebooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drawing import drawn
from tests.lessons.other_styles import earns_everything, is_named

RIGHT = {
    "tying, a head that is given the table": (
        "extra_tying",
        """
class TiedLM(nn.Module):
    def __init__(self, V, D):
        super(TiedLM, self).__init__()
        self.lm_head = nn.Linear(D, V, bias=False)
        self.wte = nn.Embedding(V, D)
        self.wte.weight = self.lm_head.weight
        self.dense = nn.Linear(D, D)
        self.act = nn.Tanh()

    def forward(self, x):
        return self.lm_head(self.act(self.dense(self.wte(x))))
""",
    ),
    "tying, word by word": (
        "extra_tying",
        """
class TiedLM(nn.Module):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.W = nn.Parameter(torch.empty(d_model, d_model).uniform_(-0.1, 0.1))
        self.b = nn.Parameter(torch.zeros(d_model))
        self.table = nn.Parameter(torch.randn(vocab_size, d_model) * 0.02)

    def forward(self, ids):
        rows = []
        for t in range(ids.shape[1]):
            e = nn.functional.embedding(ids[:, t], self.table)
            h = (e.mm(self.W.t()) + self.b).tanh()
            rows.append(h.mm(self.table.t()))
        return torch.stack(rows, dim=1)
""",
    ),
    "rope, by a matrix for each pair": (
        "extra_rope",
        """
def rotate(x, start=0):
    B, T, D = x.shape
    out = torch.empty_like(x)
    for t in range(T):
        for i in range(D // 2):
            a = torch.tensor((start + t) / 10000 ** (2 * i / D))
            R = torch.tensor([[torch.cos(a), -torch.sin(a)], [torch.sin(a), torch.cos(a)]])
            out[:, t, 2 * i : 2 * i + 2] = x[:, t, 2 * i : 2 * i + 2] @ R.T
    return out
""",
    ),
    "rope, with rotate_half": (
        "extra_rope",
        """
def rotate_half(x):
    x1, x2 = x[..., : x.shape[-1] // 2], x[..., x.shape[-1] // 2 :]
    return torch.cat((-x2, x1), dim=-1)

def rotate(x, start=0):
    dim = x.shape[-1]
    inv_freq = 1.0 / (10000 ** (torch.arange(0, dim, 2).float() / dim))
    t = torch.arange(x.shape[1]).float() + start
    freqs = torch.outer(t, inv_freq)
    emb = torch.cat((freqs, freqs), dim=-1)
    return x * emb.cos() + rotate_half(x) * emb.sin()
""",
    ),
    "cache, heads of the library": (
        "extra_cache",
        """
class CachedAttention(nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(d_model, d_model, bias=False) for _ in range(3))
        self.d = d_model

    def forward(self, x, cache=None):
        q = self.query(x) * self.d ** -0.5
        k, v = self.key(x), self.value(x)
        if cache:
            pk, pv = cache
            k, v = torch.cat((pk, k), 1), torch.cat((pv, v), 1)
        n, m = q.shape[1], k.shape[1]
        bias = torch.zeros(n, m)
        for i in range(n):
            bias[i, m - n + i + 1 :] = float("-inf")
        att = torch.softmax(torch.bmm(q, k.mT) + bias, -1)
        return torch.bmm(att, v), (k, v)
""",
    ),
    "cache, a position at a time": (
        "extra_cache",
        """
class CachedAttention(nn.Module):
    def __init__(self, d_model):
        super().__init__()
        self.w_q = nn.Linear(d_model, d_model, bias=False)
        self.w_k = nn.Linear(d_model, d_model, bias=False)
        self.w_v = nn.Linear(d_model, d_model, bias=False)

    def forward(self, x, cache=None):
        keys = [] if cache is None else [cache[0]]
        values = [] if cache is None else [cache[1]]
        outs = []
        for t in range(x.size(1)):
            now = x[:, t : t + 1]
            keys.append(self.w_k(now))
            values.append(self.w_v(now))
            K, V = torch.cat(keys, 1), torch.cat(values, 1)
            s = torch.einsum("bqd,bkd->bqk", self.w_q(now), K) / x.size(-1) ** 0.5
            outs.append(torch.einsum("bqk,bkd->bqd", s.softmax(-1), V))
        return torch.cat(outs, 1), (torch.cat(keys, 1), torch.cat(values, 1))
""",
    ),
    "beam, finished ones in a list of their own": (
        "extra_beam",
        """
import heapq

def beam_search(step, start, end, width, max_len):
    alive, done = [(0.0, [start])], []
    while alive and len(alive[0][1]) < max_len:
        pool = [(s, seq, True) for s, seq in done]
        for s, seq in alive:
            lp = step(seq)
            for w in range(lp.size(0)):
                pool.append((s + float(lp[w]), seq + [w], w == end))
        top = heapq.nlargest(width, pool, key=lambda h: h[0])
        alive = [(s, seq) for s, seq, finished in top if not finished]
        done = [(s, seq) for s, seq, finished in top if finished]
    s, seq = max(alive + done)
    return seq, s
""",
    ),
    "beam, in tensors": (
        "extra_beam",
        """
def beam_search(step, start, end, width, max_len):
    hyps, scores = [[start]], torch.zeros(1, dtype=torch.float64)
    for _ in range(max_len - 1):
        new, new_scores = [], []
        for h, s in zip(hyps, scores):
            if h[-1] == end:
                new.append(h); new_scores.append(s)
                continue
            logp = step(h).double()
            for w, lp in enumerate(logp):
                new.append(h + [w]); new_scores.append(s + lp)
        new_scores = torch.stack(new_scores)
        keep = new_scores.topk(min(width, len(new)))
        hyps, scores = [new[i] for i in keep.indices], keep.values
        if all(h[-1] == end for h in hyps):
            break
    return hyps[0], scores[0].item()
""",
    ),
    "bpe, on texts with blanks": (
        "extra_bpe",
        """
def join_pair(pieces, pair):
    a, b = pair
    out = []
    for p in pieces:
        if out and out[-1] == a and p == b and not glued[-1]:
            out[-1] = a + b
            glued[-1] = True
        else:
            if not out:
                glued = []
            out.append(p)
            glued.append(False)
    return out

def learn_merges(words, count):
    corpus = [(tuple(w), n) for w, n in words.items()]
    rules = []
    for _ in range(count):
        freq = {}
        for w, n in corpus:
            for i in range(len(w) - 1):
                freq[w[i], w[i + 1]] = freq.get((w[i], w[i + 1]), 0) + n
        if len(freq) == 0:
            return rules
        top = max(freq.values())
        pair = min(p for p in freq if freq[p] == top)
        rules += [pair]
        corpus = [(tuple(join_pair(list(w), pair)), n) for w, n in corpus]
    return rules

def split_word(word, merges):
    out = [c for c in word]
    for m in merges:
        out = join_pair(out, m)
    return out
""",
    ),
    "bpe, by the rank of a pair": (
        "extra_bpe",
        """
def join_pair(pieces, pair):
    result, skip = [], False
    for i, piece in enumerate(pieces):
        if skip:
            skip = False
        elif i + 1 < len(pieces) and [piece, pieces[i + 1]] == list(pair):
            result.append("".join(pair))
            skip = True
        else:
            result.append(piece)
    return result

def learn_merges(words, count):
    split, learned = {w: [*w] for w in words}, []
    while len(learned) != count:
        counts = Counter()
        for w in words:
            counts.update({p: 0 for p in zip(split[w], split[w][1:])})
            for p in zip(split[w], split[w][1:]):
                counts[p] += words[w]
        if not counts:
            break
        learned.append(sorted(counts, key=lambda p: (-counts[p], p))[0])
        split = {w: join_pair(s, learned[-1]) for w, s in split.items()}
    return learned

def split_word(word, merges):
    rank = {tuple(m): i for i, m in enumerate(merges)}
    pieces = list(word)
    for i in range(len(merges)):
        if (merges[i][0] in pieces) and rank[tuple(merges[i])] == i:
            pieces = join_pair(pieces, merges[i])
    return pieces
""",
    ),
}
WRONG = {
    "a head of its own": (
        "extra_tying",
        "class TiedLM(nn.Module):\n    def __init__(self, V, D):\n        super().__init__()\n        self.e = nn.Embedding(V, D)\n"
        "        self.f = nn.Sequential(nn.Linear(D, D), nn.Tanh())\n        self.o = nn.Linear(D, V, bias=False)\n\n"
        "    def forward(self, x):\n        return self.o(self.f(self.e(x)))\n",
        "two_tables",
    ),
    "a head with the table's data": (
        "extra_tying",
        "class TiedLM(nn.Module):\n    def __init__(self, V, D):\n        super().__init__()\n        self.e = nn.Embedding(V, D)\n"
        "        self.f = nn.Linear(D, D)\n\n    def forward(self, x):\n"
        "        return torch.tanh(self.f(self.e(x))) @ self.e.weight.data.t()\n",
        "way_out_cut_off",
    ),
    "positions from one": (
        "extra_rope",
        "def rotate(x, start=0):\n    d = x.shape[-1]\n    f = 1 / 10000 ** (torch.arange(0, d, 2) / d)\n"
        "    t = torch.arange(1, x.shape[1] + 1) + start\n    a = t[:, None] * f\n    c, s = a.cos(), a.sin()\n    p, q = x[..., ::2], x[..., 1::2]\n"
        "    return torch.stack((p * c - q * s, p * s + q * c), -1).reshape(x.shape)\n",
        "counts_from_one",
    ),
    "a mask of the new alone": (
        "extra_cache",
        "class CachedAttention(nn.Module):\n    def __init__(self, d):\n        super().__init__()\n        self.q = nn.Linear(d, d, bias=False)\n"
        "        self.k = nn.Linear(d, d, bias=False)\n        self.v = nn.Linear(d, d, bias=False)\n\n    def forward(self, x, cache=None):\n"
        "        q, k, v = self.q(x), self.k(x), self.v(x)\n        if cache is not None:\n"
        "            k, v = torch.cat([cache[0], k], 1), torch.cat([cache[1], v], 1)\n"
        "        s = q.matmul(k.transpose(-2, -1)) / k.shape[-1] ** 0.5\n"
        "        hidden = torch.triu(torch.ones(s.shape[-2:]), 1).bool()\n        a = s.masked_fill(hidden, -1e9).softmax(-1)\n        return a @ v, (k, v)\n",
        "mask_not_moved",
    ),
    "finished ones that grow": (
        "extra_beam",
        "def beam_search(step, start, end, width, max_len):\n    beam = [(0.0, [start])]\n    while len(beam[0][1]) < max_len:\n"
        "        new = [(s + p.item(), h + [i]) for s, h in beam for i, p in enumerate(step(h))]\n        beam = sorted(new)[::-1][:width]\n"
        "    return beam[0][1], beam[0][0]\n",
        "finished_grow_on",
    ),
    "ties as they come": (
        "extra_bpe",
        "def join_pair(pieces, pair):\n    out, i = [], 0\n    while i < len(pieces):\n        if tuple(pieces[i:i+2]) == pair:\n            out.append(''.join(pair)); i += 2\n"
        "        else:\n            out.append(pieces[i]); i += 1\n    return out\n\n"
        "def learn_merges(words, count):\n    rows = [(list(w), n) for w, n in words.items()]\n    rules = []\n    for _ in range(count):\n        c = Counter()\n"
        "        for r, n in rows:\n            for p in zip(r, r[1:]):\n                c[p] += n\n        if not c:\n            break\n        best = c.most_common(1)[0][0]\n"
        "        rules.append(best)\n        rows = [(join_pair(r, best), n) for r, n in rows]\n    return rules\n\n"
        "def split_word(word, merges):\n    p = list(word)\n    for m in merges:\n        p = join_pair(p, tuple(m))\n    return p\n",
        "ties_as_they_come",
    ),
}


@drawn(2)
@pytest.mark.parametrize(("exercise", "answer"), RIGHT.values(), ids=RIGHT)
def test_other_styles_earn_everything(exercise: str, answer: str, tmp_path: Path) -> None:
    """Right in another way than ours: every point, and nobody has to look."""
    earns_everything("extras", exercise, answer, tmp_path)


@drawn(1)
@pytest.mark.parametrize(("exercise", "answer", "name"), WRONG.values(), ids=WRONG)
def test_a_mistake_in_another_style_is_named(exercise: str, answer: str, name: str, tmp_path: Path) -> None:
    """Written differently from ours, it keeps its name."""
    is_named("extras", exercise, answer, name, tmp_path)
