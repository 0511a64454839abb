"""A CSV file in which some cells are replaced, and of which everything else stays byte for byte as it was.

The csv module forgets how a cell was quoted and how a line ended; LMSs and spreadsheets remember. So the cells are kept as they
stand in the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from grader.batch.decimals import Mark, mark_of
from grader.batch.encodings import decoded
from grader.errors import UsageError
from grader.model import Text

DELIMITERS = ",;\t"


@dataclass
class CsvSheet:
    """name: of the file, for what is said about it. cells: as they stand in the file, quotes and all. ends: what ends
    each row. mark: the byte order mark. note: what was assumed of the encoding."""

    name: str
    cells: list[list[str]]
    ends: list[str]
    delimiter: str
    encoding: str
    mark: bytes
    note: Text | None = None

    def notes(self) -> list[Text]:
        """What a person should know of how the file was read."""
        return [self.note] if self.note else []

    @property
    def header(self) -> list[str]:
        return [self.value(0, column) for column in range(len(self.cells[0]))]

    def value(self, row: int, column: int) -> str:
        """What a cell says; empty where the row is shorter."""
        raw = self.cells[row][column] if column < len(self.cells[row]) else ""
        return raw[1:-1].replace('""', '"') if len(raw) > 1 and raw[0] == raw[-1] == '"' else raw

    def column(self, column: int, first: int = 1) -> list[str]:
        return [self.value(row, column) for row in range(first, len(self.cells))]

    def decimal_mark(self, *columns: int) -> Mark:
        """What stands before decimals in these columns."""
        values = (value for column in columns for value in self.column(column))
        return mark_of(values, self.delimiter)

    def put(self, row: int, column: int, text: str) -> None:
        """Replace a cell; quoted where that is needed, or where it was."""
        cells = self.cells[row]
        cells += [""] * (column + 1 - len(cells))
        special = any(character in text for character in f'"\r\n{self.delimiter}') or text != text.strip()
        quoted = special or cells[column].startswith('"')
        cells[column] = '"' + text.replace('"', '""') + '"' if quoted else text

    def content(self) -> bytes:
        """The file. What its encoding lacks is written as &#123;, which a browser shows as it should be."""
        rows = (self.delimiter.join(cells) + end for cells, end in zip(self.cells, self.ends, strict=True))
        return self.mark + "".join(rows).encode(self.encoding, "xmlcharrefreplace")


def read(content: bytes, name: str, hints: Collection[str] = (), encoding: str | None = None) -> CsvSheet:
    """encoding: as a person says; None to tell it by the hints, names of students.

    Raises UsageError, in one sentence, for what is no CSV file with a header and a row.
    """
    found = decoded(content, name, hints, encoding)
    text = found.text
    first = text.partition("\n")[0]
    delimiter = Counter(character for character in re.sub(r'"[^"]*"', "", first) if character in DELIMITERS)
    if not delimiter:
        raise UsageError(
            f"{name} is not a CSV file: its first line has no columns. Give the file as the LMS gave it.",
            ja=f"{name} は CSV ではありません（先頭の行に列がありません）。LMS から受け取ったままのファイルを指定してください。",
        )
    chosen = delimiter.most_common(1)[0][0]
    cells, ends = parsed(text, chosen)
    if len(cells) < 2:
        raise UsageError(
            f"{name} has a header and no rows; download it again when there are students in it.",
            ja=f"{name} には見出しだけで行がありません。学生が登録されてから、もう一度ダウンロードしてください。",
        )
    return CsvSheet(name, cells, ends, chosen, found.encoding, found.mark, found.note)


def parsed(text: str, delimiter: str) -> tuple[list[list[str]], list[str]]:
    """Rows of raw cells, and what ends each row."""
    cell = re.compile(rf'("(?:[^"]|"")*"|[^{delimiter}\r\n]*)({delimiter}|\r\n|\n|\r|\Z)')
    rows: list[list[str]] = [[]]
    ends: list[str] = []
    place = 0
    while place < len(text) or rows[-1]:
        match = cell.match(text, place)
        assert match is not None  # the second alternative fits everywhere
        place = match.end()
        rows[-1].append(match[1])
        if match[2] != delimiter:
            ends.append(match[2])
            rows.append([])
            if place == len(text):
                break
    return rows[: len(ends)], ends
