"""Answers in the manner of real ones: every habit that people have, right and wrong mixed, asserted exercise by exercise.

An entry of `tests/corpus/` ending in `.nb` is a notebook (cells as in py:percent, `<<name>>` is a snippet that several
share); `.py` is a script; a folder is several files of one student. WANTED says for each exercise what it earns, as
a fraction, "missing", or the mistake that is named; SAID what the report must mention.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from grader.grading import grade
from grader.lessons import exercise
from grader.model import ExerciseReport, Limits, Outcome, Report
from grader.report import html, terminal
from grader.sandbox.kernel_factory import KernelFactory
from tests.drawing import drawn
from tests.hand_ins import CORPUS, corpus_file

QUICK = Limits(cell_wall=60.0, cell_cpu=1.0, total_cpu=2.0, least_cpu=1.0)

Wanted = dict[str, float | str]
WANTED: dict[str, Wanted] = {
    "blog_on_colab.nb": {"knock80": 1.0, "knock81": 1.0, "knock86": 1.0},
    "full_width_headings.nb": {"knock80": 1.0, "knock81": "mean_over_time"},
    "comment_headings.nb": {"knock80": 1.0, "knock81": 1.0, "knock86": 1.0},
    "no_headings.nb": {"knock80": 1.0, "knock81": 1.0, "knock86": 1.0},
    "blanks.nb": {"knock80": 1.0, "knock81": "missing", "knock84": "missing", "knock86": "missing"},
    "blank_and_wrong.nb": {"knock80": "ranks_from_zero", "knock84": "missing"},
    "strange_characters.nb": {"knock80": 1.0, "knock81": 1.0},
    "absent_packages.nb": {"knock80": 1.0, "knock81": 1.0, "knock84": 1.0},
    "old_code.nb": {"knock80": 1.0, "knock81": 1.0, "knock86": 1.0},
    "cuda_everywhere.nb": {"knock81": 1.0, "knock86": 1.0},
    "trains_for_hours.nb": {"knock80": 1.0, "knock81": 1.0, "knock86": 1.0},
    "asks_and_records.nb": {"knock80": 1.0},
    "magics.nb": {"knock80": 1.0, "knock81": 1.0},
    "from_the_corpus.nb": {"knock80": "ranks_from_zero"},
    "rnn_five_times.nb": {"knock81": 1.0},
    "topics.nb": {"positional_encoding": 1.0, "causal_mask": "one_too_many", "multi_head": "missing"},
    "attention_by_contents.nb": {"dot_attention": "no_scale", "attn_decoder": "missing"},
    "leaves_early.nb": {"knock80": 1.0, "knock81": 1.0},
    "needs_network.nb": {"knock81": 1.0},
    "knock81.py": {"knock81": 1.0},
    "all_in_one.py": {"knock80": 1.0, "knock81": "mean_over_time", "knock86": 1.0},
    "exported.py": {"knock80": 1.0, "knock86": 1.0},
    "scripts": {"knock80": 1.0, "knock81": 1.0, "knock86": 1.0},
}
# Words of remarks that the report must hold, in the entry's order.
SAID: dict[str, tuple[str, ...]] = {
    "blog_on_colab.nb": ("google.colab", "%cd", "!pip", "!wget", "!unzip", "!nvidia-smi", "another machine", "Laid out .* train.txt"),
    "no_headings.nb": ("No heading says so.* knock80", "knock81", "knock86"),
    "strange_characters.nb": ("full-width space", "Curly quotes", r"U\+FF1D"),
    "absent_packages.nb": ("gensim|torchtext", "no module my_own_helpers|no module torchtext_of_old", "Not run through", "GoogleNews"),
    "old_code.nb": ("np.float is gone", r"\.next\(\)", "ModelOutput"),
    "cuda_everywhere.nb": ("asks for a GPU",),
    "trains_for_hours.nb": ("budget of 2 s", "Not run through"),
    "asks_and_records.nb": ("input", "wandb", "tqdm", "tensorboard"),
    "magics.nb": ("%load_ext", "%matplotlib notebook", "%%bash", "%%capture", "%timeit", "!kill", "!ls"),
    "from_the_corpus.nb": ("Laid out .* newsCorpora.csv",),
    "all_in_one.py": ("No heading says so.* knock80", "knock81", "knock86"),
    "attention_by_contents.nb": ("No heading says so", "Laid out .* jpn.txt"),
    "needs_network.nb": ("wanted the network|fetches something", "torch.hub"),
    "scripts": ("Several files were graded as one.* lib/words.py .*knock80.py .*knock81.py .*knock86.py", "without the dot"),
}  # fmt: skip


def earned(report: ExerciseReport, wanted: float | str) -> float | str:
    """What an exercise came to, in the form that WANTED has it."""
    named = {f.misconception.id for f in report.findings if f.misconception}
    if wanted in named:
        return wanted
    if all(f.outcome is Outcome.MISSING for f in report.findings):
        return "missing"
    assert report.score.earned is not None
    return report.score.earned / report.score.possible


def told(report: Report) -> str:
    return "\n".join(
        [
            f"{r.id}: {[(f.check, f.outcome.value, f.rationale and f.rationale.en) for f in r.findings]}"
            for r in report.exercises
        ]
        + [f"cell {c.index + 1} {c.ending.value} {c.error}" for c in report.run.cells]
        + [remark.en for remark in report.remarks]
    )


@drawn(4)
@pytest.mark.parametrize("name", WANTED)
def test_an_answer_as_people_write_them_gets_what_it_deserves(
    name: str, tmp_path: Path, host: KernelFactory | None
) -> None:
    """Each exercise earns what the table says, the report says what was assumed, and both languages render."""
    wanted = WANTED[name]
    limits = QUICK if name == "trains_for_hours.nb" else Limits()
    report = grade(corpus_file(name, tmp_path), seed=5, only=tuple(wanted), limits=limits, host=host)
    assert report.lesson == exercise(next(iter(wanted))).lesson
    assert {r.id: earned(r, wanted[r.id]) for r in report.exercises} == wanted, told(report)
    remarks = "\n".join(remark.en for remark in report.remarks)
    for words in SAID.get(name, ()):
        assert re.search(words, remarks), f"{words!r} is not said:\n{remarks}"
    assert terminal.render(report, "ja") and html.render(report, "ja")


def test_a_zip_of_a_folder_is_the_folder(tmp_path: Path, host: KernelFactory | None) -> None:
    """Zipped, with a folder around it and cp932 names, the same files earn the same."""
    folder = corpus_file("scripts", tmp_path)
    with zipfile.ZipFile(tmp_path / "submit.zip", "w") as archive:
        for path in folder.rglob("*.py"):
            archive.write(path, f"提出/{path.relative_to(folder)}")
    report = grade(tmp_path / "submit.zip", seed=5, only=("knock80",), host=host)
    assert report.score.earned == report.score.possible and report.submission == "submit.zip"


def test_every_entry_of_the_corpus_is_in_the_table() -> None:
    """Nothing in tests/corpus goes ungraded."""
    assert {path.name for path in CORPUS.iterdir() if path.name not in ("snippets", "course")} == set(WANTED)
