"""A zip from an LMS, or one that a student packed: read as a stranger's letter.

Theory of operation. No name in the archive becomes a name on the disk: files are written as 0, 1, 2 ... into a private folder,
and the names are kept as text. So `../`, absolute names, names of 255 bytes, two names that differ in case, reserved
names and links can do nothing; those that nobody honest writes are refused, and told. Bytes are counted as they
are written, not as the archive declares them. A student's file that is refused costs that student only; what would cost the
whole class (no zip at all, more files or bytes than a class has) is an error.
"""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.batch.intake.hand_in import NOTEBOOKS, Member, SourceListing
from grader.batch.names import clean, decoded, listed, said
from grader.errors import SubmissionError, UsageError
from grader.model import Text
from grader.notebook.gather import DAMAGED, directory

PIECE = 1 << 16
RATIO_FROM = 8 << 20  # bytes from which on the ratio is looked at
RATIO = 100  # a notebook shrinks to a tenth, and zeros to a thousandth
UTF8_NAME = 0x800
DRIVE = re.compile(r"^[A-Za-z]:")
JUNK = ("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class ArchiveLimits:
    """What an archive may hold. members: files; total: bytes of all; notebook, other: bytes of one that are of any use.

    directory: bytes of its table of contents, which is read into memory; None where the archive is not a student's.
    """

    members: int
    total: int
    directory: int | None = None
    notebook: int = 101 << 20  # one byte more than can be graded would do: it is told that it is too large
    other: int = 64 << 20


CLASS = ArchiveLimits(members=50_000, total=16 << 30)
STUDENT = ArchiveLimits(members=2_000, total=256 << 20, directory=1 << 20)


class RefusedFile(Exception):
    """One file that is not taken, and why."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


LINK = Text("it is a link", "リンクです")
OUTSIDE = Text("its name leads out of the archive", "名前がアーカイブの外を指しています")
ENCRYPTED = Text("it is encrypted", "暗号化されています")
SPECIAL = Text("it is no ordinary file", "通常のファイルではありません")
BOMB = Text(
    "it is a zip bomb: it unpacks to more than 100 times its size", "展開すると 100 倍以上に膨らみます（zip 爆弾）"
)
BROKEN = Text("it is damaged", "壊れています")
LARGE = Text("it is too large to go along", "大きすぎます")


def unzip(
    source: Path, folder: Path, allowance: ArchiveLimits = CLASS, called: str = "", zone: tzinfo | None = None
) -> SourceListing:
    """Write the files of a zip into `folder`, which is ours alone. called: what to call it in sentences.
    zone: of the times that say none.

    Raises SubmissionError for what is no zip or holds more than the allowance, UsageError where there is no room.
    """
    called = clean(called or source.name)
    if allowance.directory is not None and directory(source) > allowance.directory:
        raise SubmissionError(
            f"{called} has too many files in it: it is not unpacked.",
            ja=f"{called} はファイルが多すぎるので展開しません。",
        )
    try:
        with zipfile.ZipFile(source) as archive:
            return written(archive, called, folder, allowance, zone)
    except DAMAGED as error:
        raise SubmissionError(
            f"{called} is not a readable zip file; download it again.",
            ja=f"{called} は zip ファイルとして読めません。もう一度ダウンロードしてください。",
        ) from error


def written(
    archive: zipfile.ZipFile, called: str, folder: Path, allowance: ArchiveLimits, zone: tzinfo | None = None
) -> SourceListing:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > allowance.members:
        raise SubmissionError(
            f"{called} holds {len(infos)} files, more than {allowance.members}: it is not unpacked.",
            ja=f"{called} にはファイルが {len(infos)} 個あり、上限（{allowance.members} 個）を超えるので展開しません。",
        )
    members: list[Member] = []
    refused: dict[Text, list[str]] = {}
    left = allowance.total
    for number, (info, name) in enumerate(zip(infos, names_of(infos), strict=True)):
        if junk(name):
            continue
        try:
            safe = harmless(name, info)
            target = folder / str(number)
            left -= copy(archive, info, target, safe, min(left, allowance.total), allowance)
        except RefusedFile as refusal:
            refused.setdefault(refusal.why, []).append(name)
            continue
        if left < 0:
            raise SubmissionError(
                f"{called} unpacks to more than {allowance.total >> 20} MB: it is not unpacked.",
                ja=f"{called} は展開すると {allowance.total >> 20} MB を超えるので、展開しません。",
            )
        members.append(Member(safe, target, *moment(info, zone)))
    notes = [told(called, why, names) for why, names in refused.items()] + twice(called, members)
    return SourceListing("", tuple(members), notes=tuple(notes))


def told(called: str, why: Text, names: list[str]) -> Text:
    return Text(
        en=said("In {zip}, {names} was left out: ", "", zip=called, names=listed(names)).en + f"{why.en}.",
        ja=said("", "{zip} の {names} は除外しました。理由: ", zip=called, names=listed(names)).ja + f"{why.ja}。",
    )


def twice(called: str, members: list[Member]) -> list[Text]:
    """Both are kept: nobody can know which is meant."""
    repeated = [name for name, count in Counter(member.name for member in members).items() if count > 1]
    if not repeated:
        return []
    return [
        said(
            "{zip} holds these names more than once, and all of them were read: {names}.",
            "{zip} には同じ名前が複数入っています。すべて読み込みました: {names}。",
            zip=called,
            names=listed(repeated),
        )
    ]


def names_of(infos: list[zipfile.ZipInfo]) -> list[str]:
    """What the members are called: as flagged, as the Unicode extra field says, else as it can be told."""
    plain = [info for info in infos if not info.flag_bits & UTF8_NAME]
    guessed = dict(zip(map(id, plain), decoded([raw(info) for info in plain]), strict=True))
    return [
        unicodedata.normalize("NFC", unicode_path(info) or guessed.get(id(info), info.orig_filename)) for info in infos
    ]


def raw(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("cp437", "replace")


def extra_fields(info: zipfile.ZipInfo) -> Iterator[tuple[int, bytes]]:
    rest = info.extra
    while len(rest) >= 4:
        kind, size = struct.unpack("<HH", rest[:4])
        yield kind, rest[4 : 4 + size]
        rest = rest[4 + size :]


def unicode_path(info: zipfile.ZipInfo) -> str | None:
    """Info-ZIP's second name, where it belongs to the first."""
    for kind, data in extra_fields(info):
        if kind == 0x7075 and len(data) > 5 and struct.unpack("<L", data[1:5])[0] == zlib.crc32(raw(info)):
            try:
                return data[5:].decode("utf-8")
            except UnicodeDecodeError:
                return None
    return None


def moment(info: zipfile.ZipInfo, zone: tzinfo | None = None) -> tuple[datetime | None, bool]:
    """When the file was last changed, in UTC, and whether its zone was assumed: this one, or that of this machine."""
    for kind, data in extra_fields(info):
        if kind == 0x5455 and len(data) >= 5 and data[0] & 1:
            return datetime.fromtimestamp(struct.unpack("<L", data[1:5])[0], UTC), False
    try:
        found = datetime(*info.date_time, tzinfo=zone)
        return (found.astimezone(UTC), True) if info.date_time > (1980, 1, 1, 0, 0, 0) else (None, False)
    except (ValueError, OverflowError):
        return None, False


def junk(name: str) -> bool:
    """What systems and programs leave behind. A hidden file is nobody's homework."""
    parts = [part for part in re.split(r"[/\\]", name) if part not in ("", ".", "..")]
    return not parts or any(part in JUNK or part.startswith(".") for part in parts)


def harmless(name: str, info: zipfile.ZipInfo) -> str:
    """The name with `/` between its parts. Raises Refused for what nobody honest writes."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise RefusedFile(LINK)
    if kind not in (0, stat.S_IFREG):
        raise RefusedFile(SPECIAL)
    if info.flag_bits & 1:
        raise RefusedFile(ENCRYPTED)
    name = name.replace("\\", "/")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or DRIVE.match(name) or ".." in parts or "\0" in name:
        raise RefusedFile(OUTSIDE)
    return "/".join(parts)


def copy(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, name: str, left: int, allowance: ArchiveLimits
) -> int:
    """Write one file, counting. Of a notebook that is too large, only as much as shows that. Returns how many bytes."""
    notebook = name.lower().endswith(NOTEBOOKS)
    most = allowance.notebook if notebook else allowance.other
    size = 0
    try:
        with archive.open(info) as source, target.open("wb") as file:
            while piece := source.read(PIECE):
                size += len(piece)
                if size > RATIO_FROM and size > RATIO * max(info.compress_size, 1):
                    raise RefusedFile(BOMB)
                if size > most and not notebook:
                    raise RefusedFile(LARGE)
                file.write(piece)
                if size > min(most, left):
                    break
    except DAMAGED as error:
        target.unlink(missing_ok=True)
        raise RefusedFile(BROKEN) from error
    except RefusedFile:
        target.unlink(missing_ok=True)
        raise
    except OSError as error:
        raise UsageError(
            f"The zip cannot be unpacked into {target.parent.parent}: {error.strerror}; make room there.",
            ja=f"{target.parent.parent} に zip を展開できません（{error.strerror}）。空きを作ってください。",
        ) from error
    return size
