"""Several files of one student as one submission: a folder or a zip of notebooks and scripts.

Files that others import come first, then natural order (knock9 before knock10). What cannot be read costs itself only.
"""

from __future__ import annotations

import hashlib
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from lzma import LZMAError
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.model import Cell, Submission, Text
from grader.model.printable import one_line
from grader.notebook.own_modules import by_module, meant, modules_of
from grader.notebook.own_tests import is_test, tests_left_out
from grader.notebook.read import read
from grader.notebook.reserved import is_reserved, left_out

KINDS = (".ipynb", ".py")
MOST_FILES = 2_000
MOST_BYTES = 200 << 20  # unpacked, all files together
MOST_DIRECTORY = 1 << 20  # bytes of a zip's table of contents, all of which is read into memory
TAIL = 22 + (1 << 16) + 20  # bytes in which the end of that table lies
# What a stranger's zip makes zipfile raise. IndexError: an entry without a name.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    ValueError,
    IndexError,
)
HIDDEN = re.compile(r"^(?:\.|__|~)")


@dataclass(frozen=True, slots=True)
class SubmissionFile:
    """One file of a submission: its place in the folder, with `/`, and what was read of it."""

    place: PurePosixPath
    submission: Submission


def gather(folder: Path, name: str, order: Sequence[str] = ()) -> Submission:
    """The notebooks and scripts below `folder` as one submission.

    order: places in the folder, the later file last; others come before these.
    Raises SubmissionError where there are none, or none can be read.
    """
    parts: list[SubmissionFile] = []
    reserved = [path.relative_to(folder).as_posix() for path in files_of(folder) if is_reserved(path.name)]
    problems: list[Text] = [left_out(reserved)] if reserved else []
    known = {place: number for number, place in enumerate(order)}
    paths = sorted(answers(folder), key=lambda path: known.get(path.relative_to(folder).as_posix(), -1))
    for path in paths:
        place = PurePosixPath(path.relative_to(folder).as_posix())
        try:
            parts.append(SubmissionFile(place, read(path)))
        except SubmissionError as error:
            problems.append(Text(en=f"Left out: {error}", ja=f"読み取れないため採点から外しました: {error}"))
    if not parts:
        unread = problems[bool(reserved) :]
        raise SubmissionError(
            unread[0].en.removeprefix("Left out: ")
            if unread
            else f"{name} holds no notebook (.ipynb) and no Python script (.py); hand in the files with your answers.",
            ja=unread[0].ja
            if unread
            else f"{name} にノートブック（.ipynb）も Python スクリプト（.py）もありません。答案のファイルを提出してください。",
        )
    parts, idle = without_tests(parts)
    problems += [tests_left_out(idle)] if idle else []
    if len(parts) == 1:
        only = parts[0].submission
        return replace(only, remarks=(*only.remarks, *problems))
    return joined(in_order(parts), name, problems)


def without_tests(parts: list[SubmissionFile]) -> tuple[list[SubmissionFile], list[PurePosixPath]]:
    """The files, without those that only test others; and the places of these. All, where there are no others."""
    idle = [part.place for part in parts if is_test(part.place, part.submission)]
    left = [part for part in parts if part.place not in idle]
    return (left, idle) if left else (parts, [])


def answers(folder: Path) -> list[Path]:
    """The notebooks and scripts below a folder, without those that only whoever grades may have."""
    found = []
    for path in files_of(folder):
        marks_package = path.name == "__init__.py" and not path.stat().st_size  # an empty one holds no answer
        if path.suffix.lower() in KINDS and not is_reserved(path.name) and not marks_package:
            found.append(path)
        if len(found) > MOST_FILES:
            raise SubmissionError(
                f"{folder.name} has more than {MOST_FILES} files of code; hand in only your answers.",
                ja=f"{folder.name} にはコードのファイルが {MOST_FILES} 個より多くあります。答案だけを提出してください。",
            )
    # without the ending: `lab2 (1).ipynb` comes after `lab2.ipynb`, though a blank comes before a dot
    return sorted(found, key=lambda path: (natural(str(path.relative_to(folder).with_suffix(""))), path.suffix))


def files_of(folder: Path) -> Iterator[Path]:
    """What lies below a folder, without hidden files, links, and copies that Jupyter keeps."""
    for path in folder.rglob("*"):
        inner = path.relative_to(folder).parts
        hidden = any(HIDDEN.match(part) for part in inner if part not in ("__main__.py", "__init__.py"))
        if not hidden and not path.is_symlink() and path.is_file():
            yield path


def natural(text: str) -> list[tuple[int, int, str]]:
    """A sorting key in which numbers count as numbers; names without any come first."""
    pieces = re.split(r"(\d+)", text.casefold())
    # not isdigit: "²" is a digit that int() does not take
    key = [(1, int(piece), "") if piece.isdecimal() else (0, 0, piece) for piece in pieces if piece]
    return [(int(any(piece.isdecimal() for piece in pieces)), 0, ""), *key]


def in_order(parts: list[SubmissionFile]) -> list[SubmissionFile]:
    """What others import before those that import it; otherwise as they come."""
    known, at = by_module(part.place for part in parts), {part.place: part for part in parts}
    done: dict[PurePosixPath, SubmissionFile] = {}
    begun: set[PurePosixPath] = set()
    for part in parts:
        open_ = [(part, iter(used(part, known, at)))] if part.place not in begun else []
        begun.add(part.place)
        while open_:  # no recursion: two thousand files may import one another in a row
            current, waiting = open_[-1]
            following = next((other for other in waiting if other.place not in begun), None)
            if following is None:
                done[current.place] = current
                open_.pop()
            else:
                begun.add(following.place)
                open_.append((following, iter(used(following, known, at))))
    return list(done.values())


def used(
    part: SubmissionFile, known: Mapping[str, PurePosixPath], at: Mapping[PurePosixPath, SubmissionFile]
) -> list[SubmissionFile]:
    """The files of the submission that a file imports, in order."""
    found = (meant(module, part.place, known) for module in imported(part.submission))
    return [at[place] for place in found if place is not None]


# `from .utils import x`, `import a, b as c`; a blank is none at a line's end: each line is looked at once
IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w., ]+))", re.MULTILINE)


def imported(submission: Submission) -> Iterator[str]:
    """The modules that it imports, with the dots before them."""
    for cell in submission.cells:
        if cell.kind == "code":
            for found in IMPORT.finditer(cell.source):
                names = (found.group(1) or found.group(2)).split(",")
                yield from (name.split(" as ")[0].strip() for name in names)


def joined(parts: list[SubmissionFile], name: str, problems: list[Text]) -> Submission:
    cells: list[Cell] = []
    for part in parts:
        for cell in part.submission.cells:
            cells.append(replace(cell, index=len(cells), file=one_line(str(part.place))))
    digest = hashlib.sha256("".join(part.submission.sha256 for part in parts).encode()).hexdigest()
    first = next((part.submission for part in parts if part.submission.lesson), parts[0].submission)
    remarks = [remark for part in parts for remark in part.submission.remarks]
    return Submission(
        name=name,
        sha256=digest,
        language=first.language,
        lesson=first.lesson,
        cells=tuple(cells),
        remarks=(together(cells), *remarks, *problems),
        modules=tuple(
            sorted({module for part in parts for module in (*modules_of(part.place), *other_spellings(part, parts))})
        ),
    )


def other_spellings(part: SubmissionFile, parts: Sequence[SubmissionFile]) -> list[str]:
    """The submission's modules that a file imports in another spelling than their files have: `from Data import load`."""
    known = by_module(other.place for other in parts)
    names = (module.lstrip(".") for module in imported(part.submission))
    other = [name for name in names if name and name not in known and meant(name, part.place, known) is not None]
    return [name for name in other if find_spec(name.partition(".")[0]) is None]


def together(cells: Sequence[Cell]) -> Text:
    """Which cells are from which file."""
    spans: dict[str, list[int]] = {}
    for cell in cells:
        spans.setdefault(cell.file, []).append(cell.index + 1)
    en = ", ".join(f"{file} ({span(numbers)})" for file, numbers in spans.items())
    return Text(
        en=f"Several files were graded as one, in this order (cells in brackets): {en}.",
        ja=f"複数のファイルを、次の順にまとめて 1 つの答案として採点しました（かっこ内はセル番号）: {en}",
    )


def span(numbers: list[int]) -> str:
    return f"{numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else str(numbers[0])


def unzip(archive: Path, folder: Path) -> None:
    """Unpack a student's zip into an empty folder: files only, inside it, bounded. Raises SubmissionError."""
    try:
        if directory(archive) > MOST_DIRECTORY:
            raise too_many_files(archive)
        with zipfile.ZipFile(archive) as opened:
            left = MOST_BYTES
            for count, entry in enumerate(opened.infolist()):
                if count >= MOST_FILES:
                    raise too_many_files(archive)
                place = inside(entry, folder)
                if place is not None:
                    left = unpack(opened, entry, place, left, archive.name)
    except DAMAGED as error:
        raise SubmissionError(
            f"{archive.name} is not a whole, readable zip ({str(error)[:200]}); pack it again.",
            ja=f"{archive.name} は zip として読めません（{str(error)[:200]}）。もう一度圧縮してください。",
        ) from error
    except OSError as error:
        raise SubmissionError(
            f"{archive.name} holds a file that cannot be written here ({error.strerror}); give the files short names, each "
            "another one, and pack it again.",
            ja=f"{archive.name} には、ここに書き出せないファイルがあります（{error.strerror}）。短い、重ならない名前にして、もう一度圧縮してください。",
        ) from error


def too_many_files(archive: Path) -> SubmissionError:
    return SubmissionError(
        f"{archive.name} holds more than {MOST_FILES} files; hand in only your answers.",
        ja=f"{archive.name} にはファイルが {MOST_FILES} 個より多くあります。答案だけを提出してください。",
    )


def directory(archive: Path) -> int:
    """Bytes of the table of contents, as the end of the archive says. An end of the 64-bit kind says more than anybody needs."""
    with archive.open("rb") as file:
        file.seek(max(0, archive.stat().st_size - TAIL))
        tail = file.read()
    place = tail.rfind(b"PK\5\6")
    if place < 0 or len(tail) < place + 16:
        return 0
    return 1 << 62 if b"PK\6\7" in tail[:place] else int(struct.unpack("<L", tail[place + 12 : place + 16])[0])


def inside(entry: zipfile.ZipInfo, folder: Path) -> Path | None:
    """Where an entry belongs, or None for what is no file of the student's: folders, links, ways out, litter."""
    name = entry.filename
    if not entry.flag_bits & 0x800:  # no UTF-8 flag: Windows in Japan writes cp932
        try:
            name = name.encode("cp437").decode("cp932")
        except UnicodeError:
            name = entry.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    way_out = not parts or name.startswith(("/", "\\")) or any(part in ("..", "/") or ":" in part for part in parts)
    litter = any(part.startswith((".", "__MACOSX")) for part in parts)
    if entry.is_dir() or way_out or litter or stat.S_ISLNK(entry.external_attr >> 16):
        return None
    return folder.joinpath(*parts)


def unpack(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Path, left: int, name: str) -> int:
    """Write one entry, counting what really comes out; how many bytes are left then."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(entry) as source, place.open("wb") as target:
        while chunk := source.read(1 << 20):
            left -= len(chunk)
            if left < 0:
                raise SubmissionError(
                    f"{name} unpacks to more than {MOST_BYTES >> 20} MB; hand in only your answers.",
                    ja=f"{name} は展開すると {MOST_BYTES >> 20} MB を超えます。答案だけを提出してください。",
                )
            target.write(chunk)
    return left
