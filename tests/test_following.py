"""A mistake costs once: what an earlier exercise was charged for, a later one is not charged for again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.grading import grade
from grader.judge.follow_through import FollowThrough
from grader.judge.judged import JudgedExercise
from grader.judge.judging import judge
from grader.judge.lending import LENDINGS, Lending
from grader.judge.wording import make_finding
from grader.lessons import catalogue, exercise, lesson, source
from grader.lessons.uses import direct_of, reached_from, uses
from grader.matching import Matching
from grader.matching.payloads.known_values import look_up
from grader.model import ExerciseReport, Fault, Outcome, Report, Submission
from grader.report import html, json, terminal
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.kernel_factory import KernelFactory
from grader.sandbox.local import LocalBranch, LocalSandbox
from grader.sandbox.payload import source_of
from tests.drawing import drawn
from tests.notebooks import answer_cells, edits_of, save, solved

CHARGED = (Outcome.FAILED, Outcome.CRASHED, Outcome.SKIPPED, Outcome.MISSING, Outcome.TIMED_OUT)
# An earlier exercise, a known mistake in it, what builds on it, and how many of its checks follow through at least.
# What takes half a minute: models that are searched long, and parts on which these are built.
LONG = ("transformer", "knock89")
DEEP = ("causal_mask", "positional_encoding", "multi_head", "encoder_block")
NAMED = [
    ("causal_mask", "one_too_many", "transformer", 2),
    ("causal_mask", "upper", "transformer", 2),
    ("multi_head", "no_scale", "encoder_block", 1),
    ("multi_head", "no_scale", "transformer", 1),
    ("encoder_block", "dropout_in_evaluation", "transformer", 2),
    ("encoder_block", "unbiased_variance", "transformer", 1),
    ("additive_attention", "tanh_outside", "attn_decoder", 1),
    ("knock86", "mean_pooling", "knock87", 1),
    ("knock83", "zero_grad_forgotten", "knock89", 0),
]
# Mistakes that nobody has named, as definitions that take the place of the reference's.
UNNAMED = {
    ("causal_mask", "transformer"): """
def causal_mask(size):
    mask = torch.ones(size, size, dtype=torch.bool).tril()
    mask[2:, 1] = False
    return mask
""",
    ("multi_head", "encoder_block"): """
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        q, k, v = (self.cut(x) for x in (self.w_q(query), self.w_k(key), self.w_v(value)))
        scores = q @ k.transpose(-2, -1) / 3.3
        scores = scores if mask is None else scores.masked_fill(~mask, float("-inf"))
        weights = scores.softmax(dim=-1)
        return 1.3 * self.w_o((weights @ v).transpose(1, 2).flatten(2)), weights

    def cut(self, x):
        return x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
""",
    ("knock86", "knock87"): """
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.conv = nn.Conv1d(emb_size, out_channels, kernel_heights, stride, padding)
        self.fc = nn.Linear(out_channels, output_size)

    def forward(self, ids):
        return self.fc(self.conv(self.emb(ids).transpose(1, 2)).relu().sum(dim=2))
""",
}
# Earlier answers through which nothing can be seen.
ATTENTION = """
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads

    def forward(self, query, key, value, mask=None):
        return {}, torch.zeros(query.shape[0], self.num_heads, query.shape[1], key.shape[1])
"""
BLOCK = """
class EncoderBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()

    def forward(self, x, mask=None):
        return {}
"""
ADDITIVE = """
class AdditiveAttention(nn.Module):
    def __init__(self, query_size, key_size, attn_size):
        super().__init__()

    def forward(self, query, keys, mask=None):
        return {}, torch.full(keys.shape[:2], 1 / keys.shape[1])
"""
CNN = """
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1):
        super().__init__()
        self.output_size = output_size
        self.one = nn.Parameter(torch.ones(1))

    def forward(self, ids):
        return {}
"""
HOLLOW = {
    "causal_mask": [f"def causal_mask(size):\n    return torch.{f}(size, size, dtype=torch.bool)" for f in ("ones", "zeros", "eye")],
    "positional_encoding": [f"def positional_encoding(max_len, d_model):\n    return torch.{f}(max_len, d_model)" for f in ("ones", "zeros", "eye")],
    "multi_head": [ATTENTION.format(x) for x in ("torch.ones_like(query)", "torch.zeros_like(query)", "query")],
    "encoder_block": [BLOCK.format(x) for x in ("torch.ones_like(x)", "torch.zeros_like(x)", "x")],
    "additive_attention": [ADDITIVE.format(x) for x in ("torch.ones_like(keys[:, 0])", "torch.zeros_like(keys[:, 0])", "keys[:, 0]")],
    "knock86": [CNN.format(x) for x in ("self.one * torch.ones(len(ids), self.output_size)", "self.one * torch.zeros(len(ids), self.output_size)", "self.one * ids[:, :1].float().repeat(1, self.output_size)")],
}  # fmt: skip


def judged(only: tuple[str, ...], instead: str = "", seed: int = 4, **mistakes: str) -> dict[str, ExerciseReport]:
    """The reports of the reference answers with some mistakes, or with other definitions in place of some of them."""
    known = exercise(only[0]).lesson
    given = tuple((name, edits_of(name, mistake)) for name, mistake in mistakes.items())
    scope = source.namespace(known, given=given)
    assert scope is not None
    exec(instead, scope)
    with LocalSandbox(scope) as sandbox:
        report = judge(Submission("x", "", "en", known, ()), sandbox, lesson(known), seed, only=only)
    return {e.id: e for e in report.exercises}


def follows(report: ExerciseReport) -> list[str]:
    return [f.check for f in report.findings if f.follows]


@drawn({"long": 0, "": 1}, lambda case: "long" if case["later"] in LONG else "")
@pytest.mark.parametrize(("earlier", "mistake", "later", "count"), NAMED)
def test_a_named_mistake_costs_once(earlier: str, mistake: str, later: str, count: int) -> None:
    """The later exercise has every point, and says from where it follows through."""
    found = judged((earlier, later), **{earlier: mistake})
    assert (found[earlier].score.earned or 0) < found[earlier].score.possible
    assert found[later].score.earned == found[later].score.possible, found[later].findings
    assert len(follows(found[later])) >= count
    assert all(f.follows == (earlier,) for f in found[later].findings if f.follows)


@pytest.mark.slow
@drawn(1)
@pytest.mark.parametrize(("earlier", "later"), UNNAMED)
def test_a_mistake_without_a_name_costs_once(earlier: str, later: str) -> None:
    """The student's own earlier part is asked, with its gradients, and the later answer is right on top of it."""
    found = judged((later,), UNNAMED[earlier, later])[later]
    assert found.score.earned == found.score.possible and follows(found), found.findings


@drawn({"long": 0, "": 1}, lambda case: "long" if case["earlier"] in DEEP else "")
@pytest.mark.parametrize(("earlier", "number"), [(name, n) for name in HOLLOW for n in range(3)])
def test_nothing_is_earned_by_a_hollow_part(earlier: str, number: int) -> None:
    """On top of a constant, a zero or an identity no check follows through; it is pending, and none is lost."""
    after = tuple(e.id for e in lesson(exercise(earlier).lesson).exercises if earlier in {u.id for u in uses(e)})
    for report in judged(after, HOLLOW[earlier][number]).values():
        assert not follows(report), report.id
        assert not [f for f in report.findings if f.outcome in CHARGED], (report.id, report.findings)


@pytest.mark.slow
def test_a_mistake_on_top_of_another_is_charged_and_named() -> None:
    """Who has both a wrong mask and a wrong model pays for both, and both have their names."""
    found = judged(("causal_mask", "transformer"), causal_mask="one_too_many", transformer="no_positions")
    names = {f.misconception.id for f in found["transformer"].findings if f.misconception}
    assert names == {"no_positions"} and not [
        f for f in found["transformer"].findings if f.check == "computes_the_model" and f.follows
    ]


@pytest.mark.parametrize("mistake", ["unbiased_variance", "gain_forgotten", "mean_of_absolute_values"])
def test_a_slip_in_one_name_is_not_charged_in_another(mistake: str) -> None:
    """What LayerNorm was charged for, the block that runs it is not."""
    found = judged(("encoder_block",), encoder_block=mistake)["encoder_block"].findings
    assert {f.check for f in found if f.outcome in CHARGED} == {"normalises_each_position", "epsilon_inside_the_root"}
    assert {f.follows for f in found if f.follows} == {("LayerNorm",)}


UNBIASED = """
class LayerNorm(nn.Module):
    def __init__(self, d_model, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.gain, self.shift = nn.Parameter(torch.ones(d_model)), nn.Parameter(torch.zeros(d_model))

    def forward(self, x):
        spread = (x.var(-1, keepdim=True) + self.eps).sqrt()
        return self.gain * (x - x.mean(-1, keepdim=True)) / spread + self.shift
"""


def test_a_mistake_of_its_own_is_charged_beside_that_in_another_name() -> None:
    """A block without residual connections is no right block on a wrong LayerNorm."""
    found = judged(("encoder_block",), UNBIASED, encoder_block="no_residual_at_all")["encoder_block"].findings
    charged = {f.check for f in found if f.outcome in CHARGED}
    assert {"normalises_each_position", "residual_path", "computes_both_stages"} <= charged


@pytest.mark.slow
def test_every_mistake_of_the_later_one_still_shows() -> None:
    """With a wrong earlier part in place, no known mistake of the later exercise gets what a right answer gets."""
    for variant in exercise("encoder_block").misconceptions[:12:2]:
        found = judged(("encoder_block",), multi_head="no_scale", encoder_block=variant.id)["encoder_block"]
        assert (found.score.earned or 0) < found.score.possible, variant.id


def test_an_argument_changed_in_place_is_the_later_ones_own() -> None:
    """Equal values do not excuse it: an answer on the same wrong part leaves its arguments alone."""
    found = judged(("encoder_block",), multi_head="no_scale", encoder_block="x_changed_in_place")["encoder_block"]
    lost = [f for f in found.findings if f.outcome in CHARGED]
    assert {f.misconception.id for f in lost if f.misconception} == {"x_changed_in_place"}


STUB = "def causal_mask(size):\n    raise NotImplementedError\n\ndef positional_encoding(max_len, d_model):\n    raise NotImplementedError"


def test_plain_data_is_lent_and_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where mask and table are missing they are lent as values; all that goes into the sandbox is tables and how to look up."""
    sent: list[Any] = []
    ask = LocalBranch.ask
    monkeypatch.setattr(LocalBranch, "ask", lambda self, request: sent.append(request) or ask(self, request))
    found = judged(("transformer",), STUB)["transformer"]
    assert found.score.earned == found.score.possible and len(follows(found)) == len(found.findings)
    text = source_of(look_up)
    assert {made.source for request in sent for made in made_in(request)} == {text}
    assert "tril" not in text and "sin" not in text


# Masks that stop at some sizes, are of one size or another kind of number: they leave some of the model's checks open.
OPEN = {
    "stops at one character": "mask = torch.ones(size, size, dtype=torch.bool).tril()\n    mask[0, 1] = True\n    return mask",
    "of one size": "return torch.ones(5, 5, dtype=torch.bool).tril()",
    "numbers to add": "return torch.full((size, size), float('-inf')).triu(1)",
}


@pytest.mark.slow
@drawn(1)
@pytest.mark.parametrize("name", OPEN)
def test_right_data_tells_where_wrong_data_leaves_it_open(name: str) -> None:
    """What holds with a right mask in place of theirs is right. A mistake of the model's own still earns nothing: it is lost, or in doubt."""
    mask = f"def causal_mask(size):\n    {OPEN[name]}"
    found = judged(("transformer",), mask)["transformer"]
    assert found.score.earned == found.score.possible and follows(found), found.findings
    wrong = judged(("transformer",), mask, transformer="no_positions")["transformer"]
    assert (wrong.score.earned or 0) < wrong.score.possible


@pytest.mark.slow
@drawn(1)
@pytest.mark.parametrize(
    "piece", ["value[:, :1].expand_as(query)", "query.flip(1)", "torch.cat([query[:, 1:], query[:, :1] * 0], 1)"]
)
def test_a_piece_of_an_argument_is_hollow(piece: str) -> None:
    """Nothing is computed where numbers are only taken out of an argument, so nothing is earned through it."""
    for report in judged(("encoder_block", "transformer"), ATTENTION.format(piece)).values():
        assert not follows(report) and report.score.pending
        assert not [f for f in report.findings if f.outcome in CHARGED], report.findings


def test_a_value_that_cannot_be_lent_ends_the_lending() -> None:
    """Sizes that our own answer refuses, too many of them or too large ones: the check stays what it was."""
    ours = source.namespace("transformer_lm")
    assert ours is not None
    lending = Lending(ours, {"causal_mask": {}})
    for sizes in ("3 4", "99999", "0 0 0", ""):
        assert not lending.learn(Fault("ValueNotLent", f"causal_mask {sizes}".strip()))
    assert all(lending.learn(Fault("ValueNotLent", f"causal_mask {size}")) for size in range(LENDINGS))
    assert not lending.learn(Fault("ValueNotLent", "causal_mask 99"))


def made_in(value: Any) -> list[RemoteExpr]:
    if isinstance(value, RemoteExpr):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [made for part in parts for made in made_in(part)]


@pytest.mark.slow
def test_what_builds_on_a_missing_class_waits(tmp_path: Path, host: KernelFactory | None) -> None:
    """A block on top of a blank attention is pending, not lost; so is the model, except for what can be told."""
    notebook = solved("transformer_lm")
    answer_cells(notebook, "multi_head")[
        0
    ].source = "class MultiHeadAttention(nn.Module):\n    def __init__(self, d_model, num_heads):\n        raise NotImplementedError"
    report = grade(save(notebook, tmp_path), 3, ("encoder_block", "transformer"), host=host)
    for e in report.exercises:
        assert not [f for f in e.findings if f.outcome in CHARGED], e.findings
        assert e.score.pending + (e.score.earned or 0) == e.score.possible
    assert "`multi_head`" in str(report.exercises[0].findings)


@pytest.mark.slow
def test_in_a_kernel_and_alone(tmp_path: Path, host: KernelFactory | None) -> None:
    """Graded by itself, the model still has its mask looked at; the report says in both languages why nothing is lost."""
    notebook = solved("transformer_lm", causal_mask="one_too_many")
    weird = UNNAMED["multi_head", "encoder_block"]
    answer_cells(notebook, "multi_head")[0].source = weird
    report = grade(save(notebook, tmp_path), 3, ("transformer",), host=host)
    (model,) = report.exercises
    assert model.score.earned == 12, model.findings
    told(report)


def told(report: Report) -> None:
    text = terminal.render(report, "en", 200)
    assert (
        "follows through from" in text
        and "`causal_mask`" in text.replace("causal_mask", "`causal_mask`")
        and "nothing lost here" in text
    )
    assert "減点しません" in terminal.render(report, "ja", 200)
    assert "nothing lost here" in html.render(report, "en") and "減点しません" in html.render(report, "ja")
    again = json.read(json.render(report))
    assert [f.follows for e in again.exercises for f in e.findings] == [
        f.follows for e in report.exercises for f in e.findings
    ]


def test_what_builds_on_what_is_read_from_the_answers() -> None:
    """Nobody keeps a list by hand: the reference answers say which earlier ones they call."""
    assert direct_of("transformer_lm")["transformer"] == ("positional_encoding", "causal_mask", "encoder_block")
    assert [e.id for e in uses(exercise("transformer"))] == [
        "positional_encoding",
        "causal_mask",
        "multi_head",
        "encoder_block",
    ]
    assert direct_of("knock80_89")["knock87"] == ("knock83", "knock86")
    assert direct_of("bert")["encoder_decoder"] == ("masked_lm",), "which only some accepted answers call"
    for part in catalogue():
        order = [e.id for e in part.exercises]
        assert all(
            order.index(other) < order.index(name) for name, found in direct_of(part.id).items() for other in found
        )


def test_what_an_answer_runs_is_read_from_what_it_is_asked_for() -> None:
    """A part that our answer to a question never runs changes nothing there; of a name that is not ours nobody can tell."""
    bert = exercise("knock89")
    assert reached_from(bert, {"BertClassifier"}) == {"knock89"}
    assert reached_from(bert, {"fine_tune"}) == {"knock83", "knock89"}
    model = exercise("transformer")
    assert reached_from(model, {"TransformerLM"}) == {e.id for e in (*uses(model), model)}
    assert reached_from(model, {"nobody_knows"}) == reached_from(model, {"TransformerLM"})


def test_parts_that_a_question_never_runs_are_not_put_in_place() -> None:
    """BERT's classifier is not asked again because the batches of an earlier exercise are wrong; its training is."""
    bert, batches = exercise("knock89"), exercise("knock83")
    wrong = JudgedExercise(
        batches, tuple(make_finding(check, Outcome.FAILED) for check in batches.checks), Matching(active=False)
    )
    following = FollowThrough(bert, (wrong,), LocalSandbox({}), 4)
    assert not following.changes({"BertClassifier"})
    assert following.changes({"BertClassifier", "fine_tune"})
    assert following.changes({"nobody_knows"}) and following.changes(set())
