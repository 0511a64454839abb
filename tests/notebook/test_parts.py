"""One answer to each exercise from several files, and answers in cells of the wrong type."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.grading import prepare
from grader.model import Submission
from tests.batch.intake.archives import put
from tests.batch.intake.handins import (
    FIRST,
    HEADINGS,
    MASK,
    MISTAKEN,
    POSITIONAL,
    SECOND,
    STUB,
    STUBS,
    WHOLE,
    WRONG_MASK,
    notebook,
)


def prepared(tmp_path: Path, *files: bytes, order: tuple[str, ...] = ()) -> Submission:
    """A folder of 1.ipynb, 2.ipynb, ... as it is run."""
    for number, content in enumerate(files, 1):
        put(tmp_path / "hw" / f"{number}.ipynb", content)
    return prepare(tmp_path / "hw", order=order)[0]


def runs(submission: Submission) -> str:
    return "\n".join(cell.source for cell in submission.cells if cell.kind == "code")


@pytest.mark.parametrize("files", [(STUB, WHOLE), (WHOLE, STUB)])
def test_a_stub_replaces_nothing(tmp_path: Path, files: tuple[bytes, ...]) -> None:
    """Whichever file comes last, what is left to be written is not run where it is written elsewhere."""
    assert "NotImplementedError" not in runs(prepared(tmp_path, *files)) and MASK in runs(prepared(tmp_path, *files))


@pytest.mark.parametrize(("order", "counts"), [((), WRONG_MASK), (("2.ipynb", "1.ipynb"), MASK)])
def test_of_two_answers_the_later_one_runs(tmp_path: Path, order: tuple[str, ...], counts: str) -> None:
    """In the order of the names, or in the one that is known; the report says so."""
    found = prepared(tmp_path, WHOLE, MISTAKEN, order=order)
    masks = [line for line in (MASK, WRONG_MASK) if f"{line}\n" in f"{runs(found)}\n"]
    assert masks == [counts] and any("causal_mask is answered in several files" in r.en for r in found.remarks)


@pytest.mark.parametrize("copy", ["81-Copy1.py", "81 - コピー.py", "81 copy 2.py", "Copy of 81.py"])
def test_a_file_that_is_called_a_copy_replaces_nothing(tmp_path: Path, copy: str) -> None:
    """Jupyter's, a desktop's, Colab's; where the original is there, it counts, whichever comes last."""
    put(tmp_path / "hw" / "81.py", b"class RNN:\n    kept = True\n")
    put(tmp_path / "hw" / copy, b"class RNN:\n    kept = False\n")
    put(tmp_path / "hw" / "82.py", b"def train(model):\n    return model\n")
    code = runs(prepare(tmp_path / "hw", "knock80_89")[0])
    assert "kept = True" in code and "kept = False" not in code


def test_parts_with_stubs_of_each_other(tmp_path: Path) -> None:
    """Two copies of the notebook, each with another exercise done: both answers run."""
    first = notebook(positional_encoding=POSITIONAL, causal_mask=STUBS["causal_mask"])
    second = notebook(positional_encoding=STUBS["positional_encoding"], causal_mask=MASK)
    found = prepared(tmp_path, first, second)
    assert POSITIONAL in runs(found) and MASK in runs(found) and "NotImplementedError" not in runs(found)
    assert not any("several files;" in remark.en for remark in found.remarks)


def test_what_other_answers_need_still_runs(tmp_path: Path) -> None:
    """A helper in a section that does not count, which an answer of its file that does count is built on."""
    helper = "def rates(d):\n    return 10000.0 ** (-torch.arange(0, d, 2) / d)"
    built = notebook(causal_mask=helper, positional_encoding=POSITIONAL.replace("10000.0 **", "rates(d_model) #"))
    found = prepared(tmp_path, built, SECOND)
    assert helper in runs(found) and MASK in runs(found)


NEEDED = "# %% 80\nbase = 3\n# %%\ndef words():\n    return base\n# %%\nunused = 1\n# %% 82\nrate = words() * 0.1\n"


def test_what_is_needed_by_what_is_needed_runs_too(tmp_path: Path) -> None:
    """Of a section that does not count every cell runs that leads to an answer of its file, however many lie in between."""
    put(tmp_path / "hw" / "80.py", b"# 80\nbase = 4\n")
    put(tmp_path / "hw" / "82.py", NEEDED.encode())
    found = runs(prepare(tmp_path / "hw", order=())[0])
    assert "base = 3" in found and "return base" in found and "unused" not in found


SERIES = {
    "81.py": "# 81\nwords = 7\n",
    "82.py": "# 81\nwords = 8\n# 82\nrate = 0.1\n",
    "83.py": "# 82\nrate = 0.3\n# 83\nsize = 4\n",
}


def test_the_file_named_after_an_exercise_answers_it(tmp_path: Path) -> None:
    """`82.py` repeats what `81.py` says and is followed by a copy of itself in `83.py`: each answers its own."""
    for name, source in SERIES.items():
        put(tmp_path / "hw" / name, source.encode())
    found = prepare(tmp_path / "hw", order=())[0]
    said = " ".join(remark.en for remark in found.remarks)
    assert "81.py counts, 82.py not" in said and "82.py counts, 83.py not" in said


def test_one_file_stays_as_it_is(tmp_path: Path) -> None:
    """Nothing is left out of a notebook alone, not even its stubs."""
    assert runs(prepared(tmp_path, STUB)).count("NotImplementedError") == 2 and POSITIONAL in runs(
        prepared(tmp_path / "b", FIRST)
    )


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_code_in_a_cell_of_text_is_run(tmp_path: Path, kind: str) -> None:
    """One key in Jupyter made it text: it is code again, and the report says which cell."""
    content = notebook(causal_mask=MASK).replace(
        b'{"cell_type": "code", "metadata": {}, "source": "def', b'{"cell_type": "%s", "metadata": {}, "source": "def' % kind.encode()
    )  # fmt: skip
    submission = prepared(tmp_path, content)
    assert MASK in runs(submission) and any("Cell 4 holds the code of causal_mask" in r.en for r in submission.remarks)


@pytest.mark.parametrize("text", [f"```python\n{MASK}\n```", f"For example:\n\n{MASK}", "causal_mask", HEADINGS["causal_mask"]])  # fmt: skip
def test_an_example_in_a_text_is_none(tmp_path: Path, text: str) -> None:
    """A fenced block, a sentence with code, a name: text stays text."""
    content = notebook(causal_mask=MASK).replace(b'"source": "def causal_mask', b'"source": "#', 1)
    assert b"causal_mask(size)" not in content
    import json

    made = json.loads(notebook(causal_mask="pass"))
    made["cells"].append({"cell_type": "markdown", "metadata": {}, "source": text})
    assert MASK not in runs(prepared(tmp_path, json.dumps(made).encode()))


SCORES = """
class Attention(nn.Module):
    def forward(self, q, k, v):
        return (q @ k.transpose(-2, -1) / q.size(-1) ** 0.5).softmax(-1) @ v
"""
HEADS = """
from .scores import Attention
class MultiHeadedAttention(nn.Module):
    def __init__(self, h, d_model):
        super().__init__()
        self.attention = Attention()
"""


@pytest.mark.parametrize("package", ["", "attention/"])
def test_what_another_file_imports_is_no_other_answer(tmp_path: Path, package: str) -> None:
    """A class in each file, two of which look like one exercise: both run, the one that is imported first."""
    for name, text in (("scores", SCORES), ("heads", HEADS), ("__init__", "from .heads import MultiHeadedAttention")):
        put(tmp_path / "hw" / f"{package}{name}.py", f"import torch.nn as nn\n{text}".encode())
    put(tmp_path / "hw" / "block.py", b"from attention import MultiHeadedAttention\nclass Block:\n    pass\n")
    found = prepare(tmp_path / "hw", lesson="transformer_lm")[0]
    order = [text for text in ("class Attention(", "class MultiHeadedAttention(") if text in runs(found)]
    assert len(order) == 2 and runs(found).index(order[0]) < runs(found).index(order[1])
    assert not any("several files;" in remark.en for remark in found.remarks)
    names = [cell.file for cell in found.cells]
    assert names.index(f"{package}__init__.py") < names.index("block.py") or not package
