"""What an instructor should know after the evening: who is missing, unknown, late, or handed in twice. Plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Any

from grader.batch.gradebook.attendance import enrolled, left, missing
from grader.batch.gradebook.chosen_attempt import label
from grader.batch.gradebook.entries import Standing
from grader.batch.gradebook.queries import of_submission, standings
from grader.batch.gradebook.review.requests import requests
from grader.batch.gradebook.store import Gradebook
from grader.batch.names import listed, said
from grader.batch.same_student import nameless
from grader.model import Text
from grader.report.words import how_long

MOST = 100  # students that are listed by name
MOST_UNGRADED = 20  # files that could not be graded, of which the reason is told
MARKED_BEFORE = """
SELECT s.id, s.student, s.lesson, s.file, m.points FROM submissions s JOIN marks m ON m.submission = s.id
WHERE s.file <> '' OR m.exercise = '' ORDER BY s.student, s.lesson, s.id DESC
"""


def closing(
    book: Gradebook, batch: int, unknown: Mapping[str, tuple[str, ...]], due: datetime | None = None
) -> list[Text]:
    """unknown: who is not in the roster, with who of the roster it may be. due: for the class."""
    return [
        *twice(book, batch),
        *replaced(book, batch),
        *without_points(book, batch),
        *late(book, batch),
        *excused(book, batch, due),
        *absent(book),
        *gone(book),
        *veiled(book, batch),
        *strangers(book, unknown),
        *questions(book),
    ]


def handed_in(book: Gradebook, batch: int) -> Iterator[tuple[str, list[Any]]]:
    sql = "SELECT id, student, lesson, file, handed_in, attempt FROM submissions WHERE batch = ? ORDER BY student, id"
    for student, rows in groupby(book.rows(sql, batch), key=lambda row: str(row["student"])):
        yield student, list(rows)


def twice(book: Gradebook, batch: int) -> Iterator[Text]:
    """Which of several submissions counts, and where that is only a proposal."""
    decided = {row["submission"] for row in book.rows("SELECT submission FROM decided")}
    for student, rows in handed_in(book, batch):
        if len(rows) < 2:
            continue
        counting = {place.submission for place in standings(book, student=student)}
        for place in standings(book, student=student):
            others = [r for r in rows if r["id"] not in counting and r["lesson"] in (place.lesson, None)]
            if others and place.submission in {r["id"] for r in rows}:
                yield from which_counts(place, others, place.submission in decided)


def which_counts(place: Standing, others: list[Any], decided: bool) -> Iterator[Text]:
    same = len({place.file, *(r["file"] for r in others)}) <= len(others)  # two are called the same
    called = {r["id"]: label(r) if same else r["file"] for r in others}
    counts = label({**asdict(place), "id": place.submission}) if same else place.file
    best = place.attempt == "best" and not decided
    later = [r for r in others if (r["handed_in"] or "") > (place.handed_in or "")]
    if best:  # times decide nothing then, but a file that nobody could read may be the best
        later = [r for r in others if r["lesson"] is None]
    names = {"who": place.student, "file": counts, "others": ", ".join(called.values())}
    yield said(*(BEST if best else TWICE), **names, lesson=place.lesson or "?")
    if place.doubt and not best:
        yield said(*DOUBT, **names)
    elif later and not decided:
        words = UNREADABLE if any(r["lesson"] is None for r in later) else EMPTIER
        yield said(*words, who=place.student, file=counts, others=", ".join(called[r["id"]] for r in later))


def replaced(book: Gradebook, batch: int) -> Iterator[Text]:
    """Marks by hand on what counted before, where another hand-in of this batch counts now and has none."""
    counting = {(place.student, place.lesson): place for place in standings(book)}
    now = {row["id"] for _, rows in handed_in(book, batch) for row in rows}
    told = set[tuple[str, str]]()
    for row in book.rows(MARKED_BEFORE):
        key = (str(row["student"]), str(row["lesson"]))
        place = counting.get(key)
        if place is None or place.submission not in now or row["id"] == place.submission or key in told:
            continue
        told.add(key)
        names = {"who": place.student, "lesson": place.lesson, "file": place.file, "points": f"{row['points']:g}"}
        if not row["file"]:
            yield said(*REPLACED, **names)
        elif not book.marks(place.submission):
            yield said(*MARKS_STAY_BEHIND, **names | {"old": row["file"]})


def without_points(book: Gradebook, batch: int) -> Iterator[Text]:
    """Whose file could not be graded, and why."""
    told = [(place.student, place.problem) for place in standings(book) if place.batch == batch and place.problem]
    for student, problem in told[:MOST_UNGRADED]:
        yield said(*UNGRADED, who=student, en=problem.en, ja=problem.ja)
    rest = [student for student, _ in told[MOST_UNGRADED:]]
    if rest:
        yield said(*MORE_UNGRADED, count=len(rest), names=listed(rest, MOST))


def late(book: Gradebook, batch: int) -> Iterator[Text]:
    now = {row["id"] for _, rows in handed_in(book, batch) for row in rows}
    places = [place for place in standings(book) if place.late is not None and place.submission in now]
    for place in places[:MOST]:
        yield said(*(LATE if place.late else MARKED), who=place.label, **how_late(place))
    if len(places) > MOST:
        yield said("{count} more were late.", "ほかに {count} 名が遅れて提出しました。", count=len(places) - MOST)


def excused(book: Gradebook, batch: int, due: datetime | None) -> Iterator[Text]:
    """Who was later than the class's due time and is not late: otherwise nobody sees that an extension was used."""
    now = {row["id"] for _, rows in handed_in(book, batch) for row in rows}
    places = [p for p in standings(book) if p.submission in now and p.late is None and p.handed_in]
    names = [p.student for p in places if due is not None and datetime.fromisoformat(p.handed_in or "") > due]
    if names:
        yield said(*EXCUSED, names=listed(list(dict.fromkeys(names)), MOST))


def how_late(place: Standing) -> dict[str, str]:
    long = how_long(place.late or 0.0)
    en, ja = long.en, long.ja
    if place.overridden:
        return {
            "en": f"{en}; the total was set by hand and stays",
            "ja": f"{ja}。総点は手動で決めたものなので、そのままです",
        }
    if place.final is None:
        return {
            "en": f"{en}; without points there is nothing to take off",
            "ja": f"{ja}。点数がないため、減点もありません",
        }
    if not place.rate:
        return {"en": f"{en}; nothing is taken off", "ja": f"{ja}。減点はしません"}
    return {
        "en": f"{en}; {place.rate:.0%} off: {place.penalty:g} points, {place.final:g} remain",
        "ja": f"{ja}。{place.rate:.0%} 減点（{place.penalty:g} 点）、残り {place.final:g} 点",
    }


def absent(book: Gradebook) -> Iterator[Text]:
    everybody = enrolled(book)
    for lesson, pairs in groupby(missing(book), key=lambda pair: pair[1]):
        names = [student for student, _ in pairs]
        yield said(*MISSING, count=len(names), all=len(everybody), lesson=lesson or "-", names=listed(names, MOST))


def gone(book: Gradebook) -> Iterator[Text]:
    names = left(book)
    if names:
        yield said(*LEFT, names=listed(names, MOST))


def veiled(book: Gradebook, batch: int) -> Iterator[Text]:
    names = nameless(book, batch)
    if names:
        yield said(*NAMELESS, names=listed(names, MOST))


def questions(book: Gradebook, called: Callable[[str], str] = str) -> Iterator[Text]:
    """Students' questions about a mark that nobody has answered. called: the name under which a student is shown."""
    waiting = [one for one in requests(book) if not one.answer]
    if waiting:
        asked = [
            f"{called(of_submission(book, one.submission).student)} ({one.exercise}.{one.check})" for one in waiting
        ]
        yield said(*QUESTIONS, count=len(waiting), asked=listed(asked, MOST))


def strangers(book: Gradebook, unknown: Mapping[str, tuple[str, ...]]) -> Iterator[Text]:
    """Who is known to nobody. Whom an earlier roster had is `gone`."""
    here = {place.student for place in standings(book)} - set(left(book))
    for called, perhaps in unknown.items():
        if called in here:
            yield said(*(ALIKE if perhaps else UNKNOWN), who=called, perhaps=listed(perhaps))


TWICE = (
    "{who} handed in more than once for {lesson}: {file} counts; {others} not.",
    "{who} は {lesson} を複数回提出しています。{file} を採用し、{others} は採用しません。",
)
DOUBT = (
    "{who}: nothing tells whether {file} or {others} is the later one; {file} is proposed. Confirm it, or choose another: "
    "grade book count '{who}' FILE",
    "{who}: {file} と {others} のどちらが後の提出か判断できないため、{file} を仮に採用しました。"
    "確認するか、別のものを選んでください: grade book count '{who}' ファイル名",
)
BEST = (
    "{who} handed in more than once for {lesson}: {file}, the best, counts; {others} not.",
    "{who} は {lesson} を複数回提出しています。最も得点の高い {file} を採用し、{others} は採用しません。",
)
UNREADABLE = (
    "{who}: {others} is later, but of no lesson or not readable, so {file} counts; please look.",
    "{who}: {others} の方が新しいのですが、課題を判別できないか読み込めないため、{file} を採用しました。確認してください。",
)
EMPTIER = (
    "{who}: {others} is later, but answers nothing that {file} does not answer more fully, so {file} counts.",
    "{who}: {others} の方が新しいのですが、解答がないか少ないため、{file} を採用しました。",
)
REPLACED = (
    "{who} had {points} points by hand for {lesson}, when nothing had been handed in. {file} counts now. To keep the points, "
    "give them again: grade book mark '{who}' {points} --lesson {lesson}",
    "{who} には、未提出のとき {lesson} に手動で {points} 点が付いていました。今は {file} を採用しています。その点数のままにする場合は、"
    "もう一度付けてください: grade book mark '{who}' {points} --lesson {lesson}",
)
MARKS_STAY_BEHIND = (
    "{who} had marks by hand on {old}; {file} counts now, without them. `grade book show '{who}'` lists them, `grade book count '{who}' {old}` "
    "lets the old file count.",
    "{who} には {old} に手動の採点がありました。今は {file} を採用していて、その採点は付いていません。`grade book show '{who}'` で確認でき、"
    "`grade book count '{who}' {old}` で前のファイルを採用できます。",
)
UNGRADED = ("{who} has no points: {en}", "{who} には点数がありません。{ja}")
MORE_UNGRADED = (
    "Without points for reasons that `grade book list` shows: {count} more. {names}.",
    "ほかに点数のない学生 {count} 名（理由は `grade book list` に表示されます）: {names}。",
)
LATE = ("{who} was late by {en}.", "{who} は期限に遅れました。遅れ: {ja}。")
EXCUSED = (
    "After the due time, and in time by an extension or the grace: {names}. Nothing is taken off.",
    "締め切り後の提出ですが、延長または猶予の範囲内のため減点はありません: {names}。",
)
MARKED = (
    "{who} is marked late, and nothing says by how much; nothing is taken off. Where something should be, write how late into a column "
    "late of the roster (2 days), or set the total: grade book mark.",
    "{who} には遅延の印が付いていますが、遅れの長さは分かりません。減点はしません。減点する場合は、名簿に「遅れ」の列を作って長さ（2 days など）を"
    "書くか、grade book mark で総点を指定してください。",
)
QUESTIONS = (
    "Questions about a mark that await an answer: {count}. {asked}. (grade review --web)",
    "点数についての質問 {count} 件が回答待ちです: {asked}。（grade review --web で回答できます）",
)
MISSING = (
    "No notebook for {lesson} from {count} of {all}: {names}.",
    "{lesson} のノートブックが届いていない学生は {all} 名中 {count} 名です: {names}。",
)
LEFT = (
    "Not in the roster any more, but in an earlier one: {names}. Their marks stay in the gradebook.",
    "以前の名簿にはあり、今の名簿にない学生: {names}。点数は採点簿に残っています。",
)
NAMELESS = (
    "Graded while Canvas hid names, and under no submission of this download: {names}. Who handed in again since is there twice, because "
    "a new upload has a new number. If you know whose it is, write the alias in a column alias of the roster, in that student's line.",
    "Canvas が名前を隠していたときに採点され、今回の提出の中に対応するものがない: {names}。その後に再提出した学生は、提出の番号が変わるため"
    "二重になります。誰のものか分かる場合は、名簿に「別名」の列を作り、その学生の行にこの名前を書き加えてください。",
)
UNKNOWN = (
    "{who} is not in the roster.",
    "{who} は名簿にありません。",
)
ALIKE = (
    "{who} is not in the roster; perhaps {perhaps}? If so, write {who} in a column alias of the roster, in that student's line.",
    "{who} は名簿にありません。{perhaps} かもしれません。その場合は、名簿に「別名」の列を作り、その学生の行に {who} と書き加えてください。",
)
