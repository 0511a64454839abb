"""The bytes of a file handed in: loaded, and decoded to text or refused with a sentence."""

from __future__ import annotations

import codecs
from pathlib import Path

from grader.errors import SubmissionError, UsageError
from grader.model import Text

LARGEST = 100 << 20  # bytes; a notebook with two hundred plots has ten million
UTF16 = Text(
    en="The file was UTF-16 instead of UTF-8; it was converted for grading.",
    ja="UTF-8 ではなく UTF-16 のファイルだったので、変換して採点しました。",
)
OTHER_ENCODING = Text(
    en="The script was in {encoding} instead of UTF-8; it was converted for grading.",
    ja="UTF-8 ではなく {encoding} のファイルだったので、変換して採点しました。",
)


def decode_script(raw: bytes, name: str) -> tuple[str, list[Text]]:
    """UTF-8 as Python expects it, else what Japanese editors write."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return decode(raw, name)
    for encoding in ("utf-8-sig", "cp932", "euc-jp"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, [] if encoding == "utf-8-sig" else [fill(OTHER_ENCODING, encoding=encoding)]
    raise SubmissionError(
        f"{name} is not text, so it is not a Python script; hand in the .py file itself.",
        ja=f"{name} はテキストではないので、Python スクリプトではありません。.py ファイルそのものを提出してください。",
    )


def load(path: Path) -> bytes:
    try:
        must_be_a_file(path)
        raw = path.read_bytes()
    except OSError as error:
        raise SubmissionError(
            f"{path} cannot be opened: {error.strerror}.", ja=f"{path} を開けません（{error.strerror}）。"
        ) from error
    if not raw.strip():
        raise SubmissionError(
            f"{path.name} is empty; save the notebook and hand it in again.",
            ja=f"{path.name} は空です。ノートブックを保存して、もう一度提出してください。",
        )
    return raw


def must_be_a_file(path: Path) -> None:
    """Raises SubmissionError for a folder, for what is read without end (a FIFO, a device) and for what is too large."""
    if path.is_dir():
        raise SubmissionError(
            f"{path.name} is a folder, not a notebook; name the .ipynb file in it.",
            ja=f"{path.name} はフォルダです。中にある .ipynb ファイルを指定してください。",
        )
    if not path.exists():
        raise UsageError(f"There is no file {path}.", ja=f"{path} というファイルはありません。")
    if not path.is_file():
        raise SubmissionError(
            f"{path.name} is no ordinary file, so it is not a notebook; hand in the .ipynb file itself.",
            ja=f"{path.name} は通常のファイルではありません。.ipynb ファイルそのものを提出してください。",
        )
    size = path.stat().st_size
    if size > LARGEST:
        raise SubmissionError(
            f"{path.name} has {size >> 20} MB, more than a notebook may have ({LARGEST >> 20} MB); "
            "clear the outputs of its cells and save it again.",
            ja=f"{path.name} は {size >> 20} MB あり、上限の {LARGEST >> 20} MB を超えています。"
            "セルの出力を消してから、もう一度保存してください。",
        )


def decode(raw: bytes, name: str) -> tuple[str, list[Text]]:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return raw.decode("utf-16"), [UTF16]
        except UnicodeDecodeError as error:
            raise SubmissionError(
                f"{name} begins like UTF-16 but is damaged at byte {error.start}.",
                ja=f"{name} は UTF-16 のようですが、{error.start} バイト目が壊れています。保存し直してください。",
            ) from error
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        en, ja = (
            ("a zip archive", "zip ファイル") if raw.startswith(b"PK") else ("not text in UTF-8", "UTF-8 以外のデータ")
        )
        raise SubmissionError(
            f"{name} is {en}, so it is not a notebook; hand in the .ipynb file itself.",
            ja=f"{name} は{ja}で、ノートブックではありません。.ipynb ファイルそのものを提出してください。",
        ) from error


def fill(text: Text, **values: object) -> Text:
    return Text(en=text.en.format(**values), ja=text.ja.format(**values))
