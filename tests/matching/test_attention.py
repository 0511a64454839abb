"""Attention, positions, masks and steps of a translator in other forms than ours: right ones earn all, mistakes keep their names."""

from __future__ import annotations

import pytest

from grader.judge.judging import judge
from grader.lessons import exercise, load
from grader.model import Cell, ExerciseReport, Outcome, Submission
from grader.sandbox.local import LocalSandbox

IMPORTS = "import math, copy, torch, numpy as np\nfrom torch import nn\nimport torch.nn.functional as F\n"
SELF = """
class SelfAttn(nn.Module):
    def __init__(self, heads, width):
        super().__init__()
        self.heads = heads
        self.to_q, self.to_k, self.to_v, self.to_o = (nn.Linear(width, width) for _ in range(4))
    def cut(self, x):
        return x.view(len(x), -1, self.heads, x.size(-1) // self.heads).transpose(1, 2)
    def forward(self, x, attn_mask=None):
        q, k, v = self.cut(self.to_q(x)), self.cut(self.to_k(x)), self.cut(self.to_v(x))
        s = q @ k.transpose(2, 3) SCALE
        if attn_mask is not None:
            s = s.masked_fill(MASK, -1e9)
        return self.to_o((s.softmax(-1) @ v).transpose(1, 2).flatten(2))
"""
CAUSAL = """
class Settings:
    n_embd, n_head, block_size, dropout, bias = 64, 4, 32, 0.1, True
class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.n = config.n_head
        self.qkv = nn.Linear(config.n_embd, 3 * config.n_embd, bias=config.bias)
        self.out = nn.Linear(config.n_embd, config.n_embd, bias=config.bias)
        self.drop = nn.Dropout(config.dropout)
        self.register_buffer('seen', torch.tril(torch.ones(config.block_size, config.block_size)))
    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (t.view(B, T, self.n, C // self.n).transpose(1, 2) for t in self.qkv(x).split(C, dim=2))
        s = q @ k.mT SCALE
        s = s.masked_fill(self.seen[:T, :T] == 0, float('-inf'))
        return self.out((self.drop(s.softmax(-1)) @ v).transpose(1, 2).reshape(B, T, C))
"""
VALUES_FIRST = """
class Attention(nn.Module):
    def __init__(self, embed_size, heads):
        super().__init__()
        self.heads = heads
        self.values, self.keys, self.queries = (nn.Linear(embed_size, embed_size) for _ in range(3))
        self.fc_out = nn.Linear(embed_size, embed_size)
    def forward(self, values, keys, query, mask):
        N, D = len(query), query.size(-1)
        v, k, q = (f(x).reshape(N, x.size(1), self.heads, -1)
                   for f, x in ((self.values, values), (self.keys, keys), (self.queries, query)))
        energy = torch.einsum('nqhd,nkhd->nhqk', q, k) SCALE
        if mask is not None:
            energy = energy.masked_fill(mask == 0, -1e20)
        return self.fc_out(torch.einsum('nhqk,nkhd->nqhd', energy.softmax(3), v).reshape(N, -1, D))
MultiHeadAttention = Attention
"""
SCALES = {
    SELF: "/ math.sqrt(q.size(-1))",
    CAUSAL: "/ math.sqrt(q.size(-1))",
    VALUES_FIRST: "/ (D // self.heads) ** 0.5",
}

ADDITIVE = """
class BahdanauAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.Wa, self.Ua = nn.Linear(hidden_size, hidden_size), nn.Linear(hidden_size, hidden_size)
        self.Va = nn.Linear(hidden_size, 1)
    def forward(self, hidden, encoder_outputs):
        # hidden (1, B, H), encoder_outputs (S, B, H)
        scores = self.Va(ACTIVATION(self.Wa(hidden) + self.Ua(encoder_outputs)))
        weights = scores.softmax(dim=0)
        return (weights * encoder_outputs).sum(dim=0), weights
"""
DOT = """
def attention(query, key, value, mask=None, dropout=None):
    s = torch.matmul(query, key.transpose(-2, -1)) SCALE
    if mask is not None:
        s = s.masked_fill(mask == 0, float('-inf'))
    return torch.matmul(s.softmax(dim=-1), value)
"""
POSITIONS = """
class PositionEncoding(nn.Module):
    def __init__(self, d_model, dropout, max_len=500):
        super().__init__()
        self.drop = nn.Dropout(dropout)
        at = torch.arange(max_len).unsqueeze(1)
        speed = torch.exp(torch.arange(0, d_model, 2) * -(math.log(10000.0) / d_model))
        pe = torch.zeros(1, max_len, d_model)
        pe[0, :, 0::2], pe[0, :, 1::2] = torch.sin(at * speed), torch.COS(at * speed)
        self.register_buffer('pe', pe)
    def forward(self, x):
        return self.drop(x + self.pe[:, :x.size(1)])
"""
HIDDEN = """
def look_ahead_mask(sz):
    return torch.triu(torch.ones(sz, sz), diagonal=PLACE)
"""
ADDED = """
def generate_square_subsequent_mask(sz):
    return torch.triu(torch.full((sz, sz), float('-inf')), diagonal=PLACE)
"""
STEPS = """
class EncoderRNN(nn.Module):
    def __init__(self, input_size, hidden_size, dropout_p=0.1):
        super().__init__()
        self.embedding = nn.Embedding(input_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(dropout_p)
    def forward(self, input):
        return self.gru(self.dropout(self.embedding(input)))
class Bahdanau(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.Wa, self.Ua = nn.Linear(hidden_size, hidden_size), nn.Linear(hidden_size, hidden_size)
        self.Va = nn.Linear(hidden_size, 1)
    def forward(self, query, keys):
        weights = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys))).squeeze(2).unsqueeze(1).softmax(-1)
        return torch.bmm(weights, KEYS), weights
class AttnDecoderRNN(nn.Module):
    def __init__(self, hidden_size, output_size, dropout_p=0.1):
        super().__init__()
        self.embedding = nn.Embedding(output_size, hidden_size)
        self.attention = Bahdanau(hidden_size)
        self.gru = nn.GRU(2 * hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, output_size)
        self.dropout = nn.Dropout(dropout_p)
    def forward(self, encoder_outputs, encoder_hidden, target_tensor=None):
        word, hidden, found = torch.zeros(len(encoder_outputs), 1, dtype=torch.long), encoder_hidden, []
        for i in range(5):
            output, hidden, _ = self.forward_step(word, hidden, encoder_outputs)
            found.append(output)
            word = output.topk(1)[1].squeeze(-1).detach()
        return F.log_softmax(torch.cat(found, dim=1), dim=-1), hidden
    def forward_step(self, input, hidden, encoder_outputs):
        embedded = self.dropout(self.embedding(input))
        context, weights = self.attention(hidden.permute(1, 0, 2), encoder_outputs)
        output, hidden = self.gru(torch.cat((embedded, context), dim=2), hidden)
        return self.out(output), hidden, weights
"""


def graded(name: str, source: str, handed_out: bool = False) -> ExerciseReport:
    """The report on one exercise of a notebook that holds this; handed_out: it is ours."""
    asked = exercise(name)
    cell = Cell(1, "code", source, exercise=name, role="answer" if handed_out else None)
    made = (Cell(0, "code", IMPORTS), cell)
    with LocalSandbox() as sandbox:
        report = judge(
            Submission("somebody", "0" * 64, "en", asked.lesson, made),
            sandbox,
            load(asked.lesson),
            seed=5,
            only=(name,),
        )
    return report.exercises[0]


def outcomes(found: ExerciseReport) -> dict[str, tuple[Outcome, str]]:
    return {
        f.check: (f.outcome, f.rationale.en if f.rationale else "")
        for f in found.findings
        if f.outcome is not Outcome.PASSED
    }


def names(found: ExerciseReport) -> set[str]:
    return {f.misconception.id for f in found.findings if f.misconception}


@pytest.mark.parametrize("source", [SELF, CAUSAL, VALUES_FIRST], ids=["one input", "causal, settings", "values first"])
def test_attention_is_asked_in_its_own_form(source: str) -> None:
    """One input, a mask of its own, a settings object, the values first: all is earned; without the scale the mistake is named."""
    right = source.replace("SCALE", SCALES[source]).replace("MASK", "attn_mask == 0")
    assert outcomes(graded("multi_head", right)) == {}
    assert names(graded("multi_head", right.replace(SCALES[source], ""))) == {"no_scale"}


def test_a_mask_of_what_is_hidden_is_no_mistake() -> None:
    """In somebody's own notebook True may mean hidden; a mask that hides nothing either way is still found."""
    right = SELF.replace("SCALE", SCALES[SELF])
    assert outcomes(graded("multi_head", right.replace("MASK", "attn_mask"))) == {}
    assert "mask_not_assigned" in names(
        graded("multi_head", right.replace("s = s.masked_fill(MASK", "s.masked_fill(attn_mask == 0"))
    )


def test_additive_attention_of_one_size_and_time_first() -> None:
    """One hidden size for all, query (1, B, H), keys (S, B, H), no mask: judged all the same, and a missing tanh is seen."""
    assert outcomes(graded("additive_attention", ADDITIVE.replace("ACTIVATION", "torch.tanh"))) == {}
    wrong = graded("additive_attention", ADDITIVE.replace("ACTIVATION", "torch.tanh(torch.zeros(1)) + "))
    assert outcomes(wrong)["computes_the_formula"][0] is Outcome.FAILED


def test_dot_attention_that_gives_only_its_output() -> None:
    """The weights follow from what it makes of unit vectors; NaN where nothing may be seen is advice to those who promised nothing."""
    right = DOT.replace("SCALE", "/ math.sqrt(query.size(-1))")
    assert outcomes(graded("dot_attention", right)) == {}
    assert "no_scale" in names(graded("dot_attention", DOT.replace("SCALE", "")))


def test_positions_are_what_a_module_adds() -> None:
    """A class that adds its table batch first is the contract's table; a wrong half of it is not."""
    assert outcomes(graded("positional_encoding", POSITIONS.replace("COS", "cos"))) == {}
    assert len(names(graded("positional_encoding", POSITIONS.replace("COS", "sin")))) == 1


@pytest.mark.parametrize("source", [HIDDEN, ADDED], ids=["ones that hide", "to be added"])
def test_causal_masks_are_read_as_what_they_mean(source: str) -> None:
    """1 where hidden, or -inf to be added: right; one place too many hides the word itself."""
    assert outcomes(graded("causal_mask", source.replace("PLACE", "1"))) == {}
    assert names(graded("causal_mask", source.replace("PLACE", "2"))) == {"one_too_many"}


def test_the_batched_tutorial_is_asked_step_by_step() -> None:
    """forward_step of a decoder with batches, and an encoder without padding_idx, are judged."""
    right = STEPS.replace("KEYS", "keys")
    assert outcomes(graded("attn_decoder", right)) == {}
    assert not [o for c, o in outcomes(graded("seq2seq", right)).items() if c.startswith(("encoder", "padding"))]


@pytest.mark.slow
def test_a_context_of_nothing_is_seen() -> None:
    """A decoder of that form that does not use what it attends to fails."""
    wrong = outcomes(graded("attn_decoder", STEPS.replace("KEYS", "0 * keys")))
    assert wrong["context_is_used"][0] is Outcome.FAILED


def test_who_was_handed_the_contract_is_held_to_it() -> None:
    """The same call that cannot be made is a crash in our own notebook and a question for a person in somebody else's."""
    source = "class MultiHeadAttention(nn.Module):\n    def __init__(self, d_model, num_heads):\n        super().__init__()\n"
    source += "        self.w = nn.Linear(d_model, d_model)\n    def forward(self, left, right):\n        return self.w(left)\n"
    ours, theirs = graded("multi_head", source, handed_out=True), graded("multi_head", source)
    assert ours.findings[0].outcome is Outcome.CRASHED
    assert {f.outcome for f in theirs.findings} == {Outcome.NEEDS_REVIEW}
