"""How people announce an exercise: the number of a problem in all its dresses, or the name of what it is about.

Everything is compared after NFKC, so that full-width digits, blanks and brackets count as their narrow forms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from grader.model import Exercise, Lesson, Text

# What people write before the number of a problem.
WORDS = (
    "第",
    "課題",
    "問題",
    "問",
    "設問",
    "演習",
    "ノック",
    "knock",
    "problem",
    "question",
    "exercise",
    "task",
    "ex",
    "no",
    "q",
)
# What may stand before that.
SERIES = r"(?:言語処理|nlp\W?)?100\s*(?:本\s*)?(?:ノック|knocks?)\W{0,3}"
BEFORE = rf"(?:{SERIES}(?:{'|'.join(WORDS)})?|(?:{'|'.join(WORDS)}))"
# Examples for people; a test opens a section with each.
EXAMPLES = (
    "## 81", "81.", "## 81. RNN による予測", "課題81", "# 課題 81", "### 問題81", "第81問", "No81", "# No.81", "q81", "Q.81",
    "Problem 81", "knock81", "**81. RNN**", "81 (RNN)", "81（RNN）", "８１．ＲＮＮ", "100本ノック 81", "[81] RNN",
)  # fmt: skip

SLACK = 14  # characters a heading may have beyond the topic: "3.2 Multi-head attention の実装"
NUMBER = re.compile(r"(?<!\d)(\d+)$")
ANNOUNCED = re.compile(rf"(?:{BEFORE}\W{{0,2}})?\[?0*(\d+)(?!\d|\.\d|\s*%)")


def normal(line: str) -> str:
    return unicodedata.normalize("NFKC", line).strip()


def numbered(line: str) -> bool:
    """A plain line that can only be a problem's number: `81.`, `課題81`, `81 (RNN)`, not `81 % of the titles`."""
    shape = rf"(?:{BEFORE}\W{{0,2}}0*\d+|\[?\d+\]?\s*(?:[.:)(_\-]|$)|\[\d+\])"
    return bool(re.match(shape, line, re.IGNORECASE)) and not re.match(r"\d+\.\d|\d+\s*-\s*\d", line)


def announced(line: str, lessons: Iterable[Lesson]) -> str | None:
    """The exercise that this line (normal, without `#`) names by its number or its id."""
    low = line.casefold()
    said = ANNOUNCED.match(low)
    for exercise in every(lessons):
        if said and said.group(1) == number_of(exercise.id):
            return exercise.id
        if exercise.id in low and named_by_id(low, exercise.id):
            return exercise.id
    return None


@cache
def number_of(name: str) -> str:
    """The number at the end of an exercise's id, or nothing."""
    found = NUMBER.search(name)
    return found.group(1) if found else ""


def named_by_id(low: str, name: str) -> bool:
    """`multi_head` anywhere; an id that is an ordinary word (`transformer`) only alone, or in brackets or backticks."""
    if re.search(r"[_\d]", name):
        return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", low))
    return low == name or bool(re.search(rf"[(`\[]{re.escape(name)}[)`\]]", low))


def topic(line: str, lessons: Iterable[Lesson]) -> str | None:
    """The exercise whose topic a heading names, with hardly a word beyond it; the longest topic wins."""
    said = squeezed(line)
    fitting = [
        (len(words), exercise.id)
        for exercise in every(lessons)
        for words in called(exercise.headings, exercise.title)
        if words in said and len(said) <= len(words) + SLACK
    ]
    return max(fitting)[1] if fitting else None


@cache
def called(headings: tuple[str, ...], title: Text) -> tuple[str, ...]:
    """What people call an exercise, as it is compared."""
    return tuple(map(squeezed, (*headings, title.en, title.ja)))


def squeezed(line: str) -> str:
    return re.sub(r"[\s\-‐–・_]+", "", normal(line).casefold())


def every(lessons: Iterable[Lesson]) -> Iterator[Exercise]:
    for lesson in lessons:
        yield from lesson.exercises


def in_file_name(stem: str, lessons: Iterable[Lesson]) -> str | None:
    """The exercise a file is named after: `knock81`, `81`, `nlp100_81`, `multi_head`; None where it names several."""
    low = normal(stem).casefold()
    digits = set(re.findall(r"(?<!\d)0?(\d{2})(?!\d)", low))
    found = []
    for exercise in every(lessons):
        number = NUMBER.search(exercise.id)
        if (number and number.group(1) in digits) or squeezed(exercise.id) == squeezed(low).strip("0123456789"):
            found.append(exercise.id)
    return found[0] if len(found) == 1 else None
