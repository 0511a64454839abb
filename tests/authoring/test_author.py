"""`grade author`: a new lesson works, and what is wrong with one is said with file and line."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result

from grader import lesson_folders, lessons
from grader.authoring.trial import try_lesson
from grader.cli import main
from grader.lesson_folders import lessons_of

EXERCISE = "week_3_average.py"


pytestmark = pytest.mark.usefixtures("nothing_chosen")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert author("new", str(tmp_path / "week_3")).exit_code == 0
    return tmp_path / "week_3"


def author(*words: str) -> Result:
    return CliRunner().invoke(main, ["author", *words, "--lang", "en"])


def tried(folder: Path) -> Result:
    return author("test", str(folder), "--mutants", "0")


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_a_new_lesson_is_ready(folder: Path) -> None:
    """As it is made, it keeps every demand, small changes of its answer included."""
    done = author("test", str(folder))
    assert done.exit_code == 0 and "The lesson is ready." in done.output, done.output
    assert "4 mistakes lose points and are called by their names" in done.output


def test_what_is_there_is_not_overwritten(folder: Path) -> None:
    done = author("new", str(folder))
    assert done.exit_code == 2 and "already there" in done.output
    assert author("new", str(folder.with_name("3 weeks"))).exit_code == 2


def test_its_notebook_is_made_and_handed_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`build` makes the notebook without the answer, and `grade new` puts it where one stands."""
    assert author("build", str(folder)).exit_code == 0
    monkeypatch.chdir(folder.parent)
    done = CliRunner().invoke(main, ["new", "week_3", "--lessons", str(folder), "--lang", "ja"])
    assert done.exit_code == 0, done.output
    notebook = nbformat.read(folder.parent / "week_3.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    assert notebook.metadata["grader"]["lesson"] == "week_3" and "raise NotImplementedError" in text
    assert "sum(window)" not in text and 'check("week_3_average")' in text


def test_a_preview_names_the_mistake(folder: Path) -> None:
    done = author("preview", str(folder), "--mistake", "one_too_few")
    assert done.exit_code == 0 and "The window is one value too short." in done.output and "1 / 3" in done.output
    assert "3 / 3" in author("preview", str(folder)).output
    done = author("preview", str(folder), "--mistake", "week_3_average.one_too_few")
    assert "The window is one value too short." in done.output, done.output
    done = author("preview", str(folder), "--mistake", "one_too_fw")
    assert done.exit_code == 2 and "There is no mistake one_too_fw" in done.output


BROKEN = {
    "an edit that fits nowhere": ('edit("/ len(window)", "/ width")', 'edit("/ len(windows)", "/ width")',
                                  r"{file}:5\d: the edit of divided_by_the_width fits nowhere: '/ len\(windows\)' stands 0 times"),
    "a right answer that is wrong": ('"statistics.mean(window)"', '"statistics.mean(windows)"',
                                     r"{file}:4\d: the right answer with_mean does not pass the_right_averages"),
    "a right answer that is right for itself alone": ('"statistics.mean(window)"', '"statistics.median(window)"',
                                     r"{file}:4\d: the right answer with_mean agrees with itself alone: .* does not pass the_right_averages"),
    "a mistake that is right": ('"range(1, len(values))"', '"range(0, len(values))"',
                                r"{file}:6\d: the mistake without_the_first fails no check"),
    "a mistake told twice": ('edit("[-width:]", "[-width - 1 :]"),', 'edit("[-width:]", "[-width + 1 :]"),',
                                  r"{file}:5\d: the mistake one_too_few gets no name"),
    "a check that cannot fail": ('AVERAGES = ', '@check(points=1)\ndef is_there(student: Student, draw: Draw) -> None:\n    '
                                 '"""It can be called."""\n    student.call("moving_average", [1.0], 3)\n\n\nAVERAGES = ',
                                 r"{file}:1\d: no mistake fails the check is_there"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_is_told_with_file_and_line(folder: Path, name: str) -> None:
    """The sentence says what is wrong, beginning with the place where it is to be mended."""
    old, new, said = BROKEN[name]
    change(folder / EXERCISE, old, new)
    done = tried(folder)
    assert done.exit_code == 1, done.output
    assert any(re.search(said.format(file=EXERCISE.replace(".", r"\.")), line) for line in done.output.splitlines()), (
        done.output
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "@check(points=1)",
            '@check(points="two")',
            r":\d+: the check as_long_as_the_values has points='two'; write a number",
        ),
        ("@check(points=1)", "@check(points=-1)", r"has points=-1; write a number"),
        ("@check(points=1)", '@check(points=float("nan"))', r"has points=nan; write a number"),
        ('NAMES = ("moving_average",)', 'NAMES = "moving_average"', r"line \d+: NAMES must be a tuple of texts"),
        ('TITLE = Text(en="A moving average")', 'TITLE = "A moving average"', r"line \d+: TITLE must be Text"),
    ],
)
def test_a_declaration_of_another_kind_is_told(folder: Path, old: str, new: str, said: str) -> None:
    """Points that are no number, or names that are one text, are said with file and line by every command, and never as a traceback."""
    change(folder / EXERCISE, old, new)
    listed = CliRunner().invoke(main, ["list", "--lessons", str(folder), "--lang", "en"])
    for done in (tried(folder), listed):
        assert done.exit_code != 0 and not isinstance(done.exception, TypeError | ValueError), done.exception
        assert EXERCISE in done.output and re.search(said.replace(r":\d+: ", ""), " ".join(done.output.split())), (
            done.output
        )


def test_what_is_found_for_some_draws_only_is_told_as_luck(folder: Path) -> None:
    """A mistake that the inputs hide now and then, or that then gets another name, would make a mark hang on luck: a fault like others."""
    change(
        folder / EXERCISE,
        "    length, width = draw.sizes(2)\n",
        "    length, width = draw.sizes(2)\n    width = 1 if draw.number(0, 2) else width\n",
    )
    done = tried(folder)
    assert done.exit_code == 1, done.output
    said = re.findall(rf"{re.escape(EXERCISE)}:\d+: with (\d) of 5 draws of the inputs the mistake (\w+) ", done.output)
    assert {name for _, name in said} >= {"divided_by_the_width"} and all(0 < int(times) < 5 for times, _ in said), (
        done.output
    )
    assert "hang on luck" in done.output
    assert "of 1 draws" not in author("test", str(folder), "--mutants", "0", "--draws", "1").output


HEADER = '# %% exercise="week_3_average" role="answer"'
END = "    return averages\n    # END SOLUTION\n"
SECOND = (
    "\n\ndef moving_sum(values, width):\n    # BEGIN SOLUTION\n    return [sum(values[:width])]\n    # END SOLUTION\n"
)
WRONG_CELLS = {
    "an answer without a role": ({HEADER: '# %% exercise="week_3_average"'}, 17, 'this cell has no role, so students would get the answer in it'),
    "a role that is none": ({HEADER: '# %% exercise="week_3_average" role="anwser"'}, 17, 'there is no role="anwser". There are: answer, demo, setup, notes'),
    "a demonstration that is none": ({'role="demo"': 'role="demoo"'}, 29, 'there is no role="demoo"'),
    "an answer as a demonstration": ({HEADER: '# %% exercise="week_3_average" role="setup"'}, 17, 'this cell has role="setup", so students would get'),
    "an exercise that there is not": ({HEADER: '# %% exercise="week_3_avrage" role="answer"'}, 17, 'exercise="week_3_avrage" is no exercise of this lesson. There are: week_3_average.'),
    "an answer of no exercise": ({HEADER: '# %% role="answer"'}, 17, "this answer does not say of which exercise it is"),
    "a language that there is not": ({'[markdown] exercise=': '[markdown] lang="jp" exercise='}, 10, 'lang="jp" is no language'),
    "other quotes": ({HEADER: "# %% exercise='week_3_average' role='answer'"}, 17, 'exercise is written exercise="...", in double quotes'),
    "spaces": ({HEADER: '# %% exercise = "week_3_average" role="answer"'}, 17, 'exercise is written exercise="..."'),
    "a header that only one reader reads": ({HEADER: HEADER.replace("# %%", "#%%")}, 17, "a cell begins with `# %%` and a space"),
    "a demonstration that would run at once": ({'if __name__ == "__main__":\n    print': 'print'}, 29, 'a demonstration begins with `if __name__ == "__main__":`'),
    "no end": ({"    # END SOLUTION\n": ""}, 20, "BEGIN SOLUTION has no END SOLUTION after it in this cell"),
    "no end before the next": ({END: "    return averages\n" + SECOND}, 29, "BEGIN SOLUTION stands within the one of line 20"),
    "no beginning": ({"    # BEGIN SOLUTION\n": ""}, 25, "END SOLUTION has no BEGIN SOLUTION before it"),
    "one in another": ({"    for place": "    # BEGIN SOLUTION\n    for place"}, 22, "BEGIN SOLUTION stands within the one of line 20"),
    "a mark in other words": ({"# BEGIN SOLUTION": "### begin solution"}, 20, "`### begin solution` is not read; write `# BEGIN SOLUTION`"),
    "no marks": ({"    # BEGIN SOLUTION\n": "", "    # END SOLUTION\n": ""}, 17, "this answer has no BEGIN SOLUTION and END SOLUTION"),
    "the answer among the imports": ({HEADER: '# %% exercise="week_3_average"', "    # BEGIN SOLUTION\n": "", "    # END SOLUTION\n": ""}, 18, "week_3_average asks for moving_average, but students would get it whole"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_CELLS)
def test_an_answer_is_never_handed_out_by_a_slip(folder: Path, name: str) -> None:
    """What would give the answer away, or drop a part of it, is refused with its line: by `test`, and by `build`, which writes nothing."""
    changes, line, said = WRONG_CELLS[name]
    for old, new in changes.items():
        change(folder / "solution.py", old, new)
    done = tried(folder)
    assert done.exit_code == 1 and f"solution.py:{line}: {said}" in done.output, done.output
    assert len(done.output.splitlines()) < 6, done.output
    done = author("build", str(folder))
    assert done.exit_code == 3 and f"solution.py, line {line}: {said}" in done.output, done.output
    assert not (folder / "notebooks").exists()


def test_part_of_an_answer_that_is_given_whole_is_told(folder: Path) -> None:
    """Two functions are asked for, and one of them has nothing left out."""
    change(folder / EXERCISE, 'NAMES = ("moving_average",)', 'NAMES = ("moving_average", "moving_sum")')
    change(folder / "solution.py", END, END + "\n\ndef moving_sum(values, width):\n    return [sum(values[:width])]\n")
    done = tried(folder)
    assert done.exit_code == 1 and "solution.py:29: week_3_average asks for moving_sum, but" in done.output, done.output


def test_a_function_that_is_not_asked_for_may_be_given(folder: Path) -> None:
    """A helper in a cell without a role belongs to the notebook."""
    change(folder / "solution.py", '# %% [markdown] exercise=', "# %%\ndef halved(value):\n    return value / 2\n\n\n# %% [markdown] exercise=")  # fmt: skip
    assert "The lesson is ready." in tried(folder).output


WRONG_CHECKS = {
    "a name that is not there": ("    values, width = drawn(draw)\n", "    values, width = drawn(drew)\n",
                                 29, "the check as_long_as_the_values itself breaks when it is put to the solution: NameError: name 'drew' is not defined"),
    "a wrong argument of ours, in a function of the author's": ("draw.sizes(2)", "draw.sizes((2, 2))",
                                 20, "the check as_long_as_the_values itself breaks when it is put to the solution: TypeError"),
    "a name that nobody has": ('student.call("moving_average", values', 'student.call("moving_averag", values',
                                 30, "the check as_long_as_the_values asks for moving_averag, which the solution does not define. Is moving_average meant?"),
    "an argument too few": ('"moving_average", values, width)', '"moving_average", values)',
                                 30, "the solution raises an error when the check as_long_as_the_values asks it: TypeError"),
    "too much asked": ("len(averages) != len(values)", "len(averages) == len(values)",
                                 33, "the solution does not pass the check as_long_as_the_values: For"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_CHECKS)
def test_a_fault_in_a_check_is_said_once_with_its_line(folder: Path, name: str) -> None:
    """The author reads one sentence with a line of their own, and nothing of whose fault it is not."""
    old, new, line, said = WRONG_CHECKS[name]
    change(folder / EXERCISE, old, new)
    done = tried(folder)
    assert done.exit_code == 1 and f"{EXERCISE}:{line}: {said}" in done.output, done.output
    assert "1 thing to mend." in done.output and "not your fault" not in done.output
    assert len(done.output.splitlines()) < 6, done.output


def test_a_right_answer_may_have_other_values_for_a_reason(folder: Path) -> None:
    """Whoever accepts another design says why, in the lesson, where a colleague reads it."""
    change(folder / EXERCISE, '"statistics.mean(window)"', '"statistics.median(window)"')
    change(folder / EXERCISE, "import statistics\\n\\n    averages = []\"),\n)", "import statistics\\n\\n    averages = []\"),\n    other_values=\"a running median smooths too\",\n)")  # fmt: skip
    done = tried(folder)
    assert "agrees with itself alone" not in done.output and "1 other right answers earn every point" in done.output


def test_a_stub_that_earns_points_is_told(folder: Path) -> None:
    """What is handed out already gives a list as long as the values, which is worth a point."""
    solution = folder / "solution.py"
    change(solution, "    for place in range(len(values)):", "    for place in range(len(values)):  # STUB: averages = [0.0] * len(values)")  # fmt: skip
    change(solution, "    return averages\n    # END SOLUTION\n", "    # END SOLUTION\n    return averages\n")
    done = tried(folder)
    assert done.exit_code == 1 and "the untouched notebook earns 1 points here" in done.output, done.output


def test_a_notebook_that_cannot_be_handed_out_is_told(folder: Path) -> None:
    """A blank that leaves no Python behind is one sentence with the file, not a stack of frames."""
    solution = folder / "solution.py"
    change(
        solution, "    for place in range(len(values)):", "    for place in range(len(values)):  # STUB: averages = ["
    )
    done = tried(folder)
    assert done.exit_code == 3 and "solution.py" in done.output and "as it is handed out" in done.output, done.output


@pytest.mark.parametrize("like", ["city_rain", "softmax_regression"])
def test_a_sample_may_be_begun_from(tmp_path: Path, like: str) -> None:
    """It is copied whole under another name, and is a lesson of that name."""
    done = author("new", str(tmp_path / "mine"), "--like", like)
    assert done.exit_code == 0 and "mine/lesson.toml" in done.output, done.output
    listed = CliRunner().invoke(main, ["list", "--lessons", str(tmp_path / "mine")])
    assert listed.exit_code == 0 and "mine" in listed.output.split(), listed.output
    done = author("new", str(tmp_path / "other"), "--like", "city_snow")
    assert done.exit_code == 2 and "There is no sample lesson city_snow. There are: city_rain, softmax_regression." in done.output  # fmt: skip
    assert not (tmp_path / "other").exists()


def test_what_builds_on_a_faulty_exercise_waits(tmp_path: Path) -> None:
    """Its own checks are put to the solution; its mistakes are not, because they would be put down to the earlier exercise."""
    assert author("new", str(tmp_path / "mine"), "--like", "softmax_regression").exit_code == 0
    change(tmp_path / "mine" / "softmax_scores.py", 'student.call("softmax", draw', 'student.call("sofmax", draw')
    lesson_folders.use_only(tmp_path / "mine")
    lesson = lessons.lesson("mine")
    two = tuple(one for one in lesson.exercises if one.id in ("softmax_scores", "softmax_gradient"))
    (folder,) = lessons_of(tmp_path / "mine")
    asked = list(try_lesson(folder, replace(lesson, exercises=two), 0))
    told = [(demand.where, bool(demand.faults)) for demand in asked]
    assert told == [("mine", False), ("softmax_scores", True), ("softmax_gradient", False)]
    assert "asks for sofmax" in asked[1].faults[0].text.en


GIVEN = {
    "a failure's own": ('raise Failure(Text(en="no"), Text(en="no"), misconception="{name}")', "Failure"),
    "a changed argument": ('recompute.untouched((), (), ("x",), {{"x": "{name}"}})', "recompute"),
    "a changed argument, by name": ('recompute.untouched((), (), ("x",), mistakes={{"x": "{name}"}})', "recompute"),
    "what was kept": ('recompute.steady(student, lambda: 1, Text(en="x"), kept="{name}", random=None)', "recompute"),
}


@pytest.mark.parametrize("name", GIVEN)
def test_a_name_that_a_check_gives_is_a_mistake_of_the_exercise(folder: Path, name: str) -> None:
    """Misspelled, it would leave what fails without its name; the line is said. Spelled right, nothing is."""
    code, imported = GIVEN[name]
    text = (folder / EXERCISE).read_text(encoding="utf-8")
    for given, faulty in (("one_too_fev", True), ("one_too_few", False)):
        more = f"\n\ndef helper(student):\n    {code.format(name=given)}\n"
        (folder / EXERCISE).write_text(text.replace("import ", f"import {imported}, ", 1) + more, encoding="utf-8")
        done = tried(folder)
        said = re.search(r"week_3_average\.py:\d+: this gives the name one_too_fev", " ".join(done.output.split()))
        assert bool(said) is faulty and done.exit_code == int(faulty), done.output


def test_a_text_in_another_language_than_the_lesson_is_told(folder: Path) -> None:
    """Advice: the lesson works, but its students would read a sentence in Japanese."""
    change(folder / EXERCISE, 'TITLE = Text(en="A moving average"', 'TITLE = Text(ja="移動平均です"')
    done = tried(folder)
    assert done.exit_code == 0 and "TITLE is in Japanese, and the lesson is not" in done.output, done.output


PLACE = '# %% [markdown] role="notes"\n# Our own words.\n'
ASKED = '\n[notes]\ntitle = "Why"\npoints = 2\nasks = "The reason is there."\n'
NOTES = {
    "points that nobody can earn": (ASKED, "", r"solution\.py:\d+: lesson\.toml has reading notes worth 2 points"),
    "a cell that nobody reads": ("", PLACE, r"solution\.py:\d+: nobody would read what is written here"),
    "a region that does not end": (ASKED, PLACE + "# BEGIN SOLUTION\n", r"solution\.py:\d+: BEGIN SOLUTION has no END"),
}


@pytest.mark.parametrize("name", NOTES)
def test_reading_notes_have_a_place_and_a_reader(folder: Path, name: str) -> None:
    """Points without a cell to write in, and a cell without points, are faults: everybody would get nothing, or would not be read."""
    asked, place, said = NOTES[name]
    with (folder / "lesson.toml").open("a") as toml, (folder / "solution.py").open("a") as solution:
        toml.write(asked)
        solution.write(f"\n\n{place}")
    done = tried(folder)
    assert done.exit_code == 1 and re.search(said, done.output), done.output


def test_reading_notes_keep_the_question_and_lose_the_answer(folder: Path) -> None:
    """In text and in code, what stands between the marks is a blank and the rest is handed out; without marks the whole cell is a blank."""
    with (folder / "lesson.toml").open("a") as toml, (folder / "solution.py").open("a") as solution:
        toml.write(ASKED)
        solution.write(
            '\n\n# %% [markdown] role="notes"\n# **Why two?**\n#\n# BEGIN SOLUTION\n# Because of one.\n# END SOLUTION\n'
            '# %% role="notes"\n# Draw it.\n# BEGIN SOLUTION\ndrawn = 1\n# END SOLUTION\n'
            '# %% role="notes"\nplotted = sorted([no_such_name]) if __name__ == "nowhere" else 2\n' + PLACE
        )
    assert tried(folder).exit_code == 0 and author("build", str(folder)).exit_code == 0
    notebook = nbformat.read(folder / "notebooks" / "en" / "week_3.ipynb", as_version=4)
    texts = [cell.source for cell in notebook.cells if cell.metadata.get("grader", {}).get("role") == "notes"]
    assert texts == [
        "**Why two?**\n\n(Write here.)",
        "# Draw it.\n# write your code here",
        "# write your code here",
        "(Write here.)",
    ]


@pytest.mark.parametrize("kind", ["check", "mistake"])
def test_one_name_for_two_is_told(folder: Path, kind: str) -> None:
    """The first of two checks, or of two mistakes, with one name would be lost in silence: the line of the second is said."""
    path = folder / EXERCISE
    text = path.read_text(encoding="utf-8")
    head = (
        r"@check\(.*\n(?:@.*\n)*def \w+[\s\S]*?(?=\n\n\n|\Z)"
        if kind == "check"
        else r"^\w+ = misconception\([\s\S]*?\n\)\n"
    )
    again = re.search(head, text, re.MULTILINE)
    assert again is not None
    path.write_text(f"{text}\n\n{again[0]}\n", encoding="utf-8")
    done = tried(folder)
    assert done.exit_code != 0 and re.search(
        r"line \d+: \w+ is there already, in line \d+", " ".join(done.output.split())
    )
