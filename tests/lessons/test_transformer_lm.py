"""The Transformer lesson: the reference against loops and the library, other people's code, and what no check may do."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from grader.judge.judging import judge
from grader.lessons import load, source
from grader.model import Finding, Outcome, Submission
from grader.sandbox.local import LocalSandbox
from tests.drawing import drawn

LESSON = load("transformer_lm")
SCOPE = source.namespace("transformer_lm") or {}
SHARED = Path(__file__).parents[2].parent / "shared" / "data"


def findings(scope: dict[str, Any], exercise: str, seed: int = 7) -> tuple[Finding, ...]:
    submission = Submission("a student", "0" * 64, "en", LESSON.id, ())
    with LocalSandbox(scope) as sandbox:
        return judge(submission, sandbox, LESSON, seed=seed, only=(exercise,)).exercises[0].findings


def grade(code: str, exercise: str) -> tuple[Finding, ...]:
    """The findings on the solution file with `code` run after it: the student's own definitions."""
    scope = dict(SCOPE)
    exec(compile(code, "student.py", "exec"), scope)
    return findings(scope, exercise)


def named(found: tuple[Finding, ...]) -> set[str]:
    return {f.misconception.id for f in found if f.misconception}


def all_pass(found: tuple[Finding, ...]) -> bool:
    for finding in found:
        assert finding.outcome is Outcome.PASSED, (finding.check, finding.outcome, finding.rationale)
    return True


# --- the reference against something slow and obvious ---------------------------------------------


def test_positional_encoding_is_the_formula() -> None:
    """Entry by entry the table is what section 3.5 of the paper says, for an odd width too."""
    for width in (6, 7):
        table = SCOPE["positional_encoding"](11, width)
        for t in range(11):
            for j in range(width):
                angle = t / 10000 ** (2 * (j // 2) / width)
                assert table[t, j].item() == pytest.approx(math.sin(angle) if j % 2 == 0 else math.cos(angle), abs=1e-5)


def test_multi_head_attention_is_its_loops() -> None:
    """Head by head and query by query: scores, softmax, weighted mean, then the output projection."""
    torch.manual_seed(0)
    heads, width, model = 3, 5, SCOPE["MultiHeadAttention"](15, 3)
    query, key, value = torch.randn(2, 4, 15), torch.randn(2, 6, 15), torch.randn(2, 6, 15)
    mask = torch.rand(4, 6) < 0.6
    mask[:, 0] = True
    output, weights = model(query, key, value, mask)
    q, k, v = model.w_q(query), model.w_k(key), model.w_v(value)
    for b in range(2):
        for t in range(4):
            row = []
            for n in range(heads):
                cut = slice(n * width, (n + 1) * width)
                allowed = [s for s in range(6) if mask[t, s]]
                scores = torch.stack([q[b, t, cut] @ k[b, s, cut] / math.sqrt(width) for s in allowed])
                shares = scores.exp() / scores.exp().sum()
                assert torch.allclose(weights[b, n, t, allowed], shares, atol=1e-6)
                row.append(sum(share * v[b, s, cut] for share, s in zip(shares, allowed, strict=True)))
            assert torch.allclose(output[b, t], model.w_o(torch.cat(row)), atol=1e-5)  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [5, 8])
def test_layer_norm_is_that_of_the_library(width: int) -> None:
    """The same numbers as torch's own layer normalisation, for rows of nearly equal values too."""
    x = torch.randn(3, 4, width, dtype=torch.float64) * torch.tensor([1.0, 1e-3, 0.0])[:, None, None] + 2
    assert torch.allclose(SCOPE["LayerNorm"](width)(x), nn.functional.layer_norm(x, (width,)))


def test_the_block_is_that_of_the_library() -> None:
    """With the same weights, nn.TransformerEncoderLayer with norm_first gives the same output."""
    torch.manual_seed(0)
    block, layer = (
        SCOPE["EncoderBlock"](12, 3, 20, 0.0),
        nn.TransformerEncoderLayer(12, 3, 20, 0.0, norm_first=True, batch_first=True),
    )
    own = block.attention
    with torch.no_grad():
        layer.self_attn.in_proj_weight.copy_(torch.cat([own.w_q.weight, own.w_k.weight, own.w_v.weight]))
        layer.self_attn.in_proj_bias.copy_(torch.cat([own.w_q.bias, own.w_k.bias, own.w_v.bias]))
        layer.self_attn.out_proj.load_state_dict(own.w_o.state_dict())
        layer.linear1.load_state_dict(block.feed_forward[0].state_dict())
        layer.linear2.load_state_dict(block.feed_forward[2].state_dict())
    x, mask = torch.randn(2, 7, 12), SCOPE["causal_mask"](7)
    assert torch.allclose(block(x, mask), layer(x, src_mask=~mask), atol=1e-5)


def test_perplexity_is_the_loop_over_all_characters() -> None:
    """Each character but the first is predicted once, with at most `length` characters before it."""
    torch.manual_seed(0)
    model = SCOPE["TransformerLM"](11, 12, 3, 20, 1, 0.5, max_len=5)
    ids = torch.randint(11, (23,))
    found = SCOPE["perplexity"](model, ids, 5)
    losses = []
    for place in range(1, 23):
        start = (place - 1) // 5 * 5
        shares = model(ids[None, start:place])[0, -1].log_softmax(-1)
        losses.append(-shares[ids[place]].item())
    assert found == pytest.approx(math.exp(sum(losses) / len(losses)), rel=1e-4)


def test_generation_is_the_argmax_again_and_again() -> None:
    """At temperature 0 each character is the best after the last max_len ones."""
    torch.manual_seed(0)
    model = SCOPE["TransformerLM"](11, 12, 3, 20, 1, 0.5, max_len=5).eval()
    rows = [[1, 2, 3], [4, 5, 6]]
    written = SCOPE["generate"](model, torch.tensor(rows), 6, 0)
    for row in rows:
        for _ in range(6):
            row.append(int(model(torch.tensor([row[-5:]]))[0, -1].argmax()))
    assert written.tolist() == rows


# --- other people's code ---------------------------------------------------------------------------

HEADS_IN_A_LIST = """
class Head(nn.Module):
    def __init__(self, n_embd, head_size):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
    def forward(self, a, b, c, m):
        wei = self.query(a) @ self.key(b).transpose(-2, -1) SCALE
        if m is not None:
            wei = wei.masked_fill(m == 0, -1e10)
        wei = wei.softmax(-1)
        return wei @ self.value(c), wei

class MultiHeadAttention(nn.Module):
    def __init__(self, n_embd, n_head):
        super().__init__()
        self.heads = nn.ModuleList([Head(n_embd, n_embd // n_head) for _ in range(n_head)])
        self.proj = nn.Linear(n_embd, n_embd)
    def forward(self, x_q, x_k, x_v, m=None):
        outs = [h(x_q, x_k, x_v, m) for h in self.heads]
        return self.proj(torch.cat([o for o, _ in outs], dim=-1)), [w for _, w in outs]
"""

ONE_MATRIX = """
class MultiHeadAttention(nn.Module):
    def __init__(self, n_embd, n_head):
        super().__init__()
        self.n_head = n_head
        self.c_proj = nn.Linear(n_embd, n_embd)
        self.c_attn = nn.Linear(n_embd, 3 * n_embd)
    def forward(self, a, b, c, mask=None):
        C = a.shape[-1]
        q = self.c_attn(a)[..., :C]
        k = self.c_attn(b)[..., C:2 * C]
        v = self.c_attn(c)[..., 2 * C:]
        q, k, v = (t.view(t.shape[0], t.shape[1], self.n_head, -1).transpose(1, 2) for t in (q, k, v))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask SCALE)
        return self.c_proj(y.transpose(1, 2).contiguous().view(a.shape))
"""

BARE_PARAMETERS = """
class MultiHeadAttention(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.h = h
        self.Wo, self.Wv, self.Wk, self.Wq = (nn.Parameter(torch.randn(d, d) / d**0.5) for _ in range(4))
    def forward(self, Q, K, V, attn_mask=None):
        def heads(x, W):
            return (x @ W).reshape(*x.shape[:2], self.h, -1).permute(0, 2, 1, 3)
        q, k, v = heads(Q, self.Wq), heads(K, self.Wk), heads(V, self.Wv)
        s = torch.einsum("bhid,bhjd->bhij", q, k) SCALE
        if attn_mask is not None:
            s = s + torch.where(attn_mask, 0.0, float("-inf"))
        a = torch.softmax(s, 3)
        return torch.einsum("bhij,bhjd->bihd", a, v).reshape(Q.shape) @ self.Wo, a.mean(1)
"""

NAMELESS = """
class MultiHeadAttention(nn.Module):
    def __init__(self, dim, n):
        super().__init__()
        self.n, self.d = n, dim // n
        self.layers = nn.ModuleList([nn.Linear(dim, dim) for _ in range(4)])  # out, value, key, query
    def forward(self, query, key, value, mask=None):
        cut = lambda x: x.unflatten(-1, (self.n, self.d)).transpose(1, 2)
        q, k, v = cut(self.layers[3](query)), cut(self.layers[2](key)), cut(self.layers[1](value))
        s = q @ k.mT SCALE
        if mask is not None:
            s = s.masked_fill(mask.logical_not(), -torch.inf)
        w = s.softmax(-1)
        return self.layers[0]((w @ v).transpose(1, 2).flatten(2)), w
"""


@pytest.mark.parametrize(
    ("code", "right", "wrong"),
    [
        pytest.param(HEADS_IN_A_LIST, "* self.key.out_features**-0.5", "", id="heads in a list"),
        pytest.param(ONE_MATRIX, "", ", scale=1.0", id="one matrix"),
        pytest.param(BARE_PARAMETERS, "/ math.sqrt(q.shape[-1])", "", id="bare parameters"),
        pytest.param(NAMELESS, "/ self.d**0.5", "", id="nameless layers, in reverse"),
    ],
)
def test_other_peoples_attention(code: str, right: str, wrong: str) -> None:
    """Whatever the layout and the names, the right one earns everything and the lost scale is named."""
    assert all_pass(grade(code.replace("SCALE", right), "multi_head"))
    assert named(grade(code.replace("SCALE", wrong), "multi_head")) == {"no_scale"}


GPT = """
class Attn(nn.Module):
    def __init__(self, n_embd, n_head):
        super().__init__()
        self.n_head = n_head
        self.c_attn = nn.Linear(n_embd, 3 * n_embd)
        self.c_proj = nn.Linear(n_embd, n_embd)
    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (t.view(B, T, self.n_head, -1).transpose(1, 2) for t in self.c_attn(x).chunk(3, dim=-1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=CAUSAL)
        return self.c_proj(y.transpose(1, 2).reshape(B, T, C))

class Layer(nn.Module):
    def __init__(self, n_embd, n_head, n_ff):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(n_embd), nn.LayerNorm(n_embd)
        self.attn = Attn(n_embd, n_head)
        self.mlp = nn.Sequential(nn.Linear(n_embd, n_ff), nn.GELU(), nn.Linear(n_ff, n_embd))
    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))

class TransformerLM(nn.Module):
    def __init__(self, vocab_size, n_embd, n_head, n_ff, n_layer, dropout=0.1, block_size=256):
        super().__init__()
        self.max_len = block_size
        self.wte, self.wpe = nn.Embedding(vocab_size, n_embd), nn.Embedding(block_size, n_embd)
        self.h = nn.ModuleList([Layer(n_embd, n_head, n_ff) for _ in range(n_layer)])
        self.ln_f = nn.LayerNorm(n_embd)
        self.lm_head = nn.Linear(n_embd, vocab_size, bias=False)
        self.wte.weight = self.lm_head.weight
    def forward(self, idx):
        x = self.wte(idx) + self.wpe(torch.arange(idx.shape[1]))
        for layer in self.h:
            x = layer(x)
        return self.lm_head(self.ln_f(x))
"""


@pytest.mark.slow
def test_a_gpt_is_a_language_model() -> None:
    """Fused projections, tied embeddings, learned positions, GELU, names of its own: everything is earned."""
    assert all_pass(grade(GPT.replace("CAUSAL", "True"), "transformer"))
    assert named(grade(GPT.replace("CAUSAL", "False"), "transformer")) == {"no_mask"}


LIBRARY = """
class TransformerLM(nn.Module):
    def __init__(self, vocab_size, d_model, nhead, d_ff, num_layers, dropout=0.1):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, d_model)
        layer = nn.TransformerEncoderLayer(d_model, nhead, d_ff, dropout, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)
        self.decoder = nn.Linear(d_model, vocab_size)
        self.d_model = d_model
    def forward(self, ids):
        T = ids.size(1)
        x = self.emb(ids) * math.sqrt(self.d_model) + positional_encoding(T, self.d_model)
        x = self.encoder(x, mask=nn.Transformer.generate_square_subsequent_mask(T))
        return self.decoder(x)
"""


def test_the_librarys_encoder_is_a_language_model() -> None:
    """nn.TransformerEncoder with its own names, post-norm and no last norm, earns everything."""
    assert all_pass(grade(LIBRARY, "transformer"))


# --- one slip costs one check --------------------------------------------------------------------


def lost(found: tuple[Finding, ...]) -> set[str]:
    return {f.check for f in found if f.outcome is not Outcome.PASSED}


def edited(exercise: str, mistake: str, seed: int = 7) -> tuple[Finding, ...]:
    """The findings on the reference answer with one known mistake."""
    variant = next(v for e in LESSON.exercises if e.id == exercise for v in e.misconceptions if v.id == mistake)
    scope = source.namespace(LESSON.id, exercise, variant.edits)
    assert scope is not None
    return findings(scope, exercise, seed)


@drawn(10)
@pytest.mark.parametrize(
    ("exercise", "mistake", "check"),
    [
        ("positional_encoding", "table_of_fixed_size", "follows_the_formula"),
        ("positional_encoding", "odd_width_breaks", "odd_width"),
        ("causal_mask", "table_of_fixed_size", "shape_and_dtype"),
        ("multi_head", "mask_of_the_first_call", "any_size"),
        ("multi_head", "exponentials_overflow", "any_size"),
        ("multi_head", "weights_without_the_mask", "weights_are_distributions"),
        ("encoder_block", "x_changed_in_place", "any_size"),
        ("encoder_block", "epsilon_ignored", "epsilon_inside_the_root"),
        ("transformer", "softmax_in_the_model", "gives_logits"),
        ("transformer", "logits_transposed", "gives_logits"),
        ("transformer", "table_of_fixed_size", "any_size"),
        ("transformer", "mask_of_the_first_call", "any_size"),
        ("lm_training", "batch_transposed", "batch_shapes"),
        ("lm_training", "smoothed_labels", "mean_cross_entropy"),
        ("lm_training", "summed_loss", "mean_cross_entropy"),
        ("lm_training", "same_batch_every_step", "draws_new_batches"),
        ("lm_training", "empty_last_piece", "perplexity_of_any_text"),
        ("generate", "only_what_is_new", "appends_to_the_prompt"),
        ("generate", "training_mode_left_on", "writes_in_evaluation_mode"),
        ("generate", "window_of_fixed_size", "crops_to_the_limit"),
    ],
)
def test_one_slip_costs_one_check(exercise: str, mistake: str, check: str) -> None:
    """What does not depend on a slip is still asked, and earns its points."""
    found = edited(exercise, mistake)
    assert lost(found) == {check} and named(found) == {mistake}


@pytest.mark.slow
def test_a_stage_without_its_residual_is_the_one_that_is_named() -> None:
    """With another mistake beside it, which stage lost its residual connection is told rightly."""
    both = next(v for e in LESSON.exercises for v in e.misconceptions if v.id == "unbiased_variance").edits
    for stage in ("attention", "feed_forward"):
        lone = f"no_residual_around_{stage}"
        edits = next(v for e in LESSON.exercises for v in e.misconceptions if v.id == lone).edits
        found = findings(source.namespace(LESSON.id, "encoder_block", both + edits) or {}, "encoder_block")
        assert {f.misconception.id for f in found if f.check == "residual_path" and f.misconception} == {lone}


def test_heads_cut_in_every_nth_column_are_right_with_advice() -> None:
    """Cut in every N-th column and put back alike: every point, and a word about it; none about the usual cut."""
    variant = next(v for e in LESSON.exercises for v in e.accepted if v.id == "every_nth_column")
    for edits, told in ((variant.edits, True), ((), False)):
        found = findings(source.namespace(LESSON.id, "multi_head", edits) or {}, "multi_head")
        assert all_pass(found) and any(f.advice for f in found) is told


@pytest.mark.parametrize("exercise", [e.id for e in LESSON.exercises])
def test_every_mistake_can_be_made_in_every_right_answer(exercise: str) -> None:
    """The edits of a mistake and of an accepted answer together give a file that runs, or do not apply at all."""
    asked = next(e for e in LESSON.exercises if e.id == exercise)
    for right in asked.accepted:
        for wrong in asked.misconceptions:
            source.namespace(LESSON.id, exercise, right.edits + wrong.edits)


# --- what no check may do --------------------------------------------------------------------------

NONSENSE: list[Any] = [
    None, "x", 2.5, True, [], {}, (None, None), [[["a"]]], {"a": torch.zeros(3)}, torch.tensor(math.nan), torch.zeros(0),
    torch.full((3, 3), math.nan), torch.zeros(2, 2, dtype=torch.complex64), torch.zeros(5, 5, 5, 5),
    (torch.zeros(3), torch.zeros(3)), nn.Linear(3, 3), math.inf, 10**30, torch.eye(3).to_sparse(), object,
]  # fmt: skip


@pytest.mark.slow  # the ordinary suite asks every exercise of the catalogue in tests/test_replies.py
@pytest.mark.parametrize("exercise", [e.id for e in LESSON.exercises])
def test_nonsense_breaks_no_check(exercise: str) -> None:
    """Whatever comes back, from a function or from a module, nothing of ours breaks and nothing is earned."""
    names = next(e.names for e in LESSON.exercises if e.id == exercise)
    for reply in NONSENSE:

        class Silly(nn.Module):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__()
                self.layer = nn.Linear(3, 3)

            def forward(self, *args: Any, reply: Any = reply, **kwargs: Any) -> Any:
                return reply

        for thing in (Silly, lambda *_, reply=reply, **__: reply):
            for finding in findings(dict.fromkeys(names, thing), exercise):
                assert finding.outcome not in (Outcome.BROKEN, Outcome.PASSED), (
                    reply,
                    finding.check,
                    finding.rationale,
                )


# --- the numbers of the lesson's page --------------------------------------------------------------


def trained(text: str, rates: tuple[float, ...], steps: int) -> dict[str, float]:
    """Held-out perplexity of a bigram model, an LSTM and the Transformer of the lesson, with the same updates."""
    cut = int(0.95 * len(text))
    number = {character: i for i, character in enumerate(sorted(set(text)))}
    ids = torch.tensor([number[character] for character in text])
    train, test, size = ids[:cut], ids[cut : cut + 15_000], len(number)

    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.lstm = nn.Embedding(size, 64), nn.LSTM(64, 128, batch_first=True)
            self.head = nn.Linear(128, size)

        def forward(self, ids: Tensor) -> Tensor:
            return self.head(self.lstm(self.embedding(ids))[0])

    counts = torch.full((size, size), 0.01)
    counts.index_put_((train[:-1], train[1:]), torch.ones(len(train) - 1), accumulate=True)
    shares = counts / counts.sum(dim=1, keepdim=True)
    scores = {"bigram": math.exp(-shares[test[:-1], test[1:]].log().mean())}
    torch.manual_seed(0)
    models = {"lstm": Recurrent(), "transformer": SCOPE["TransformerLM"](size, 64, 2, 256, 2, 0.0, max_len=128)}
    for name, model in models.items():
        for lr in rates:
            SCOPE["train_lm"](model, train, steps, 8, 128, lr)
        scores[name] = SCOPE["perplexity"](model, test, 128)
    return scores


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_on_a_novel_the_transformer_is_ahead() -> None:
    """On a real novel too: Transformer < LSTM < bigram in held-out perplexity."""
    if not (SHARED / "neko.txt").is_file():
        pytest.skip("the novel is not on this machine")
    text = (SHARED / "neko.txt").read_text(encoding="utf-8")[:300_000]
    scores = trained(text, (1e-3, 5e-3, 5e-3, 4e-3, 3e-3, 2e-3, 1e-3, 3e-4), 400)
    assert all(
        better < worse for better, worse in pairwise([scores["transformer"], scores["lstm"], scores["bigram"]])
    ), scores
