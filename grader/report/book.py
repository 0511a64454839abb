"""Tables of the gradebook for a terminal. The rows are anything that has the fields: nothing is imported from above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text as Line

from grader.model import Language, Outcome, Score, Text
from grader.report.words import points


def standings(rows: Iterable[Any], language: Language) -> Table:
    """Where everybody stands."""
    table = headed(STANDINGS, language)
    for row in rows:
        taken = {"penalty": points(row.penalty), "final": points(row.final or 0.0)}
        notes = [MARKED.in_(language)] * bool(row.marks) + [PENALTY.in_(language).format(**taken)] * bool(row.penalty)
        note = ", ".join(notes)
        why = row.problem or WORDS.get(row.status)
        told = why.in_(language) if why else note
        add(table, row.student, row.lesson or "?", row.file, score(row.score), short(row.graded), told)
    return table


def batches(rows: Iterable[Mapping[str, Any]], language: Language) -> Table:
    """Which batches there were."""
    table = headed(BATCHES, language)
    for row in rows:
        ended = short(row["ended"]) if row["ended"] else STOPPED.in_(language)
        add(
            table,
            row["id"],
            short(row["started"]),
            ended,
            row["runs"],
            row["seed"],
            row["grader"],
            row["by"],
            row["source"],
        )
    return table


def changes(rows: Iterable[Any], language: Language) -> Table:
    """Who changed what and when."""
    table = headed(CHANGES, language)
    for row in rows:
        add(table, short(row.at), row.by, row.lesson or "?", row.what, row.before or "-", row.after or "-")
    return table


def differences(rows: Iterable[Any], language: Language) -> RenderableType:
    """What came out differently."""
    table = headed(DIFFERENCES, language)
    for row in rows:
        add(table, row.student, f"{row.exercise}.{row.check}", outcome(row.before), outcome(row.after))
    return table if table.row_count else SAME.in_(language)


def headed(headers: tuple[Text, ...], language: Language) -> Table:
    table = Table(box=None, pad_edge=False)
    for header in headers:
        table.add_column(header.in_(language), overflow="fold")
    return table


def add(table: Table, *cells: object) -> None:
    """Names come from files: none of them is markup."""
    table.add_row(*(Line(str(cell)) for cell in cells))


def score(found: Score | None) -> str:
    if found is None or found.earned is None:
        return "-"
    pending = f" (+{points(found.pending)}?)" if found.pending else ""
    return f"{points(found.earned)}/{points(found.possible)}{pending}"


def outcome(found: tuple[Outcome, float] | None) -> str:
    return "-" if found is None else f"{found[0].value} ({points(found[1])})"


def short(moment: str) -> str:
    """2026-11-23T02:45:28.123+00:00 -> 2026-11-23 02:45."""
    return moment[:16].replace("T", " ")


STUDENT, LESSON = Text(en="student", ja="学生"), Text(en="lesson", ja="課題")
STANDINGS = (
    STUDENT,
    LESSON,
    Text(en="file", ja="ファイル"),
    Text(en="score", ja="得点"),
    Text(en="graded (UTC)", ja="採点日時 (UTC)"),
    Text(en="note", ja="備考"),
)
BATCHES = (
    Text(en="batch", ja="回"),
    Text(en="started (UTC)", ja="開始 (UTC)"),
    Text(en="ended", ja="終了"),
    Text(en="runs", ja="採点数"),
    Text(en="seed", ja="シード"),
    Text(en="grader", ja="採点プログラム"),
    Text(en="by", ja="実行者"),
    Text(en="folder", ja="フォルダ"),
)
CHANGES = (
    Text(en="when (UTC)", ja="日時 (UTC)"),
    Text(en="who", ja="変更者"),
    LESSON,
    Text(en="what", ja="内容"),
    Text(en="before", ja="変更前"),
    Text(en="after", ja="変更後"),
)
DIFFERENCES = (STUDENT, Text(en="check", ja="チェック"), Text(en="before", ja="前"), Text(en="after", ja="後"))
SAME = Text(en="Nothing came out differently.", ja="結果に違いはありません。")
MARKED = Text(en="with marks by hand", ja="手動採点あり")
PENALTY = Text(en="late: -{penalty}, {final} remain", ja="遅延 -{penalty}、最終 {final}")
STOPPED = Text(en="stopped", ja="中断")
WORDS = {"broken": Text(en="the grader failed", ja="採点側の不具合")}
