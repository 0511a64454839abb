"""A lesson from a folder through every command: a class in jails, its gradebook and page, the zip, the students' package, `check`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
import torch
from click.testing import CliRunner, Result

from grader import check, lesson_folders, lessons
from grader.authoring.begin import begin
from grader.batch.gradebook import queries
from grader.batch.gradebook.store import open_book
from grader.cli import main
from grader.errors import UsageError
from grader.grading import grade
from grader.lessons import source
from grader.model import Language
from grader.packaging.build import build
from grader.packaging.gradescope_zip import pack
from grader.packaging.student_package import release
from grader.sandbox.doctor import examine

EXERCISE = "week_3_average"
jailed = pytest.mark.skipif(not examine().safe, reason="no jail here")
# What a student may lay beside an answer in the hope that it counts: full marks, no walls, other checks.
HOPES = {
    "lesson.toml": 'title = "mine"\nexercises = []\n', "class.toml": "no-sandbox = true\n[points]\nweek_3_average = 100\n",
    "conftest.py": "raise SystemExit\n", "sitecustomize.py": "raise SystemExit\n", "usercustomize.py": "raise SystemExit\n",
}  # fmt: skip


pytestmark = pytest.mark.usefixtures("nothing_chosen")


def lesson_in(folder: Path) -> Path:
    return begin(folder / "week_3")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lesson_in(tmp_path)


def notebook(folder: Path, solved: bool = True, mistake: str = "") -> str:
    """A hand-in of the lesson: solved, with a mistake, or as it was handed out."""
    lesson_folders.use_only(folder)
    text = source.text_of("week_3")
    if mistake:
        known = lessons.exercise(EXERCISE).misconceptions
        edits = next(variant.edits for variant in known if variant.id == mistake)
        text = source.apply(text, EXERCISE, edits) or ""
    return build("week_3", text, "en", solved=solved)


def told(*words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--lang", "en"])


# --- a class -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Class:
    """A class that was graded once: Ann is right, Ben made a mistake, Cho did nothing, Dan hopes; and a lesson that is not theirs."""

    base: Path

    def again(self, *more: str) -> Result:
        lessons_of = ["--lessons", str(self.base / "lessons")]
        words = ["--book", str(self.base / "book"), "--seed", "3", "--workers", "1", "--quiet", *more]
        return told("batch", str(self.base / "hand_ins"), *lessons_of, *words)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Class, Result]:
    base = tmp_path_factory.mktemp("class")
    week_3 = lesson_in(base / "lessons")
    begin(base / "lessons" / "week_4")
    hand_ins = base / "hand_ins"
    for name, text in {
        "ann": notebook(week_3), "ben": notebook(week_3, mistake="one_too_few"),
        "cho": notebook(week_3, solved=False), "dan": notebook(week_3, mistake="one_too_few"),
    }.items():  # fmt: skip
        (hand_ins / name).mkdir(parents=True)
        (hand_ins / name / "hw.ipynb").write_text(text, encoding="utf-8")
    for name, text in HOPES.items():
        (hand_ins / "dan" / name).write_text(text)
    (hand_ins / "eve").mkdir()
    other = notebook(week_3).replace("week_3", "week_4")
    (hand_ins / "eve" / "hw.ipynb").write_text(other, encoding="utf-8")
    found = Class(base)
    return found, found.again("--out", str(base / "out"))


def scores(book: Path) -> dict[str, float | None]:
    with open_book(book, write=False) as opened:
        return {s.student: s.score.earned if s.score else None for s in queries.standings(opened)}


@pytest.mark.slow
@jailed
def test_a_class_is_graded_in_jails(graded: tuple[Class, Result]) -> None:
    """Right is right, the mistake has its name, nothing is worth nothing, and the report of each is there."""
    found, done = graded
    lines = {
        line["student"]: line
        for line in map(json.loads, filter(lambda text: text.startswith("{"), done.output.splitlines()))
    }
    assert {name: (line["lesson"], line["earned"]) for name, line in lines.items()} == {
        "ann": ("week_3", 3.0), "ben": ("week_3", 1.0), "cho": ("week_3", 0.0), "dan": ("week_3", 1.0), "eve": ("week_4", 3.0)
    }  # fmt: skip
    with open_book(found.base / "book", write=False) as opened:
        assert {(f.student, f.misconception) for f in queries.findings(opened) if f.misconception} == {
            ("ben", "one_too_few"), ("dan", "one_too_few")
        }  # fmt: skip
    pages = "".join(path.read_text("utf-8") for path in (found.base / "out").rglob("*.html"))
    assert "The window is one value too short." in pages and "A moving average" in pages


@pytest.mark.slow
@jailed
def test_what_a_student_lays_beside_it_changes_nothing_and_is_told(graded: tuple[Class, Result]) -> None:
    found, done = graded
    said = " ".join(done.output.split())
    assert "dan: Left out, because only whoever grades may set anything" in said and all(name in said for name in HOPES)
    assert scores(found.base / "book")["dan"] == scores(found.base / "book")["ben"] == 1.0


@pytest.mark.slow
@jailed
def test_the_page_of_the_class_knows_it(graded: tuple[Class, Result]) -> None:
    found, _ = graded
    page = found.base / "page.html"
    done = told(
        "book", "page", "--book", str(found.base / "book"), "--lessons", str(found.base / "lessons"), "-o", str(page)
    )
    assert done.exit_code == 0, done.output
    text = page.read_text("utf-8")
    assert "week_3" in text and "A moving average" in text


@pytest.mark.slow
@jailed
def test_a_forgotten_lesson_loses_no_score(graded: tuple[Class, Result]) -> None:
    """Without the folder of lessons nothing is graded and nothing changes; the sentence says what is missing."""
    found, _ = graded
    before = scores(found.base / "book")
    words = ("batch", str(found.base / "hand_ins"), "--book", str(found.base / "book"), "--workers", "1", "--quiet")
    done = told(*words)
    assert done.exit_code == 2 and "scores of these hand-ins for week_3, week_4" in " ".join(done.output.split())
    assert told(*words, "--dry-run").exit_code == 2 and scores(found.base / "book") == before


@pytest.mark.slow
@jailed
def test_a_lesson_that_comes_later_is_looked_for_again(graded: tuple[Class, Result], tmp_path: Path) -> None:
    """Who was unreadable because nobody knew the lesson is graded as soon as it is there, without another seed."""
    found, _ = graded
    (tmp_path / "hand_ins").mkdir()
    shutil.copy(found.base / "hand_ins" / "ann" / "hw.ipynb", tmp_path / "hand_ins" / "ann.ipynb")
    words = ("batch", str(tmp_path / "hand_ins"), "--book", str(tmp_path / "book"), "--workers", "1", "--quiet")
    assert told(*words).exit_code == 3 and scores(tmp_path / "book") == {"ann": None}
    assert told(*words, "--lessons", str(found.base / "lessons")).exit_code == 0
    assert scores(tmp_path / "book") == {"ann": 3.0}


def anew(done: Result) -> dict[str, str]:
    """Who was graded again, and in which lesson."""
    lines = [json.loads(line) for line in done.output.splitlines() if line.startswith("{")]
    return {line["student"]: line["lesson"] for line in lines if not line["unchanged"]}


@pytest.mark.slow
@jailed
def test_exactly_the_changed_lesson_is_graded_anew(graded: tuple[Class, Result], tmp_path: Path) -> None:
    """Its marks follow its checks, the other lesson's stay as they are, and so does what a person decided."""
    found, _ = graded
    check_file = found.base / "lessons" / "week_3" / f"{EXERCISE}.py"
    before = check_file.read_text()
    book = str(found.base / "book")
    marked = CliRunner().invoke(main, ["book", "mark", "cho", "1", "--book", book, "--lessons", str(found.base / "lessons"), "--check", f"{EXERCISE}.as_long_as_the_values", "--by", "ta"])  # fmt: skip
    assert marked.exit_code == 0, marked.output
    half = told("book", "mark", "ann", "1", "--book", book, "--check", f"{EXERCISE}.the_right_averages", "--by", "ta")
    assert half.exit_code == 0, half.output
    assert anew(found.again()) == {}, "nothing was changed yet"
    try:
        check_file.write_text(before.replace("@check(points=2,", "@check(points=7,"))
        ahead = " ".join(found.again("--dry-run").output.split())
        assert "stay the same share, because the lesson gives other points now: 1. ann week_3_average.the_right_averages 1 -> 3.5." in ahead  # fmt: skip
        assert anew(found.again()) == dict.fromkeys(["ann", "ben", "cho", "dan"], "week_3")
        assert scores(found.base / "book") == {"ann": 4.5, "ben": 1.0, "cho": 1.0, "dan": 1.0, "eve": 3.0}
        check_file.write_text(before.replace("as_long_as_the_values", "one_for_each"))
        lost = "The check week_3_average.as_long_as_the_values is not in the lesson any more, so marks by hand on it count nowhere: cho 1."
        for done in (found.again("--dry-run"), found.again(), told("book", "show", "cho", "--book", book, "--lessons", str(found.base / "lessons"))):  # fmt: skip
            said = " ".join(done.output.split())
            assert lost in said, done.output
    finally:
        check_file.write_text(before)


@pytest.mark.slow
@jailed
def test_points_and_weights_are_the_instructors(
    graded: tuple[Class, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """class.toml names the folder and says what the exercise is worth; the lesson is as it was."""
    found, _ = graded
    monkeypatch.chdir(tmp_path)
    lessons_of = os.path.relpath(found.base / "lessons", tmp_path)
    settings = (
        f'lessons = "{lessons_of}"\nsource = "{found.base}/hand_ins"\nbook = "b"\nseed = 3\nworkers = 1\nquiet = true\n'
    )
    Path("class.toml").write_text(f"{settings}lesson = 'week_3'\nonly = ['{EXERCISE}']\n[points]\n{EXERCISE} = 30\n")
    done = told("batch")
    assert done.exit_code in (0, 1, 4), done.output
    found_scores = scores(tmp_path / "b")
    assert (found_scores["ann"], found_scores["ben"], found_scores["cho"]) == (30.0, 10.0, 0.0)
    Path("class.toml").write_text(f"{settings}[points]\nweek_3_avarage = 30\n")
    done = told("batch")
    assert done.exit_code == 2 and "class.toml, line 8: There is no exercise week_3_avarage" in done.output, done.output


def class_toml(base: Path, text: str) -> None:
    (base / "class.toml").write_text(text, encoding="utf-8")


def test_the_lessons_of_the_class_are_known_to_every_command_that_grades_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """list, show, new and gradescope take the key `lessons` of class.toml; a typo in the file is told by its line; grading one file takes nothing from it."""
    handed = tmp_path / "handed" / "hw.ipynb"
    handed.parent.mkdir()
    handed.write_text(notebook(folder), encoding="utf-8")
    lesson_folders.use_only()
    monkeypatch.chdir(tmp_path)
    class_toml(tmp_path, 'lessons = "week_3"\nlate = "10%/day"\n')
    assert told("author", "build", "week_3").exit_code == 0
    for words in (["list"], ["show", EXERCISE], ["new", "week_3"]):
        done = told(*words)
        assert done.exit_code == 0 and "week_3" in done.output, (words, done.output)
    class_toml(handed.parent, 'lessons = "../week_3"\n')
    monkeypatch.chdir(handed.parent)
    assert told("file", "hw.ipynb").exit_code == 2, "the working folder may be a student's"
    class_toml(tmp_path, 'lessons = "week_3"\nlessens = "week_3"\n')
    done = told("list", "--class", str(tmp_path / "class.toml"))
    assert done.exit_code == 2 and "class.toml, line 2: There is no key lessens" in done.output, done.output


def test_the_zip_for_gradescope_has_the_points_of_the_class(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Points and what students see come from class.toml or the command line; what is said there of other lessons is left out, and a name that is none is refused."""
    monkeypatch.chdir(tmp_path)
    class_toml(
        tmp_path,
        f'lessons = "week_3"\nshow = "points"\nhide = ["{EXERCISE}.the_right_averages", "causal_mask"]\n[points]\n{EXERCISE} = 30\ncausal_mask = 9\n',
    )
    done = told("gradescope", "week_3", "--no-sandbox")
    assert done.exit_code == 0 and "Set the assignment's points to 30." in done.output, done.output
    with zipfile.ZipFile(tmp_path / "autograder.zip") as archive:
        kept = json.loads(archive.read("settings.json"))
    assert kept["points"] == {EXERCISE: 30.0} and kept["show"] == "points"
    assert kept["hide"] == [f"{EXERCISE}.the_right_averages"]
    done = told("gradescope", "week_3", "--points", "causal_mask=3")
    assert done.exit_code == 2 and "There is no exercise causal_mask in what is graded" in done.output
    assert "class.toml" not in done.output, "the command line said it"
    class_toml(tmp_path, 'lessons = "week_3"\nexercises = ["causal_mask"]\n')
    done = told("gradescope", "week_3")
    assert done.exit_code == 2 and "none of them is of week_3" in done.output, done.output


def test_one_file_can_be_worth_other_points(folder: Path, tmp_path: Path) -> None:
    """`--points` scales what a report says, and `--show points` leaves the mistake out of it."""
    path = tmp_path / "hw.ipynb"
    path.write_text(notebook(folder, mistake="one_too_few"), encoding="utf-8")
    words = ["file", str(path), "--lessons", str(folder), "--points", f"{EXERCISE}=30", "--format", "json"]
    report = json.loads(told(*words).stdout)
    assert (report["score"]["earned"], report["score"]["possible"]) == (10.0, 30.0)
    cut = json.loads(told(*words, "--show", "points").stdout)
    hidden = json.loads(told(*words, "--hide", f"{EXERCISE}.the_right_averages").stdout)
    seen = {finding["check"]: bool(finding["misconception"]) for finding in hidden["exercises"][0]["findings"]}
    assert hidden["score"] == report["score"] and not seen["the_right_averages"] and hidden["exercises"]
    done = told(*words, "--hide", f"{EXERCISE}.the_right_averagse")
    assert done.exit_code == 2 and "There is no check week_3_average.the_right_averagse; there are" in done.output
    findings = [finding for exercise in cut["exercises"] for finding in exercise["findings"]]
    assert cut["score"] == report["score"] and not any(finding["misconception"] for finding in findings)


# --- one hand-in -------------------------------------------------------------------------------


def zipped(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return path


@pytest.mark.parametrize("packed", [lambda path: path, zipped], ids=["folder", "zip"])
def test_a_single_hand_in_sets_nothing(folder: Path, tmp_path: Path, packed: Callable[[Path], Path]) -> None:
    """A folder or a zip with files of the grader's own names is worth what its notebook is worth, and says what was left out."""
    handed = tmp_path / "handed"
    handed.mkdir()
    (handed / "hw.ipynb").write_text(notebook(folder, mistake="one_too_few"), encoding="utf-8")
    for name, text in HOPES.items():
        (handed / name).write_text(text)
    report = grade(packed(handed), 3)
    assert (report.score.earned, report.score.possible) == (1.0, 3.0)
    (remark,) = (remark for remark in report.remarks if remark.en.startswith("Left out"))
    assert all(name in remark.en and name in remark.ja for name in HOPES)


def test_a_notebook_of_a_lesson_that_is_not_here_says_how_to_name_it(folder: Path, tmp_path: Path) -> None:
    """Where the notebook tells of its lesson, the sentence has its name; in both cases it has --lessons."""
    text = notebook(folder).replace("moving_average", "smoothed").replace("week_3_average", "week_3_smooth")
    lesson_folders.use_only()
    for name, written in {"hw": text, "untold": text.replace('"lesson": "week_3"', '"about": "week_3"')}.items():
        (tmp_path / f"{name}.ipynb").write_text(written, encoding="utf-8")
    done = told("file", str(tmp_path / "hw.ipynb"))
    assert done.exit_code == 2 and "hw.ipynb is a notebook of the lesson week_3, which is not here" in done.output
    assert "--lessons DIR" in done.output
    done = told("file", str(tmp_path / "untold.ipynb"))
    assert done.exit_code == 2 and "does not say which lesson it is" in done.output and "--lessons DIR" in done.output


def test_the_command_line_comes_before_the_class(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """class.toml names a copy of the lesson: --lessons, or the variable, is taken in its place, whichever is read first."""
    shutil.copytree(folder, tmp_path / "copy" / "week_3")
    (tmp_path / "hand_ins" / "ann").mkdir(parents=True)
    (tmp_path / "hand_ins" / "ann" / "hw.ipynb").write_text(notebook(folder), encoding="utf-8")
    (tmp_path / "class.toml").write_text('lessons = "copy"\n')
    monkeypatch.chdir(tmp_path)
    words = ("batch", "hand_ins", "--dry-run")
    for more in (("--lessons", "week_3"), ("--class", "class.toml", "--lessons", "week_3"), ()):
        lesson_folders.use_only()
        done = told(*words, *more)
        assert done.exit_code == 0 and "1 notebooks would be graded" in done.output, done.output
        assert lesson_folders.chosen() == (folder if more else tmp_path / "copy",)
    monkeypatch.setenv("GRADE_LESSONS", str(folder))
    lesson_folders.use_only()
    assert told(*words).exit_code == 0 and lesson_folders.chosen() == (folder,)


def test_nothing_but_such_files_is_no_hand_in(folder: Path, tmp_path: Path) -> None:
    handed = tmp_path / "handed"
    handed.mkdir()
    (handed / "conftest.py").write_text("")
    done = told("file", str(handed), "--lessons", str(folder))
    assert done.exit_code == 3 and "holds no notebook" in done.output, done.output


# --- what is handed on -------------------------------------------------------------------------


@pytest.mark.slow
def test_the_zip_for_gradescope_grades_it(folder: Path, tmp_path: Path) -> None:
    """Unpacked where no lesson of this folder is to be seen, it names the mistake."""
    lesson_folders.use_only(folder)
    (tmp_path / "a.zip").write_bytes(pack("week_3", (), "en", sandbox=False))
    tree = tmp_path / "autograder"
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extractall(tree / "source")
    (tree / "submission").mkdir()
    (tree / "submission" / "hw.ipynb").write_text(notebook(folder, mistake="one_too_few"), encoding="utf-8")
    environment = {**os.environ, "AUTOGRADER_ROOT": str(tree), "AUTOGRADER_PYTHON": sys.executable}
    subprocess.run(
        [sys.executable, tree / "source" / "run_autograder"], cwd=tree, env=environment, check=True, capture_output=True
    )
    found = json.loads((tree / "results" / "results.json").read_text("utf-8"))
    assert found["score"] == 1.0 and any("one value too short" in test["output"] for test in found["tests"])


@pytest.mark.slow
def test_the_students_package_has_it_without_its_answer(folder: Path, tmp_path: Path) -> None:
    """Checks and names go out; the solution, the edits and the other right answers do not. It checks there."""
    lesson_folders.use_only(folder)
    assert told("author", "build", str(folder)).exit_code == 0
    wheel = release(tmp_path / "dist", (EXERCISE,))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
        texts = "\n".join(
            archive.read(name).decode("utf-8", "replace") for name in archive.namelist() if "week_3" in name
        )
    assert "as_long_as_the_values" in texts and "one value too short" in texts
    assert "sum(window)" not in texts and "statistics.mean" not in texts
    answer = "def moving_average(values, width):\n    return [sum(values[max(0, p - width + 2) : p + 1]) / 3 for p in range(len(values))]\n"
    code = f"from grader import check\n{answer}print(check('{EXERCISE}', lang='en'))\n"
    code += (
        "from grader import lesson_folders as folders; print(folders.found()['week_3'].notebook('en').read_text()[:1])"
    )
    environment = {"PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), str(Path(torch.__file__).parents[1])])}
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert (
        done.returncode == 0
        and "A moving average" in done.stdout
        and "1 / 3" in done.stdout
        and done.stdout.endswith("{\n")
    ), done.stdout + done.stderr


@pytest.mark.slow
def test_release_asks_the_lessons_of_the_folder(folder: Path, tmp_path: Path) -> None:
    """Nobody waits for the lessons that come with the grader, and it is said which notebook goes out with the wheel."""
    words = ("release", "--lessons", str(folder), "-o", str(tmp_path / "dist"))
    done = told(*words)
    assert done.exit_code == 0 and f"grade author build {folder}" in done.output, done.output
    assert [line for line in done.output.splitlines() if line.startswith("asking")] == [f"asking {EXERCISE}"]
    assert told("author", "build", str(folder)).exit_code == 0
    done = told(*words)
    assert f"Hand out with it: {folder / 'notebooks' / 'en' / 'week_3.ipynb'}" in done.output, done.output


# --- in a notebook -----------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "words"), [("ja", "課題 week_3 の入った採点プログラムが必要です"), ("en", "need the grader with the lesson week_3")], ids=["ja", "en"])  # fmt: skip
def test_a_grader_without_the_lesson_stops_no_notebook(
    folder: Path, language: Language, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each check is one sentence that says what to install for this lesson; where the lesson is, it checks."""
    lesson_folders.use_only(folder)
    made = nbformat.reads(build("week_3", source.text_of("week_3"), language), as_version=4)
    cells = [cell.source for cell in made.cells if cell.cell_type == "code"]
    run = "\n\n".join(cell for cell in cells if "moving_average(" not in cell) + f"\nhint('{EXERCISE}')"
    lesson_folders.use_only()
    exec(run, {"__name__": "__main__"})
    assert capsys.readouterr().out.count(words) == 2
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "grader", None)
        exec(run, {"__name__": "__main__"})
    assert capsys.readouterr().out.count(words) == 2
    monkeypatch.setenv("GRADE_LESSONS", str(folder))
    scope: dict[str, object] = {"__name__": "__main__"}
    exec(run, scope)
    assert scope["check"] is check and not capsys.readouterr().out


def test_check_sees_the_folders_of_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a notebook there is no --lessons; the variable is looked at each time, and the lesson is as it is now."""
    lesson_folders.use_only()
    answer = "def moving_average(values, width):\n    return [0.0] * len(values)\n"
    scope: dict[str, object] = {"__name__": "__main__", "check": check}
    exec(answer, scope)
    with pytest.raises(UsageError, match="no exercise called week_3_average"):
        eval(f"check('{EXERCISE}', lang='en')", scope)
    monkeypatch.setenv("GRADE_LESSONS", str(folder))
    found = eval(f"check('{EXERCISE}', lang='en')", scope)
    assert (found.report.score.earned, found.report.score.possible) == (1.0, 3.0)
    module = folder / f"{EXERCISE}.py"
    module.write_text(module.read_text().replace("points=1", "points=5"))
    assert eval(f"check('{EXERCISE}', lang='en')", scope).report.score.earned == 5.0
    module.write_text("TITLE = (")
    with pytest.raises(UsageError, match=r"week_3_average\.py, line 1"):
        eval(f"check('{EXERCISE}', lang='en')", scope)
