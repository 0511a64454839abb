"""Several files as one submission, and zips that mean no good."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.lessons import catalogue
from grader.notebook import cut, gather, unzip
from grader.notebook.gather import natural
from grader.notebook.read import read
from grader.notebook.scripts import cells_of_script


def test_numbers_in_names_count_as_numbers() -> None:
    """knock9 comes before knock10, and what has no number before both."""
    names = ["knock10.py", "utils.py", "knock9.py", "a/2.ipynb", "a/10.ipynb"]
    assert sorted(names, key=natural) == ["utils.py", "a/2.ipynb", "a/10.ipynb", "knock9.py", "knock10.py"]


def test_a_second_download_comes_after_the_first(tmp_path: Path) -> None:
    """A browser calls it `lab2 (1).ipynb`; whichever ends in a digit, the name without the addition comes first."""
    names = ["hw (1).py", "hw.py", "lab2 (1).py", "lab2 (2).py", "lab2-1.py", "lab2.py"]
    for name in names:
        (tmp_path / name).write_text("x = 1")
    found = [cell.file for cell in gather(tmp_path, "x").cells]
    assert found == ["hw.py", "hw (1).py", "lab2.py", "lab2 (1).py", "lab2 (2).py", "lab2-1.py"]


def test_what_is_imported_comes_first(tmp_path: Path) -> None:
    """A script that another one imports is run before it, also from a folder, also in a circle."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "knock80.py").write_text("from lib.zz99 import f\nimport knock89")
    (tmp_path / "knock89.py").write_text("import knock80")
    (tmp_path / "lib" / "zz99.py").write_text("def f(): return 1")
    submission = gather(tmp_path, "x")
    assert [cell.file for cell in submission.cells] == ["lib/zz99.py", "knock89.py", "knock80.py"]
    assert [cell.index for cell in submission.cells] == [0, 1, 2]
    assert {"zz99", "lib.zz99", "knock80"} <= set(submission.modules)


def test_a_package_is_found_in_a_folder_with_a_dash(tmp_path: Path) -> None:
    """Repositories are called transformer-lm, and what one imports of it is transformer_lm."""
    (tmp_path / "transformer-lm").mkdir()
    (tmp_path / "transformer-lm" / "model.py").write_text("class Model: ...")
    (tmp_path / "bert.py").write_text("from transformer_lm.model import Model")
    submission = gather(tmp_path, "x")
    assert [cell.file for cell in submission.cells] == ["transformer-lm/model.py", "bert.py"]
    assert "transformer_lm.model" in submission.modules


def test_files_that_only_test_others_are_not_run(tmp_path: Path) -> None:
    """They define classes of tests under the names of answers. A test.py may be anything, and alone they are what there is."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_attention.py").write_text(
        "class TestMultiHeadAttention:\n    def test_shape(self): ..."
    )
    (tmp_path / "attention.py").write_text("class MultiHeadAttention: ...")
    (tmp_path / "test.py").write_text("def evaluate(model): ...")
    (tmp_path / "test_loop.py").write_text("def loop(model): ...")
    submission = gather(tmp_path, "x")
    assert {cell.file for cell in submission.cells} == {"attention.py", "test.py", "test_loop.py"}
    assert any("only test the other files: tests/test_attention.py" in remark.en for remark in submission.remarks)
    assert gather(tmp_path / "tests", "x").cells


def test_files_that_cannot_be_read_cost_themselves(tmp_path: Path) -> None:
    """A broken notebook beside a good script is a remark; alone it is the sentence about that notebook."""
    (tmp_path / "80.ipynb").write_text("<html>")
    with pytest.raises(SubmissionError, match=r"80\.ipynb is a web page"):
        gather(tmp_path, "x")
    (tmp_path / "81.py").write_text("x = 1")
    submission = gather(tmp_path, "x")
    assert len(submission.cells) == 1 and "Left out: 80.ipynb" in submission.remarks[-1].en


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    """Hidden files, checkpoints and links are nobody's answers."""
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "a.py").write_text("x = 1")
    (tmp_path / "b.py").symlink_to("/etc/passwd")
    with pytest.raises(SubmissionError, match="holds no notebook"):
        gather(tmp_path, "x")


def test_file_names_open_sections(tmp_path: Path) -> None:
    """knock81.py, 86.py and nlp100_84.py are the answers to 81, 86 and 84."""
    for name in ("knock81.py", "86.py", "nlp100_84.py"):
        (tmp_path / name).write_text("x = 1")
    found = cut(gather(tmp_path, "x"), catalogue())
    assert {cell.file: cell.exercise for cell in found.cells} == {
        "knock81.py": "knock81",
        "86.py": "knock86",
        "nlp100_84.py": "knock84",
    }


def test_a_zip_unpacks_into_its_folder_only(tmp_path: Path) -> None:
    """Ways out, absolute names, links and litter stay packed; cp932 names are read right."""
    archive, target = tmp_path / "s.zip", tmp_path / "out"
    target.mkdir()
    with zipfile.ZipFile(archive, "w") as made:
        for name in ("../evil.py", "/evil.py", "a/../../evil.py", "C:/evil.py", "__MACOSX/x.py", "good/81.py"):
            made.writestr(name, "x = 1")
        link = zipfile.ZipInfo("link.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    unzip(archive, target)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.py")] == ["out/good/81.py"]


def test_a_bomb_and_a_broken_zip_get_a_sentence(tmp_path: Path) -> None:
    """What unpacks to more than a submission may have is stopped on the way."""
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made, made.open("zeros.py", "w") as entry:
        for _ in range(201):
            entry.write(bytes(1 << 20))
    (tmp_path / "out").mkdir()
    with pytest.raises(SubmissionError, match="unpacks to more than 200 MB"):
        unzip(bomb, tmp_path / "out")
    bomb.write_bytes(bomb.read_bytes()[:1000])
    with pytest.raises(SubmissionError, match="not a whole, readable zip"):
        unzip(bomb, tmp_path / "out")


def test_a_percent_script_is_cut_as_it_says() -> None:
    """Markdown cells lose their `# `, titles become headings, `# In[3]:` counts as a mark."""
    cells = cells_of_script("x = 1\n# %% [markdown]\n# # 81\n# text\n# %% 82. Training\ny = 2\n# In[3]:\nz = 3\n")
    assert [(cell.kind, cell.source) for cell in cells] == [
        ("code", "x = 1"),
        ("markdown", "# 81\ntext"),
        ("code", "# 82. Training\ny = 2"),
        ("code", "z = 3"),
    ]


def test_a_plain_script_is_cut_at_its_problems() -> None:
    """A comment that announces a problem begins a cell; other comments do not."""
    cells = cells_of_script("import torch\n# 8 layers\n# 80.\na = 1\n# 81. RNN\nb = 2")
    assert [cell.source for cell in cells] == ["import torch\n# 8 layers", "# 80.\na = 1", "# 81. RNN\nb = 2"]


@pytest.mark.parametrize("encoding", ["cp932", "euc-jp", "utf-16"])
def test_scripts_of_japanese_editors_are_read(tmp_path: Path, encoding: str) -> None:
    """Another encoding than UTF-8 is told, and the words are right."""
    (tmp_path / "knock81.py").write_bytes("# 単語の予測です\nx = 'ニュース'\n".encode(encoding))
    submission = read(tmp_path / "knock81.py")
    assert "ニュース" in submission.cells[0].source and submission.remarks


def test_a_heading_behind_a_cell_of_an_export_is_the_next_ones() -> None:
    """nbconvert writes text cells as comments behind the code before them: a heading there opens the next section."""
    script = (
        "# In[1]:\n\n\na = 1\n\n\n# ### 86. CNN\n\n# In[2]:\n\n\nb = 2\n\n\n# ### 87. training\n\n# In[3]:\n\n\nc = 3\n"
    )
    cells = cells_of_script(script)
    assert [cell.kind for cell in cells] == ["code", "markdown", "code", "markdown", "code"]
    assert cells[2].source == "b = 2"
