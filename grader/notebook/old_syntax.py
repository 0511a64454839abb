r"""Lines that no Python of today parses, though nothing is wrong with the answer around them.

A path or a log that was pasted into a string, with a backslash before a letter that begins an escape
(`"C:\Users\me\data"`), and an argument whose name has become a keyword (`ids.cuda(async=True)`). The whole file would not
run because of one of these, so each is put in the words that mean what was meant, and the report says so.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import replace

from grader.model import Cell, Submission, Text
from grader.model.printable import listed
from grader.notebook.syntax import parse_python

ESCAPES = Text(
    en="Cells {cells}: a string holds a backslash that begins an escape, as the path C:\\Users does, so Python does not parse it; it was read "
    'as it stands. Write r"..." before such a string.',
    ja='{cells} 番目のセル: C:\\Users のように、文字列の中のバックスラッシュがエスケープとして読まれて文法エラーになります。書かれた文字のまま読みました。r"..." としましょう。',
)
ASYNC = Text(
    en="Cells {cells}: async is a keyword since Python 3.7; `async=` was read as `non_blocking=`, as PyTorch calls it now.",
    ja="{cells} 番目のセル: async は Python 3.7 から予約語です。`async=` を、いまの PyTorch の名前 `non_blocking=` として読みました。",
)
# "C:\Users\naoki", "..\utils", "\x1": an escape that has not the digits it needs; before it whole pairs of backslashes
BROKEN = re.compile(r"(?<!\\)((?:\\\\)*)\\(?=U(?![0-9a-fA-F]{8})|u(?![0-9a-fA-F]{4})|x(?![0-9a-fA-F]{2})|N(?!\{))")
MAY_BREAK = re.compile(r"\\[UuxN]")
ORDINARY = re.compile(r"[fFuU]?['\"]")  # a string that is neither raw nor of bytes
# x = x.cuda(async=True)
KEYWORD = re.compile(r"\basync\s{0,9}=(?!=)")


def mend_old_syntax(submission: Submission) -> Submission:
    """The submission with these lines put in other words, line by line as before, and a remark for each kind."""
    cells, met = [], {"escapes": list[int](), "async": list[int]()}
    for cell in submission.cells:
        source = cell.source
        if cell.kind == "code":
            source = mended(cell, source, with_plain_backslashes(source), met["escapes"])
            source = mended(cell, source, with_todays_argument(source), met["async"])
        cells.append(cell if source == cell.source else replace(cell, source=source))
    told = ((ESCAPES, met["escapes"]), (ASYNC, met["async"]))
    remarks = [
        Text(**{k: getattr(text, k).format(cells=numbers(found)) for k in ("en", "ja")})
        for text, found in told
        if found
    ]
    return replace(submission, cells=tuple(cells), remarks=(*submission.remarks, *remarks)) if remarks else submission


def mended(cell: Cell, before: str, after: str, met: list[int]) -> str:
    if after != before:
        met.append(cell.index)
    return after


def numbers(found: list[int]) -> str:
    return listed([index + 1 for index in found])


def with_plain_backslashes(source: str) -> str:
    """The source with a second backslash before each that begins a broken escape: without it nothing of it parses."""
    if not MAY_BREAK.search(source):
        return source
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    made, reached = [], 0
    for token in strings(source):
        begin, end = (starts[row - 1] + column for row, column in (token.start, token.end))
        made += [source[reached:begin], BROKEN.sub(r"\1\\\\", source[begin:end])]
        reached = end
    return "".join([*made, source[reached:]])


def strings(source: str) -> Iterator[tokenize.TokenInfo]:
    """Its strings that are neither raw nor of bytes, up to where it cannot be cut into tokens."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.STRING and ORDINARY.match(token.string):
                yield token
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


def with_todays_argument(source: str) -> str:
    """`x.cuda(async=True)` as PyTorch has called it since, where the source parses only so."""
    if not KEYWORD.search(source) or parse_python(source) is not None:
        return source
    made = KEYWORD.sub("non_blocking=", source)
    return made if parse_python(made) is not None else source
