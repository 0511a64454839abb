"""Whole classes from the LMS's zip to the marks, through the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from grader.batch.gradebook import queries
from grader.batch.gradebook.store import open_book
from grader.batch.similarity.submissions import similar_in
from grader.cli import main
from tests.batch.intake.archives import put
from tests.batch.intake.handins import BROKEN, FIRST, MISTAKEN, SCRIPT, SECOND, STUB, WHOLE
from tests.batch.intake.timed import zipped

FULL = 14.0


def graded(
    tmp_path: Path, source: bytes, *options: str, code: int | None = None
) -> tuple[dict[str, float | None], str]:
    """What everybody has in the end, and what was said."""
    zip_ = put(tmp_path / "hw.zip", source)
    command = [
        "batch",
        str(zip_),
        "--book",
        str(tmp_path / "book"),
        "--no-sandbox",
        "--quiet",
        "--workers",
        "1",
        "--lang",
        "en",
    ]
    chosen = ("--only", "positional_encoding", "--only", "causal_mask", "--seed", "1")
    result = CliRunner().invoke(main, [*command, *chosen, *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert code in (None, result.exit_code), result.output
    with open_book(tmp_path / "book", write=False) as book:
        return {place.student: place.final for place in queries.standings(book)}, result.stderr


@pytest.mark.slow
def test_a_moodle_class(tmp_path: Path) -> None:
    """Teams, parts, a stub beside the work, a script, text instead of code, a broken part, from a roster of western Excel."""
    folders: dict[str, list[tuple[str, bytes]]] = {
        "Team 3-Ida Nuñez_11": [("hw.ipynb", WHOLE)],
        "Team 3-Ben Cole_12": [("hw.ipynb", WHOLE)],
        "Ann Lee_13": [("1.ipynb", FIRST), ("2.ipynb", SECOND), ("3.ipynb", BROKEN)],
        "Max Häberle_14": [("a.ipynb", WHOLE), ("z.ipynb", STUB)],
        "Eve Fox_15": [("1.ipynb", FIRST), ("mask.py", SCRIPT)],
        "Tom Ray_16": [("hw.pdf", b"%PDF")],
    }
    files = [(f"{top}_assignsubmission_file_/{name}", data) for top, all_ in folders.items() for name, data in all_]
    names = ("Ida Nuñez", "Ben Cole", "Ann Lee", "Max Häberle", "Eve Fox", "Tom Ray", "Ray Hill")
    roster = put(tmp_path / "class.csv", ("id;name\n" + "".join(f"{n};{name}\n" for n, name in enumerate(names))).encode("cp1252"))  # fmt: skip
    marks, said = graded(tmp_path, zipped(*files), "--roster", str(roster))
    assert marks == dict.fromkeys(names[:5], FULL)
    for words in (
        "No notebook for transformer_lm from 2 of 7: Tom Ray, Ray Hill.",
        "hw.pdf is a document",
        "read as cp1252",
    ):
        assert words in said
    assert "not in the roster" not in said
    with open_book(tmp_path / "book", write=False) as book:
        (runs,) = next(book.rows("SELECT count(DISTINCT graded) FROM runs WHERE earned = 14"))
        told = {frozenset((pair.first, pair.second)) for pair in similar_in(book, tmp_path / "hw.zip").pairs}
    assert runs and frozenset(("Ida Nuñez", "Ben Cole")) not in told


@pytest.mark.slow
def test_a_canvas_class(tmp_path: Path) -> None:
    """The later number counts, a part handed in again takes its place, nobody is late by the time of the download."""
    marks, said = graded(
        tmp_path,
        zipped(
            ("bergann_55_950_hw-1.ipynb", WHOLE),
            ("bergann_55_901_hw.ipynb", MISTAKEN),
            ("coleben_LATE_56_960_2-1.ipynb", SECOND),
            ("coleben_LATE_56_902_1.ipynb", FIRST),
        ),
        "--due", "2026-11-01", "--late", "zero", code=0,
    )  # fmt: skip
    assert marks == {"bergann": FULL, "coleben": FULL}
    assert "coleben (transformer_lm) is marked late, and" in said and "bergann (transformer_lm)" not in said


@pytest.mark.slow
def test_code_that_became_text(tmp_path: Path) -> None:
    """One key in Jupyter makes an answer's cell Markdown: it is run as code, and the report says which cell to change."""
    made = json.loads(WHOLE)
    made["cells"][-1] = {"cell_type": "markdown", "metadata": {}, "source": made["cells"][-1]["source"]}
    marks, _ = graded(tmp_path, zipped(("ann.ipynb", json.dumps(made).encode()), ("bob.ipynb", WHOLE)), code=0)
    assert marks == {"ann": FULL, "bob": FULL}
    shown = CliRunner().invoke(main, ["book", "show", "ann", "--book", str(tmp_path / "book"), "--lang", "en"])
    assert "holds the code of causal_mask" in " ".join(shown.output.split())


@pytest.mark.slow
def test_a_person_confirms_or_chooses(tmp_path: Path) -> None:
    """What nothing tells is said with the command that decides it; then it is decided, also in the next run."""
    files = zipped(*((f"Ann_1_assignsubmission_file_/{name}", data) for name, data in (("a.ipynb", MISTAKEN), ("b.ipynb", WHOLE))))  # fmt: skip
    before, said = graded(tmp_path, files)
    assert "grade book count 'Ann' FILE" in said and len(before) == 1
    run = CliRunner().invoke(main, ["book", "count", "Ann", "a.ipynb", "--book", str(tmp_path / "book"), "--by", "mia"])
    assert run.exit_code == 0, run.output
    after, said = graded(tmp_path, files)
    assert after["Ann"] is not None and after["Ann"] < FULL and "grade book count" not in said
    wrong = CliRunner().invoke(
        main, ["book", "count", "Ann", "c.ipynb", "--book", str(tmp_path / "book"), "--lang", "en"]
    )
    assert wrong.exit_code == 2 and "a.ipynb (number 1, 2026-11-20" in wrong.stderr


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp932", "cp1252"])
def test_a_screen_without_the_characters(tmp_path: Path, encoding: str) -> None:
    """From the batch to the export nothing ends in the middle of a name, and what goes to programs and files is whole."""
    source = zipped(*((f"{name}.ipynb", WHOLE) for name in ("Ann 🎓", "Zoë Žižek", "山田太郎")))
    zip_, book = put(tmp_path / "hw.zip", source), ["--book", str(tmp_path / "book")]
    run = CliRunner(charset=encoding)
    command = [
        "batch",
        str(zip_),
        *book,
        "--no-sandbox",
        "--quiet",
        "--workers",
        "1",
        "--only",
        "causal_mask",
        "--out",
        str(tmp_path / "out"),
    ]
    lines = run.invoke(main, command)
    assert lines.exit_code == 0, lines.exception
    told: list[dict[str, Any]] = [json.loads(line) for line in lines.stdout_bytes.decode(encoding).splitlines()]
    assert {one["student"] for one in told} == {"Ann 🎓", "Zoë Žižek", "山田太郎"}
    for more in (["list"], ["show", "山田太郎"], ["export", "--format", "csv"], ["list", "--batches"]):
        result = run.invoke(main, ["book", *more, *book])
        assert result.exit_code == 0, (more, result.exception)
    assert "山田太郎" in run.invoke(main, ["book", "export", *book]).stdout_bytes.decode()
