"""A folder whose files are named by what they do: nobody says "not attempted" of what may stand in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading import grade
from grader.model import Outcome

MODELS = """
import torch
from torch import nn

class RNN(nn.Module):
    def __init__(self, vocab_size, emb, hidden, labels):
        super().__init__()
        self.emb, self.rnn, self.out = nn.Embedding(vocab_size, emb), nn.RNN(emb, hidden, batch_first=True), nn.Linear(hidden, labels)
    def forward(self, x):
        return self.out(self.rnn(self.emb(x))[0][:, -1])
"""
LEARN = """
from models import RNN
net = RNN(20, 4, 5, 3)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x, y = torch.randint(1, 20, (6, 4)), torch.randint(0, 3, (6,))
for _ in range(2):
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad(); loss.backward(); opt.step()
"""


def outcomes(folder: Path, lesson: str = "knock80_89") -> dict[str, set[Outcome]]:
    report = grade(folder, seed=3, lesson=lesson)
    return {exercise.id: {finding.outcome for finding in exercise.findings} for exercise in report.exercises}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models.py").write_text(MODELS, "utf-8")
    (tmp_path / "learn.py").write_text(f"import torch\nfrom torch import nn\n{LEARN}", "utf-8")
    return tmp_path


@pytest.mark.slow
def test_what_may_stand_in_other_code_is_a_persons(folder: Path) -> None:
    """A training without a function is the problem of training, perhaps; of a convolution nothing speaks."""
    found = outcomes(folder)
    assert Outcome.MISSING not in found["knock82"]
    assert found["knock80"] == found["knock86"] == found["knock88"] == found["knock89"] == {Outcome.MISSING}


def test_where_files_say_the_problem_the_others_are_missing(folder: Path) -> None:
    """knock81.py alone was handed in: nobody looks for the vocabulary of 80 or the batches of 83 in it."""
    (folder / "learn.py").unlink()
    (folder / "models.py").rename(folder / "knock81.py")
    (folder / "knock81.py").write_text(
        f"from collections import Counter\n{MODELS}\nprint(Counter('some words'))\n# padding", "utf-8"
    )
    found = outcomes(folder)
    assert found["knock80"] == found["knock83"] == {Outcome.MISSING}
