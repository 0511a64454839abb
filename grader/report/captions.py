"""The words that only a page needs: around the overview, on the hints, under a picture."""

from __future__ import annotations

from grader.model import Text

SKIP_LINK = Text(en="Straight to the results", ja="結果へ進む")
OVERVIEW = Text(en="Overview", ja="全体")
OVERVIEW_CAPTION = Text(en="What held and what did not, exercise by exercise", ja="演習ごとの結果")
EXERCISE = Text(en="Exercise", ja="演習")
CHECKS = Text(en="Checks", ja="確認項目")
NEXT = Text(en="Start here", ja="まずはここから")
ALL_HOLDS = Text(en="Everything holds. Well done.", ja="すべてできています。お疲れさまでした。")
NO_MARK = Text(
    en="The grader itself broke here, so there is no mark: a person has to give one.",
    ja="採点プログラム側の不具合で点数がありません。人が採点してください。",
)
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
ASK = Text(en="Ask about a mark", ja="採点について質問する")
ASK_HOW = Text(
    en="This makes a small file on your device; nothing is sent. Hand it to your teacher, by mail or in the LMS.",
    ja="この端末に小さなファイルを作ります（どこにも送信されません）。できたファイルを、メールや LMS で先生に提出してください。",
)
ASK_ABOUT = Text(en="About", ja="対象")
ASK_WHY = Text(en="What you think is right, and why", ja="どこが正しいと考えるか、その理由")
ASK_MAKE = Text(en="Make the file", ja="ファイルを作る")
ASK_DONE = Text(en="Made: {name}. Now hand it to your teacher.", ja="{name} を作りました。先生に提出してください。")
ASK_NO_SCRIPT = Text(
    en="The form needs JavaScript; open the page in a browser.",
    ja="フォームには JavaScript が必要です。ブラウザで開いてください。",
)

# In a notebook
HINT_NUMBER = Text(en="Hint {number} of {total}:", ja="ヒント {number} / {total}:")
HINT_LAST = Text(en="Hint {number} of {total}, the last one:", ja="ヒント {number} / {total}（最後のヒントです）:")
DEFINE = Text(
    en="Not attempted yet. Define {names} and run the cell, then ask again.",
    ja="まだ書かれていません。{names} を定義してセルを実行し、もう一度呼んでください。",
)
BEGIN = Text(en="To begin with:", ja="はじめの一歩:")
NAME_AN_EXERCISE = Text(
    en="Say which exercise it is, for example: %%check {exercise}",
    ja="どの演習か書いてください。例: %%check {exercise}",
)

# Under a picture
MATRIX = Text(en="({size} numbers from {low} to {high})", ja="（{size} 個の数値、{low} から {high}）")
NO_NUMBERS = Text(en="({size}, nothing finite)", ja="（{size}、有限の値なし）")
OUTLINED = Text(en="Outlined: {actual}.", ja="枠の値は {actual} です。")
OUTLINED_BOTH = Text(
    en="Outlined: it should be {expected} and is {actual}.", ja="枠の値は {expected} のはずが {actual} です。"
)
OUTLINED_ROW = Text(en="Outlined: the row in question.", ja="枠で囲んだ行が問題の行です。")
DOTS = Text(en="What has a dot differs too.", ja="点のある値も違っています。")
COLOURS = Text(en="The deeper the blue, the larger (up to {top}).", ja="青が濃いほど大きな値です（最大 {top}）。")
COLOURS_BOTH = Text(
    en="Blue is above zero, orange below; full colour is {top}.",
    ja="青は正、橙は負の値で、濃いほど絶対値が大きくなります（最大 {top}）。",
)
CURVE = Text(en="Blue: yours.", ja="青の実線があなたの値です。")
CURVE_BOTH = Text(
    en="Blue: yours. Orange, dashed: as it should be.", ja="青の実線があなたの値、橙の破線が正しい値です。"
)
