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
ISOLATION = {
    "own process, no jail": Text(en="own process, no jail", ja="別プロセス（隔離なし）"),
    "none: same process": Text(en="same process", ja="同じプロセス"),
}

# On a page
SKIP_LINK = Text(en="Straight to the results", ja="結果へ進む")
OVERVIEW = Text(en="Overview", ja="全体")
OVERVIEW_CAPTION = Text(en="What held and what did not, exercise by exercise", ja="演習ごとの結果")
EXERCISE = Text(en="Exercise", ja="演習")
CHECKS = Text(en="Checks", ja="確認項目")
NEXT = Text(en="Start here", ja="まずはここから")
ALL_HOLDS = Text(en="Everything holds. Well done.", ja="すべてできています。お疲れさまでした。")
SCORE_OF = Text(en="{earned} of {possible} points", ja="{possible} 点中 {earned} 点")
WHERE = Text(en="line {line} of the cell", ja="セルの {line} 行目")
WHERE_IN = Text(en="line {line} of the cell, in {function}", ja="セルの {line} 行目、{function} の中")
HINT_TRY = Text(en="A hint: what to try", ja="ヒント: 次の一手")
HINT_MISTAKE = Text(en="A stronger hint: which mistake it is", ja="もっとヒント: どんな間違いか")
MISTAKE_FOUND = Text(en="The mistake was recognised: read which one", ja="間違いを特定できました: 読んでみる")
MORE_CELLS = Text(en="and {count} more cells", ja="ほか {count} セル")
WHAT_HAPPENED = Text(en="What happened", ja="起きたこと")
THE_CELL = Text(en="Cell", ja="セル")
FINGERPRINT = Text(
    en="file {sha256} · grader {grader} · Python {python}", ja="ファイル {sha256} · grader {grader} · Python {python}"
)
# Under a picture
MATRIX = Text(en="({size} numbers from {low} to {high})", ja="（{size} 個の数値、{low} から {high}）")
NO_NUMBERS = Text(en="({size}, nothing finite)", ja="（{size}、有限の値なし）")
OUTLINED = Text(en="Outlined: {actual}.", ja="枠の値は {actual} です。")
OUTLINED_BOTH = Text(
    en="Outlined: it should be {expected} and is {actual}.", ja="枠の値は {expected} のはずが {actual} です。"
)
OUTLINED_ROW = Text(en="Outlined: the row in question.", ja="枠で囲んだ行が問題の行です。")
DOTS = Text(en="Dots: {count} of {total} numbers differ.", ja="点のある {count} 個（全 {total} 個中）が違う値です。")
COLOURS = Text(en="The deeper the blue, the larger (up to {top}).", ja="青が濃いほど大きな値です（最大 {top}）。")
COLOURS_BOTH = Text(
    en="Blue is above zero, orange below; full colour is {top}.",
    ja="青は正、橙は負の値で、濃いほど絶対値が大きくなります（最大 {top}）。",
)
CURVE = Text(en="Blue: yours.", ja="青の実線があなたの値です。")
CURVE_BOTH = Text(
    en="Blue: yours. Orange, dashed: as it should be.", ja="青の実線があなたの値、橙の破線が正しい値です。"
)


def points(value: float) -> str:
    """7 for 7.0, 2.5 for 2.5."""
    return f"{value:g}"
