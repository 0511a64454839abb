"""Lessons from folders: found, loaded, digested and packed as ours are."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from grader import lesson_folders, lessons
from grader.authoring.begin import begin
from grader.batch.cache_key import digest, fingerprint
from grader.errors import AuthoringError, GraderError, UsageError
from grader.judge.judging import judge
from grader.lessons import source
from grader.model import Outcome, Submission
from grader.packaging.gradescope_zip import pack
from grader.sandbox.local import LocalSandbox
from grader.sandbox.warm import container

pytestmark = pytest.mark.usefixtures("nothing_chosen")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return begin(tmp_path / "week_3")


def test_ours_are_folders_like_any_other() -> None:
    """Every lesson of the package has a lesson.toml that names its exercises, and a solution that lies where it says."""
    for name, folder in lesson_folders.found().items():
        assert folder.file.is_file() and lessons.load(name).exercises and folder.solution and folder.notebooks.is_dir()
        assert folder.languages == ("ja", "en") and folder.minutes


def test_a_folder_is_a_lesson_or_holds_some(folder: Path) -> None:
    """The lesson's folder, or the one that it lies in."""
    for chosen in (folder, folder.parent):
        lesson_folders.use_only(chosen)
        assert [e.id for e in lessons.lesson("week_3").exercises] == ["week_3_average"]
    lesson_folders.use_only()
    assert "week_3" not in lessons.names()


def test_words_in_one_language_serve_for_both(folder: Path) -> None:
    """What is written in English only is said in English to everybody."""
    lesson_folders.use(folder)
    exercise = lessons.exercise("week_3_average")
    for text in (exercise.title, exercise.checks[0].text, exercise.misconceptions[0].explanation):
        assert text is not None and text.en and text.ja == text.en


def test_its_mistakes_are_named(folder: Path) -> None:
    """The judge knows no difference between a lesson of ours and one from elsewhere."""
    lesson_folders.use(folder)
    exercise = lessons.exercise("week_3_average")
    for variant in exercise.misconceptions:
        scope = source.namespace("week_3", exercise.id, variant.edits)
        assert scope is not None
        with LocalSandbox(scope) as sandbox:
            submission = Submission("x", "0" * 64, "en", "week_3", ())
            findings = judge(submission, sandbox, lessons.lesson("week_3"), seed=3).exercises[0].findings
        assert {f.misconception.id for f in findings if f.outcome is Outcome.FAILED and f.misconception} == {variant.id}


def test_a_changed_check_is_seen_at_once(folder: Path) -> None:
    """Another digest for exactly this lesson, and the check as it is now, also in a process that goes on."""
    other = begin(folder.with_name("week_4"))
    lesson_folders.use_only(folder, other)
    before = {name: digest(name) for name in lessons.names()}
    workers = fingerprint()
    assert lessons.exercise("week_3_average").points == 3
    check = folder / "week_3_average.py"
    check.write_text(check.read_text().replace("points=2", "points=9"))
    lesson_folders.use_only(folder, other)
    assert {name for name in lessons.names() if digest(name) != before[name]} == {"week_3"} and fingerprint() != workers
    assert lessons.exercise("week_3_average").points == 10
    assert not list(folder.rglob("__pycache__")), "nothing is written into an author's folder"


def test_the_jail_shows_nothing_of_it(folder: Path) -> None:
    """Its files are among those that are tried from inside, and a package of lessons among the packages is covered."""
    lesson_folders.use(folder)
    assert {folder / "week_3_average.py", folder / "solution.py", folder / "lesson.toml"} <= set(container.answers())
    assert "solution.py" in container.digests()
    assert not container.is_shown(str(folder), container.steps())


def test_a_package_names_its_lessons(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point is enough; the package is found and not run, and its own folder is out of sight."""
    package = tmp_path / "site" / "our_course"
    begin(package / "lessons" / "week_5")
    (package / "__init__.py").write_text("raise RuntimeError('nobody asked for this')")
    info = tmp_path / "site" / "our_course-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: our-course\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[notebook_grader.lessons]\ncourse = our_course.lessons\n")
    monkeypatch.syspath_prepend(str(package.parent))
    caches = (lesson_folders.installed, lesson_folders.found_in, lessons.catalogue_at)
    for cached in caches:
        cached.cache_clear()
    try:
        assert lessons.lesson("week_5").exercises and package.resolve() in lesson_folders.hidden_places()
    finally:
        for cached in caches:
            cached.cache_clear()


def test_the_gradescope_zip_takes_it_along(folder: Path) -> None:
    """It lies beside ours in there, with its solution, and is found in the same way; other people's lessons stay at home."""
    other = begin(folder.with_name("week_4"))
    lesson_folders.use(folder, other)
    packed = zipfile.ZipFile(io.BytesIO(pack("week_3", (), "en", sandbox=True)))
    names = packed.namelist()
    assert len(names) == len(set(names))
    wanted = {f"grader/lessons/week_3/{name}" for name in ("lesson.toml", "solution.py", "week_3_average.py")}
    assert wanted | {"grader/_solutions/bert.py", "grader/lessons/bert/lesson.toml"} <= set(names)
    assert not [name for name in names if "week_4" in name]


BROKEN = {
    "a syntax error": ("week_3_average.py", "@check(points=1)", "@check(points=1", r"week_3_average\.py, line 2\d: .*never closed"),
    "an error of its own": ("week_3_average.py", "TITLE = ", "1 / 0\nTITLE = ", r"week_3_average\.py, line \d: ZeroDivisionError"),
    "no title": ("week_3_average.py", "TITLE = ", "TITEL = ", r"week_3_average\.py, line 1: there is no TITLE"),
    "no docstring": ("week_3_average.py", '    """There is one average for each value."""\n', "", r"week_3_average\.py, line 2\d: the check as_long"),
    "no such key": ("lesson.toml", "minutes", "minuets", r"lesson\.toml, line 5: minuets is no key of a lesson. Did you mean minutes\?"),
    "a key that is needed, misspelled": ("lesson.toml", "exercises =", "exercices =", r"lesson\.toml, line 4: exercices is no key of a lesson\. Did you mean exercises\?"),
    "no toml": ("lesson.toml", '["week_3_average"]', '["week_3_average"', r"lesson\.toml, line \d: no TOML"),
    "no such module": ("lesson.toml", '"week_3_average"', '"week_3_mean"', r"lesson\.toml, line 4: there is no week_3_mean\.py"),
    "a solution that is elsewhere": ("lesson.toml", "minutes", 'solution = "answer.py"\nminutes', r"lesson\.toml, line 5: the solution file .*answer\.py is not there"),
    "a solution that is no Python": ("solution.py", "def moving_average(", "def moving average(", r"solution\.py, line 1\d: "),
    "no reference": ("week_3_average.py", 'NAMES = ("moving_average",)', 'NAMES = ("moving_average", "median")', r"week_3_average\.py, line 6: the solution .*solution\.py defines no median"),
    "a rubric that is no list": ("lesson.toml", "minutes = [20, 30]  # reading and writing", 'minutes = [20, 30]\n[notes]\ntitle = "Why"\npoints = 2\nrubric = "a"', r"lesson\.toml, line 9: rubric must be a list"),
    "no points for the notes": ("lesson.toml", "minutes = [20, 30]  # reading and writing", 'minutes = [20, 30]\n[notes]\ntitle = "Why"', r"lesson\.toml, line 6: points must be a number above zero"),
    "no such key of the notes": ("lesson.toml", "minutes = [20, 30]  # reading and writing", 'minutes = [20, 30]\n[notes]\ntitle = "Why"\npoints = 2\nrubrik = ["a"]', r"lesson\.toml, line 9: rubrik is no key of \[notes\]\. Did you mean rubric\? There are: asks, points, rubric, title"),
    "a title of the notes that is none": ("lesson.toml", "minutes = [20, 30]  # reading and writing", 'minutes = [20, 30]\n[notes]\npoints = 2\ntitle = 3', r"lesson\.toml, line 8: title must be a text"),
    "no text": ("lesson.toml", '"week_3"', "3", r"lesson\.toml, line 2: title must be a text"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_lesson_gets_file_and_line(folder: Path, name: str) -> None:
    """Whatever is wrong with it, the sentence says where, in both languages."""
    file, old, new, said = BROKEN[name]
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    lesson_folders.use(folder)
    with pytest.raises(AuthoringError, match=said) as caught:
        lessons.catalogue()
    assert "行目" in caught.value.in_("ja")


def test_two_lessons_of_one_id(folder: Path, tmp_path: Path) -> None:
    """Both files are named."""
    other = begin(tmp_path / "other" / "week_3")
    lesson_folders.use(folder, other)
    with pytest.raises(AuthoringError, match=f"{folder}.*{other}.*line"):
        lessons.catalogue()


def test_two_exercises_of_one_id(folder: Path, tmp_path: Path) -> None:
    """The second one's list is named with its line."""
    text = (folder / "lesson.toml").read_text()
    (folder / "week_3_average.py").rename(folder / "causal_mask.py")
    (folder / "lesson.toml").write_text(text.replace("week_3_average", "causal_mask"))
    lesson_folders.use(folder)
    with pytest.raises(
        AuthoringError, match=r"lesson\.toml, line 4: the exercise causal_mask is one of the lesson transformer_lm"
    ):
        lessons.catalogue()


def test_a_folder_without_lessons_is_a_usage_error(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError) as caught:
            lesson_folders.use(place)
        assert isinstance(caught.value, GraderError) and caught.value.in_("ja") != str(caught.value)
