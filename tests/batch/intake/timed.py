"""Zips whose files have different times, without a zone, as LMSs write them."""

from __future__ import annotations

import io
import zipfile

MORNING, EVENING = (2026, 11, 20, 9, 0, 0), (2026, 11, 20, 21, 0, 0)


def zipped(*files: tuple[str, bytes] | tuple[str, bytes, tuple[int, ...]]) -> bytes:
    """A zip of (name, content), all of one time, or of (name, content, time)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, *when in files:
            archive.writestr(zipfile.ZipInfo(name, when[0] if when else MORNING), content)  # type: ignore[arg-type]
    return buffer.getvalue()
