"""What an instructor should know after the evening: who is missing, unknown, late, or handed in twice. Plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from grader.batch.attendance import enrolled, missing
from grader.batch.entries import Standing
from grader.batch.gradebook import Gradebook
from grader.batch.intake.names import listed, said
from grader.batch.standings import standings
from grader.model import Text
from grader.report.words import how_long

MOST = 100  # students that are listed by name


def closing(book: Gradebook, batch: int, unknown: Mapping[str, tuple[str, ...]]) -> list[Text]:
    """unknown: who is not in the roster, with who of the roster it may be."""
    return [*twice(book, batch), *late(book, batch), *absent(book), *strangers(unknown)]


def handed_in(book: Gradebook, batch: int) -> Iterator[tuple[str, list[Any]]]:
    sql = "SELECT id, student, lesson, file, handed_in FROM submissions WHERE batch = ? ORDER BY student, id"
    for student, rows in groupby(book.rows(sql, batch), key=lambda row: str(row["student"])):
        yield student, list(rows)


def twice(book: Gradebook, batch: int) -> Iterator[Text]:
    """Which of several notebooks counts; and where that cannot be known from their times."""
    for student, rows in handed_in(book, batch):
        if len(rows) < 2:
            continue
        counting = {place.submission for place in standings(book, student=student)}
        for place in standings(book, student=student):
            others = [r for r in rows if r["id"] != place.submission and r["lesson"] in (place.lesson, None)]
            if not others or place.submission not in {r["id"] for r in rows}:
                continue
            names = listed([r["file"] for r in others if r["id"] not in counting])
            if not names:
                continue
            yield said(
                *(BEST if place.attempt == "best" else TWICE),
                who=student,
                file=place.file,
                others=names,
                lesson=place.lesson or "?",
            )
            if place.attempt == "best":  # their times decide nothing, but a file that nobody could read may be the best
                others = [r for r in others if r["lesson"] is None]
            if any(r["handed_in"] == place.handed_in and r["lesson"] == place.lesson for r in others):
                yield said(*TIE, who=student, file=place.file)
            elif any((r["handed_in"] or "") > (place.handed_in or "") for r in others):
                yield said(*UNREADABLE, who=student, file=place.file)


def late(book: Gradebook, batch: int) -> Iterator[Text]:
    now = {row["id"] for _, rows in handed_in(book, batch) for row in rows}
    places = [place for place in standings(book) if place.late is not None and place.submission in now]
    for place in places[:MOST]:
        yield said(*(LATE if place.late else MARKED), who=place.label, **how_late(place))
    if len(places) > MOST:
        yield said("{count} more were late.", "ほかに {count} 名が遅れて提出しました。", count=len(places) - MOST)


def how_late(place: Standing) -> dict[str, str]:
    long = how_long(place.late or 0.0)
    en, ja = long.en, long.ja
    if place.overridden:
        return {
            "en": f"{en}; the total was set by hand and stays",
            "ja": f"{ja}。総点は手動で決めたものなので、そのままです",
        }
    if not place.rate:
        return {"en": f"{en}; nothing is taken off", "ja": f"{ja}。減点はしません"}
    final = "-" if place.final is None else f"{place.final:g}"
    return {
        "en": f"{en}; {place.rate:.0%} off: {place.penalty:g} points, {final} remain",
        "ja": f"{ja}。{place.rate:.0%} 減点（{place.penalty:g} 点）、残り {final} 点",
    }


def absent(book: Gradebook) -> Iterator[Text]:
    everybody = enrolled(book)
    for lesson, pairs in groupby(missing(book), key=lambda pair: pair[1]):
        names = [student for student, _ in pairs]
        yield said(*MISSING, count=len(names), all=len(everybody), lesson=lesson or "-", names=listed(names, MOST))


def strangers(unknown: Mapping[str, tuple[str, ...]]) -> Iterator[Text]:
    for called, perhaps in unknown.items():
        yield said(*(ALIKE if perhaps else UNKNOWN), who=called, perhaps=listed(perhaps))


TWICE = (
    "{who} handed in several notebooks for {lesson}: {file}, the latest, counts; {others} not.",
    "{who} は {lesson} のノートブックを複数提出しています。最後に提出された {file} を採用し、{others} は採用しません。",
)
BEST = (
    "{who} handed in several notebooks for {lesson}: {file}, the best, counts; {others} not.",
    "{who} は {lesson} のノートブックを複数提出しています。最も得点の高い {file} を採用し、{others} は採用しません。",
)
TIE = (
    "{who}: the notebooks have the same time, so {file} was taken by its place in the list; please look.",
    "{who}: 提出時刻が同じなので、並び順で {file} を採用しました。確認してください。",
)
UNREADABLE = (
    "{who}: a later file is of no lesson or cannot be read, so {file}, the one before it, counts; please look.",
    "{who}: より新しいファイルは課題を判別できないか読み込めないため、その前の {file} を採用しました。確認してください。",
)
LATE = ("{who} was late by {en}.", "{who} は期限に遅れました。遅れ: {ja}。")
MARKED = (
    "{who} is marked late by the LMS; nothing is taken off, say --due to know how late.",
    "{who} には LMS の遅延マークが付いています。減点はしません。--due を指定すると遅れを計算できます。",
)
MISSING = (
    "No notebook for {lesson} from {count} of {all}: {names}.",
    "{lesson} のノートブックが届いていない学生は {all} 名中 {count} 名です: {names}。",
)
UNKNOWN = (
    "{who} is not in the roster.",
    "{who} は名簿にありません。",
)
ALIKE = (
    "{who} is not in the roster; perhaps {perhaps}? If so, put it in a column alias of the roster.",
    "{who} は名簿にありません。{perhaps} かもしれません。その場合は、名簿に「別名」の列を作って書き加えてください。",
)
