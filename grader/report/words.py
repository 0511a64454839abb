"""The words around a report, in both languages. What a check says stands with the check."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from grader.model import Comment, Ending, Finding, Late, Outcome, Report, Text

OUTCOMES = {
    Outcome.PASSED: Text(en="holds", ja="できています"),
    Outcome.FAILED: Text(en="does not hold", ja="できていません"),
    Outcome.CRASHED: Text(en="your code stopped with an error", ja="エラーで止まりました"),
    Outcome.TIMED_OUT: Text(en="out of time", ja="時間切れ"),
    Outcome.OUT_OF_MEMORY: Text(en="out of memory", ja="メモリ不足"),
    Outcome.MISSING: Text(en="not attempted yet", ja="未着手"),
    Outcome.SKIPPED: Text(en="not looked at yet", ja="まだ見ていません"),
    Outcome.NEEDS_REVIEW: Text(en="a person will look at it", ja="人が確認します"),
    Outcome.BROKEN: Text(en="the grader failed", ja="採点側の不具合"),
}
ENDINGS = {
    Ending.RAISED: Text(en="raised an error", ja="エラーが出ました"),
    Ending.UNPARSED: Text(en="does not parse", ja="文法エラー"),
    Ending.INTERRUPTED: Text(en="stopped at its time limit", ja="制限時間で停止"),
    Ending.DIED: Text(en="ended the kernel", ja="カーネルが終了"),
    Ending.OUT_OF_MEMORY: Text(en="ran out of memory", ja="メモリ不足"),
    Ending.LEFT_OUT: Text(en="not run", ja="実行せず"),
}
SEEN = Text(en="Seen", ja="結果")
MISTAKE = Text(en="Mistake", ja="間違い")
RUBRIC = Text(en="Rubric", ja="採点の観点")
TRY = Text(en="Try", ja="次の一手")
LINE = Text(en="Line", ja="該当行")
ADVICE = Text(en="Advice", ja="助言")
SAME_ERROR = Text(en="the same error as above", ja="上と同じエラーです")
SAME_REASON = Text(en="for the same reason as above", ja="上と同じ理由です")
WAITING = Text(en="{count} more checks wait.", ja="ほかの {count} 項目は、まだ確認を待っています。")
FOLLOWS = Text(
    en="follows through from {exercises}: nothing lost here",
    ja="{exercises} の間違いから来たものなので、ここでは減点しません",
)
EXPECTED = Text(en="should be", ja="正しい値")
ACTUAL = Text(en="yours", ja="あなたの値")
SCORE = Text(en="Score", ja="得点")
NO_SCORE = Text(
    en="No score: something in the grader itself failed.", ja="点数なし（採点プログラム側に不具合がありました）"
)
PENDING = Text(en="{points} points await a person", ja="うち {points} 点は人が採点します")
LATE = Text(
    en="Handed in {long} late: {earned} earned, {rate} ({penalty}) off, {final} count.",
    ja="期限に {long}遅れたため、{earned} 点から {rate}（{penalty} 点）を引いて {final} 点になります。",
)
CELLS = Text(en="Cells that did not run through", ja="最後まで実行できなかったセル")
CELL = Text(en="cell {number}", ja="{number} 番目のセル")
MARKED = Text(en="scored by a person", ja="人が採点しました")
MARKED_BY = Text(en="{points} of {of} points by {by}", ja="{of} 点中 {points} 点（採点者: {by}）")
COMMENT = Text(en="Marked", ja="採点")
COMMENTS = Text(en="Comments", ja="コメント")
AT_CELL = Text(en="Cell {number}", ja="セル {number}")
AT_LINE = Text(en="Cell {number}, line {line}", ja="セル {number} の {line} 行目")
ASKED = Text(en="You asked", ja="あなたの質問")
ANSWER = Text(en="Answer", ja="回答")
REMARKS = Text(en="Good to know", ja="お知らせ")
SAME_MISTAKE = Text(en="the same mistake as above", ja="上と同じ間違いです")
PROVENANCE = Text(
    en="{isolation} · torch {torch} · grade with --seed {seed} to repeat this",
    ja="シード {seed} · {isolation} · torch {torch} · --seed {seed} で同じ採点を再現できます",
)
JAILED = Text(en="jailed", ja="隔離環境")
NOT_JAILED = Text(en="run without a jail", ja="別プロセス（隔離なし）")
SAME_PROCESS = Text(en="same process", ja="同じプロセス")


def isolation(said: str) -> Text:
    """The report's word on isolation ("jail: fork, bubblewrap ...", "cold, no jail") in short."""
    if said.startswith("jail"):
        return JAILED
    return SAME_PROCESS if "same process" in said else NOT_JAILED


def points(value: float) -> str:
    """7 for 7.0, 2.5 for 2.5."""
    return f"{value:g}"


def how_long(seconds: float) -> Text:
    """A duration in its two largest units."""
    minutes = math.ceil(seconds / 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return Text(en=f"{days} d {hours} h", ja=f"{days} 日 {hours} 時間")
    if hours:
        return Text(en=f"{hours} h {rest} min", ja=f"{hours} 時間 {rest} 分")
    return Text(en=f"{rest} min", ja=f"{rest} 分")


def lateness(late: Late, earned: float) -> Text:
    """What was earned, what lateness takes of it, and what remains."""
    long = how_long(late.seconds)
    values = {"earned": points(earned), "penalty": points(late.penalty), "final": points(late.final)}
    return Text(
        en=LATE.en.format(long=long.en, rate=f"{late.rate:.0%}", **values),
        ja=LATE.ja.format(long=long.ja, rate=f"{late.rate:.0%}", **values),
    )


def cause(finding: Finding) -> str | None:
    """What makes several checks stop in the same way: the error and its line, or why a person looks; sizes may differ."""
    if finding.outcome not in (Outcome.CRASHED, Outcome.NEEDS_REVIEW) or finding.rationale is None:
        return None
    return f"{re.sub(r'[0-9]+', '#', finding.rationale.en)} {finding.place}"


def same_as_above(finding: Finding) -> Text:
    return SAME_ERROR if finding.outcome is Outcome.CRASHED else SAME_REASON


def follows(finding: Finding) -> Text | None:
    """That it holds but for what an earlier exercise was charged for."""
    listed = ", ".join(f"`{exercise}`" for exercise in finding.follows)
    return filled(FOLLOWS, exercises=listed) if listed else None


def filled(text: Text, **values: str) -> Text:
    return Text(en=text.en.format(**values), ja=text.ja.format(**values))


def with_waiting_gathered(findings: Sequence[Finding]) -> list[Finding]:
    """The findings, several checks that wait for the same one gathered in one line: "3 more checks wait"."""
    waiting = defaultdict[str, list[Finding]](list)
    for finding in findings:
        if finding.outcome is Outcome.SKIPPED and finding.rationale is not None and finding.mark is None:
            waiting[finding.rationale.en].append(finding)
    gathered: dict[int, Finding | None] = {}
    for together in waiting.values():
        if len(together) > 1:
            worth_ = sum(finding.points for finding in together)
            text = filled(WAITING, count=str(len(together)))
            gathered |= {id(finding): None for finding in together}
            gathered[id(together[0])] = replace(together[0], text=text, points=worth_)
    found = (gathered.get(id(finding), finding) for finding in findings)
    return [finding for finding in found if finding is not None]


def worth(finding: Finding) -> str:
    """What it earned, and of how much where that is not all."""
    if finding.earned == finding.points:
        return points(finding.points)
    return f"{points(finding.earned)} / {points(finding.points)}"


def marked_by(finding: Finding) -> Text | None:
    """Who scored it, and what they said about it."""
    mark = finding.mark
    if mark is None:
        return None
    values = {"points": points(mark.points), "of": points(finding.points), "by": mark.by}
    comment = f"\n{mark.comment}" if mark.comment else ""
    return Text(en=MARKED_BY.en.format(**values) + comment, ja=MARKED_BY.ja.format(**values) + comment)


def place_of(comment: Comment) -> Text | None:
    """Where a comment stands; None for what is about a check."""
    if comment.cell is None:
        return None
    text = AT_CELL if comment.line is None else AT_LINE
    return filled(text, number=str(comment.cell + 1), line=str(comment.line))


def of_exercise(comments: tuple[Comment, ...], exercise: str) -> tuple[Comment, ...]:
    return tuple(comment for comment in comments if comment.exercise == exercise)


def elsewhere(report: Report) -> tuple[Comment, ...]:
    """The comments that belong to no exercise of the report."""
    known = {exercise.id for exercise in report.exercises}
    return tuple(comment for comment in report.comments if comment.exercise not in known)


def tells(rationale: Text | None) -> bool:
    """Whether it says more than that nothing is there: which blank is still to be filled in, say."""
    return rationale is not None and rationale.en.strip(".").casefold() != OUTCOMES[Outcome.MISSING].en
