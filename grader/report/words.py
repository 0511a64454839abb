"""The words around a report, in both languages. What a check says stands with the check."""

from __future__ import annotations

from grader.model import Ending, Outcome, Text

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
EXPECTED = Text(en="should be", ja="正しい値")
ACTUAL = Text(en="yours", ja="あなたの値")
SCORE = Text(en="Score", ja="得点")
NO_SCORE = Text(
    en="No score: something in the grader itself failed.", ja="点数なし（採点プログラム側に不具合がありました）"
)
PENDING = Text(en="{points} points await a person", ja="うち {points} 点は人が採点します")
CELLS = Text(en="Cells that did not run through", ja="最後まで実行できなかったセル")
CELL = Text(en="cell {number}", ja="{number} 番目のセル")
REMARKS = Text(en="Good to know", ja="採点時の扱い")
SAME_MISTAKE = Text(en="the same mistake as above", ja="上と同じ間違いです")
PROVENANCE = Text(
    en="seed {seed} · {isolation} · torch {torch} · --seed {seed} repeats exactly this grading",
    ja="シード {seed} · {isolation} · torch {torch} · --seed {seed} で同じ採点を再現できます",
)
JAILED = Text(en="jailed", ja="隔離環境")
NOT_JAILED = Text(en="own process, no jail", ja="別プロセス（隔離なし）")
SAME_PROCESS = Text(en="same process", ja="同じプロセス")


def isolation(said: str) -> Text:
    """The report's word on isolation ("jail: fork, bubblewrap ...", "cold, no jail") in short."""
    if said.startswith("jail"):
        return JAILED
    return SAME_PROCESS if "same process" in said else NOT_JAILED


def points(value: float) -> str:
    """7 for 7.0, 2.5 for 2.5."""
    return f"{value:g}"
