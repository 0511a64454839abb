"""Read a text file in whatever encoding Japanese text files come in."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final

from grader.errors import DataError

_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_RULE: Final = re.compile(r"^-{20,}$", re.MULTILINE)
_COLOPHON: Final = re.compile(r"^底本：.*\Z", re.MULTILINE | re.DOTALL)
_RUBY: Final = re.compile(r"《[^《》\n]*》|［＃[^［］\n]*］|[｜|]")


def read(path: str | Path) -> str:
    """The file's text: UTF-8 with or without its mark, UTF-16 with its mark, or cp932; line ends become "\\n".

    Raises DataError, naming the file, when it is missing, empty or in none of these encodings.
    """
    file = Path(path)
    try:
        raw = file.read_bytes()
    except IsADirectoryError as error:
        raise DataError(
            f"{file} is a folder; name the text file in it.",
            ja=f"{file} はフォルダです。中のテキストファイルを指定してください。",
        ) from error
    except OSError as error:
        raise DataError(
            f"{file} cannot be read ({error.strerror}); check the path and that you may read it.",
            ja=f"{file} を読めません（{error.strerror}）。パスと、読み取りの権限を確かめてください。",
        ) from error
    text = _decode(raw, file).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DataError(
            f"{file} holds no text; download it again or name another file.",
            ja=f"{file} にテキストがありません。ダウンロードし直すか、別のファイルを指定してください。",
        )
    return text


def _decode(raw: bytes, file: Path) -> str:
    """The bytes as text. What is valid UTF-8 is hardly ever anything else, so it is tried first."""
    marked = [encoding for mark, encoding in _MARKS if raw.startswith(mark)]
    for encoding in marked or ["utf-8", "cp932"]:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise DataError(
        f"{file} is not a text file in UTF-8, UTF-16 or cp932; save it as UTF-8 and try again.",
        ja=f"{file} は UTF-8、UTF-16、cp932 のどれでもありません。UTF-8 で保存し直してください。",
    )


def strip_aozora(text: str) -> str:
    """An Aozora Bunko text without readings 《》, their start marks ｜, notes ［＃］, the key at its head and its colophon."""
    parts = _RULE.split(text, maxsplit=2)
    body = parts[2] if len(parts) == 3 else text
    return _RUBY.sub("", _COLOPHON.sub("", body)).strip() + "\n"
