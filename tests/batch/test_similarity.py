"""Who shares more than the task and the class explain, and who does not."""

from __future__ import annotations

import json
import random
import re
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import nbformat.v4
import pytest
from click.testing import CliRunner

from grader.batch.gradebook.store import open_book
from grader.batch.intake import Handed
from grader.batch.intake.contents import sha256_of
from grader.batch.similarity.excused import excused
from grader.batch.similarity.fingerprints import LENGTH, WINDOW, all_hashes
from grader.batch.similarity.passages import CommonPassage
from grader.batch.similarity.search import Code, StudentCode, similar
from grader.batch.similarity.submissions import known, paper
from grader.batch.similarity.tokens import chosen_names, tokens
from grader.cli import main
from grader.model import Cell, ExerciseReport, Finding, Named, Outcome, Place, Provenance, Report, Run, Text, total
from tests import notebooks
from tests.batch.test_gradebook import BATCH
from tests.batch.test_gradebook import graded as a_result
from tests.lessons.right_knock80_89 import RIGHT

CALLS = ("view", "transpose", "softmax", "unsqueeze", "squeeze", "matmul", "permute", "mean", "sum", "clamp", "relu", "tanh",
         "gather", "scatter", "expand", "repeat", "cumsum", "argmax", "topk", "masked_fill", "contiguous", "chunk", "split")  # fmt: skip
WORDS = (
    "batch",
    "state",
    "hidden",
    "logits",
    "score",
    "weights",
    "x",
    "y",
    "h",
    "out",
    "tmp",
    "result",
    "emb",
    "pad",
    "mask",
)


def written(seed: int, functions: int = 8) -> list[str]:
    """Code as one person would write it who has talked to nobody: statements of the usual kinds, in an order of their own."""
    draw = random.Random(seed)

    def name() -> str:
        return draw.choice(WORDS)

    def value(depth: int = 0) -> str:
        kind = draw.randrange(6 if depth < 2 else 2)
        if kind < 2:
            return name() if kind else str(draw.randrange(9))
        if kind == 2:
            return f"{value(depth + 1)} {draw.choice('+-*/@')} {value(depth + 1)}"
        arguments = ", ".join(value(depth + 1) for _ in range(draw.randrange(1, 4)))
        return f"torch.{draw.choice(CALLS)}({arguments})" if kind < 5 else f"{name()}.{draw.choice(CALLS)}({arguments})"

    def statement(indent: str) -> str:
        kind = draw.randrange(6)
        if kind == 0 and len(indent) < 12:
            return f"{indent}for {name()} in range({value(1)}):\n{statement(indent + '    ')}"
        if kind == 1 and len(indent) < 12:
            return f"{indent}if {value(1)} > {value(1)}:\n{statement(indent + '    ')}"
        return f"{indent}{name()} = {value()}  # {name()}"

    cells = []
    for number in range(functions):
        body = "\n".join(statement("    ") for _ in range(draw.randrange(4, 9)))
        cells.append(f"def step{number}({name()}, {name()}):\n{body}\n    return {value()}")
    return cells


def by(student: str, cells: list[str]) -> StudentCode:
    return StudentCode(student, f"{student}.ipynb", tuple(Code(n, cell) for n, cell in enumerate(cells)))


def real(number: int) -> list[str]:
    """One of the right answers of different people to each problem, as far as there are any."""
    by_exercise: dict[str, list[str]] = {}
    for exercise, _, source in RIGHT:
        by_exercise.setdefault(exercise, []).append(source)
    return [sources[number % len(sources)] for sources in by_exercise.values()]


def class_of(size: int) -> list[StudentCode]:
    """Everybody on their own: some of the usual answers, and code of their own."""
    return [by(f"s{n:02}", [*real(n), *written(n)]) for n in range(size)]


def disguised(cells: list[str], seed: int = 1) -> list[str]:
    """Every name of the student's another one, other comments, other numbers, other order."""
    draw = random.Random(seed)
    names = {word: f"my_{word}_{n}" for n, word in enumerate((*WORDS, *(f"step{n}" for n in range(9))))}
    made = []
    for cell in cells:
        changed = re.sub(r"(?<![.\w])[a-z_]\w*", lambda m: names.get(m[0], m[0]), re.sub(r"#.*", "# mine", cell))
        made.append(f"# my own work\n\n{re.sub(r'(?<![.0-9a-z_])[0-9]', lambda m: str(int(m[0]) + 1), changed)}")
    draw.shuffle(made)
    return made


def test_a_disguised_copy_is_found_first() -> None:
    """Renamed, renumbered, commented anew and in another order: among twelve it is the one pair that is told, line by line."""
    papers = class_of(11)
    original = [cell.source for cell in papers[4].cells]
    found = similar([*papers, by("copy", disguised(original))])
    assert [(pair.first, pair.second) for pair in found] == [("s04", "copy")]
    (pair,) = found
    assert pair.overlap > 0.9 and pair.surprise is not None and pair.surprise > 5 and pair.passages
    for passage in pair.passages:
        assert_same_code(passage)
    assert pair.passages[0].first.cell != pair.passages[0].second.cell or len(pair.passages) > 5


def assert_same_code(passage: CommonPassage) -> None:
    """The lines of both sides are as many and begin alike, whatever the names."""
    one, other = passage.first.text.splitlines(), passage.second.text.splitlines()
    assert len(one) == passage.first.last - passage.first.first + 1
    shapes = [re.sub(r"#.*|[\w]+", "v", line.partition("#")[0].rstrip()) for line in (one[0], other[0])]
    assert shapes[0] == shapes[1]


def test_one_copied_part_is_found_among_own_work() -> None:
    """A third of a notebook from somebody else is found, and only that is shown."""
    papers = class_of(12)
    borrowed = written(3)[:4]
    papers[8] = by("s08", [*real(8), *written(8), *disguised(borrowed)])
    found = similar(papers)
    assert [(pair.first, pair.second) for pair in found] == [("s03", "s08")]
    own = {cell.index + 1 for cell in papers[8].cells if cell.source in written(8)}
    assert not {passage.second.cell for passage in found[0].passages} & own


def test_nobody_stands_out_in_a_class_on_its_own() -> None:
    """Thirty who share the usual answers and nothing else, and eight who share nothing: no pair is told."""
    for first in (0, 100):
        papers = [by(f"s{n}", [*real(n), *written(first + n, 5)]) for n in range(30)]
        assert similar(papers) == []
    assert similar([by(f"s{n}", written(n)) for n in range(8)]) == []


def test_the_standard_answer_is_nobodys(tmp_path: Path) -> None:
    """Twelve who fill in the stub as the lesson teaches it, each with own names, comments and order of blank lines: no pair."""
    papers = []
    for number in range(12):
        made = notebooks.solved("transformer_lm", "ja" if number % 2 else "en")
        for cell in made.cells:
            if cell.cell_type == "code" and cell.metadata["grader"].get("role") == "answer":
                cell.source = f"# by {number}\n" + re.sub(r"\bscores\b", f"s{number}", cell.source)
        path = notebooks.save(made, tmp_path, f"{number}.ipynb")
        read = paper(str(number), Handed(str(number), path))
        assert read is not None and any(cell.given for cell in read.cells)
        papers.append(read)
    assert similar(papers, known("transformer_lm")) == []
    own = [
        replace(one, cells=(*one.cells, *(Code(900 + n, c) for n, c in enumerate(written(i)))))
        for i, one in enumerate(papers)
    ]
    own[7] = replace(own[7], cells=(*papers[7].cells, *(Code(900 + n, c) for n, c in enumerate(disguised(written(2))))))
    assert [(pair.first, pair.second) for pair in similar(own, known("transformer_lm"))] == [("2", "7")]


def test_what_all_of_a_class_write_alike_is_nobodys() -> None:
    """An answer that is not ours, from the lecture perhaps: all twelve have it, nobody stands out."""
    shared = written(77)
    assert similar([by(f"s{n}", disguised(shared, n)) for n in range(12)]) == []
    assert similar([by(f"s{n}", [*shared, *written(n, 2)]) for n in range(12)]) == []


def test_too_few_to_say_what_is_usual() -> None:
    """Of two or three only what is mostly the same is told, and without a claim about the class."""
    found = similar([by("a", written(1)), by("b", disguised(written(1))), by("c", written(2))])
    assert [(pair.first, pair.second, pair.surprise) for pair in found] == [("a", "b", None)]
    assert similar([by("a", written(1)), by("b", written(2))]) == [] == similar([by("a", written(1))]) == similar([])


def test_little_work_shares_little() -> None:
    """Who wrote a few lines is not told for them, even if somebody else has the same ones."""
    few = ["def f(x):\n    return torch.softmax(x @ x.transpose(0, 1) / 3, dim=1)"]
    assert similar([by("a", few), by("b", few), *(by(f"s{n}", written(n)) for n in range(8))]) == []


LONG_LINE = (
    "pe = torch.stack([torch.sin(p / 10000 ** (2 * i / d)) if k % 2 == 0 else torch.cos(p / 10000 ** (2 * i / d)) "
    "for i in range(d // 2) for k in range(2)]).view(n, d).transpose(0, 1).contiguous().masked_fill(m, 0).unsqueeze(0)"
)


@pytest.mark.parametrize(
    "line", [LONG_LINE, f"def f(n, d, m, p):\n    {LONG_LINE}\n    return pe", LONG_LINE.replace(", ", ",\n")]
)
@pytest.mark.parametrize("own", [0, 1])
def test_one_shared_line_makes_no_pair(line: str, own: int) -> None:
    """Four with little else share one long line, on one line of the file or on many: none of the six pairs is told."""
    few = [by(f"f{n}", [line, *written(50 + n, own)]) for n in range(4)]
    assert similar([*few, *(by(f"s{n}", written(n)) for n in range(20))]) == []
    joined = "; ".join(f"t{n} = torch.{call}(a{n}, b{n}, dim={n}).{CALLS[n]}(c)" for n, call in enumerate(CALLS[3:12]))
    pair = [by("x", [joined]), by("y", disguised([joined]))]
    assert len(similar([*pair, *(by(f"s{n}", written(n)) for n in range(20))])) == 1  # nine statements are nine


def test_what_a_named_mistake_explains_is_nobodys(tmp_path: Path) -> None:
    """The line that a finding points at does not count, nor the exercise's code where it points at none; the rest does."""
    shared = "def causal_mask(T):\n" + "\n".join(f"    v{n} = torch.{call}(T, {n}).{CALLS[n + 1]}(dim=0, keepdim=True)" for n, call in enumerate(CALLS[:9]))  # fmt: skip
    cell = Cell(4, "code", shared, exercise="causal_mask")
    other = Cell(5, "code", shared, exercise="token_embedding")
    line = shared.split("\n")[3]
    for place, expected in ((None, range(1, 11)), (Place(line.strip(), 4), [4]), (Place("elsewhere", 4), range(1, 11))):
        made = named_mistake(place)
        assert excused([cell, other], made) == {4: frozenset(expected)}
    assert excused([cell], None) == {} == excused([other], named_mistake(None))
    papers = [by(name, [shared, *written(n, 2)]) for n, name in enumerate(("x", "y"))]
    class_ = [by(f"s{n}", written(10 + n)) for n in range(12)]
    assert [(p.first, p.second) for p in similar([*papers, *class_])] == [("x", "y")]
    out = [replace(p, cells=(replace(p.cells[0], excused=frozenset(range(1, 11))), *p.cells[1:])) for p in papers]
    assert similar([*out, *class_]) == []


def named_mistake(place: Place | None) -> Report:
    words = Text(en="words", ja="言葉")
    finding = Finding("c", words, Outcome.FAILED, 1, misconception=Named("m", words), place=place)
    exercise = ExerciseReport("causal_mask", words, total((finding,)), (finding,))
    made = Provenance(1, "jail", "0", "3", "2")
    return Report("n", "s", "transformer_lm", words, exercise.score, (exercise,), Run((), 0.0), made)


def test_winnowing_finds_every_passage_that_is_long_enough() -> None:
    """LENGTH + WINDOW - 1 tokens in common give a fingerprint in common, wherever they stand."""
    from grader.batch.similarity.fingerprints import hashes, winnowed

    draw = random.Random(0)
    alphabet = [f"t{n}" for n in range(200)]
    for _ in range(50):
        common = draw.choices(alphabet, k=LENGTH + WINDOW - 1)
        texts = [tuple(draw.choices(alphabet, k=draw.randrange(30)) + common + draw.choices(alphabet, k=draw.randrange(30)))
                 for _ in range(2)]  # fmt: skip
        one, other = (set(winnowed(hashes(text)).tolist()) for text in texts)
        assert one & other


def test_tokens_say_what_a_disguise_leaves() -> None:
    """Names, numbers, comments, docstrings, imports and layout go; a library's functions and the structure stay."""

    def normal(source: str) -> tuple[str, ...]:
        return tokens(source, chosen_names([source]))[0]

    one = 'import os\n%time\ndef run(xs, n=3):\n    """Doc."""\n    self.net = n  # note\n    return torch.softmax(xs, dim=-1), self.net\n'
    other = "def go(a, b=77):\n\n  self.model = b\n  return torch.softmax(a,\n     dim=-2), self.model"
    assert normal(one) == normal(other) and "softmax" in normal(one) and "net" not in normal(one)
    assert tokens(one, frozenset())[1][0] == 3
    assert normal("x = torch.relu(y)") != normal("x = torch.tanh(y)")


@pytest.mark.parametrize(
    "broken", ["def f(:\n", "'''never closed\n", "for x in y:\n  a\n b\n", "print 'two'\n$$$\n", "(\n", "\x00\n"]
)
def test_a_cell_that_does_not_parse_still_counts(broken: str) -> None:
    """The lines that can be read are read."""
    good = "value = torch.softmax(scores, dim=1)\n"
    assert "softmax" in tokens(good + broken, frozenset())[0]
    shell = "!pip install x\n%cd /content\n? help\n"
    assert tokens(shell + good, frozenset())[0] == tokens(good, frozenset())[0]


def test_the_known_answers_cover_the_solution() -> None:
    """Nothing of the solution file, nor of a known mistake in it, would count as anybody's own."""
    from grader.lessons import source

    mistaken = source.apply(
        source.text_of("transformer_lm"), "causal_mask", notebooks.edits_of("causal_mask", "one_too_many")
    )
    assert mistaken is not None
    assert all_hashes(source.split(mistaken)) <= known("transformer_lm")


@pytest.fixture
def graded(tmp_path: Path) -> Path:
    """A gradebook of six, two of whom share a disguised notebook, and the folder that they handed in."""
    (tmp_path / "class").mkdir()
    with open_book(tmp_path / "book") as book:
        batch = book.begin(replace(BATCH, source=str(tmp_path / "class")))
        for number, student in enumerate(("ann", "bob", "eve", "kim", "lee", "zoe")):
            cells = disguised(written(0)) if student == "zoe" else written(number)
            made = nbformat.v4.new_notebook(
                cells=[nbformat.v4.new_code_cell(cell, id=f"c{n}") for n, cell in enumerate(cells)]
            )
            path = notebooks.save(made, tmp_path / "class", f"{student}.ipynb")
            handed = Handed(student, path)
            (submission,) = book.hand_in(batch, [(student, path.name, sha256_of(handed), None)])
            book.record(batch, submission, "one", 1, a_result(Outcome.PASSED, Outcome.FAILED), by="g")
        book.end(batch)
    return tmp_path / "book"


def test_similar_as_typed(graded: Path) -> None:
    """From where they were graded, or from where they are now; the words say hint in both languages; gone is said."""

    def run(*args: str | Path) -> tuple[int, str]:
        words = ["book", "similar", *map(str, args), "--book", str(graded)]
        result = CliRunner(env={"COLUMNS": "160"}).invoke(main, words)
        return result.exit_code, result.output

    folder = graded.parent / "class"
    code, said = run("--lang", "en")
    assert code == 0 and "ann - zoe" in said and "not a verdict" in " ".join(said.split()) and "zoe.ipynb, cell" in said
    assert len(re.findall(r"(?m)^(?:ann|bob|eve|kim|lee|zoe) - ", said)) == 1
    assert "判定ではありません" in run("--lang", "ja")[1].replace("\n", "")
    folder.rename(graded.parent / "moved")
    assert run()[0] == 2 and "say where they are" in " ".join(run()[1].split())
    (graded.parent / "moved" / "lee.ipynb").write_text("changed since")
    code, said = run(graded.parent / "moved", "--format", "json")
    found = json.loads(said)
    assert code == 0 and found["read"] == 5 and found["left_out"] == ["lee"]
    (pair,) = found["pairs"]
    assert (pair["first"], pair["second"]) == ("ann", "zoe") and 0.9 < pair["overlap"] <= 1.0
    assert run(graded.parent / "nothing")[0] == 2


def test_items_as_typed(graded: Path) -> None:
    """Pass rates, discrimination and mistakes, as a table and as data."""
    table = CliRunner(env={"COLUMNS": "160"}).invoke(main, ["book", "items", "--book", str(graded), "--lang", "en"])
    assert table.exit_code == 0 and "100%" in table.output and "m (6)" in table.output and "-" in table.output
    data = CliRunner().invoke(main, ["book", "items", "--book", str(graded), "--format", "json"])
    found = json.loads(data.output)
    assert [item["pass_rate"] for item in found["items"]] == [1.0, 0.0] and found["lesson"] == "lesson"
    assert CliRunner().invoke(main, ["book", "items", "--book", str(graded), "--lesson", "no"]).exit_code == 2


@pytest.mark.slow
def test_a_thousand_take_seconds() -> None:
    """Ten copies among a thousand students with three hundred lines each: all found, and nobody has to wait for it."""
    papers = [by(f"s{n:04}", [*real(n), *written(n, 10)]) for n in range(990)]
    papers += [by(f"copy{n}", disguised([cell.source for cell in papers[n * 7].cells])) for n in range(10)]
    began = time.process_time()
    found = similar(papers)
    assert time.process_time() - began < 60
    assert {(pair.first, pair.second) for pair in found} == {(f"s{n * 7:04}", f"copy{n}") for n in range(10)}
