"""Zips as LMSs, students and attackers make them."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path

LINK = (stat.S_IFLNK | 0o777) << 16
WHEN = (2026, 11, 20, 12, 0, 0)


def packed(*members: tuple[str, bytes], when: tuple[int, ...] = WHEN, **attributes: int) -> bytes:
    """A zip of (name, content); attributes are set on every ZipInfo."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, when)  # type: ignore[arg-type]
            info.compress_type = zipfile.ZIP_DEFLATED
            for key, value in attributes.items():
                setattr(info, key, value)
            archive.writestr(info, content)
    return buffer.getvalue()


def with_raw_names(names: Iterable[bytes], content: bytes = b"{}") -> bytes:
    """A zip whose names are these bytes, without the UTF-8 flag: placeholders of the same length are replaced."""
    names = list(names)
    marks = [f"{n:03d}".encode().ljust(len(name), b"#") for n, name in enumerate(names)]
    data = packed(*((mark.decode(), content) for mark in marks))
    for mark, name in zip(marks, names, strict=True):
        assert data.count(mark) == 2, "a mark must be at least three bytes long"
        data = data.replace(mark, name)
    return data


def encrypted(data: bytes) -> bytes:
    """The same zip with the flag of encryption set in both places."""
    out = bytearray(data)
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = out.find(signature)
        while place >= 0:
            (flags,) = struct.unpack_from("<H", out, place + offset)
            struct.pack_into("<H", out, place + offset, flags | 1)
            place = out.find(signature, place + 4)
    return bytes(out)


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
