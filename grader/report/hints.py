"""What a class tells about its checks, and which submissions to look at side by side. Rows are anything that has the fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Line

from grader.model import Language, Text
from grader.report.book import add, headed
from grader.report.words import points

ITEMS = (
    Text(en="check", ja="チェック"),
    Text(en="points", ja="配点"),
    Text(en="students", ja="人数"),
    Text(en="pass rate", ja="正解率"),
    Text(en="r", ja="点双列相関"),
    Text(en="D", ja="上位-下位"),
    Text(en="mistakes", ja="多い間違い"),
)
LEGEND = Text(
    en="r: correlation of passing with the sum of the other checks (point-biserial). D: pass rate of the best 27 % minus that of the "
    "last 27 %. Below 0.2 a check hardly tells who can do it; below 0 it is worth a look.",
    ja="点双列相関: そのチェックの正否と、ほかのチェックの合計との相関。上位-下位: 上位 27 % と下位 27 % の正解率の差。0.2 "
    "未満は理解度をほとんど区別できておらず、負の値はチェック自体を見直す目安です。",
)
NONE = Text(
    en="No two of {read} submissions to {lesson} share more than the task and the class explain.",
    ja="{lesson} の提出 {read} 件のうち、課題そのものやクラス全体の傾向で説明できる以上に似ている組はありません。",
)
HINTS = Text(
    en="Submissions to {lesson}: {read}; pairs that share more than the task and the class explain: {pairs}. These are hints on where to "
    "look, not a verdict: a common source, working together as allowed, or chance can look the same. Read the lines, and ask.",
    ja="{lesson} の提出 {read} 件のうち {pairs} 組が、課題そのものやクラス全体の傾向で説明できる以上に似ています。これは確認の手がかりで"
    "あって、不正の判定ではありません。共通の資料、許された協力、偶然でも同じように見えます。該当箇所を読み、本人に話を聞いてください。",
)
LEFT_OUT = Text(
    en="Not compared, being unreadable or not there: {names}.", ja="読めないか見つからず、比較していません: {names}。"
)
SHARE = Text(en="{share:.0%} of the smaller one's own code", ja="短いほうの独自のコードの {share:.0%} が一致")
UNUSUAL = Text(
    en="{surprise:.1f} deviations above what is usual between a student of this class and the closest other",
    ja="このクラスの学生と最も似た相手との一致度の中央値を、偏差 {surprise:.1f} 個分上回っています",
)
TOO_FEW = Text(en="too few submissions to say what is usual", ja="提出数が少なく、普段どの程度似るかは分かりません")
PLACE = Text(en="{file}, cell {cell}, lines {first}-{last}", ja="{file} セル {cell}、{first}-{last} 行")


def items(rows: Iterable[Any], language: Language) -> RenderableType:
    """Each check over the class."""
    table = headed(ITEMS, language)
    for row in rows:
        named = ", ".join(f"{mistake} ({count})" for mistake, count in row.misconceptions[:3])
        rate = "-" if row.pass_rate is None else f"{row.pass_rate:.0%}"
        numbers = (points(row.points), row.students, rate, signed(row.biserial), signed(row.upper_lower))
        add(table, f"{row.exercise}.{row.check}", *numbers, named)
    return Group(table, "", Line(LEGEND.in_(language), style="dim"))


def signed(value: float | None) -> str:
    return "-" if value is None else f"{value:+.2f}"


def pairs(compared: Any, language: Language, passages: int) -> RenderableType:
    """The pairs with their lines side by side. compared: as batch.papers.Compared. passages: how many of each pair."""
    told = HINTS if compared.pairs else NONE
    parts: list[RenderableType] = [
        Line(told.in_(language).format(read=compared.read, lesson=compared.lesson, pairs=len(compared.pairs)))
    ]
    if compared.left_out:
        parts.append(Line(LEFT_OUT.in_(language).format(names=", ".join(compared.left_out))))
    for pair in compared.pairs:
        parts += ["", Line(f"{pair.first} - {pair.second}", style="bold"), Line(why(pair, language))]
        parts += [side_by_side(passage, language) for passage in pair.passages[:passages]]
    return Group(*parts)


def why(pair: Any, language: Language) -> str:
    usual = TOO_FEW.in_(language) if pair.surprise is None else UNUSUAL.in_(language).format(surprise=pair.surprise)
    return f"{SHARE.in_(language).format(share=pair.overlap)}{'; ' if language == 'en' else '。'}{usual}{'.' if language == 'en' else '。'}"


def side_by_side(passage: Any, language: Language) -> Table:
    """The code is a student's: none of it is markup, and no control character reaches the terminal."""
    table = Table(box=None, pad_edge=False, expand=True, show_header=False)
    for _ in range(2):
        table.add_column(ratio=1, overflow="fold")
    sides = (passage.first, passage.second)
    places = [PLACE.in_(language).format(file=s.file, cell=s.cell, first=s.first, last=s.last) for s in sides]
    table.add_row(*(Line(place, style="dim") for place in places))
    table.add_row(*(Line(shown(side.text)) for side in sides))
    return table


def shown(code: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else " " for c in code.expandtabs(4))
