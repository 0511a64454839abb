"""The words of the review pages, in both languages. SCRIPT holds those that the page's script shows."""

from __future__ import annotations

from grader.model import Text

TITLE = Text(en="Review", ja="採点")
AS = Text(en="You mark as {by}", ja="採点者: {by}")
NOTHING = Text(en="Nothing awaits a person.", ja="人が採点する項目はありません。")
ALL_DONE = Text(
    en="Everything is marked. Run the batch again with --out, or export, to hand it back.",
    ja="すべて採点済みです。--out を付けて grade batch をもう一度実行するか、エクスポートすると返却できます。",
)
OPEN = Text(en="{open} to do", ja="残り {open} 件")
DONE = Text(en="done", ja="採点済み")
DONE_OF = Text(en="{done} of {all} done", ja="{all} 件中 {done} 件済み")
BEGIN = Text(en="Go on", ja="採点する")
AGAIN = Text(en="Look again", ja="見直す")
EVERYBODY = Text(en="Everybody", ja="全員の一覧")
ASKED = Text(en="asks about it", ja="質問あり")
TROUBLE = Text(en="Some hand-ins cannot be shown", ja="表示できない提出物があります")
OVERVIEW = Text(en="Overview", ja="一覧")
SKIP = Text(en="Straight to the marks", ja="採点欄へ進む")
PREVIOUS = Text(en="Previous", ja="前へ")
NEXT = Text(en="Next", ja="次へ")
NEXT_OPEN = Text(en="Next to do", ja="次の未採点")
NUMBER_OF = Text(en="{number} of {of}", ja="{of} 件中 {number} 件目")
WORK = Text(en="The hand-in", ja="提出物")
MARKS = Text(en="Marks", ja="採点欄")
REST = Text(en="The other checks of this exercise", ja="この演習のほかの確認項目")
FOLDED = Text(en="Cells {first} to {last}", ja="セル {first}〜{last}")
FOLDED_ONE = Text(en="Cell {first}", ja="セル {first}")
GIVEN = Text(en="as handed out", ja="配布時のまま")
CELL = Text(en="Cell {number}", ja="セル {number}")
OUTPUT = Text(en="Output as handed in", ja="提出時の出力")
ADD_COMMENT = Text(en="Comment", ja="コメント")
COMMENT_ON = Text(en="Comment on cell {number}", ja="セル {number} にコメント")
COMMENT_ON_LINE = Text(en="Comment on line {line}", ja="{line} 行目にコメント")
GONE = Text(
    en="The file is not where it was graded from any more, so only what the report has can be shown. "
    "Start again and name its folder or zip: grade review --web --from FOLDER.",
    ja="採点したときの場所に提出物がないため、レポートにある内容だけを表示しています。"
    "フォルダか zip を指定して起動し直してください: grade review --web --from FOLDER",
)
NO_SCRIPT = Text(
    en="This page needs its script: allow JavaScript for this address.",
    ja="このページには JavaScript が必要です。このアドレスで有効にしてください。",
)
KEYS = Text(en="Keys", ja="キー操作")
KEY_LIST = (
    ("j / k", Text(en="next, previous hand-in", ja="次・前の提出物")),
    ("n", Text(en="next that awaits a mark", ja="次の未採点へ")),
    ("1 – 9", Text(en="choose a rubric item", ja="採点項目を選ぶ")),
    ("f / 0", Text(en="full points, none", ja="満点・0 点")),
    ("p", Text(en="type points", ja="点数を入力")),
    ("c", Text(en="write a comment", ja="コメントを書く")),
    ("[ / ]", Text(en="previous, next check", ja="前・次の確認項目")),
    ("Esc", Text(en="leave a field", ja="入力欄から出る")),
    ("h", Text(en="overview", ja="一覧へ")),
    ("?", Text(en="these keys", ja="このキー一覧")),
)
CLOSE = Text(en="Close", ja="閉じる")

SCRIPT = {
    "points": Text(en="Points", ja="点数"),
    "of": Text(en="/ {worth}", ja="/ {worth} 点"),
    "full": Text(en="Full", ja="満点"),
    "none": Text(en="0", ja="0 点"),
    "clear": Text(en="Take the mark away", ja="採点を取り消す"),
    "sum": Text(en="Use the sum of the items: {points}", ja="項目の合計 {points} 点に戻す"),
    "typed": Text(en="typed; the items come to {points}", ja="手入力（項目の合計は {points} 点）"),
    "comment": Text(en="Comment for the student", ja="学生へのコメント"),
    "rubric": Text(en="Rubric", ja="採点項目"),
    "toUp": Text(en="Count up from 0 instead", ja="加点方式にする"),
    "toDown": Text(en="Count down from full instead", ja="減点方式にする"),
    "add": Text(en="Add an item", ja="項目を追加"),
    "edit": Text(en="Change", ja="変更"),
    "text": Text(en="What it says", ja="内容"),
    "save": Text(en="Save", ja="保存"),
    "remove": Text(en="Remove", ja="削除"),
    "cancel": Text(en="Cancel", ja="やめる"),
    "everybody": Text(en="Applies to everybody who has it.", ja="この項目を付けた全員に反映されます。"),
    "changed": Text(en="{count} other marks changed with it", ja="ほかの {count} 件の点数も変わりました"),
    "open": Text(en="to do", ja="未採点"),
    "saving": Text(en="saving …", ja="保存中…"),
    "saved": Text(en="saved", ja="保存済み"),
    "unsaved": Text(en="not saved yet", ja="未保存"),
    "offline": Text(en="not saved: no answer, trying again …", ja="保存できません（応答なし）。再試行中…"),
    "by": Text(en="{by}, {at}", ja="{by} さん、{at}"),
    "theirs": Text(en="Take theirs", ja="相手の内容にする"),
    "mine": Text(en="Keep mine", ja="自分の内容で保存"),
    "theyHave": Text(en="Theirs: {points}", ja="相手: {points}"),
    "noMark": Text(en="no mark", ja="採点なし"),
    "byHand": Text(en="Mark by hand", ja="人が採点する"),
    "commentLine": Text(en="Line (empty: the whole cell)", ja="行（空欄ならセル全体）"),
    "commentText": Text(en="Comment", ja="コメント"),
    "line": Text(en="line {line}", ja="{line} 行目"),
    "asked": Text(en="The student asks", ja="学生からの質問"),
    "answer": Text(en="Your answer", ja="回答"),
    "send": Text(en="Answer", ja="回答する"),
    "answered": Text(en="Answered by {by}", ja="{by} が回答済み"),
    "itemPoints": Text(en="Points (below zero takes off)", ja="点数（負の数は減点）"),
}
