"""Archives from strangers: read right or refused with a word, and nothing is ever written anywhere else."""

from __future__ import annotations

import os
import warnings
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.batch.intake import unzip as module
from grader.batch.intake.hand_in import SourceListing
from grader.batch.intake.unzip import STUDENT, ArchiveLimits, unzip
from grader.batch.names import clean, decoded, file_name, key, keys, said
from grader.errors import SubmissionError
from tests.batch.intake.archives import LINK, encrypted, packed, put, with_raw_names


def opened(tmp_path: Path, data: bytes, allowance: ArchiveLimits = STUDENT) -> SourceListing:
    """Unpacked into tmp_path/N/in; nothing may appear beside it."""
    place = tmp_path / str(len(list(tmp_path.iterdir())))
    (place / "in").mkdir(parents=True)
    try:
        return unzip(put(place / "x.zip", data), place / "in", allowance)
    finally:
        assert {path.name for path in place.iterdir()} == {"x.zip", "in"}
        assert all(path.name.isdigit() for path in (place / "in").rglob("*"))


def names(found: SourceListing) -> list[str]:
    return [member.name for member in found.members]


def told(found: SourceListing) -> str:
    return " ".join(note.en for note in found.notes)


@pytest.mark.parametrize(
    "name", ["../a.ipynb", "a/../../b.ipynb", "/etc/a.ipynb", "C:\\a.ipynb", "..\\a.ipynb", "c:/a.ipynb"]
)
def test_names_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    """The file is left out with a sentence that names it; the others are read."""
    found = opened(tmp_path, packed((name, b"evil"), ("ok.ipynb", b"fine")))
    assert names(found) == ["ok.ipynb"] and "leads out of the archive" in told(found) and "ipynb" in told(found)


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    """A link to the gradebook, a FIFO: left out, each with its reason."""
    found = opened(tmp_path, packed(("a.ipynb", b"/etc/passwd"), external_attr=LINK))
    assert names(found) == [] and "it is a link" in told(found)
    found = opened(tmp_path, packed(("a.ipynb", b""), external_attr=0o010644 << 16))
    assert "no ordinary file" in told(found)


def test_what_is_encrypted_is_refused(tmp_path: Path) -> None:
    """Nobody is asked for a password."""
    assert "it is encrypted" in told(opened(tmp_path, encrypted(packed(("a.ipynb", b"secret")))))


def test_a_bomb_costs_little(tmp_path: Path) -> None:
    """60 MB of zeros in 60 kB: refused after a few MB, the neighbour is read, nothing of it is left on the disk."""
    found = opened(tmp_path, packed(("bomb.ipynb", bytes(60 << 20)), ("ok.ipynb", b"fine")))
    assert names(found) == ["ok.ipynb"] and "zip bomb" in told(found)
    assert sum(path.stat().st_size for path in tmp_path.glob("*/in/*")) < 100


def test_a_member_that_lies_about_its_size(tmp_path: Path) -> None:
    """Declared as ten bytes and unpacking to more: bytes are counted as they come, and the file is damaged."""
    data = packed(("a.ipynb", b"x" * 5000))
    size = (5000).to_bytes(4, "little")
    found = opened(tmp_path, data.replace(size, (10).to_bytes(4, "little")))
    assert names(found) == [] and "damaged" in told(found)


def test_too_many_files_and_too_many_bytes(tmp_path: Path) -> None:
    """More files or bytes than allowed: the archive is refused as a whole."""
    small = ArchiveLimits(members=3, total=1 << 20)
    with pytest.raises(SubmissionError, match="holds 4 files, more than 3"):
        opened(tmp_path, packed(*((f"{n}.txt", b"") for n in range(4))), small)
    with pytest.raises(SubmissionError, match="more than 1 MB"):
        opened(tmp_path, packed(*((f"{n}.ipynb", os.urandom(1 << 19)) for n in range(3))), small)


def test_a_table_of_contents_is_measured_before_it_is_read(tmp_path: Path) -> None:
    """A student's zip with a huge table of contents, or one that hides its size in the 64-bit end, is not opened."""
    crowded = packed(*((f"{n:0200d}.txt", b"") for n in range(6000)))
    with pytest.raises(SubmissionError, match="too many files"):
        opened(tmp_path, crowded)
    data = packed(("a.ipynb", b"x"))
    place = data.rfind(b"PK\5\6")
    with pytest.raises(SubmissionError, match="too many files"):
        opened(tmp_path, data[:place] + b"PK\6\7" + bytes(16) + data[place:])


def test_both_of_two_members_with_one_name_are_read(tmp_path: Path) -> None:
    """Neither overwrites the other, and it is told."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = packed(("a.ipynb", b"first"), ("a.ipynb", b"second"))
    found = opened(tmp_path, data)
    assert [m.path.read_bytes() for m in found.members] == [b"first", b"second"] and "more than once" in told(found)


def test_names_of_windows_in_japan(tmp_path: Path) -> None:
    """cp932 without a flag, with 表 whose second byte is a backslash; UTF-8 without a flag; what is neither."""
    found = opened(tmp_path, with_raw_names(["表計算_山田.ipynb".encode("cp932"), "ソ/課題.ipynb".encode("cp932")]))
    assert names(found) == ["表計算_山田.ipynb", "ソ/課題.ipynb"]
    assert decoded(["山田.ipynb".encode()]) == ["山田.ipynb"]
    assert decoded([b"M\x81ller\xfd.ipynb", "山田".encode()]) == ["Müller².ipynb", "山田"]


def test_what_systems_leave_behind_is_no_homework(tmp_path: Path) -> None:
    """__MACOSX, .DS_Store, checkpoints and other hidden files are not there, and not worth a word."""
    junk = (
        "__MACOSX/._a.ipynb",
        ".DS_Store",
        "b/.ipynb_checkpoints/a-checkpoint.ipynb",
        "b/Thumbs.db",
        "b/.git/config",
    )
    found = opened(tmp_path, packed(*((name, b"x") for name in junk), ("b/a.ipynb", b"x")))
    assert names(found) == ["b/a.ipynb"] and not found.notes


def test_names_longer_than_a_disk_takes(tmp_path: Path) -> None:
    """A name of 255 characters of three bytes is read, and what goes to the worker is short enough and ends as it did."""
    found = opened(tmp_path, packed(("山" * 249 + ".ipynb", b"x")))
    short = file_name(found.members[0].base)
    assert len(found.members[0].name) == 255 and len(short.encode()) < 200 and short.endswith(".ipynb")


def test_what_is_no_zip(tmp_path: Path) -> None:
    """A web page, an empty file, half a zip: one sentence."""
    whole = packed(("a.ipynb", b"x" * 1000))
    for data in (b"<html>", b"", whole[: len(whole) // 2]):
        with pytest.raises(SubmissionError, match="not a readable zip"):
            opened(tmp_path, data)


def test_damage_in_one_member_costs_that_one(tmp_path: Path) -> None:
    """Flipped bytes in the first file: it is left out as damaged, the second is read."""
    data = bytearray(packed(("a.ipynb", bytes(range(256)) * 8), ("b.ipynb", b"fine")))
    data[50:60] = bytes(10)
    found = opened(tmp_path, bytes(data))
    assert names(found) == ["b.ipynb"] and "damaged" in told(found)


def test_times_in_utc_where_the_archive_says_so(tmp_path: Path) -> None:
    """The extended time of Info-ZIP is UTC; the old one is a time of this machine's zone; 1980 is no time at all."""
    stamp = datetime(2026, 11, 20, 14, 59, tzinfo=UTC)
    extra = b"UT\5\0\1" + int(stamp.timestamp()).to_bytes(4, "little")
    found = opened(tmp_path, packed(("a.ipynb", b"x"), extra=extra))  # type: ignore[arg-type]
    assert found.members[0].when == stamp
    found = opened(tmp_path, packed(("a.ipynb", b"x")))
    assert found.members[0].when == datetime(2026, 11, 20, 12).astimezone(UTC)
    assert opened(tmp_path, packed(("a.ipynb", b"x"), when=(1980, 1, 1, 0, 0, 0))).members[0].when is None


def test_a_second_name_counts_only_where_it_belongs_to_the_first(tmp_path: Path) -> None:
    """Info-ZIP's Unicode name is used with the right checksum and ignored with a wrong one."""
    right = bytes([1]) + zlib.crc32(b"a.ipynb").to_bytes(4, "little") + "課題.ipynb".encode()
    wrong = bytes([1]) + bytes(4) + b"../x.ipynb"
    for field, name in ((right, "課題.ipynb"), (wrong, "a.ipynb")):
        extra = b"up" + len(field).to_bytes(2, "little") + field
        infos = [module.zipfile.ZipInfo("a.ipynb")]
        infos[0].extra = extra
        assert module.names_of(infos) == [name]


# -- names ------------------------------------------------------------------------------------------


@given(st.text(max_size=300))
def test_a_cleaned_name_is_harmless(name: str) -> None:
    """Whatever it was: on one line, no control, no invisible turn of direction, can be stored, and cleaning again changes nothing."""
    found = clean(name)
    assert found and len(found) <= 120 and found.encode()
    assert all(c.isprintable() or c in "\u200c\u200d" for c in found) and clean(found) == found
    assert 0 < len(file_name(name).encode()) < 210 and "/" not in file_name(name)


def test_a_name_that_turns_the_text_around(tmp_path: Path) -> None:
    """RTL overrides, escape sequences and line breaks reach no terminal."""
    assert clean("ann\u202ebynpi.exe") == "annbynpi.exe" and clean("a\x1b[31mb\nc\ud800") == "a[31mb c?"
    assert said("{who}!", "{who}", who="\x1b]0;x\x07{braces}\u2066").en == "]0;x{braces}!"


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=8), min_size=1, max_size=3))
def test_names_match_in_either_order_and_width(words: list[str]) -> None:
    """Family name first or last, with or without spaces and a comma, in capitals: the same student."""
    turned = [*words[1:], words[0]]
    assert keys(" ".join(words)) == keys(" ".join(turned)) == keys(", ".join(turned)) == keys("　".join(words))
    assert key("".join(words)) in keys(" ".join(turned))
