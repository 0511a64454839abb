"""Folders and zips as LMSs give them: whose notebook it is, what goes with it, and what is told."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.batch.intake import Layout, TakenIn, take_in
from grader.batch.intake.contents import contents
from grader.batch.intake.git_clones import committed
from grader.batch.intake.hand_in import Member, SourceListing
from grader.batch.intake.layouts import bundles, detect
from grader.errors import SubmissionError, UsageError
from tests.batch.intake.archives import packed, put

ROOT = Path(__file__).parents[3]


def taken(
    tmp_path: Path, *files: str | tuple[str, bytes], layout: Layout | None = None, zipped: bool = True
) -> TakenIn:
    """A zip or folder of these files, taken in. The notebooks can be read while it is open, which is tried."""
    members = [(f, f.encode()) if isinstance(f, str) else f for f in files]
    source = tmp_path / "given"
    if zipped:
        put(source.with_suffix(".zip"), packed(*members))
    for name, content in () if zipped else members:
        put(source / name, content)
    with take_in(source.with_suffix(".zip") if zipped else source, layout) as found:
        assert all(contents(one) for one in found.handed)
    return found


def whose(found: TakenIn) -> list[tuple[str, str]]:
    return [(one.student, one.file) for one in found.handed]


def told(found: TakenIn) -> str:
    return " ".join(note.en for note in found.told())


MOODLE = ("山田 太郎_101_assignsubmission_file_/課題.ipynb", "Ann Lee_102_assignsubmission_file_/sub/hw.ipynb", "Ann Lee_102_assignsubmission_file_/sub/d.csv")  # fmt: skip
FLAT = ("山田 太郎_101_assignsubmission_file_課題.ipynb", "Ann Lee_102_assignsubmission_file_hw.ipynb")
CANVAS = ("leeann_55_901_hw-1.ipynb", "leeann_55_901_data.csv", "yamadataro_LATE_56_902_hw.ipynb")
GOOGLE = ("Ann Lee - hw.ipynb", "山田 太郎 - 課題 - 最終.ipynb")
PLAIN = ("ann/hw.ipynb", "ann/d.csv", "bob.ipynb", "notes.txt")
EVERY = [
    (Layout.MOODLE, MOODLE, [("Ann Lee", "hw.ipynb"), ("山田 太郎", "課題.ipynb")]),
    (Layout.MOODLE, FLAT, [("Ann Lee", "hw.ipynb"), ("山田 太郎", "課題.ipynb")]),
    (Layout.CANVAS, CANVAS, [("leeann", "hw-1.ipynb"), ("yamadataro", "hw.ipynb")]),
    (Layout.GOOGLE, GOOGLE, [("Ann Lee", "hw.ipynb"), ("山田 太郎", "課題 - 最終.ipynb")]),
    (Layout.PLAIN, PLAIN, [("ann", "hw.ipynb"), ("bob", "bob.ipynb")]),
]


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize(("layout", "files", "expected"), EVERY)
def test_every_layout_is_told_from_its_names(
    tmp_path: Path, layout: Layout, files: tuple[str, ...], expected: list[tuple[str, str]], zipped: bool
) -> None:
    """Whose it is, under the name the student gave the file; the layout is said; one outermost folder changes nothing."""
    found = taken(tmp_path, *files, zipped=zipped)
    assert sorted(whose(found)) == expected and found.layout is layout and "Read as" in told(found)
    wrapped = taken(tmp_path / "w", *(f"given/{name}" for name in files), zipped=zipped or layout is Layout.PLAIN)
    assert sorted(whose(wrapped)) == expected


def test_data_goes_with_its_notebook(tmp_path: Path) -> None:
    """What lies in the notebook's own folder, or is the same Canvas student's, under the student's own names."""
    (_, ann) = taken(tmp_path, *MOODLE).handed
    lee = taken(tmp_path / "c", *CANVAS)
    assert [name for name, _ in ann.beside] == ["d.csv"]
    data = {one.student: [name for name, _ in one.beside] for one in lee.handed}
    assert data == {"leeann": ["data.csv"], "yamadataro": []}


def test_what_the_lms_calls_them_is_kept(tmp_path: Path) -> None:
    """Moodle's participant, Canvas's user and submission, the folder or prefix as it was, and the mark of lateness."""
    taro = taken(tmp_path, *FLAT).handed[0]
    assert taro.identity == {"name": "山田 太郎", "moodle_participant": "101", "folder": "山田 太郎_101_assignsubmission_file_", "file": "課題.ipynb"}  # fmt: skip
    late = next(one for one in taken(tmp_path / "c", *CANVAS).handed if one.late)
    assert late.identity["canvas_user"] == "56" and late.identity["canvas_submission"] == "902"
    assert late.identity["folder"] == "yamadataro_LATE_56_902_"


def test_nobody_hands_in_for_somebody_else(tmp_path: Path) -> None:
    """A file that a student named after another student stays that student's own."""
    moodle = taken(tmp_path, "Eve_1_assignsubmission_file_Ann_2_assignsubmission_file_x.ipynb")
    canvas = taken(tmp_path / "c", "eve_1_2_ann_3_4_x.ipynb")
    google = taken(tmp_path / "g", "Eve - Ann - x.ipynb")
    assert [whose(found)[0][0] for found in (moodle, canvas, google)] == ["Eve", "eve", "Eve"]


def test_two_students_of_one_name_stay_two(tmp_path: Path) -> None:
    """They get the LMS's number, or six characters, and it is told."""
    found = taken(tmp_path, "Ann_1_assignsubmission_file_/a.ipynb", "Ann_2_assignsubmission_file_/a.ipynb")
    assert {s for s, _ in whose(found)} == {"Ann (1)", "Ann (2)"} and "Several students are called Ann" in told(found)
    hidden = taken(tmp_path / "p", "ann/a.ipynb", "a\u202enn/a.ipynb")
    assert len({s for s, _ in whose(hidden)}) == 2


def test_a_students_own_zip_is_one_hand_in(tmp_path: Path) -> None:
    """Opened once, refused where it is a bomb, read where it is whole; it was handed in when the zip was."""
    inner = packed(
        ("hw/a.ipynb", b"a"), ("hw/d.csv", b"d"), ("hw/more.zip", packed(("b.ipynb", b"b"))), when=(2031, 1, 1, 0, 0, 0)
    )
    bomb = packed(*((f"{n}.txt", b"") for n in range(2001)))
    found = taken(tmp_path, ("Ann_1_assignsubmission_file_/hw.zip", inner), ("Eve_2_assignsubmission_file_/hw.zip", bomb), ("Bob_3_assignsubmission_file_/hw.zip", b"PK"))  # fmt: skip
    (ann,) = found.handed
    assert (ann.student, ann.file, {name for name, _ in ann.beside}) == ("Ann", "a.ipynb", {"d.csv", "more.zip"})
    assert ann.when == datetime(2026, 11, 20, 12).astimezone(UTC)
    assert "Eve/hw.zip holds 2001 files" in told(found) and "Bob/hw.zip is not a readable zip" in told(found)


def test_what_is_not_as_the_layout_says_is_told(tmp_path: Path) -> None:
    """Odd names are read as plain ones and listed; a hand-in without a notebook and stray files are named."""
    found = taken(tmp_path, *FLAT, "eve.ipynb", "index.html", "Tom_9_assignsubmission_onlinetext_/onlinetext.html")
    assert ("eve", "eve.ipynb") in whose(found)
    for words in ("Not named as Moodle names it", "eve", "nobody's notebook: index.html", "Tom handed in no notebook"):
        assert words in told(found), words
    assert all(note.ja and note.ja != note.en for note in found.told())


def test_a_person_may_say_the_layout(tmp_path: Path) -> None:
    """--layout plain takes names as they are."""
    found = taken(tmp_path, *GOOGLE, layout=Layout.PLAIN)
    assert whose(found)[0] == ("Ann Lee - hw", "Ann Lee - hw.ipynb")


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    """Neither to files nor to folders, and it is told."""
    put(tmp_path / "secret" / "x.ipynb", b"x")
    put(tmp_path / "given" / "ann" / "a.ipynb", b"a")
    (tmp_path / "given" / "eve").symlink_to(tmp_path / "secret")
    (tmp_path / "given" / "ann" / "passwd").symlink_to("/etc/passwd")
    with take_in(tmp_path / "given") as found:
        assert [(one.student, one.beside) for one in found.handed] == [("ann", ())]
        assert "Links are not followed: ann/passwd, eve" in told(found)


def test_names_on_disk_that_are_no_text(tmp_path: Path) -> None:
    """A folder unpacked without care for cp932 is read as what it was."""
    folder = os.fsencode(tmp_path) + b"/given/" + "山田".encode("cp932")
    os.makedirs(folder)
    with open(folder + b"/" + "課題.ipynb".encode("cp932"), "wb") as file:
        file.write(b"x")
    with take_in(tmp_path / "given") as found:
        assert whose(found) == [("山田", "課題.ipynb")]


def test_the_private_folder_is_gone_afterwards(tmp_path: Path) -> None:
    """However the block is left, and nobody else could look into it meanwhile."""
    put(tmp_path / "a.zip", packed(("ann.ipynb", b"x")))
    seen: list[Path] = []

    def interrupted() -> None:
        with take_in(tmp_path / "a.zip") as found:
            seen.append(next(p for p in found.handed[0].path.parents if p.name == "in"))
            assert seen[0].stat().st_mode & 0o777 == 0o700
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not seen[0].parent.exists()


def test_what_cannot_be_taken_in_is_said(tmp_path: Path) -> None:
    """No such source, no zip, a zip without a notebook: a sentence each."""
    put(tmp_path / "page.zip", b"<html>")
    put(tmp_path / "none.zip", packed(("a.txt", b"x")))
    for name, error, words in (
        ("gone.zip", UsageError, "no folder and no zip"),
        ("page.zip", SubmissionError, "not a readable zip"),
        ("none.zip", UsageError, "no notebooks"),
    ):
        with pytest.raises(error, match=words), take_in(tmp_path / name):
            pass


# -- clones -------------------------------------------------------------------------------------------

WHO = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}


def clone(folder: Path, when: str = "2026-11-20T10:00:00+0900") -> Path:
    """A repository with one commit at that time, packed as a clone is."""
    put(folder / "hw.ipynb", b"{}")
    environment = {"PATH": os.defpath, "HOME": str(folder), "GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when, **WHO}
    for command in ("init -q -b main", "add hw.ipynb", "commit -q -m hw", "gc -q", "pack-refs --all"):
        subprocess.run(["git", *command.split()], cwd=folder, env=environment, check=True)
    return folder


def test_clones_of_github_classroom(tmp_path: Path) -> None:
    """The login is what follows the assignment's name, hyphens and all; the time is that of the last commit."""
    for login in ("ann", "bob-b"):
        clone(tmp_path / "lab-1-submissions" / f"lab-1-{login}")
    with take_in(tmp_path / "lab-1-submissions") as found:
        assert found.layout is Layout.GITHUB
        assert [(o.student, o.identity["login"], o.identity["folder"]) for o in found.handed] == [
            ("ann", "ann", "lab-1-ann"),
            ("bob-b", "bob-b", "lab-1-bob-b"),
        ]
        assert {one.when for one in found.handed} == {datetime(2026, 11, 20, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("top", "folders", "students"),
    [
        ("lab-1-submissions", ("lab-1-ann", "lab-1-bob-b"), ["ann", "bob-b"]),
        ("lab-1", ("lab-1-ann-main", "lab-1-bob-b-main"), ["ann", "bob-b"]),
        ("given", ("lab-1-ann", "lab-1-bob-b", "lab-1-cyd"), ["ann", "bob-b", "cyd"]),
        ("given", ("lee-ann", "lee-bob"), ["lee-ann", "lee-bob"]),
        ("given", ("2026-001", "2026-002", "2026-003"), ["2026-001", "2026-002", "2026-003"]),
        ("hw", ("hw-ann", "bob"), ["bob", "hw-ann"]),
    ],
)
@pytest.mark.parametrize("zipped", [True, False])
def test_repositories_without_git(
    tmp_path: Path, top: str, folders: tuple[str, ...], students: list[str], zipped: bool
) -> None:
    """Downloaded as zips: known by what follows the assignment's name. Their files have the time of the download, which is none."""
    names = [f"{top}/{folder}/hw.ipynb" for folder in folders]
    put(tmp_path / "x.zip", packed(*((name, b"{}") for name in names)))
    for name in names:
        put(tmp_path / name, b"{}")
    with take_in(tmp_path / ("x.zip" if zipped else top)) as found:
        assert sorted(one.student for one in found.handed) == students
        if found.layout is Layout.GITHUB:
            assert not any(one.when for one in found.handed) and "No commit (.git)" in told(found)
        assert (found.layout is Layout.PLAIN) is (sorted(folders) == students)


def test_a_clones_own_configuration_runs_nothing(tmp_path: Path) -> None:
    """Programs that a .git names for git to run are not run; the time is read all the same. Rubbish gives no time."""
    folder = clone(tmp_path / "hw-eve")
    trap = put(tmp_path / "trap.sh", f"#!/bin/sh\ntouch {tmp_path}/sprung\n".encode())
    trap.chmod(0o755)
    with (folder / ".git" / "config").open("a") as file:
        file.write(
            f"[core]\nfsmonitor = {trap}\nhooksPath = {tmp_path}\npager = {trap}\n[gpg]\nprogram = {trap}\n[log]\nshowSignature = true\n"
        )
    put(folder / ".git" / "hooks" / "post-checkout", trap.read_bytes()).chmod(0o755)
    assert committed(folder / ".git") == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert not (tmp_path / "sprung").exists()
    for head in (b"ref: refs/../../../secret", b"0" * 40, b"\xff\xfe", b"ref: refs/heads/none"):
        put(folder / ".git" / "HEAD", head)
        assert committed(folder / ".git") is None


# -- names back and forth -------------------------------------------------------------------------------

# How long it takes to draw the examples depends on what else the machine does; the table of all characters is made once, in the first.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PERSON = st.text(st.characters(categories=["L", "Zs"], exclude_characters="\u3000"), min_size=1, max_size=20).filter(
    lambda t: t.strip()
)
FILE = st.text(st.characters(categories=["L", "N", "Pd", "Zs"]), min_size=1, max_size=20).map(lambda t: f"{t}.ipynb")
NUMBER = st.integers(0, 10**9).map(str)


@UNHURRIED
@given(PERSON, NUMBER, FILE, st.booleans())
def test_moodle_names_back_and_forth(name: str, number: str, file: str, flat: bool) -> None:
    """Whatever the student and the file are called, name, number and file come back."""
    between = "_" if flat else "_/"
    found = SourceListing("x", (Member(f"{name}_{number}_assignsubmission_file{between}{file}", Path("x")),))
    assert detect(found) is Layout.MOODLE
    ((bundle,), _) = bundles(found, Layout.MOODLE)
    assert bundle.unique == number and bundle.files[0].name == file and bundle.clear


@UNHURRIED
@given(st.text(st.characters(categories=["Ll", "Lo"]), min_size=1, max_size=20), NUMBER, NUMBER, FILE, st.booleans())
def test_canvas_names_back_and_forth(name: str, user: str, submission: str, file: str, late: bool) -> None:
    """Name, both numbers, the file and the mark of lateness come back."""
    found = SourceListing("x", (Member(f"{name}{'_LATE' if late else ''}_{user}_{submission}_{file}", Path("x")),))
    ((bundle,), _) = bundles(found, detect(found))
    assert bundle.identity["canvas_user"] == user and bundle.identity["canvas_submission"] == submission
    assert bundle.files[0].late is late and bundle.files[0].name == file and bundle.identity["name"]


# -- a disk that is full ----------------------------------------------------------------------------------

FULL = """
mount -t tmpfs -o size=300k none "$1" || exit 77
"$2" -c '
import sys, tempfile; from pathlib import Path
from grader.batch import scratch
from grader.batch.intake import take_in
from grader.errors import GraderError
scratch.base = lambda: Path(sys.argv[1])
try:
    with take_in(Path(sys.argv[2])): print("IN")
except GraderError as error: print("SAID", error)
print("LEFT", *Path(sys.argv[1]).iterdir())
' "$1" "$3"
"""


def test_no_room_to_unpack_is_said(tmp_path: Path) -> None:
    """On a real small disk: a sentence that says where there is no room, and nothing is left there."""
    put(tmp_path / "a.zip", packed(("ann.ipynb", os.urandom(1 << 20))))
    (tmp_path / "small").mkdir()
    command = [
        "unshare",
        "-rm",
        "sh",
        "-c",
        FULL,
        "sh",
        str(tmp_path / "small"),
        sys.executable,
        str(tmp_path / "a.zip"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    assert "SAID The zip cannot be unpacked" in done.stdout and "make room" in done.stdout, done
    assert done.stdout.splitlines()[-1].split() == ["LEFT"], done
