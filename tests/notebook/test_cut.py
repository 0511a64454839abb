"""Which cell belongs to which exercise."""

from __future__ import annotations

import pytest

from grader.lessons import catalogue
from grader.model import Cell, Submission
from grader.notebook.headings import EXAMPLES, in_file_name
from grader.notebook.scripts import cells_of_script
from grader.notebook.sections import cut


def sections(*cells: Cell, lesson: str | None = None) -> Submission:
    return cut(Submission("n", "0", "ja", lesson, cells), catalogue())


def markdown(index: int, source: str) -> Cell:
    return Cell(index, "markdown", source)


def code(index: int, source: str = "x = 1", exercise: str | None = None) -> Cell:
    return Cell(index, "code", source, exercise)


@pytest.mark.parametrize(
    "heading",
    [
        "## 81. RNN による予測",
        "課題81",
        "# 課題 81",
        "### 81",
        "## 問題81",
        "# No.81",
        "Problem 81: RNN",
        "**81. RNN**",
        "８１．ＲＮＮ",
        "# knock81",
        "q81",
    ],
)
def test_headings_people_write_open_a_section(heading: str) -> None:
    """However the number is dressed, the cells below belong to knock81."""
    found = sections(code(0), markdown(1, heading), code(2), code(3))
    assert [cell.exercise for cell in found.cells] == [None, "knock81", "knock81", "knock81"]
    assert found.lesson == "knock80_89"


@pytest.mark.parametrize("text", ["81 % of the titles are short", "## 8.1 Setup", "## 810", "in 1981", "約81件"])
def test_numbers_in_prose_open_nothing(text: str) -> None:
    """A number that only looks like a problem's does not start a section."""
    found = sections(markdown(0, text), code(1))
    assert found.cells[1].exercise is None


def test_metadata_goes_before_headings() -> None:
    """A cell that carries its exercise keeps it, whatever heading stands above."""
    found = sections(markdown(0, "## 81"), code(1, exercise="causal_mask"), code(2))
    assert [cell.exercise for cell in found.cells] == ["knock81", "causal_mask", "causal_mask"]


def test_unknown_metadata_is_no_section() -> None:
    """An exercise that does not exist is not believed."""
    assert sections(code(0, exercise="knock99")).cells[0].exercise is None


def test_a_comment_can_be_the_heading() -> None:
    """`# 81. RNN` at the head of a code cell opens the section with that cell."""
    found = sections(code(0), code(1, "# 81. RNN\nx = 1"), code(2))
    assert [cell.exercise for cell in found.cells] == [None, "knock81", "knock81"]


@pytest.mark.parametrize(
    ("line", "opens"),
    [
        ('st.header("81. Prediction with an RNN")', True),
        ('print("===== 問題 81 =====")', False),
        ('display(Markdown("## 81"))', True),
        ('st.title("問題81の結果")', False),
        ('plt.title("81. accuracy")', False),
    ],
)
def test_what_code_shows_as_a_heading_is_one(line: str, opens: bool) -> None:
    """At the head of a code cell, and in a script that has no comments for it; a number in an output is none."""
    assert sections(code(0), code(1, f"{line}\nx = 1")).cells[1].exercise == ("knock81" if opens else None)
    cells = cells_of_script(f"x = 1\n{line}\ny = 1\n{line.replace('81', '82')}\nz = 1")
    assert len(cells) == (3 if opens else 1)


def test_titles_and_ids_open_a_section() -> None:
    """The heading of our own notebook is recognised in both languages and by its id."""
    for text in ("## The causal mask", "## 因果マスク（causal_mask）", "# causal_mask"):
        assert sections(markdown(0, text), code(1)).cells[1].exercise == "causal_mask"


@pytest.mark.parametrize("heading", EXAMPLES)
def test_the_headings_on_the_page_open_a_section(heading: str) -> None:
    """Each example of docs/understands.md, as text and as a comment in code."""
    assert sections(markdown(0, heading), code(1)).cells[1].exercise == "knock81"
    assert sections(code(0, f"# {heading.lstrip('#')}\nx = 1")).cells[0].exercise == "knock81"


@pytest.mark.parametrize(
    ("exercise", "topic"), [(e.id, topic) for lesson in catalogue() for e in lesson.exercises for topic in e.headings]
)
def test_topics_open_a_section(exercise: str, topic: str) -> None:
    """What an exercise is called is heading enough, with a number before it and a word behind."""
    for text in (f"## {topic}", f"### 3.2 {topic} の実装"):
        assert sections(markdown(0, text), code(1)).cells[1].exercise == exercise


def test_a_topic_of_another_lesson_opens_nothing() -> None:
    """In a notebook on 80-89 the heading "Fine-tuning" is part of 89."""
    found = sections(markdown(0, "## 89. BERT"), code(1), markdown(2, "### Fine-tuning"), code(3))
    assert found.cells[3].exercise == "knock89"


@pytest.mark.parametrize(
    ("stem", "exercise"),
    [("knock81", "knock81"), ("81", "knock81"), ("nlp100_81", "knock81"), ("chapter09_84_v2", "knock84"), ("multi_head", "multi_head"),
     ("knock80_89", None), ("knock90-94", None), ("s1980081", None), ("attention_translation", None), ("report", None)],
)  # fmt: skip
def test_file_names(stem: str, exercise: str | None) -> None:
    """A name that says one problem is believed; one that says several, or a student number, is not."""
    assert in_file_name(stem, catalogue()) == exercise


def test_what_is_defined_tells_where_no_heading_does() -> None:
    """The second class RNN, for a later problem, does not take the section of the first away."""
    rnn = "class RNN(nn.Module):\n    def __init__(self):\n        self.rnn = nn.RNN(3, 4)"
    found = sections(
        code(0, "import torch  # newsCorpora"), code(1, rnn), code(2, "for x in y:\n    loss.backward()"), code(3, rnn),
        code(4, rnn.replace("nn.RNN(3, 4)", "nn.LSTM(3, 4, bidirectional=True)")), code(5, "class CNN(nn.Module):\n    pass"),
    )  # fmt: skip
    assert [cell.exercise for cell in found.cells] == [None, "knock81", "knock82", "knock82", "knock85", "knock86"]
    assert len(found.remarks) == 5 and found.lesson == "knock80_89"


BARE = (
    "class RNN(nn.Module):\n    def __init__(self):\n        self.rnn = nn.RNN(3, 4)",
    "def train_model(net, loaders):\n    for x, y in loaders:\n        net(x).sum().backward()",
    "class CNN(nn.Module):\n    def __init__(self):\n        self.conv = nn.Conv1d(3, 4, 3)",
    "net = CNN()\nlosses = train_model(net, loaders)\nplt.savefig('fig87.png')",
)


def test_the_figure_that_a_cell_saves_tells_too() -> None:
    """fig88.png, where nothing that the cell defines begins an answer. A model's file, an epoch and a problem met before move nothing."""
    last = "net = CNN()\nplt.savefig(path / 'fig88.png')"
    others = ("torch.save(net, 'rnn_acc89.pt')", "plt.savefig('epoch_89.png')", "plt.savefig('fig81.png')")
    found = sections(*(code(n, source) for n, source in enumerate((*BARE, last, *others))))
    told = [cell.exercise for cell in found.cells]
    assert told == ["knock81", "knock82", "knock86", "knock87", *["knock88"] * 4]
    assert "the figure that it saves, cell 5 begins the answer to knock88" in found.remarks[-1].en


def test_a_notebook_about_nothing_we_know_has_no_lesson() -> None:
    """Then the person has to say."""
    assert sections(code(0, "x = 1"), markdown(1, "# Homework")).lesson is None


SCRIPT = """import torch
from torch import nn
# ids
def to_ids(words, vocab):
    return [vocab.get(word, 0) for word in words]
class RNN(nn.Module):
    def __init__(self):
        self.rnn = nn.RNN(3, 4)
class Tool:
    pass
"""


def test_a_script_without_marks_is_cut_by_what_it_defines() -> None:
    """A script that solves several problems gets a cell for each, its helpers with the one above; nothing is lost of it."""
    made = cut(Submission("main.py", "0", "ja", None, (code(0, SCRIPT),)), catalogue())
    assert [cell.exercise for cell in made.cells] == [None, "knock80", "knock81"]
    assert "\n".join(cell.source for cell in made.cells) == SCRIPT


@pytest.mark.parametrize("name", ["main.ipynb", "knock81.py"])
def test_what_says_what_it_is_stays_in_one_piece(name: str) -> None:
    """A notebook's cell, and a script whose name tells, are not cut."""
    assert len(cut(Submission(name, "0", "ja", None, (code(0, SCRIPT),)), catalogue()).cells) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "問題82のコードを改変し，B事例ごとに損失・勾配を計算して学習を行えるようにせよ。",
        "問題85や問題87のコードを改変し，高性能な分類器を構築せよ。",
        "Problem 82 used batches of one title, which is slow here.",
        "82で作った関数をそのまま使う",
    ],
)
def test_a_mention_moves_no_section(statement: str) -> None:
    """The statement below a heading, in its cell or in one of its own, speaks of an earlier problem and opens none."""
    together = sections(markdown(0, f"## 83. ミニバッチ化\n{statement}"), code(1))
    apart = sections(
        markdown(0, "## 83. ミニバッチ化"), markdown(1, statement), code(2), code(3, f"# {statement}\nx = 1")
    )
    assert together.cells[1].exercise == "knock83"
    assert [cell.exercise for cell in apart.cells[2:]] == ["knock83", "knock83"]


def test_a_heading_goes_before_plain_lines_and_the_first_one_counts() -> None:
    """A `#` line beats a line that begins with a number, wherever it stands; of two plain lines the first counts."""
    assert sections(markdown(0, "82. より\n## 83. ミニバッチ化"), code(1)).cells[1].exercise == "knock83"
    assert sections(markdown(0, "83. ミニバッチ化\n82. を直す"), code(1)).cells[1].exercise == "knock83"


def test_a_cell_that_ends_one_section_and_begins_the_next() -> None:
    """The heading of a section that was begun before is a look back; the new one begins."""
    found = sections(markdown(0, "## 81"), code(1), markdown(2, "## 81 結果\n良い\n## 82. 学習"), code(3))
    assert found.cells[3].exercise == "knock82"


@pytest.mark.parametrize(
    "heading", ["# 81 - 85", "## 81〜85", "# 問題81-85", "## 81, 82, 83, 84, 85", "# 81・82・83・84 と 85"]
)
def test_one_heading_for_several(heading: str) -> None:
    """What is defined tells which of them a cell answers; those without a cell of their own share the others'."""
    rnn = "class RNN(nn.Module):\n    def __init__(self):\n        self.rnn = nn.RNN(3, 4)"
    found = sections(
        markdown(0, heading), code(1, rnn), code(2, "def collate_fn(batch):\n    return pad_sequence(batch)")
    )
    assert [cell.exercise for cell in found.cells[1:]] == ["knock81", "knock83"]
    assert found.cells[1].also == ("knock82", "knock84", "knock85")


def test_a_file_for_two_problems() -> None:
    """`ex82-83.py` answers both."""
    cell = Cell(0, "code", "x = 1", file="ex82-83.py")
    assert (sections(cell).cells[0].exercise, sections(cell).cells[0].also) == ("knock82", ("knock83",))


def test_the_lesson_is_weighed_and_told() -> None:
    """What is typical of a lesson, its signs and its names count together; the report says what it was taken for."""
    source = "class GPT(nn.Module):\n    pass\nclass CausalSelfAttention(nn.Module):\n    pass\ndef generate(model, ids):\n    pass\n"
    found = sections(code(0, source))
    assert found.lesson == "transformer_lm" and "--lesson" in found.remarks[0].en


def test_another_edition_is_noticed() -> None:
    """Several problems, and nothing in them that an answer to any of them has."""
    cells = [
        part for n in range(81, 86) for part in (markdown(2 * n, f"## {n}"), code(2 * n + 1, "print(model('[MASK]'))"))
    ]
    assert sections(*cells).other_edition
    rnn = "class RNN(nn.Module):\n    def __init__(self):\n        self.rnn = nn.RNN(3, 4)\n"
    assert not sections(*cells, markdown(400, "## 81"), code(401, rnn), markdown(402, "## 86"),
                        code(403, "class CNN(nn.Module):\n    pass")).other_edition  # fmt: skip
