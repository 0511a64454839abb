"""What is said about the way in which a hand-in was cut into exercises."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Cell, Lesson, Text

OTHER_EDITION = Text(
    en="These problems look like those of another edition with the same numbers; a person looks at whatever does not hold.",
    ja="番号が同じ別の版の問題の答案のようです。合わない項目は人が確認します。",
)


def taken_for(lesson: str, lessons: Sequence[Lesson]) -> Text:
    others = ", ".join(part.id for part in lessons if part.id != lesson)
    return Text(
        en=f"By its contents this was taken for {lesson}; if it is another lesson, say so with --lesson ({others}).",
        ja=f"内容から課題 {lesson} の答案と見なしました。別の課題なら --lesson で指定してください（{others}）。",
    )


def guessed(cell: Cell, exercise: str, by_figure: bool = False) -> Text:
    """by_figure: the name of a figure that it saves says it, rather than what it defines."""
    if by_figure:
        return Text(
            en=f"No heading says so; by the name of the figure that it saves, cell {cell.index + 1} begins the answer to {exercise}.",
            ja=f"見出しがないので、保存している図の名前から、{cell.index + 1} 番目のセルからを {exercise} の答案と見なしました。",
        )
    return Text(
        en=f"No heading says so; by what it defines, cell {cell.index + 1} begins the answer to {exercise}.",
        ja=f"見出しがないので、定義している内容から、{cell.index + 1} 番目のセルからを {exercise} の答案と見なしました。",
    )
