"""The report on a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from grader.judge.judging import judge
from grader.lessons import lesson, source
from grader.model import Ending, Finding, Mark, Outcome, Report, Submission, Text
from grader.report.terminal import render
from grader.report.terminal_text import wrap
from grader.report.words import with_waiting_gathered
from grader.sandbox.local import LocalSandbox
from tests.notebooks import edits_of


def report(*mistakes: str) -> Report:
    known = lesson("transformer_lm")
    scope = source.namespace(known.id, "causal_mask", edits_of("causal_mask", mistakes[0]) if mistakes else ())
    assert scope is not None
    remark = Text(en="Cell 1: `" + "x" * 150 + "` was not run.", ja="1 番目のセルは実行していません。" * 6)
    submission = Submission("提出.ipynb", "0" * 64, "ja", known.id, (), (remark,))
    return judge(submission, LocalSandbox(dict(scope)), known, seed=3, only=("causal_mask",))


@pytest.mark.parametrize("width", [80, 100, 120, 200])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_line_is_wider_than_the_terminal(width: int, language: str) -> None:
    """Japanese characters count two columns; nothing is cut off with an ellipsis."""
    text = render(report("one_too_many"), language, width, colour=False)  # type: ignore[arg-type]
    assert max(map(cell_len, text.splitlines())) <= width
    assert "…" not in text


def test_the_report_says_what_one_needs() -> None:
    """The score, the mistake, the numbers and how to repeat the grading."""
    text = render(report("one_too_many"), "en", 100, colour=False)
    for words in ("3 / 5", "Each position also sees the next one", "should be", "--seed 3", "Score"):
        assert words in text, text


def test_plain_consoles_get_plain_signs() -> None:
    """For a console that cannot show them, ticks and bars become ASCII."""
    text = render(report("one_too_many"), "en", 100, colour=False, unicode=False)
    assert not set("✓✗█░─–") & set(text) and "\x1b" not in text


def test_colour_is_only_colour() -> None:
    """With and without colour the words are the same."""
    import re

    coloured = render(report("flipped"), "ja", 100, colour=True)
    assert "\x1b[" in coloured
    stripped = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()]
    assert stripped == render(report("flipped"), "ja", 100, colour=False).splitlines()


def test_japanese_wraps_anywhere_but_before_punctuation() -> None:
    """A line never begins with a comma, a full stop or a small kana, and long words are cut, not lost."""
    text = "注意の重みを、値に掛けて足します。" * 5 + "x" * 100
    lines = wrap(text, 20)
    assert "".join(lines) == text and all(cell_len(line) <= 20 for line in lines)
    assert not [line for line in lines if line[0] in "、。ょっ"]


def test_every_outcome_and_ending_has_words() -> None:
    """No state of a check or of a cell is nameless."""
    from grader.model import Outcome
    from grader.report import words

    assert set(words.OUTCOMES) == set(Outcome)
    assert set(words.ENDINGS) == set(Ending) - {Ending.OK}


def test_what_waits_for_the_same_stands_in_one_line() -> None:
    """Two checks or more that wait for one are counted; one alone keeps its name, and so does what a person scored."""
    why = Text(en="Checked as soon as this passes: A", ja="「A」ができたら確認します。")
    passed, *waiting = (
        Finding(name, Text(en=name, ja=name), outcome, points, why)
        for name, outcome, points in (
            ("a", Outcome.PASSED, 1.0),
            ("b", Outcome.SKIPPED, 2.0),
            ("c", Outcome.SKIPPED, 0.5),
        )
    )
    together = with_waiting_gathered((waiting[0], passed, waiting[1]))
    assert [(f.text.en, f.points) for f in together] == [("2 more checks wait.", 2.5), ("a", 1.0)]
    marked = replace(waiting[1], mark=Mark(1.0, "somebody"))
    assert with_waiting_gathered((waiting[0], passed, marked)) == [waiting[0], passed, marked]
