"""Text for a terminal: wrapped as Japanese and English are, and printed into a string."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.text import Text as Line

MOST_LINES = 400  # of one text


def text_of(parts: Iterable[RenderableType], width: int, colour: bool) -> str:
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        legacy_windows=False,
        force_jupyter=False,
    )
    for part in parts:
        console.print(part)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO from above
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


class Prose:
    """Words that wrap as Japanese and English do: between any two Japanese characters, else at blanks."""

    def __init__(self, text: str, style: str = "") -> None:
        self.text = text
        self.style = style

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        for line in wrap(self.text, options.max_width):
            yield Line(line, self.style, no_wrap=True, overflow="crop")

    def __rich_measure__(self, _console: Console, options: ConsoleOptions) -> Measurement:
        longest = max((cell_len(line) for line in self.text.splitlines()), default=1)
        return Measurement(min(8, longest), max(1, min(longest, options.max_width)))


# A piece that stays whole: a Japanese character with the punctuation that may not begin a line, or a word.
PIECE = re.compile(
    r"[「『（［〈【]*[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef][、。，．・：；？！」』）］〉】ーぁぃぅぇぉっゃゅょァィゥェォッャュョ]*"
    r"|\s+|[^\s\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+"
)


def wrap(text: str, width: int) -> list[str]:
    """The lines of `text` in at most `width` columns, so many as a person reads. A word longer than a line is cut."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        if len(lines) >= MOST_LINES:
            return [*lines[:MOST_LINES], "…"]
        line = ""
        for piece in PIECE.findall(paragraph):
            if cell_len(line) + cell_len(piece.rstrip()) > width and line.strip():
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
            while cell_len(beginning := line[: 2 * width]) > width or len(line) > 2 * width:
                head = set_cell_size(beginning, min(width, cell_len(beginning))).rstrip()
                lines.append(head)
                line = line[len(head) :].lstrip() if head else ""
        lines.append(line.rstrip())
    return lines
