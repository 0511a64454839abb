"""class.toml: every option has its key, what is wrong is named by its line, and no student's file is taken for it."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from grader import lesson_folders
from grader.cli import batch_settings as settings
from grader.cli import main
from grader.cli.batch import batch
from grader.cli.class_file import OPTION, read, understood
from grader.errors import UsageError
from grader.model.toml_lines import line_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a folder of hand-ins in it."""
    (tmp_path / "subs").mkdir()
    (tmp_path / "subs" / "ann.ipynb").write_text("{}")
    (tmp_path / "class.csv").write_text("id,name\n1,ann\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tried(*words: str) -> Result:
    return CliRunner().invoke(main, ["batch", *words, "--dry-run", "--lang", "en"])


VALUES = {
    "lessons": f"'{lesson_folders.OURS}'","due": "'2026-11-20T23:59'", "late": "'10%/day'", "lesson": "'transformer_lm'", "only": "['causal_mask']", "hide": "['causal_mask']",
          "extension": "{Ann = '3d'}", "points": "{causal_mask = 10}", "weight": "{causal_mask = 1}"}  # fmt: skip


def value_for(parameter: click.Parameter) -> str:
    key = parameter.name or ""
    if key in VALUES:
        return VALUES[key]
    if getattr(parameter, "is_flag", False):
        return "true"
    if isinstance(parameter.type, click.Choice):
        return f"'{parameter.type.choices[0]}'"
    return "3" if isinstance(parameter.type, click.IntRange | click.FloatRange) else "'x'"


@pytest.mark.parametrize("parameter", [p for p in batch.params if p.name != OPTION], ids=lambda p: p.name)
def test_every_option_has_its_key(parameter: click.Parameter, tmp_path: Path) -> None:
    """An option that is added to the command can be set in the file, with and without its hyphens."""
    for opt in parameter.opts:
        for key in {opt.lstrip("-"), opt.lstrip("-").replace("-", "_")}:
            (tmp_path / "class.toml").write_text(f"{key} = {value_for(parameter)}\n")
            _, values = understood(read(tmp_path / "class.toml"), batch)
            assert list(values) == [parameter.name]


def test_a_folder_with_the_file_needs_nothing_else(folder: Path) -> None:
    """The source, the roster and the times come from the file; the command line comes first."""
    (folder / "class.toml").write_text(
        'source = "subs"\nroster = "class.csv"\ndue = 2026-11-20T23:59:00\nlate = "10%/day"\n[extension]\nann = "3d"\n'
    )
    done = tried()
    assert done.exit_code == 0 and "1 notebooks would be graded" in done.output, done.output
    assert "From class.toml: due, extension, late, roster, source." in done.output
    done = tried("nowhere")
    assert done.exit_code == 2 and "nowhere" in done.output


def test_a_file_elsewhere_is_relative_to_itself(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--class names it, and its paths start from where it lies; a file with a mark and Windows' line ends is read too."""
    (folder / "class.toml").write_bytes(b'\xef\xbb\xbfsource = "subs"\r\nlang = "ja"\r\n')
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    done = tried("--class", "../class.toml")
    assert done.exit_code == 0 and "1 notebooks" in done.output, done.output


WRONG = """source = "subs"
dues = "2026-11-20"
workers = "3"
quiet = 1
only = [
  "causal_mask",
  "no_such_exercise",
]
late = "10 percent"
layout = "mudle"
out = 7

[extensions]
"Ben Cole" = "some time"
Al = ["3d"]

[points]
# a comment
causal_mask = -1
"""


def test_each_thing_that_is_wrong_is_named_by_its_line(folder: Path) -> None:
    """Unknown keys with the nearest one, wrong types and values, all at once, and nothing is graded."""
    (folder / "class.toml").write_text(WRONG)
    done = tried()
    assert done.exit_code == 2
    for line, words in ((2, "Did you mean due?"), (3, "whole number"), (4, "true or false"), (5, "no_such_exercise"),
                        (9, "10 percent"), (10, "'mudle'"), (11, "text in quotes"), (14, "neither a time nor a span"),
                        (15, "this is a list"), (19, "no number of points")):  # fmt: skip
        assert any(f"class.toml, line {line}: " in said and words in said for said in done.output.splitlines()), line
    assert "Traceback" not in done.output and not (folder / "gradebook.sqlite3").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'source = "subs"\nlate = 10%\n', "line 2: no TOML"),
        (b'source = "subs"\nlate = "\xff"\n', "line 2: not in UTF-8"),
        (b'only = []\nexercises = []\n', "line 2: exercises says the same as only"),
        (b'source = "subs"\n[points]\nknock80 = 3\ncausal_maks = 3\n', "line 4: There is no exercise causal_maks"),
        (b'source = "subs"\nlesson = "transformer_lm"\n[weight]\ncausal_mask = 1\n', "There are weights, but none for"),
        (b'source = "subs"\nonly = ["causal_mask"]\n[weight]\ncausal_mask = 0\n', "All weights are 0"),
        (b'source = "subs"\ndue = "2026-11-20"\nroster = "class.csv"\n[extension]\nBen = "3d"\n', "line 5: Nobody"),
        (b'source = "subs"\n[extension]\nann = "3d"\n', "line 3: --extension needs --due"),
        (b'source = "subs"\ndue = "2026-11-20"\n[extension]\nann = "2026-11-19"\n', "not after the due time"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_with_its_place(folder: Path, text: bytes, words: str) -> None:
    """Each a sentence, and exit code 2."""
    (folder / "class.toml").write_bytes(text)
    (folder / "gradebook.sqlite3").unlink(missing_ok=True)
    done = tried()
    if "extension" in text.decode("latin-1"):  # who is meant is looked up in the gradebook
        from grader.batch.gradebook.store import open_book

        with open_book(folder / "gradebook.sqlite3"):
            pass
        done = tried()
    assert done.exit_code == 2 and words in done.output, done.output


def test_a_students_file_is_not_taken_for_the_instructors(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class.toml inside what is graded is refused unless it is named; one among the hand-ins is never looked for."""
    (folder / "subs" / "class.toml").write_text("no-sandbox = true\n")
    done = tried("subs")
    assert done.exit_code == 0 and "From" not in done.output
    monkeypatch.chdir(folder / "subs")
    done = tried(".")
    assert done.exit_code == 2 and "may have written it" in done.output
    done = tried(".", "--class", "class.toml")
    assert done.exit_code == 0 and "no-sandbox" in done.output


def test_a_zone_of_the_due_time_alone_is_doubted() -> None:
    """The due time is in Tokyo's, the hand-ins' in this machine's: said, unless --zone or the layout settles it."""
    due = "2026-11-20T23:59+05:45"
    deadline = settings.deadline_of(due, "none")
    told = settings.zone_doubt(due, None, deadline, "UTC")
    assert told is not None and "--zone +05:45" in told.en
    assert (
        settings.zone_doubt(due, "UTC", deadline, "UTC") is None
        and settings.zone_doubt(due, None, deadline, "") is None
    )
    plain = "2026-11-20T23:59"
    assert settings.zone_doubt(plain, None, settings.deadline_of(plain, "none"), "UTC") is None


def test_the_line_of_a_key() -> None:
    """Keys of tables, in quotes, with dots, and values of several lines: the line where it begins."""
    text = '# c\na = "x"\n\nb = [\n 1,\n]\n[t]\n# c\n"Ben Cole" = "3d"\nx.y = 3\ns = """\na = 1\n"""\n'
    places = {("a",): 2, ("b",): 4, ("t",): 7, ("t", "Ben Cole"): 9, ("t", "x", "y"): 10, ("t", "s"): 11}
    assert {keys: line_of(text, keys) for keys in places} == places


def test_pairs_on_the_command_line(folder: Path) -> None:
    """NAME=VALUE with a name that has signs of its own; what is none is refused."""
    done = tried("subs", "--due", "2026-11-20", "--points", "causal_mask=7,5", "--only", "causal_mask")
    assert done.exit_code == 0, done.output
    for words in (("--points", "causal_mask"), ("--points", "causal_mask=x"), ("--extension", "=3d")):
        assert tried("subs", *words).exit_code == 2


def test_errors_are_those_of_the_project() -> None:
    """What is read without the command raises UsageError alone."""
    with pytest.raises(UsageError, match="cannot be read"):
        read(Path("nowhere") / "class.toml")
