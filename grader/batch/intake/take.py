"""From a folder or a zip to everybody's notebooks, with a word about whatever was not plain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from grader.batch.intake.clones import committed
from grader.batch.intake.handed import NAMES, NOTEBOOKS, Bundle, Found, Handed, Layout, Member, Taken
from grader.batch.intake.layouts import bundles, detect, unwrapped
from grader.batch.intake.names import clean, file_name, listed, said, short
from grader.batch.intake.source import opened
from grader.batch.intake.unzip import STUDENT, unzip
from grader.errors import SubmissionError, UsageError
from grader.model import Text


@contextmanager
def take_in(source: Path, layout: Layout | None = None) -> Iterator[Taken]:
    """Everybody's notebooks, there until the block is left. layout: as a person says it is; None looks at the names.

    Raises UsageError where there is nothing to grade, SubmissionError for a zip that cannot be read.
    """
    with opened(source) as (found, private):
        found = unwrapped(found, zipped=source.is_file())
        layout = layout or detect(found)
        read, nobodys = bundles(found, layout)
        read = [dated(bundle, found) for bundle in read]
        labels = labelled(read)
        notes = list(found.notes)
        handed: list[Handed] = []
        for number, (bundle, label) in enumerate(zip(read, labels, strict=True)):
            files, more = unpacked(bundle, label, private / f"s{number}")
            notes += more
            mine = notebooks(bundle, label, files)
            handed += mine
            if not mine:
                notes.append(said(*NO_NOTEBOOK, who=label, files=listed([m.name for m in files]) or "-"))
        notes += unclear(read, labels, nobodys, layout)
        if not handed:
            why = " ".join(note.en for note in notes[:3])
            ja = " ".join(note.ja for note in notes[:3])
            raise UsageError(
                f"There are no notebooks in {source}: {HOW}{' ' if why else ''}{why}",
                ja=f"{source} にノートブックがありません。{HOW_JA}{ja}",
            )
        yield Taken(layout, tuple(handed), tuple(notes))


HOW = "give a folder or zip from the LMS, or one with STUDENT.ipynb or STUDENT/NAME.ipynb in it."
HOW_JA = "LMS のフォルダか zip、または「学生.ipynb」「学生/ファイル名.ipynb」の入ったものを指定してください。"
NO_NOTEBOOK = (
    "{who} handed in no notebook: {files}.",
    "{who} の提出物にノートブックがありません: {files}。",
)


def dated(bundle: Bundle, found: Found) -> Bundle:
    """A clone's files are as old as its last commit, not as the download."""
    clone = found.clones.get(bundle.identity.get("folder", ""))
    when = committed(clone) if clone else None
    return replace(bundle, files=tuple(replace(m, when=when) for m in bundle.files)) if when else bundle


def labelled(read: list[Bundle]) -> list[str]:
    """A name for each that is nobody else's: where two share one, the LMS's number tells them apart."""
    owners: dict[str, set[str]] = {}
    for bundle in read:
        owners.setdefault(bundle.name, set()).add(bundle.unique)
    return [
        bundle.name if len(owners[bundle.name]) == 1 else f"{bundle.name} ({apart(bundle.unique)})" for bundle in read
    ]


def apart(unique: str) -> str:
    return unique if unique.isascii() and unique.isdigit() else short(unique)


def unpacked(bundle: Bundle, label: str, folder: Path) -> tuple[list[Member], list[Text]]:
    """The files of a hand-in, with the student's own zips opened, once: what is in a zip in a zip is left there.

    They were handed in when the zip was: the times within it are the student's to choose.
    """
    files: list[Member] = []
    notes: list[Text] = []
    for number, member in enumerate(bundle.files):
        if member.suffix != ".zip":
            files.append(member)
            continue
        place = folder / str(number)
        place.mkdir(parents=True)
        try:
            inner = unzip(member.path, place, STUDENT, f"{label}/{member.name}")
        except SubmissionError as error:
            notes.append(
                said(
                    "{why}",
                    "{who} の {zip} は展開できないため読み込みませんでした。",
                    why=error,
                    who=label,
                    zip=member.name,
                )
            )
            continue
        notes += inner.notes
        stem = str(PurePosixPath(member.name).with_suffix(""))
        files += [replace(m, name=f"{stem}/{m.name}", when=member.when) for m in inner.members]
    return files, notes


def notebooks(bundle: Bundle, label: str, files: list[Member]) -> list[Handed]:
    """Each notebook with the data that lies in its own folder."""
    folders: dict[tuple[str, ...], list[tuple[str, Path]]] = {}
    for member in files:
        if member.suffix not in NOTEBOOKS:
            folders.setdefault(member.parts[:-1], []).append((file_name(member.base), member.path))
    return [
        Handed(
            label, m.path, m.when, tuple(dict(folders.get(m.parts[:-1], [])).items()), file_name(m.base),
            {**bundle.identity, "file": m.base}, label, bundle.late,
        )
        for m in files if m.suffix in NOTEBOOKS
    ]  # fmt: skip


def unclear(read: list[Bundle], labels: list[str], nobodys: list[str], layout: Layout) -> list[Text]:
    """What was not named as the layout says, who shares a name, and what belongs to nobody."""
    notes: list[Text] = []
    odd = [label for bundle, label in zip(read, labels, strict=True) if not bundle.clear]
    if odd:
        notes.append(
            said(
                "Not named as {layout} names it, so taken for students' own names: {names}.",
                "{layout} の名前の形ではないため、名前をそのまま学生名とみなしました: {names}。",
                layout=NAMES[layout],
                names=listed(odd),
            )
        )
    shared = Counter(bundle.name for bundle, label in zip(read, labels, strict=True) if bundle.name != label)
    for name in shared:
        several = listed(sorted({label for b, label in zip(read, labels, strict=True) if b.name == name}))
        notes.append(
            said(
                "Several students are called {name}; they are told apart as {several}.",
                "{name} という名前の学生が複数います。{several} として区別しました。",
                name=name,
                several=several,
            )
        )
    if nobodys:
        notes.append(
            said(
                "Left out, being nobody's notebook: {names}.",
                "ノートブックではないため対象外としました: {names}。",
                names=listed([clean(name) for name in nobodys]),
            )
        )
    return notes
