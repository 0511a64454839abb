"""The words of the class page."""

from __future__ import annotations

from grader.model import Text

TITLE = Text(en="The class", ja="クラス全体")
AS_OF = Text(en="as of {moment} UTC", ja="{moment} UTC 時点")
SKIP = Text(en="Straight to the table", ja="一覧表へ進む")
LESSONS = Text(en="Lessons", ja="課題")
NOTHING = Text(en="Nobody has handed in anything yet.", ja="まだ誰も提出していません。")

OF_ALL = Text(en="of {all}", ja="/ {all} 人")
MISSING = Text(en="Missing", ja="未提出")
MISSING_TOLD = Text(
    en="In the roster, and handed in nothing. No score is no zero: grade book mark gives one.",
    ja="名簿にあり、提出がない学生です。点数は 0 ではなく「なし」です（grade book mark で付けられます）。",
)
LATE = Text(en="Late", ja="遅れて提出")
LATE_TOLD = Text(en="How late, and what counts after the penalty.", ja="遅れた時間と、減点後の点数です。")
MARKED_LATE = Text(en="marked late by the LMS; nothing is taken off", ja="LMS の遅延マークあり・減点なし")
LATE_FREE = Text(en="{long}; nothing is taken off", ja="{long}・減点なし")
LATE_COSTS = Text(en="{long}; {off} taken off, {final} count", ja="{long}・{off} 点減点、{final} 点")
STRANGERS = Text(en="Not in the roster", ja="名簿にない")
STRANGERS_TOLD = Text(en="Handed in under a name that the roster does not have.", ja="名簿にない名前での提出です。")
NOTES = Text(en="What the batch said", ja="採点時のお知らせ")
BY_HAND = Text(en="{points} by hand", ja="手動で {points} 点")
READ_NOT = Text(en="without a score", ja="採点できず")
HANDED_IN = Text(en="handed in", ja="提出者")
MEDIAN = Text(en="median", ja="中央値")
MEAN = Text(en="mean", ja="平均")
DEVIATION = Text(en="deviation", ja="標準偏差")
FULL = Text(en="full marks in the end", ja="満点（遅延の減点後）")
OF_POINTS = Text(en="of {possible}", ja="/ {possible}")

SCORES = Text(en="Scores", ja="得点の分布")
BAR = Text(en="{low} to {high} points: {count}", ja="{low}〜{high} 点: {count} 人")
POINTS_AXIS = Text(en="points", ja="点")
STUDENTS_AXIS = Text(en="Students by their points; the line is the median.", ja="得点ごとの人数。縦線は中央値です。")

ATTENTION = Text(en="Who needs you", ja="声をかけたい人")
REVIEW = Text(en="Your judgement", ja="採点待ち")
REVIEW_TOLD = Text(
    en="Something of theirs only a person can score: grade review --book.",
    ja="人が採点する項目があります（grade review --book）。",
)
STUCK = Text(en="Stuck", ja="つまずいている")
STUCK_TOLD = Text(
    en="They worked on it, but less than a third holds and the code stops with errors or was handed in again; or three "
    "times without a gain.",
    ja="取り組んでいるものの、できているのは 3 分の 1 未満で、エラーで止まるか出し直しています。または 3 回出しても点が増えていません。",
)
UNGRADED = Text(en="No score", ja="採点できなかった")
UNGRADED_TOLD = Text(
    en="The file could not be read, or the grader failed.", ja="ファイルが読めないか、採点側に不具合がありました。"
)
NOBODY = Text(en="Nobody.", ja="いません。")
ITEMS = Text(en="{count} to score", ja="{count} 件")
MANY_MORE = Text(en="and {count} more, see the table", ja="ほか {count} 人（一覧表にあります）")
FEW_HOLD = Text(en="{passed} of {tried} checks hold", ja="{tried} 項目中 {passed} 項目")
NO_GAIN = Text(en="handed in {times} times without a gain", ja="{times} 回提出、点は増えず")
NO_REPORT = Text(en="The grader failed; run the batch again.", ja="採点側の不具合です。もう一度実行してください。")

MISTAKES = Text(en="Common mistakes", ja="よくある間違い")
OF = Text(en="{count} of {tried}", ja="{tried} 人中 {count} 人")
NONE_NAMED = Text(en="No named mistake so far.", ja="名前の付いた間違いはまだありません。")
WHO = Text(en="Who, and what to tell them", ja="該当者と、伝えること")
SEE_ALL = Text(en="All the others", ja="ほかの間違い")

TABLE = Text(en="Everybody", ja="全員の一覧")
TABLE_CAPTION = Text(
    en="Points of each student in each exercise. The deeper the green, the more of the points.",
    ja="学生と演習ごとの得点。緑が濃いほど得点率が高いことを表します。",
)
STUDENT = Text(en="Student", ja="学生")
TOTAL = Text(en="Total", ja="合計")
UNTOUCHED = Text(en="not attempted", ja="未着手")
AWAITS = Text(en="awaits a person", ja="採点待ち")
BROKEN = Text(en="the grader failed", ja="採点側の不具合")
LEGEND = Text(en="What the cells mean", ja="マスの見方")
NONE_OF = Text(en="0 points", ja="0 点")
ALL_OF = Text(en="full", ja="満点")

FIND = Text(en="Find", ja="検索")
FIND_STUDENT = Text(en="a name", ja="名前")
SHOW = Text(en="Show", ja="表示")
EVERYBODY = Text(en="everybody", ja="全員")
SHOWN = Text(en="{shown} of {all}", ja="{all} 人中 {shown} 人")

CHECKS = Text(en="How hard each check is", ja="確認項目の難しさ")
CHECKS_CAPTION = Text(
    en="Discrimination is the correlation of passing this check with all the others: near 1, who does well elsewhere "
    "passes here; below 0, look at the check itself.",
    ja="識別力は、その項目の正否とほかの項目の合計との相関です。1 に近いほど、ほかができる人はこの項目もできています。負なら、項目自体を見直しましょう。",
)
EXERCISE = Text(en="Exercise", ja="演習")
CHECK = Text(en="Check", ja="確認項目")
PASS_RATE = Text(en="Holds", ja="正解率")
DISCRIMINATION = Text(en="Discrimination", ja="識別力")
LOOK = Text(en="look at this check", ja="項目を確認")

ALIKE = Text(en="Strikingly alike", ja="よく似た答案")
ALIKE_TOLD = Text(
    en="More in common than chance and the stub explain. A hint to read both, never a verdict.",
    ja="偶然やひな形では説明しにくい共通部分があります。読み比べるための手がかりで、判定ではありません。",
)
SHARED = Text(en="{count} lines in common", ja="共通する行: {count} 行")
SIMILARITY = Text(en="similarity {percent} %", ja="類似度 {percent} %")
LOST = Text(en="Unreadable, or of no lesson", ja="読めないもの・課題が分からないもの")
NO_SCORE_HERE = Text(en="no score; the page with names says why", ja="点数なし（理由は氏名ありのページに）")
