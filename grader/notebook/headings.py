"""How people announce an exercise: the number of a problem in all its dresses, or the name of what it is about.

Everything is compared after NFKC, so that full-width digits, blanks and brackets count as their narrow forms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from grader.model import Cell, Exercise, Lesson, Text

MOST_LINES = 500  # of a text, that are looked at for headings
Told = tuple[str, ...]  # the exercises that a heading announces

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
    "chapter",
    "mondai",
    "task",
    "prob",
    "ex",
    "ch",
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

# One heading for several: `81 - 85`, `81〜85`, `問題82, 83`, `81・82`, `84 and 85`.
MANY = re.compile(
    rf"\s*+(?P<to>-|–|—|~|〜|から|to\b)?(?:[,、・/&]|と|and\b)?\s*+(?:{BEFORE}\W{{0,2}})?0*+(?P<next>\d++)(?!\.\d|\s*+%)"
)
# A mention, which opens nothing: `問題82のコードを改変し`, `問題85や問題87の`, `Problem 82 used batches of one.`
MENTION = re.compile(
    r"\s*(?:の(?!\s*(?:解答|回答|答え|答案|実装|コード\s*$))|で|を|や|と|から|に|は|が|も|'s\b|[a-z]+(?: \S+){4})"
)
REWORKED = re.compile(r"改変|改造|流用|使い回|再利用|と同じ|と同様|\b(?:modif|reus|based on|same as|again)")

MOST_AT_ONCE = 20  # problems under one heading
SLACK = 14  # characters a heading may have beyond the topic: "3.2 Multi-head attention の実装"
NUMBER = re.compile(r"(?<!\d)(\d+)$")
ANNOUNCED = re.compile(rf"(?:{BEFORE}\W{{0,2}})?\[?0*(\d+)(?!\d|\.\d|\s*%)")


def normal(line: str) -> str:
    return unicodedata.normalize("NFKC", line).strip()


def numbered(line: str) -> bool:
    """A plain line that can only be a problem's number: `81.`, `課題81`, `81 (RNN)`, not `81 % of the titles`."""
    shape = rf"(?:{BEFORE}\W{{0,2}}0*\d+|\[?\d+\]?\s*(?:[.:)(_\-]|$)|\[\d+\])"
    return bool(re.match(shape, line, re.IGNORECASE)) and not re.match(r"\d+\.\d|\d+\s*-\s*\d", line)


def announced(line: str, lessons: Iterable[Lesson]) -> tuple[str, ...]:
    """The exercises that this line (normal, without `#`) names by their numbers, or the one it names by its id."""
    low = line.casefold()
    said = ANNOUNCED.match(low)
    numbers = counted(low, said) if said else ()
    known = list(every(lessons))
    by_number = tuple(e.id for number in numbers for e in known if number == number_of(e.id))
    return by_number or tuple(e.id for e in known if e.id in low and named_by_id(low, e.id))[:1]


def counted(line: str, said: re.Match[str]) -> tuple[str, ...]:
    """The numbers that a line begins with: `81 - 85` are five, `82, 83` two."""
    found, place = [said.group(1)], said.end()
    while more := MANY.match(line, place):
        if not more.group()[: more.start("next") - more.start()].strip():
            break  # two numbers with a blank between them
        first, last = int(found[-1]), int(more["next"])
        between = range(first + 1, last) if more["to"] and last - first < MOST_AT_ONCE else ()
        found += [*map(str, between), more["next"]]
        place = more.end()
    return tuple(dict.fromkeys(found))


def mentions(line: str, heading: bool = False) -> bool:
    """Whether a line that begins with a problem's number only speaks of it: `問題82のコードを改変し` opens no 82.

    heading: it is marked as a heading, which may say anything but that it takes up the other problem's answer again.
    """
    low = line.casefold()
    said = ANNOUNCED.match(low)
    if said is None or len(counted(low, said)) > 1:
        return False
    spoken = MENTION.match(low, said.end()) is not None
    return spoken and (not heading or bool(REWORKED.search(low, said.end())))


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


NAMED_AT_ONCE = 6  # problems that a file may be named after: `ex82-83`; `knock80_89` is named after the chapter


def in_file_name(stem: str, lessons: Iterable[Lesson]) -> str | None:
    """The exercise a file is named after: `knock81`, `81`, `nlp100_81`, `multi_head`; None where it names several."""
    found = exercises_of_file(stem, lessons)
    return found[0] if len(found) == 1 else None


def heading(cell: Cell, lessons: Sequence[Lesson], topics: bool = False) -> Told:
    """The exercises that the headings of this cell announce; none where it has no heading.

    Headings of text go before its bold lines, and those before plain lines that begin with a number. Of a code cell, and of
    plain lines, only the first counts.
    topics: a heading may also name what the exercise is about.
    """
    if cell.kind == "raw":
        return ()
    for lines in candidates(cell):
        found = [names for line in lines if (names := announced(line, lessons))]
        if found:
            return tuple(dict.fromkeys(name for names in found for name in names))
    if not topics:
        return ()
    marked = [line for lines in candidates(cell, plain=False) for line in lines]
    return tuple(dict.fromkeys(name for line in marked for name in [topic(line, lessons)] if name))


def candidates(cell: Cell, plain: bool = True) -> Iterator[list[str]]:
    """The lines that may be headings, without their marks, surest first. plain: also lines that begin with a number."""
    lines = [normal(line) for line in cell.source.splitlines()]
    if cell.kind == "markdown":
        lines = lines[-MOST_LINES:]
        yield [
            said for line in lines if line.startswith("#") and not mentions(said := line.strip("#*_ "), heading=True)
        ]
        yield [said for line in lines if line.startswith(("*", "_")) and not mentions(said := line.strip("#*_ "))][:1]
        bare = [line for line in lines if plain and numbered(line) and not mentions(line)]
        yield bare[:1]
        return
    first = next((number for number, line in enumerate(lines) if line), 0)
    marked = [(number, line.strip("#%=-*~ \"'")) for number, line in enumerate(lines) if opens(line)]
    told = [line for number, line in marked if line and (number == first or (plain and numbered(line)))]
    told += filter(None, map(displayed, lines[first : first + 1]))
    for line in told:
        if not mentions(line):
            yield [line]


# st.header("81. Prediction with an RNN"); display(Markdown("## 81")). What is printed may as well end a problem.
SHOWN = re.compile(
    r"(?:st\.(?:header|subheader|title|markdown)|display\(\s*(?:\w+\.)?Markdown)\("
    r"\s*[fru]?(?P<quote>['\"])(?P<said>[^'\"]{1,200})(?P=quote)\s*\)+;?\s*(?:#.*)?"
)


def displayed(line: str) -> str:
    """The heading that a line of code shows to its reader, without its marks, or nothing."""
    found = SHOWN.fullmatch(line.strip())
    said = normal(found["said"]).strip("#=-*~ ") if found else ""
    return said if numbered(said) and not mentions(said) else ""


def opens(line: str) -> bool:
    """A comment or the first line of a docstring, which is what people use for a heading in code."""
    return line.startswith(("#", '"""', "'''")) and not line.startswith(("#!", "# !", "#%"))


def exercises_of_file(stem: str, lessons: Iterable[Lesson]) -> tuple[str, ...]:
    """The exercises a file is named after; `82-83` and `81_82_83` several, `80-89` none."""
    low = normal(stem).casefold()
    known = {number_of(exercise.id) for exercise in every(lessons)}
    digits = sorted(int(said) for said in re.findall(r"(?<!\d)0?(\d{2})(?!\d)", low) if said in known)
    spread = digits[-1] - digits[0] < NAMED_AT_ONCE if digits else True
    range_of = re.search(r"(?<!\d)\d{2}\s*[-~]\s*\d{2}(?!\d)", low) if spread else None
    named = set(range(digits[0], digits[-1] + 1)) if range_of and digits else set(digits)
    found = []
    for exercise in every(lessons):
        number = NUMBER.search(exercise.id)
        if (number and int(number.group(1)) in named) or squeezed(exercise.id) == squeezed(low).strip("0123456789"):
            found.append(exercise.id)
    return tuple(found) if spread else ()
