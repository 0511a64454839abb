"""What a report says of a cell that did not come to its end."""

from __future__ import annotations

from grader.model import Text

OVER_TIME = Text(
    en="The cell was stopped: it used up its time.",
    ja="このセルは制限時間を使い切ったので、途中で止めました。",
)
OVER_TIME_AND_DEAF = Text(
    en="The cell used up its time and did not stop when interrupted, so the kernel was ended; "
    "the other cells were run again without it.",
    ja="このセルは制限時間を過ぎても割り込みで止まらなかったので、カーネルを終了し、ほかのセルだけを実行し直しました。",
)
ENDED_THE_KERNEL = Text(
    en="The cell ended the whole kernel; the other cells were run again without it.",
    ja="このセルがカーネルごと終了させたので、ほかのセルだけを実行し直しました。",
)
OUT_OF_MEMORY = Text(
    en="The cell used more memory than there is for a notebook, so the kernel was ended; the other cells were run "
    "again without it.",
    ja="このセルはノートブックに許されたメモリを使い切り、カーネルごと終了しました。ほかのセルだけを実行し直しました。",
)
TOO_MUCH_OUTPUT = Text(
    en="The cell printed more than is kept; the rest was dropped.",
    ja="出力が多すぎるので、途中から捨てました。",
)
