"""AdditiveAttention(query_size, key_size, attn_size): score = v . tanh(W_q q + W_k k). Bahdanau et al. 2015, appendix A.1.2."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from grader.checks import (
    Draw,
    Failure,
    Module,
    Student,
    Text,
    accepts,
    check,
    edit,
    properties,
    recompute,
    sign,
    tell_leftovers,
    trace,
)
from grader.lessons.attention_translation import _additive_mistakes, _interfaces, _memory, _views

TITLE = Text(en="Additive attention", ja="加法型の Attention")
NAMES = ("AdditiveAttention",)
KNOWN_ANSWERS = _additive_mistakes
HEADINGS = ("additive attention", "Bahdanau attention", "加法注意", "加算型注意", "加法的注意")
SIGNS = (
    sign(
        r"^class\s+\w*(?:Additive|Bahdanau|Concat)\w*\("
        # class Attention(nn.Module): ... energy = self.v(torch.tanh(self.w(both)))
        r"|^class\s+\w*Att\w*\([^\n]*\n(?:(?!class\s)[^\n]*\n){0,60}?[^\n]*\btanh\(",
        "an additive attention",
        "加法型 Attention のクラス",
        rank=130,
    ),
)
# energy = torch.tanh(self.attn(torch.cat((hidden, keys), dim=2)))
TRACES = (trace(r"(?i:additive|bahdanau)|\A(?=[\s\S]*?\b(?:LSTM|GRU|RNN)(?:Cell)?\()[\s\S]*?\btanh\("),)
INTERFACES = _interfaces.ADDITIVE_ATTENTION
STARTERS = (
    Text(
        en="Three layers: an `nn.Linear` for the query (Hq to A), one for the keys (Hk to A), and one from A to "
        "a single number.",
        ja="必要な層は 3 つです。Query 用（Hq から A）、Key 用（Hk から A）、A から 1 つの数にする `nn.Linear` です。",
    ),
    Text(
        en="The query is (B, A) and the keys are (B, S, A): give the query an axis of one, and adding them "
        "makes (B, S, A).",
        ja="Query は (B, A)、Key は (B, S, A) です。Query に長さ 1 の軸を足すと、足し算で (B, S, A) になります。",
    ),
    Text(
        en="Scores (B, S) become weights by a softmax over S, and the context (B, Hk) is the weighted sum of "
        "the keys as they came in.",
        ja="スコア (B, S) に、S の軸で softmax をとると重みになります。文脈 (B, Hk) は、入力されたままの Key の重みつきの和です。",
    ),
)

WITHOUT_MASK = Text(en="the weights when no mask is given", ja="mask を渡さないときの重み")

BOTH = Text(en="the context and the attention weights", ja="文脈ベクトルと Attention の重み")
CONTEXT = Text(en="the context", ja="文脈ベクトル")
STEPS = Text(
    en="Write the shapes beside each line: query (B, Hq) -> (B, 1, A), keys (B, S, Hk) -> (B, S, A); their sum through tanh (B, S, A) -> v -> scores (B, S) "
    "-> softmax over S -> weights (B, S); weights times keys, summed over S -> context (B, Hk).",
    ja="1 行ずつ形を書き添えてみましょう。query (B, Hq) → (B, 1, A)、keys (B, S, Hk) → (B, S, A)。和に tanh をかけて (B, S, A) → v → スコア (B, S) → S についての "
    "softmax → 重み (B, S)。重み × keys を S について足して、文脈 (B, Hk)。",
)


@dataclass(frozen=True)
class AttentionCase:
    """A model with drawn parameters, a query (B, Hq), keys (B, S, Hk) and the mask (B, S) of their padding."""

    model: Module
    query: Tensor
    keys: Tensor
    mask: Tensor

    def ask(self, query: Tensor, keys: Tensor, *mask: Tensor) -> tuple[Tensor, Tensor]:
        batch, length, width = keys.shape
        view = _views.attention((batch, width), (batch, length), "(B,Hk) (B,S)")
        context, weights = self.model(query, keys, *mask, view=view)
        return context, weights


def draw_scene(student: Student, draw: Draw, padded: bool = True) -> AttentionCase:
    batch, length = draw.sizes(2)
    query, key, attn = draw.widths(3)
    sizes = student.sized("AdditiveAttention", query_size=query, key_size=key, attn_size=attn)
    model = student.module("AdditiveAttention", **sizes).randomise(draw)
    query, key = sizes["query_size"], sizes["key_size"]
    mask = _memory.padding(draw, batch, length) if padded else torch.ones(batch, length, dtype=torch.bool)
    return AttentionCase(model, draw.normal(batch, query), draw.normal(batch, length, key), mask)


@check(points=1, ja="文脈ベクトル (B, Hk) と重み (B, S) を返す")
def shapes(student: Student, draw: Draw) -> None:
    """It returns a context (B, Hk) and weights (B, S)."""
    scene = draw_scene(student, draw)
    scene.ask(scene.query, scene.keys, scene.mask)


@check(points=1, after=shapes, ja="重みは文ごとに、語の上の確率分布である")
def weights_are_a_distribution(student: Student, draw: Draw) -> None:
    """For every sentence the weights are a probability distribution over its words."""
    scene = draw_scene(student, draw, padded=False)
    _, weights = scene.ask(scene.query, scene.keys, scene.mask)
    properties.distribution(weights, dim=-1)
    if student.promised:
        _, unmasked = recompute.without_mask(
            lambda: scene.ask(scene.query, scene.keys), lambda: scene.ask(scene.query, scene.keys, scene.mask)
        )
        properties.equal(unmasked, weights, WITHOUT_MASK, help=STEPS)


@check(points=2, after=shapes, ja="重みと文脈ベクトルは式どおりの値になる（あなたの重みで検算）")
def computes_the_formula(student: Student, draw: Draw) -> None:
    """Weights and context are those of the formula (we recompute them with your parameters)."""
    scene = draw_scene(student, draw, padded=False)
    scene.model.eval()
    recompute.steady(student, lambda: scene.ask(scene.query, scene.keys, scene.mask), BOTH)
    student.must_agree(BOTH, help=STEPS)
    batch, length = 2, draw.number(60, 80)
    query, keys = draw.normal(batch, scene.query.shape[1]), draw.normal(batch, length, scene.keys.shape[2])
    scene.ask(query, keys, torch.ones(batch, length, dtype=torch.bool))
    student.must_agree(BOTH, help=STEPS)


@check(points=2, after=shapes, ja="パディングは重み 0 で、中身が何であっても結果に影響しない")
def padding_has_no_influence(student: Student, draw: Draw) -> Text | None:
    """Padding gets weight 0, and whatever it holds, nothing changes."""
    scene = draw_scene(student, draw)
    if "no mask" in student.limitations("AdditiveAttention"):
        return _views.NO_MASK
    context, weights = scene.ask(scene.query, scene.keys, scene.mask)
    _memory.hidden(weights, scene.mask)
    properties.distribution(weights, dim=-1)
    other = torch.where(scene.mask[:, :, None], scene.keys, draw.normal(*scene.keys.shape, scale=3.0))
    changed, _ = scene.ask(scene.query, other, scene.mask)
    properties.equal(changed, context, _memory.REPLACED, help=_memory.HIDE)
    student.must_agree(BOTH, help=_memory.HIDE)
    unchanged(student, scene)
    return None


def unchanged(student: Student, scene: AttentionCase) -> None:
    given = (scene.query, scene.keys, scene.mask)
    _, after = student.ask_and_inputs(scene.model.handle, given, None)
    names = ("query", "keys", "mask")
    recompute.untouched(given, after, names, dict.fromkeys(names, recompute.IN_PLACE))


@check(points=1, after=shapes, ja="key を並べ替えると重みも同じように並び、文脈ベクトルは変わらない")
def memory_has_no_order(student: Student, draw: Draw) -> None:
    """Keys in another order get their weights in that order, and the context stays as it was."""
    scene = draw_scene(student, draw, padded=False)
    order = draw.permutation(scene.keys.shape[1])
    context, weights = scene.ask(scene.query, scene.keys, scene.mask)
    moved, reordered = scene.ask(scene.query, scene.keys[:, order], scene.mask)
    properties.equal(reordered, weights[:, order], _memory.REORDERED, help=_memory.CONTENT)
    properties.equal(moved, context, _memory.MOVED, help=_memory.CONTENT)


@check(points=1, after=shapes, ja="バッチ内の文どうしは影響し合わない")
def sentences_are_independent(student: Student, draw: Draw) -> None:
    """Each sentence is attended to by itself: the last one alone gives what it gives within the batch."""
    scene = draw_scene(student, draw)
    together, _ = scene.ask(scene.query, scene.keys, scene.mask)
    alone, _ = scene.ask(scene.query[-1:], scene.keys[-1:], scene.mask[-1:])
    last = Text(en="the context of the last sentence", ja="最後の文の文脈ベクトル")
    properties.equal(together[-1:], alone, last, help=STEPS)
    word = scene.keys[:, :1]
    for rows in (slice(None), slice(1)):
        _, weights = scene.ask(scene.query[rows], word[rows], scene.mask[rows, :1])
        properties.equal(weights, torch.ones_like(weights), _views.WEIGHTS, help=STEPS)


@check(points=1, after=computes_the_formula, ja="すべてのパラメータに勾配が届く")
def every_parameter_learns(student: Student, draw: Draw) -> Text | None:
    """The gradient reaches every parameter."""
    scene = draw_scene(student, draw, padded=False)
    cotangent = draw.normal(scene.keys.shape[0], 1, scene.keys.shape[2]).squeeze(1)
    found = scene.model.gradients(scene.query, scene.keys, scene.mask, cotangents=[cotangent])
    # A bias added to every score alike is lost in the softmax: its gradient is zero, and rightly so.
    learning = [name for name, weight in scene.model.weights.items() if weight.numel() > 1]
    gradients = found.get("parameters") or {}
    try:
        _memory.learns(gradients, learning)
    except Failure as failure:
        ask = partial(scene.ask, scene.query, scene.keys, scene.mask)
        compute = partial(computes_the_formula.function, student, draw)
        return tell_leftovers(student, failure, scene.model, gradients, ask, compute)
    return None


# --- other right answers -----------------------------------------------------------------------

concatenated = accepts(
    edit("self.w_q = nn.Linear(query_size, attn_size)", "self.w = nn.Linear(query_size + key_size, attn_size)"),
    edit("self.w_k = nn.Linear(key_size, attn_size)", ""),
    edit(
        "self.w_q(query).unsqueeze(1) + self.w_k(keys)",
        "self.w(torch.cat([query.unsqueeze(1).expand(-1, keys.size(1), -1), keys], dim=2))",
    ),
)
vector_parameter = accepts(
    edit("nn.Linear(attn_size, 1)", "nn.Parameter(torch.rand(attn_size))"),
    edit("self.v(hidden).squeeze(-1)", "hidden @ self.v"),
)
axes_kept = accepts(edit("return context, weights", "return context.unsqueeze(1), weights.unsqueeze(1)"))
one_key_at_a_time = accepts(
    edit(
        "self.w_q(query).unsqueeze(1) + self.w_k(keys)",
        "torch.stack([self.w_q(query) + self.w_k(key) for key in keys.unbind(1)], dim=1)",
    ),
    edit("(weights.unsqueeze(1) @ keys).squeeze(1)", "(weights[:, :, None] * keys).sum(1)"),
)
infinity = accepts(edit("torch.finfo(scores.dtype).min", 'float("-inf")'))
