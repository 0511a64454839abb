"""From a folder or a zip to everybody's notebooks, with a word about whatever was not plain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path, PurePosixPath

from grader.batch.intake.attempts import SubmissionAttempt, settled
from grader.batch.intake.git_clones import committed
from grader.batch.intake.hand_in import CODE, NOTEBOOKS, Bundle, Handed, Member, SourceListing, TakenIn
from grader.batch.intake.layout_facts import KNOWS, Layout, Times
from grader.batch.intake.layouts import bundles, detect, unwrapped
from grader.batch.intake.source import opened
from grader.batch.intake.unzip import STUDENT, unzip
from grader.batch.intake.wrong_files import nothing_to_grade
from grader.batch.names import clean, file_name, listed, said, short
from grader.errors import SubmissionError, UsageError
from grader.model import Text
from grader.notebook.reserved import is_reserved, left_out

SHOWN = 3  # parts that a submission is called by


@contextmanager
def take_in(
    source: Path, layout: Layout | None = None, lesson: str | None = None, zone: tzinfo | None = None
) -> Iterator[TakenIn]:
    """Everybody's submissions, there until the block is left. layout: as a person says it is; None looks at the names.

    lesson: of files that do not say theirs. zone: of times that do not say theirs; None for this machine's.

    Raises UsageError where there is nothing to grade, SubmissionError for a zip that cannot be read.
    """
    with opened(source, zone) as (found, private):
        found = unwrapped(found, zipped=source.is_file())
        layout = layout or detect(found)
        read, nobodys = bundles(found, layout)
        read = [dated(bundle, found) for bundle in read]
        labels = labelled(read)
        notes = list(found.notes)
        handed: list[Handed] = []
        empty: list[Handed] = []
        for number, (bundle, label) in enumerate(zip(read, labels, strict=True)):
            files, more = unpacked(bundle, label, private / f"s{number}")
            reserved = [member.name for member in files if is_reserved(member.base)]
            files = [member for member in files if not is_reserved(member.base)]
            notes += [*more, *([of_whom(label, left_out(reserved))] if reserved else [])]
            mine = submissions(bundle, label, files, lesson)
            handed += mine
            if not mine and (files or not reserved):
                notes.append(nothing_to_grade(label, files))
                empty.append(without_work(bundle, label, files))
        notes += unclear(read, labels, nobodys, layout)
        if not handed:
            why = " ".join(note.en for note in notes[:3])
            ja = " ".join(note.ja for note in notes[:3])
            raise UsageError(
                f"There are no notebooks in {source}: {HOW}{' ' if why else ''}{why}",
                ja=f"{source} にノートブックがありません。{HOW_JA}{ja}",
            )
        yield TakenIn(layout, tuple(handed), tuple(notes), zone_told(read, zone), tuple(empty))


def of_whom(label: str, note: Text) -> Text:
    return Text(en=f"{label}: {note.en}", ja=f"{label}: {note.ja}")


HOW = "give a folder or zip from the LMS, or one with STUDENT.ipynb or STUDENT/NAME.ipynb in it."
HOW_JA = "LMS のフォルダか zip、または「学生.ipynb」「学生/ファイル名.ipynb」の入ったものを指定してください。"


def dated(bundle: Bundle, found: SourceListing) -> Bundle:
    """A clone's files are as old as its last commit, not as the download; where that cannot be read, nobody knows how old."""
    clone = found.clones.get(bundle.identity.get("folder", ""))
    if clone is None:
        return bundle
    when = committed(clone)
    return replace(bundle, files=tuple(replace(m, when=when) for m in bundle.files))


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
        files += [replace(member, name=f"{stem}/{m.name}", path=m.path) for m in inner.members]
    return files, notes


def submissions(bundle: Bundle, label: str, files: list[Member], lesson: str | None) -> list[Handed]:
    """What a student's files of code make, each with the data that lies in the same folders; the one that counts last."""
    works = settled([member for member in files if member.suffix in CODE], lesson)
    return [handed_in(bundle, label, files, work, place) for place, work in enumerate(works)]


def handed_in(bundle: Bundle, label: str, files: list[Member], work: SubmissionAttempt, place: int) -> Handed:
    last = work.pieces[-1].member
    members = [piece.member for piece in work.pieces]
    parts = tuple(zip(unique([m.name for m in members]), (m.path for m in members), strict=True))
    identity = {**bundle.identity, **last.identity, "file": last.base}
    times = [member.when for member in members if member.when]
    return Handed(
        label, members[0].path, max(times, default=None), beside(files, work), together([name for name, _ in parts]),
        identity, label, any(member.late for member in members), parts if len(parts) > 1 else (), place, work.doubt, identity.get("group", ""),
    )  # fmt: skip


def without_work(bundle: Bundle, label: str, files: list[Member]) -> Handed:
    """Who handed in nothing to grade, and what it was."""
    instead = listed([member.base for member in files]) or "-"
    return Handed(label, Path(), identity={**bundle.identity, "instead": instead}, called=label)


def beside(files: list[Member], work: SubmissionAttempt) -> tuple[tuple[str, Path], ...]:
    """The data in the folders of the parts. Scripts go along with a notebook, which may import them; where there are several
    parts, all scripts run, so there only those that are neither a part nor an answer that another one replaced."""
    folders = {piece.member.parts[:-1] for piece in work.pieces}
    own = {piece.member.path for piece in work.pieces}
    found = [m for m in files if m.parts[:-1] in folders and m.suffix not in NOTEBOOKS and m.path not in own]
    if len(work.pieces) > 1:
        found = [m for m in found if m.suffix not in CODE or m.path in work.helpers]
    return tuple({file_name(m.base): m.path for m in found}.items())


def unique(names: list[str]) -> list[str]:
    """Harmless names, each another one: with its folder, or a number, where two files are called the same."""
    found: list[str] = []
    for name in names:
        made = file_name(PurePosixPath(name).name)
        made = file_name(name) if made in found else made
        stem, suffix = PurePosixPath(made).stem, PurePosixPath(made).suffix
        spare = (f"{stem} ({number}){suffix}" for number in range(2, len(names) + 2))
        found.append(made if made not in found else next(other for other in spare if other not in found))
    return found


def together(names: list[str]) -> str:
    """What several parts are called as one."""
    more = len(names) - SHOWN
    return " + ".join(names if more <= 0 else [*names[:SHOWN], f"{more} more"])


def zone_told(read: list[Bundle], zone: tzinfo | None) -> str:
    """In which zone times were read that came without one; "" where there were none."""
    if not any(member.when and member.assumed for bundle in read for member in bundle.files):
        return ""
    return str(zone) if zone else datetime.now().astimezone().tzname() or "local time"


def unclear(read: list[Bundle], labels: list[str], nobodys: list[str], layout: Layout) -> list[Text]:
    """What was not named as the layout says, who shares a name, and what belongs to nobody."""
    notes: list[Text] = []
    odd = [label for bundle, label in zip(read, labels, strict=True) if not bundle.clear]
    if odd:
        notes.append(
            said(
                "Not named as {layout} names it, so taken for students' own names: {names}.",
                "{layout} の名前の形ではないため、名前をそのまま学生名とみなしました: {names}。",
                layout=KNOWS[layout].name,
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
    untimed = [label for bundle, label in zip(read, labels, strict=True) if any(m.when is None for m in bundle.files)]
    words = {Times.NAME: UNTIMED, Times.COMMIT: NO_COMMIT}.get(KNOWS[layout].times)
    if words and untimed:
        notes.append(said(*words, layout=KNOWS[layout].name, names=listed(untimed)))
    if nobodys:
        notes.append(
            said(
                "Left out, being nobody's notebook: {names}.",
                "ノートブックではないため対象外としました: {names}。",
                names=listed([clean(name) for name in nobodys]),
            )
        )
    return notes


UNTIMED = (
    "The time that {layout} puts into the names could not be read for {names}, so whether that was late is not known.",
    "{layout} が名前に付ける提出時刻を読み取れないため、遅延かどうか分かりません: {names}。",
)
NO_COMMIT = (
    "No commit (.git) that says when it was handed in: {names}. Whether that was late is not known. (gh classroom clone student-repos "
    "fetches clones, which say it.)",
    "コミット（.git）がないか読めないため、提出時刻が分かりません: {names}。遅延の判定はしません。（gh classroom clone student-repos で"
    "取得したクローンなら分かります。）",
)
