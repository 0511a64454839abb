"""Wrong answers under other names: told the same mistake as under ours, and what cannot be told is a person's to decide."""

from __future__ import annotations

import pytest

from grader.model import ExerciseReport, Outcome
from tests.drawing import drawn
from tests.matching.functions import PHASES
from tests.matching.models import RIGHT
from tests.matching.people import graded


def cell(exercise: str, who: str) -> str:
    (found,) = [row[2] for row in RIGHT if row[0] == exercise and row[1].startswith(who)]
    return found


def named(report: ExerciseReport) -> set[str]:
    return {f.misconception.id for f in report.findings if f.misconception}


MISTAKES = [
    ("knock81", "no_batch_first", "one-letter", ", batch_first=True", ""),
    ("knock81", "mean_over_time", "one-letter", "[0][:, -1]", "[0].mean(1)"),
    ("knock81", "every_step", "one-letter", "[0][:, -1]", "[0]"),
    ("knock81", "first_state", "a vocabulary one larger", "y[:, -1]", "y[:, 0]"),
    ("knock81", "softmax_over_batch", "arguments that nothing", "dim=1", "dim=0"),
    ("knock81", "sum_over_time", "half of the sizes", "[0][:, -1]", "[0].sum(1)"),
    ("knock81", "squeezed", "hidden before output", "hidden.squeeze(0)", "hidden.squeeze()"),
    ("knock85", "last_output_of_both", "one class for all", "torch.cat([h[-2], h[-1]], dim=1)", "out[:, -1]"),
    ("knock85", "last_output_of_both", "sizes from globals", "torch.cat([y[:, -1, :dh], y[:, 0, dh:]], dim=1)", "y[:, -1]"),
    ("knock86", "view_for_transpose", "filters and windows", ".permute(0, 2, 1)", ".view(x.shape[0], -1, x.shape[1])"),
    ("knock86", "mean_pooling", "the hidden size is", "F.adaptive_max_pool1d", "F.adaptive_avg_pool1d"),
    ("knock86", "no_activation", "sizes from globals", "F.relu(self.conv(self.emb(x).transpose(1, 2)))", "self.conv(self.emb(x).transpose(1, 2))"),
]  # fmt: skip


@drawn(2)
@pytest.mark.parametrize(
    ("exercise", "mistake", "who", "old", "new"), [pytest.param(*m, id="-".join(m[:3])) for m in MISTAKES]
)
def test_a_mistake_is_named_under_any_name(exercise: str, mistake: str, who: str, old: str, new: str) -> None:
    """The mistake that is made in somebody else's class is the one that is named, and no other."""
    source = cell(exercise, who)
    assert old in source
    found = graded(exercise, (exercise, source.replace(old, new)))
    assert named(found) == {mistake}, [(f.check, f.outcome, f.rationale) for f in found.findings]


def outcomes(report: ExerciseReport) -> set[Outcome]:
    return {f.outcome for f in report.findings}


def test_training_at_the_top_level_is_for_a_person() -> None:
    """A notebook that trains outside every function cannot be asked: NEEDS_REVIEW, saying what was seen."""
    loop = """
model = nn.Linear(2, 2)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    loss = model(torch.ones(1, 2)).sum()
    opt.zero_grad(); loss.backward(); opt.step()
    print('epoch', epoch)
"""
    found = graded("knock82", ("knock82", loop))
    assert outcomes(found) == {Outcome.NEEDS_REVIEW}
    assert "top level" in found.findings[0].rationale.en and "人が確認" in found.findings[0].rationale.ja


def test_an_empty_section_is_missing() -> None:
    """Without a section, with imports only, or with a function that only refuses, nothing was attempted."""
    stub = "def train(model, train_set, valid_set, epochs, lr, batch_size=1):\n    raise NotImplementedError\n"
    for cells in ((), (("knock82", "import torch"),), (("knock82", "..."),), (("knock82", stub),)):
        assert outcomes(graded("knock82", *cells)) == {Outcome.MISSING}


def test_a_section_without_a_likely_answer_is_for_a_person() -> None:
    """A section that defines something else gets its reason, and no zero."""
    found = graded("knock81", ("knock81", "def helper(x):\n    return x + 1\nprint(helper(1))"))
    assert outcomes(found) == {Outcome.NEEDS_REVIEW} and "helper" in found.findings[0].rationale.en
    assert found.score.pending == found.score.possible


def test_a_class_that_cannot_be_built_is_for_a_person() -> None:
    """Where building fails because of what we handed over, a person decides; the class is not blamed."""
    source = """
class RNNClassifier(nn.Module):
    def __init__(self, tables, plan):
        super().__init__()
        self.emb = nn.Embedding(*tables[plan.first])
        self.rnn = nn.RNN(tables[plan.first][1], plan.width, batch_first=True)
        self.fc = nn.Linear(plan.width, 4)
    def forward(self, x):
        return self.fc(self.rnn(self.emb(x))[0][:, -1])
"""
    found = graded("knock81", ("knock81", source))
    assert outcomes(found) == {Outcome.NEEDS_REVIEW}
    assert "RNNClassifier" in found.findings[0].rationale.en


def test_another_exercises_class_is_no_answer() -> None:
    """Who solved 81 and not 85 has not attempted 85: the RNN of 81 is not taken for it."""
    rnn = cell("knock81", "hidden first of five")
    assert outcomes(graded("knock85", ("knock81", rnn))) == {Outcome.MISSING}


def test_the_class_of_the_own_section_is_the_one() -> None:
    """RNN stands in 81 as somebody's LSTMClassifier; the `RNN` of 85 further down is not taken for it."""
    wrong = cell("knock81", "hidden first of five").replace("out[:, -1, :]", "out.mean(1)")
    found = graded("knock81", ("knock81", cell("knock81", "the most common")), ("knock85", wrong))
    assert outcomes(found) == {Outcome.PASSED}
    assert "LSTMClassifier" in found.assumptions[0].en and "v_size" in found.assumptions[0].ja


def test_a_class_used_in_the_section_is_the_one() -> None:
    """A class that 84 defines and 85 only calls, with both directions, is the answer of 85."""
    whole = cell("knock85", "one class for all")
    definition, call = whole.split("model = RNN")
    found = graded("knock85", ("knock84", definition), ("knock85", "model = RNN" + call))
    assert outcomes(found) == {Outcome.PASSED}


def test_an_exact_answer_assumes_nothing() -> None:
    """Names and arguments of the contract: no word is lost about them."""
    exact = """
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)
    def forward(self, ids):
        return self.fc(self.rnn(self.emb(ids))[1][0])
"""
    found = graded("knock81", ("knock81", exact))
    assert outcomes(found) == {Outcome.PASSED} and found.assumptions == ()


POOLED = """
LONG = 12
class CNN(nn.Module):
    def __init__(self, v, e, pad, out, hid, longest):
        super().__init__()
        self.emb, self.conv = nn.Embedding(v, e, padding_idx=pad), nn.Conv1d(e, hid, 3, padding=1)
        self.pool, self.out = nn.MaxPool1d(longest), nn.Linear(hid, out)
    def forward(self, x):
        x = F.relu(self.conv(self.emb(x).transpose(1, 2)))
        return self.out(self.pool(x).view(len(x), -1))
model = CNN(90, 300, 89, 4, 50, LONG)
"""


def test_a_fixed_pool_costs_what_it_costs() -> None:
    """A CNN made for titles of one length is asked at that length; what else is right in it counts, and the width is named."""
    found = graded("knock86", ("knock86", POOLED))
    wrong = {f.check for f in found.findings if f.outcome is not Outcome.PASSED}
    assert named(found) == {"fixed_pool_width"} and wrong == {"one_title_one_word", "long_titles"}
    assert any("exactly 12 words" in text.en for text in found.assumptions)


@pytest.mark.slow
def test_a_window_of_seven_words_is_no_fixed_pool() -> None:
    """A CNN that needs seven words and takes any more lacks its padding; it is not told that its pool were fixed."""
    wide = POOLED.replace("3, padding=1", "7").replace("self.pool(x).view(len(x), -1)", "x.amax(dim=2)")
    assert "fixed_pool_width" not in named(graded("knock86", ("knock86", wide)))


@pytest.mark.slow
def test_other_mistakes_behind_a_fixed_pool_are_named() -> None:
    """At its own length a view for a transpose is seen as anywhere."""
    found = graded("knock86", ("knock86", POOLED.replace(".transpose(1, 2)", ".view(len(x), -1, x.shape[1])")))
    assert named(found) == {"fixed_pool_width", "view_for_transpose"}


TRAINED = """
titles, gold = torch.randint(1, 88, (40, LONG)), torch.randint(0, 4, (40,))
loader = DataLoader(torch.utils.data.TensorDataset(titles, gold), batch_size=8, shuffle=True)
measure, opt = nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.05)
for epoch in range(2):
    for ids, labels in loader:
        opt.zero_grad()
        measure(model(ids), labels).backward()
        opt.step()
    with torch.no_grad():
        scores, valid_scores = model(titles), model(dev)
        print("train", "loss", measure(scores, gold).item(), "acc", (scores.argmax(1) == gold).float().mean().item())
        print("dev", "loss", measure(valid_scores, dev_gold).item(), "acc", (valid_scores.argmax(1) == dev_gold).float().mean().item())
"""
DEV = "dev, dev_gold = torch.randint(1, 88, (20, 12)), torch.randint(0, 4, (20,))\n"


def test_training_a_cnn_with_a_fixed_pool() -> None:
    """87 asks whether it is trained: its width is not deducted there once more."""
    found = graded("knock87", ("knock87", DEV + POOLED + TRAINED))
    assert outcomes(found) == {Outcome.PASSED}, [(f.check, f.outcome, f.rationale) for f in found.findings]


@pytest.mark.slow
def test_a_softmax_before_the_loss_is_named_in_87() -> None:
    """Probabilities that go through cross-entropy are named where the CNN is trained."""
    found = graded("knock87", ("knock87", DEV + POOLED.replace("return self.out(self.pool(x).view(len(x), -1))", "return self.out(self.pool(x).view(len(x), -1)).softmax(1)") + TRAINED))  # fmt: skip
    assert "softmax_before_cross_entropy" in named(found)


@pytest.mark.slow
def test_a_padding_of_ones_own_is_advice() -> None:
    """Two on each side see a window more at each end, which costs nobody a point who could not be asked for one."""
    wide = cell("knock86", "the hidden size is").replace("padding=1", "padding=2")
    right = graded("knock86", ("knock86", wide))
    assert {f.outcome for f in right.findings} == {Outcome.PASSED}
    assert [f.check for f in right.findings if "pads by two" in str(f.advice)] == ["convolves_and_pools"]
    wrong = graded("knock86", ("knock86", wide.replace("F.adaptive_max_pool1d", "F.adaptive_avg_pool1d")))
    assert Outcome.FAILED in {f.outcome for f in wrong.findings}


def test_a_mistake_in_a_loop_over_phases_is_named() -> None:
    """That it goes back to its best parameters at the end hides nothing of what it does before."""
    wrong = PHASES.replace("                optimizer.zero_grad()\n", "")
    assert named(graded("knock82", ("knock82", wrong))) == {"zero_grad_forgotten"}
