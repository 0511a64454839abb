"""TiedLM(vocab_size, d_model): ids (B, T) -> scores (B, T, V), with one table for the way in and the way out."""

from typing import Any

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
    misconception,
    properties,
)

TITLE = Text(en="One table for the way in and the way out", ja="入口と出口の重みの共有")
NAMES = ("TiedLM",)
HEADINGS = ("one table for the way in and the way out", "入口と出口の重みを共有する", "weight tying")
STARTERS = (
    Text(
        en="Make only two layers: an nn.Embedding and an nn.Linear from d_model to d_model. Print `emb.weight.shape`: which matrix product takes (B, T, D) to (B, T, V) with it?",
        ja="作る層は 2 つだけ、nn.Embedding と、d_model から d_model への nn.Linear です。`emb.weight.shape` を表示し、(B, T, D) を (B, T, V) にする行列の積を考えましょう。",
    ),
    Text(
        en="The product wants the table on its side: (B, T, D) times (D, V). Use the parameter itself, not a copy of its numbers.",
        ja="積をとるには表を転置して (B, T, D) × (D, V) にします。数の写しではなく、パラメータそのものを使いましょう。",
    ),
)
SCORES = Text(en="the scores", ja="得点")
GRADIENT = Text(en="the gradient of the table", ja="表の勾配")
STEPS = Text(
    en="Walk the shapes: ids (B, T), table rows (B, T, D), after the linear layer and tanh (B, T, D), times the table on its side (B, T, V). Try V = 3, D = 2 and compare one score with pen and paper.",
    ja="形を追いましょう。ID (B, T)、表の行 (B, T, D)、線形層と tanh のあと (B, T, D)、転置した表との積 (B, T, V)。V = 3、D = 2 で、得点を 1 つ手計算と比べてみましょう。",
)
ONE_TABLE = Text(
    en="Print `[(name, p.shape) for name, p in model.named_parameters()]`: the table once, the linear layer's weight and bias, and nothing else.",
    ja="`[(name, p.shape) for name, p in model.named_parameters()]` を表示してみましょう。表が 1 つと、線形層の weight と bias だけのはずです。",
)
BOTH_ENDS = Text(
    en="Ask for the gradient of the table alone: rows of words that are not in the sentence get theirs from the way out, rows of words in it from both.",
    ja="表の勾配を見ましょう。文に出てこない単語の行には出口からだけ、出てくる単語の行には両方から勾配が来ます。",
)


def draw_sizes(draw: Draw) -> tuple[int, int]:
    """A number of words, odd or even, and another width."""
    width = draw.widths(1)[0]
    return next(words for words in draw.sizes(3, smallest=9) if words != width), width


def build(student: Student, draw: Draw) -> tuple[Module, int, int]:
    """A model with parameters of ours, its number of words and its width."""
    words, width = draw_sizes(draw)
    return student.module("TiedLM", words, width).randomise(draw), words, width


def read_scores(value: Any) -> Tensor:
    return properties.is_floating(properties.is_tensor(value, SCORES), SCORES)


def ask(model: Module, ids: Tensor, words: int) -> Tensor:
    """The scores, which are kept whatever their shape, so that a mistake can be known by them."""
    return properties.has_shape(model(ids, view=read_scores), (*ids.shape, words), SCORES, "(B, T, V)")


@check(points=1, ja="ID (B, T) から得点 (B, T, V) が求まる")
def output_shape(student: Student, draw: Draw) -> None:
    """Ids (B, T) become scores (B, T, V)."""
    model, words, _ = build(student, draw)
    ask(model, draw.integers(0, words, *draw.sizes(2)), words)


@check(points=2, after=output_shape, ja="(V, D) のパラメータは 1 つだけで、ほかは線形層の weight と bias である")
def one_table(student: Student, draw: Draw) -> None:
    """One parameter has the shape (V, D); the others are the linear layer's weight and bias."""
    words, width = draw_sizes(draw)
    built = student.module("TiedLM", words, width).weights
    sizes = sorted(weight.numel() for weight in built.values())
    if sizes == sorted((words * width, width * width, width)):
        return
    shapes = ", ".join(str(tuple(weight.shape)) for weight in built.values())
    tables = [weight for weight in built.values() if set(weight.shape) == {words, width}]
    copied = len(tables) == 2 and tables[0].shape == tables[1].shape and torch.equal(*tables)
    raise Failure(
        Text(
            en=f"With V = {words} and D = {width} the parameters should be ({words}, {width}), ({width}, {width}) and ({width},), but are {shapes}.",
            ja=f"V = {words}、D = {width} のときのパラメータは ({words}, {width})、({width}, {width})、({width},) のはずですが、{shapes} です。",
        ),
        ONE_TABLE,
        misconception=("data_is_shared_only" if copied else "two_tables")
        if len(tables) == 2 == len(sizes) - 2
        else None,
    )


@check(points=3, after=output_shape, ja="得点は式のとおりである（あなたの重みで検算）")
def scores_of_the_table(student: Student, draw: Draw) -> None:
    """The scores are those of the formula (we recompute them with your weights)."""
    model, words, _ = build(student, draw)
    batch, time = draw.sizes(2)
    for shape in ((batch, time), (1, time), (batch, 1)):
        ids = draw.integers(0, words, *shape)
        scores = ask(model, ids, words)
        if not right_with_two_tables(model, words, ids, scores):  # which has cost its points already
            student.must_agree(SCORES, help=STEPS)


def right_with_two_tables(model: Module, words: int, ids: Tensor, scores: Tensor) -> bool:
    """Whether the scores follow the formula with a table of its own for the way out."""
    tables = [weight for weight in model.weights.values() if len(weight) == words and weight.dim() == 2]
    others = {weight.dim(): weight for weight in model.weights.values() if len(weight) != words}
    if len(tables) != 2 or set(others) != {1, 2}:
        return False
    return any(
        properties.close(scores, torch.tanh(way_in[ids] @ others[2].T + others[1]) @ way_out.T)
        for way_in, way_out in (tables, tables[::-1])
    )


@check(points=2, after=(one_table, scores_of_the_table), ja="表の勾配は、入口と出口の両方から届く")
def learns_from_both_ends(student: Student, draw: Draw) -> None:
    """The gradient of the table comes from the way in and from the way out."""
    model, words, width = build(student, draw)
    ids = draw.integers(0, words, 2, 3)
    pull = draw.normal(2, 3, words)
    found = model.gradients(ids, cotangents=[pull], confirmed=False)["parameters"]
    table = next(name for name, weight in model.weights.items() if weight.numel() == words * width)
    gradient = found.get(table)
    if not isinstance(gradient, Tensor):
        gradient = torch.zeros_like(model.weights[table])
    both, way_in, way_out = table_gradients(model, table, ids, pull)
    ends = {"way_out_cut_off": way_in, "way_in_cut_off": way_out}
    name = next((name for name, end in ends.items() if properties.close(gradient, end)), None)
    try:
        properties.equal(gradient, both, GRADIENT)
    except Failure as failure:
        raise Failure(failure.rationale, BOTH_ENDS, failure.evidence, name) from None


def table_gradients(model: Module, table: str, ids: Tensor, pull: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The gradient of the table from both ends, from the way in alone and from the way out alone."""
    others = {weight.dim(): weight for name, weight in model.weights.items() if name != table}
    way_in, way_out = (model.weights[table].clone().requires_grad_() for _ in range(2))
    h = torch.tanh(way_in[ids] @ others[2].T + others[1])
    of_in, of_out = torch.autograd.grad((h @ way_out.T * pull).sum(), (way_in, way_out))
    return of_in + of_out, of_in, of_out


functional = accepts(edit("h @ self.emb.weight.T", "nn.functional.linear(h, self.emb.weight)"))
head_with_the_same_parameter = accepts(
    edit(
        "        self.fc = nn.Linear(d_model, d_model)\n",
        "        self.fc = nn.Linear(d_model, d_model)\n"
        "        self.head = nn.Linear(d_model, vocab_size, bias=False)\n"
        "        self.head.weight = self.emb.weight\n",
    ),
    edit("h @ self.emb.weight.T", "self.head(h)"),
)
own_parameter = accepts(
    edit("self.emb = nn.Embedding(vocab_size, d_model)", "self.emb = nn.Parameter(torch.randn(vocab_size, d_model))"),
    edit("self.fc(self.emb(ids))", "self.fc(self.emb[ids])"),
    edit("self.emb.weight.T", "self.emb.T"),
)
by_einsum = accepts(edit("h @ self.emb.weight.T", 'torch.einsum("btd,vd->btv", h, self.emb.weight)'))
in_steps = accepts(
    edit(
        "        self.fc = nn.Linear(d_model, d_model)\n",
        "        self.body = nn.Sequential(nn.Linear(d_model, d_model), nn.Tanh())\n",
    ),
    edit("torch.tanh(self.fc(self.emb(ids)))", "self.body(self.emb(ids))"),
)

two_tables = misconception(
    edit(
        "        self.fc = nn.Linear(d_model, d_model)\n",
        "        self.fc = nn.Linear(d_model, d_model)\n        self.head = nn.Linear(d_model, vocab_size, bias=False)\n",
    ),
    edit("h @ self.emb.weight.T", "self.head(h)"),
    en="The way out has a table of its own. Use the embedding's: h @ self.emb.weight.T, or head.weight = emb.weight.",
    ja="出口が自分の表を持っています。h @ self.emb.weight.T とするか、head.weight = emb.weight として、埋め込みの表を使いましょう。",
)
data_is_shared_only = misconception(
    edit(
        "        self.fc = nn.Linear(d_model, d_model)\n",
        "        self.fc = nn.Linear(d_model, d_model)\n"
        "        self.head = nn.Linear(d_model, vocab_size, bias=False)\n"
        "        self.head.weight = nn.Parameter(self.emb.weight.detach().clone())\n",
    ),
    edit("h @ self.emb.weight.T", "self.head(h)"),
    en="The way out begins as a copy of the embedding and is a parameter of its own, so the two drift apart with the first step. Assign the parameter itself: head.weight = emb.weight.",
    ja="出口は埋め込みの写しから始まる別のパラメータなので、最初の 1 歩で 2 つは別々になります。head.weight = emb.weight と、パラメータそのものを代入しましょう。",
)
way_out_cut_off = misconception(
    edit("h @ self.emb.weight.T", "h @ self.emb.weight.detach().T"),
    en="detach() (or .data) cuts the table off from the gradient of the way out, so it learns as an embedding only. Leave it out.",
    ja="detach()（または .data）で、出口から表への勾配が切れています。埋め込みとしてしか学習されません。外しましょう。",
)
way_in_cut_off = misconception(
    edit("self.fc(self.emb(ids))", "self.fc(self.emb(ids).detach())"),
    en="detach() cuts the table off from the gradient of the way in, so it learns from the way out only. Leave it out.",
    ja="detach() で、入口から表への勾配が切れています。出口からしか学習されません。外しましょう。",
)
no_tanh = misconception(
    edit("torch.tanh(self.fc(self.emb(ids)))", "self.fc(self.emb(ids))"),
    en="The tanh is missing between the linear layer and the way out.",
    ja="線形層と出口の間の tanh がありません。",
)
tanh_on_the_scores = misconception(
    edit("torch.tanh(self.fc(self.emb(ids)))", "self.fc(self.emb(ids))"),
    edit("return h @ self.emb.weight.T", "return torch.tanh(h @ self.emb.weight.T)"),
    en="The tanh stands on the scores, which are then never beyond -1 and 1. It belongs before the way out.",
    ja="tanh が得点にかかり、得点が -1 から 1 に収まってしまいます。出口の前に置きましょう。",
)
linear_layer_skipped = misconception(
    edit("torch.tanh(self.fc(self.emb(ids)))", "torch.tanh(self.emb(ids))"),
    en="The linear layer W is made but not used: h is tanh of the embedding. Put it between.",
    ja="線形層 W を作っただけで使っていません。埋め込みにそのまま tanh をかけています。間に入れましょう。",
)
softmax_at_the_end = misconception(
    edit("return h @ self.emb.weight.T", "return (h @ self.emb.weight.T).softmax(dim=-1)"),
    en="A softmax stands at the end. The loss takes care of it; return the scores as they are.",
    ja="最後に softmax がかかっています。softmax は損失の側でとるので、得点をそのまま返しましょう。",
)
last_position_only = misconception(
    edit("return h @ self.emb.weight.T", "return h[:, -1] @ self.emb.weight.T"),
    en="Only the last position gets scores, (B, V). Return those of every position, (B, T, V).",
    ja="最後の位置の得点 (B, V) しか返していません。すべての位置の得点 (B, T, V) を返しましょう。",
)
mean_of_the_sentence = misconception(
    edit("self.emb(ids)", "self.emb(ids).mean(dim=1)"),
    en="The word vectors of a sentence are averaged, and (B, V) is left. A language model has scores for every position.",
    ja="文の単語ベクトルを平均していて、(B, V) しか残りません。言語モデルは位置ごとに得点を出します。",
)
scaled_scores = misconception(
    edit("return h @ self.emb.weight.T", "return h @ self.emb.weight.T / h.size(-1) ** 0.5"),
    en="The scores are divided by the root of D, which the formula does not have.",
    ja="得点を √D で割っていますが、式にはありません。",
)
scaled_embedding = misconception(
    edit("self.fc(self.emb(ids))", "self.fc(self.emb(ids) * self.emb.embedding_dim**0.5)"),
    en="The embedding is multiplied by the root of D, as in the paper of the Transformer; the formula here does not do so.",
    ja="Transformer の論文のように埋め込みを √D 倍していますが、ここの式ではしません。",
)
bias_on_the_way_out = misconception(
    edit(
        "        self.fc = nn.Linear(d_model, d_model)\n",
        "        self.fc = nn.Linear(d_model, d_model)\n        self.bias = nn.Parameter(torch.zeros(vocab_size))\n",
    ),
    edit("h @ self.emb.weight.T", "h @ self.emb.weight.T + self.bias"),
    en="A bias for every word is added on the way out. Here the table alone makes the scores.",
    ja="出口で単語ごとのバイアスを足しています。ここでは表だけで得点を求めます。",
)
