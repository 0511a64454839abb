"""Which files are one submission, and which of several counts: by the LMS's numbers, by times, by suffixes, else as a proposal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.batch.intake import Handed, Layout, take_in
from tests.batch.intake.archives import put
from tests.batch.intake.handins import (
    BROKEN,
    FIRST,
    MISTAKEN,
    POSITIONAL,
    SCRIPT,
    SECOND,
    SECOND_WRONG,
    STUB,
    STUBS,
    WHOLE,
    notebook,
)
from tests.batch.intake.timed import EVENING, MORNING, zipped


def taken(tmp_path: Path, *files: tuple[str, bytes] | tuple[str, bytes, tuple[int, ...]], zone: object = None) -> dict[str, list[Handed]]:  # fmt: skip
    """Everybody's submissions from a zip of these, each with the time of its file, the one that counts last."""
    with take_in(put(tmp_path / "hw.zip", zipped(*files))) as found:
        mine: dict[str, list[Handed]] = {}
        for one in found.handed:
            mine.setdefault(one.student, []).append(one)
        return {student: sorted(several, key=lambda one: one.attempt) for student, several in mine.items()}


MOODLE = "Anna Berg_11_assignsubmission_file_/"
BLACKBOARD = "HW 3_aberg_attempt_2026-11-"
BRIGHTSPACE = "1234-5678 - Anna Berg - Nov "
DECIDED = [
    # Moodle: the time of each file
    ("Anna Berg", [(f"{MOODLE}a.ipynb", WHOLE, EVENING), (f"{MOODLE}b.ipynb", MISTAKEN, MORNING)], "a.ipynb"),
    ("Anna Berg", [(f"{MOODLE}hw.ipynb", MISTAKEN), (f"{MOODLE}hw (1).ipynb", WHOLE)], "hw (1).ipynb"),
    ("Anna Berg", [(f"{MOODLE}z_stub.ipynb", STUB, EVENING), (f"{MOODLE}a.ipynb", WHOLE, MORNING)], "a.ipynb"),
    ("Anna Berg", [(f"{MOODLE}a.ipynb", WHOLE, MORNING), (f"{MOODLE}b.ipynb", BROKEN, EVENING)], "a.ipynb"),
    # Canvas: the last number, though all times are that of the download; a mark of lateness changes nothing
    ("bergann", [("bergann_55_950_zz.ipynb", WHOLE), ("bergann_55_1001_aa.ipynb", MISTAKEN)], "aa.ipynb"),
    ("bergann", [("bergann_LATE_55_902_hw-1.ipynb", WHOLE), ("bergann_55_901_hw.ipynb", MISTAKEN)], "hw-1.ipynb"),
    ("anon_ABcd1", [("LATE_anon_ABcd1_903_hw-1.ipynb", WHOLE), ("anon_ABcd1_901_hw.ipynb", MISTAKEN)], "hw-1.ipynb"),
    # Blackboard, Brightspace: the time in the name, not that of the file
    ("aberg", [(f"{BLACKBOARD}20-09-00-00_hw.ipynb", WHOLE, MORNING), (f"{BLACKBOARD}19-23-00-00_hw.ipynb", MISTAKEN, EVENING)], "hw.ipynb"),
    ("Anna Berg", [(f"{BRIGHTSPACE}9, 2026 1159 PM/hw.ipynb", MISTAKEN), (f"{BRIGHTSPACE}10, 2026 1201 AM/hw.ipynb", WHOLE)], "hw.ipynb"),
]  # fmt: skip


@pytest.mark.parametrize(("student", "files", "counts"), DECIDED)
@pytest.mark.parametrize("turned", [False, True])
def test_the_later_one_counts(
    tmp_path: Path, student: str, files: list[tuple[str, bytes]], counts: str, turned: bool
) -> None:
    """Whatever the order of the names in the zip; nothing about it is in doubt, and the earlier one is kept."""
    found = taken(tmp_path, *(reversed(files) if turned else files))[student]
    assert len(found) == 2 and found[-1].file == counts and not found[-1].doubt
    right = next(one for one in found if one.file == counts) if found[0].file != found[1].file else found[-1]
    assert right is found[-1]


PARTS = [
    [(f"{MOODLE}1.ipynb", FIRST), (f"{MOODLE}2.ipynb", SECOND)],
    [(f"{MOODLE}p/1.ipynb", FIRST), (f"{MOODLE}q/1.ipynb", SECOND)],
    [(f"{MOODLE}1.ipynb", FIRST), (f"{MOODLE}mask.py", SCRIPT)],
    [(f"{MOODLE}1.ipynb", notebook(positional_encoding=POSITIONAL, causal_mask=STUBS["causal_mask"])), (f"{MOODLE}2.ipynb", SECOND)],
    [("Ann/1.ipynb", FIRST), ("Ann/2.ipynb", SECOND), ("Ann/3.ipynb", BROKEN)],
    [("bergann_55_901_1.ipynb", FIRST), ("bergann_55_902_2.ipynb", SECOND)],
    [(f"{BLACKBOARD}19-10-00-00_1.ipynb", FIRST), (f"{BLACKBOARD}20-10-00-00_2.ipynb", SECOND)],
    [("Sheet 1/Submissions/Berg_Anna_aberg_301/1.ipynb", FIRST), ("Sheet 1/Submissions/Berg_Anna_aberg_301/2.ipynb", SECOND)],
    [("Berg_Anna_aberg_301/1.ipynb", FIRST), ("Berg_Anna_aberg_301/2.ipynb", SECOND)],
]  # fmt: skip


@pytest.mark.parametrize("files", PARTS)
def test_parts_are_one_submission(tmp_path: Path, files: list[tuple[str, bytes]]) -> None:
    """Notebooks and scripts that answer different exercises, in any layout, also with a stub of the rest or a bad file beside."""
    (found,) = taken(tmp_path, *files).values()
    assert len(found[-1].parts) == 2 and " + " in found[-1].file and not found[-1].doubt
    assert len({name for name, _ in found[-1].parts}) == 2
    assert len(found) == len(files) - 1  # a file that cannot be read stays a submission of its own, and does not count


def test_a_part_handed_in_again_takes_its_place(tmp_path: Path) -> None:
    """The later mask counts with the positional encoding from before, and the earlier mask stays as a submission."""
    found = taken(
        tmp_path,
        ("bergann_55_901_1.ipynb", FIRST),
        ("bergann_55_902_2.ipynb", SECOND_WRONG),
        ("bergann_55_950_2-1.ipynb", SECOND),
    )["bergann"]
    assert [one.file for one in found] == ["2.ipynb", "1.ipynb + 2-1.ipynb"]
    assert found[-1].identity["canvas_submission"] == "950"


UNDECIDED = [
    [(f"{MOODLE}a.ipynb", WHOLE), (f"{MOODLE}b.ipynb", MISTAKEN)],
    [("Berg_Anna_aberg_301/final.ipynb", WHOLE), ("Berg_Anna_aberg_301/really.ipynb", MISTAKEN)],
    [("Berg_Anna_aberg_301/a.ipynb", WHOLE, EVENING), ("Berg_Anna_aberg_301/b.ipynb", MISTAKEN, MORNING)],
]


@pytest.mark.parametrize("files", UNDECIDED)
def test_what_nothing_tells_is_a_proposal(tmp_path: Path, files: list[tuple[str, bytes]]) -> None:
    """Two different answers of one time, or in a layout without times: one is proposed, and it is said to be that."""
    (found,) = taken(tmp_path, *files).values()
    assert len(found) == 2 and found[-1].doubt


def test_the_more_complete_one_is_proposed(tmp_path: Path) -> None:
    """Of two that differ in one exercise, where nothing tells which is later, the one that answers more."""
    found = taken(tmp_path, (f"{MOODLE}b.ipynb", SECOND_WRONG), (f"{MOODLE}a.ipynb", WHOLE))["Anna Berg"]
    assert found[-1].file == "a.ipynb" and found[-1].doubt


def test_the_same_answer_twice_is_no_doubt(tmp_path: Path) -> None:
    """A notebook and its copy, or itself as a script: nobody has to decide anything."""
    copy = notebook("again", positional_encoding=POSITIONAL)
    found = taken(tmp_path, (f"{MOODLE}a.ipynb", FIRST), (f"{MOODLE}b.ipynb", copy))["Anna Berg"]
    assert not found[-1].doubt


def test_what_lies_around_everything_is_no_student(tmp_path: Path) -> None:
    """Two folders around an ILIAS class, with its own table beside; Brightspace's flat names, in other forms of a date."""
    ilias = taken(tmp_path, ("Sheet/In/Berg_Anna_aberg_301/hw.ipynb", WHOLE), ("Sheet/In/Cole_Ben_bcole_302/hw.ipynb", WHOLE), ("Sheet/status.xlsx", b""))  # fmt: skip
    assert set(ilias) == {"Anna Berg", "Ben Cole"}
    dates = ("Sep 4, 2024 926 PM", "24 September 2024 1226", "2024年9月24日 0926")
    flat = taken(tmp_path, *((f"1-2 - S{n} - {date} - hw.ipynb", WHOLE) for n, date in enumerate(dates)))
    with take_in(tmp_path / "hw.zip") as found:
        assert [one.when.minute for one in found.handed if one.when] == [26, 26, 26] and len(flat) == 3


def test_helpers_are_no_submission(tmp_path: Path) -> None:
    """A script that answers nothing goes along with the notebook; scripts in which nothing is known are one submission."""
    found = taken(tmp_path, (f"{MOODLE}hw.ipynb", WHOLE), (f"{MOODLE}plots.py", b"import torch\n"))["Anna Berg"]
    assert [one.file for one in found] == ["hw.ipynb"] and [name for name, _ in found[0].beside] == ["plots.py"]
    (alone,) = taken(tmp_path, (f"{MOODLE}a.py", b"x = 1\n"), (f"{MOODLE}b.py", b"y = 2\n"))["Anna Berg"]
    assert [name for name, _ in alone.parts] == ["a.py", "b.py"]


def test_a_canvas_zip_has_no_times(tmp_path: Path) -> None:
    """Nor has one of ILIAS; the others have theirs, in the zone that was said."""
    from grader.batch.intake.late import zone

    files = {
        Layout.CANVAS: "bergann_55_901_hw.ipynb",
        Layout.ILIAS: "Berg_Anna_aberg_301/hw.ipynb",
        Layout.MOODLE: f"{MOODLE}hw.ipynb",
        Layout.BLACKBOARD: f"{BLACKBOARD}20-09-30-00_hw.ipynb",
        Layout.BRIGHTSPACE: f"{BRIGHTSPACE}20, 2026 930 AM/hw.ipynb",
    }
    hours = {}
    for layout, name in files.items():
        with take_in(put(tmp_path / "x.zip", zipped((name, WHOLE, MORNING))), zone=zone("Asia/Tokyo")) as found:
            assert found.layout is layout
            hours[layout] = found.handed[0].when and found.handed[0].when.isoformat()[11:16]
            said = " ".join(note.en for note in found.told())
            assert ("carry no times" in said) is (hours[layout] is None) is ("Asia/Tokyo" not in said)
    assert hours == {
        Layout.CANVAS: None, Layout.ILIAS: None, Layout.MOODLE: "00:00", Layout.BLACKBOARD: "00:30", Layout.BRIGHTSPACE: "00:30",
    }  # fmt: skip


def test_what_is_no_notebook_is_told_by_kind(tmp_path: Path) -> None:
    """Who handed in what instead, and what to ask for."""
    names = ("hw.html", "hw.pdf", "hw.rar", "hw.ipynb.txt", "scan.jpg", "link.url", "notes.xyz")
    files = [(f"S{n}_{n}_assignsubmission_file_/{name}", b"x") for n, name in enumerate(names)]
    with take_in(put(tmp_path / "hw.zip", zipped(("Good_99_assignsubmission_file_/a.ipynb", WHOLE), *files))) as found:
        said = [note.en for note in found.notes]
    for name, words in zip(names, ("a web page", "a document", "an archive", "another ending", "a picture", "a link", "no notebook"), strict=True):  # fmt: skip
        assert any(name in line and words in line and "Ask for" in line for line in said), (name, said)


def test_blackboards_own_file_tells_the_name(tmp_path: Path) -> None:
    """The .txt of an attempt is neither a student's nor data; it says who it is, also where the login has an underscore."""
    about = b"Name: Anna Berg (a_berg)\nAssignment: HW_3\n"
    stem = "HW_3_a_berg_attempt_2026-11-20-10-11-12"
    with take_in(put(tmp_path / "hw.zip", zipped((f"{stem}_hw.ipynb", WHOLE), (f"{stem}.txt", about)))) as found:
        (one,) = found.handed
        assert (one.student, one.identity["login"], one.beside, found.notes) == ("Anna Berg", "a_berg", (), ())


@pytest.mark.parametrize(
    "when", ["20 März 2026 1011", "20. mars 2026 1011", "20 de marzo de 2026 1011", "20 maart 2026 1011"]
)
def test_brightspace_names_months_in_its_language(tmp_path: Path, when: str) -> None:
    """The time is that of the name; where a month is in no known language, that is said of its student."""
    names = (f"1000-55 - Anna Berg - {when}/hw.ipynb", "1001-55 - Ben Cole - 20 Xyzzy 2026 1011/hw.ipynb")
    with take_in(put(tmp_path / "hw.zip", zipped(*((name, WHOLE) for name in names))), zone=UTC) as found:
        assert [one.when for one in found.handed] == [datetime(2026, 3, 20, 10, 11, tzinfo=UTC), None]
        assert "could not be read for Ben Cole" in " ".join(note.en for note in found.notes)


@pytest.mark.parametrize("around", ["", "Sheet/", "Multi Feedback/Sheet/"])
def test_ilias_puts_a_teams_members_into_one_folder(tmp_path: Path, around: str) -> None:
    """The members are the students, with the team as their group; its mark of a late hand-in is used."""
    late, right = "Team 12/Berg_Anna_aberg_301/Verspaetete Abgabe - hw.ipynb", "Team 13/Cole_Ben_bcole_302/hw.ipynb"
    with take_in(put(tmp_path / "hw.zip", zipped((around + late, WHOLE), (around + right, WHOLE)))) as found:
        assert found.layout is Layout.ILIAS
        told = [(one.student, one.group, one.file, one.late) for one in found.handed]
    assert told == [("Anna Berg", "Team 12", "hw.ipynb", True), ("Ben Cole", "Team 13", "hw.ipynb", False)]
