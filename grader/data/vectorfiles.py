"""Reading word vectors from files: word2vec binary (Mikolov et al. 2013, GoogleNews), word2vec text and GloVe text.

A word2vec file opens with the line "words numbers". In the binary kind each word ends with a space and is followed by
its numbers as little-endian float32, with or without a line feed behind them; in the text kind each word has a line.
GloVe's text has no first line. Files are streamed, so that `only` keeps the memory small whatever the file's size.
"""

from __future__ import annotations

import gzip
import io
import zlib
from array import array
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO, Final

import torch
from torch import Tensor

from grader.errors import DataError

_CHUNK: Final = 1 << 20
_LONGEST_WORD: Final = 10_000
_MOST_NUMBERS: Final = 10_000
_FORMATS: Final = "word2vec (binary or text) or GloVe (text)"
_FORMATS_JA: Final = " word2vec（バイナリかテキスト）や GloVe（テキスト）"


def read_vectors(path: Path, only: Collection[str] | None) -> tuple[list[str], Tensor]:
    """The words of `path` and their vectors (V, dim), float32; of words that come twice the first counts.

    Raises DataError, with the file's name and what to do, when it is cut short or in another format.
    """
    words: dict[str, None] = {}
    numbers = bytearray()
    try:
        with _open(path) as file:
            dim, records = _records(file, path)
            for word, vector in records:
                if (only is None or word in only) and word not in words:
                    words[word] = None
                    numbers += vector
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path} is a damaged gzip file ({error}): delete it and fetch it again.",
            ja=f"{path} は壊れた gzip ファイルです（{error}）。削除して、もう一度取得してください。",
        ) from error
    table = torch.frombuffer(numbers, dtype=torch.float32).view(-1, dim) if words else torch.zeros(0, dim)
    if not bool(torch.isfinite(table).all()):
        raise DataError(
            f"{path} has vectors with infinite numbers: it is damaged or not {_FORMATS}; fetch it again.",
            ja=f"{path} のベクトルに無限大の値があります。壊れているか、{_FORMATS_JA}ではありません。もう一度取得してください。",
        )
    return list(words), table


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if packed:
        return io.BufferedReader(gzip.GzipFile(path), _CHUNK)
    return path.open("rb")


def _records(file: BinaryIO, path: Path) -> tuple[int, Iterator[tuple[str, bytes]]]:
    """How many numbers a vector has, and the words with their numbers as bytes."""
    first = file.readline(_CHUNK)
    if not first:
        raise DataError(f"{path} is empty: fetch it again.", ja=f"{path} は空です。もう一度取得してください。")
    promised = _header(first)
    if promised is None:
        return _glove(file, path, first)
    count, dim = promised
    start = file.readline(_CHUNK)
    if len(_fields(start, dim)) == dim + 1 and _floats(_fields(start, dim)[1:]) is not None:
        return dim, _counted(_text(file, path, dim, start, 2), count, path)
    return dim, _binary(file, path, count, dim, start)


def _header(line: bytes) -> tuple[int, int] | None:
    parts = line.split()
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        return None
    count, dim = map(int, parts)
    return (count, dim) if count > 0 and 0 < dim <= _MOST_NUMBERS else None


def _glove(file: BinaryIO, path: Path, first: bytes) -> tuple[int, Iterator[tuple[str, bytes]]]:
    dim = len(first.split()) - 1
    if dim < 2 or dim > _MOST_NUMBERS or _floats(_fields(first, dim)[1:]) is None:
        raise DataError(
            f"{path} does not begin like {_FORMATS}: name another file.",
            ja=f"{path} の先頭が{_FORMATS_JA}の形式ではありません。別のファイルを指定してください。",
        )
    return dim, _text(file, path, dim, first, 1)


def _text(file: BinaryIO, path: Path, dim: int, line: bytes, number: int) -> Iterator[tuple[str, bytes]]:
    while line:
        fields = _fields(line, dim)
        vector = _floats(fields[1:]) if len(fields) == dim + 1 else None
        if vector is None:
            raise DataError(
                f"Line {number} of {path} is not a word and {dim} numbers: the file is cut short; fetch it again.",
                ja=f"{path} の {number} 行目は「単語と {dim} 個の数値」になっていません。途中で切れているので、もう一度取得してください。",
            )
        yield fields[0].decode("utf-8", "replace"), vector
        line, number = file.readline(_CHUNK), number + 1


def _fields(line: bytes, dim: int) -> list[bytes]:
    # From the right: a few of GloVe's words have spaces in them.
    return line.rstrip().rsplit(b" ", dim)


def _floats(fields: list[bytes]) -> bytes | None:
    try:
        return array("f", map(float, fields)).tobytes()
    except ValueError:
        return None


def _counted(records: Iterator[tuple[str, bytes]], count: int, path: Path) -> Iterator[tuple[str, bytes]]:
    seen = 0
    for record in records:
        yield record
        seen += 1
    if seen != count:
        raise DataError(
            f"{path} has {seen} words where its first line promises {count}: it is cut short; fetch it again.",
            ja=f"{path} の 1 行目には {count} 語とありますが、{seen} 語しかありません。途中で切れているので、もう一度取得してください。",
        )


def _binary(file: BinaryIO, path: Path, count: int, dim: int, buffer: bytes) -> Iterator[tuple[str, bytes]]:
    place = 0
    for seen in range(count):
        while (space := buffer.find(b" ", place)) < 0 or space + 1 + 4 * dim > len(buffer):
            _check_word(buffer, place, space, path)
            chunk = file.read(_CHUNK)
            if not chunk:
                raise DataError(
                    f"{path} ends after {seen} of {count} words: it is cut short; fetch it again.",
                    ja=f"{path} は {count} 語のうち {seen} 語で切れています。もう一度取得してください。",
                )
            buffer, place = buffer[place:] + chunk, 0
        _check_word(buffer, place, space, path)
        word = buffer[place:space].lstrip(b"\n").decode("utf-8", "replace")
        place = space + 1 + 4 * dim
        yield word, buffer[space + 1 : place]


def _check_word(buffer: bytes, place: int, space: int, path: Path) -> None:
    if (space if space >= 0 else len(buffer)) - place > _LONGEST_WORD:
        raise DataError(
            f"{path} has a word of more than {_LONGEST_WORD} bytes: it is not {_FORMATS}; name another file.",
            ja=f"{path} に {_LONGEST_WORD} バイトを超える単語があります。{_FORMATS_JA}ではないので、別のファイルを指定してください。",
        )
