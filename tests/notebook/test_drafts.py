"""Of several programs that define the same classes the fullest is judged, and the others are not run."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.lessons import catalogue
from grader.model import Submission
from grader.notebook import cut, gather
from grader.notebook.drafts import without_drafts

MODEL = "class BigramLanguageModel(nn.Module):\n    def generate(self, idx, max_new_tokens): ...\n"
HEADS = "class MultiHeadAttention(nn.Module): ...\nclass Block(nn.Module): ...\n"
SCRIPT = "import torch\nfrom torch import nn\n"


def handed_in(folder: Path, **files: str) -> Submission:
    """The scripts of these names, gathered."""
    for name, source in files.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return without_drafts(gather(folder, "x"), catalogue())


def running(submission: Submission) -> set[str]:
    return {cell.file for cell in submission.cells if cell.kind == "code"}


def test_a_lectures_first_step_is_not_run(tmp_path: Path) -> None:
    """It answers less than the program that came of it, and which files were set aside, and why, is said."""
    found = handed_in(tmp_path, bigram=SCRIPT + MODEL, gpt=SCRIPT + HEADS + MODEL)
    assert running(found) == {"gpt.py"}
    assert "bigram.py and gpt.py define the same classes (BigramLanguageModel)" in found.remarks[-1].en


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("bigram", SCRIPT + "class Encoder(nn.Module): ...\n" + MODEL.replace("Bigram", "Other")),  # other classes
        ("bigram", SCRIPT + MODEL + "def mask_tokens(ids, vocab_size): ...\n"),  # answers something else as well
        ("generate", SCRIPT + MODEL),  # the file says what it answers
        ("bigram", "from gpt import Block\n" + MODEL),  # one program
        ("tasks", SCRIPT + MODEL + "class Block(nn.Module): ...\n"),  # several modules, which may be the right ones
        ("first", SCRIPT + "class Titles(Dataset): ...\n"),  # nothing but data is shared
        ("nlp", SCRIPT + "# 81. RNNによる予測\n" + MODEL),  # numbers of problems
    ],
)
def test_what_may_be_an_answer_is_run(tmp_path: Path, name: str, first: str) -> None:
    """Only what another program does again, and more, is set aside."""
    assert running(handed_in(tmp_path, **{name: first, "gpt": SCRIPT + HEADS + MODEL})) == {f"{name}.py", "gpt.py"}


def test_what_its_author_calls_old_is_not_the_fuller(tmp_path: Path) -> None:
    """gpt_old.py may answer more than gpt.py, and is not what was meant."""
    found = handed_in(tmp_path, gpt=SCRIPT + MODEL, gpt_old=SCRIPT + HEADS + MODEL)
    assert running(found) == {"gpt.py", "gpt_old.py"}


def test_what_both_import_is_run(tmp_path: Path) -> None:
    """Helpers belong to the program that is judged as well."""
    helpers = "from utils import seed\n"
    found = handed_in(
        tmp_path,
        utils="def seed(): ...\n",
        bigram=SCRIPT + helpers + MODEL,
        gpt=SCRIPT + helpers + HEADS + MODEL,
    )
    assert running(found) == {"utils.py", "gpt.py"}


def test_a_script_that_holds_all_parts_is_cut_by_them(tmp_path: Path) -> None:
    """transformer.py with heads and blocks in it is no answer to `transformer` alone; beside heads.py it is one."""
    model = "class TransformerLM(nn.Module):\n    def forward(self, ids): ...\n"
    (tmp_path / "transformer.py").write_text(SCRIPT + HEADS + model, encoding="utf-8")
    (tmp_path / "main.py").write_text("import transformer\n", encoding="utf-8")
    cells = cut(gather(tmp_path, "x"), catalogue()).cells
    found = [cell.exercise for cell in cells if cell.kind == "code" and cell.file == "transformer.py"]
    assert found[-3:] == ["multi_head", "encoder_block", "transformer"]
    (tmp_path / "heads.py").write_text(SCRIPT + HEADS, encoding="utf-8")
    (tmp_path / "transformer.py").write_text("from heads import *\n" + SCRIPT + model, encoding="utf-8")
    cells = cut(gather(tmp_path, "x"), catalogue()).cells
    assert {cell.exercise for cell in cells if cell.file == "transformer.py"} == {"transformer"}
