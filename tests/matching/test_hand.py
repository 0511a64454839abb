"""Names set by hand: they decide, and a bad map gets one clear sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.grading import asked_for, map_in, map_of
from grader.model import Outcome
from tests.matching.people import graded

TWO = """
class First(nn.Module):
    def __init__(self, p1, p2, p3, p4):
        super().__init__()
        self.emb = nn.Embedding(p2, p1)
        self.rnn = nn.RNN(p1, p4, batch_first=True)
        self.fc = nn.Linear(p4, p3)
    def forward(self, x):
        return self.fc(self.rnn(self.emb(x))[0][:, -1])
class RNN(First):
    def forward(self, x):
        return self.fc(self.rnn(self.emb(x))[0].mean(1))
"""
MAP = """
[knock81]
RNN = "First"

[knock81.arguments]
p1 = "emb_size"
p2 = "vocab_size"
"""


def test_a_name_set_by_hand_decides() -> None:
    """The class that a person names is graded, even where another goes by the contract's own name."""
    by_hand = map_in(MAP)
    assert {f.outcome for f in graded("knock81", ("knock81", TWO), by_hand=by_hand).findings} == {Outcome.PASSED}
    alone = graded("knock81", ("knock81", TWO))
    assert "mean_over_time" in {f.misconception.id for f in alone.findings if f.misconception}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[knock99]\nRNN = 'X'", "no exercise called knock99"),
        ("[knock81]\nLSTM = 'X'", "asks for no LSTM. It asks for: RNN"),
        ("[knock81.arguments]\nv = 'vocabulary'", "no argument called vocabulary. It has: vocab_size"),
        ("[knock81]\nRNN = 3", "should be the name of a class"),
        ("[knock81]\nRNN = 'os.system()'", "should be the name of a class"),
        ("knock81 = 'X'", "should be a table"),
        ("[knock81", "not valid TOML"),
    ],
)
def test_a_bad_map_gets_one_sentence(text: str, says: str, tmp_path: Path) -> None:
    """Unknown exercise, name or argument, or no TOML at all: what is wrong, and what there is."""
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match="(?s)map.toml.*" + says.replace(".", r"\.")) as error:
        map_of(path)
    assert "\n" not in str(error.value)


def test_a_map_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A missing file, or one that is no text."""
    with pytest.raises(UsageError, match="cannot be read"):
        map_of(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not text in UTF-8"):
        map_of(tmp_path / "bytes.toml")


def test_every_wanted_name_is_one_that_an_exercise_asks_for() -> None:
    """The tables name exercises and names that exist, and roles that are explained."""
    from grader.matching.roles import ROLES

    known = {role.name for role in ROLES}
    for exercise in asked_for().values():
        for interface in exercise.interfaces:
            assert interface.exercise != exercise.id or interface.name in exercise.names
            if interface.called:  # others are known by the reference's own names alone
                assert set(interface.roles) - {"dropout"} <= known, interface.name
