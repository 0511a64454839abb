"""Scenes of the language lessons' text that are lists and their reading back (see `language_scenes`), all our own.

The same list is asked in another order each time, so a model has to find the line that names the one who is asked for:
the task of associative recall, in Japanese prose.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from grader.data.language_scenes import Scene, SceneQuestion


def _any(template: str, numbers: Sequence[int]) -> tuple[str, ...]:
    """The template once for every number, "#" standing for it: one of them will be told."""
    return tuple(template.replace("#", str(number)) for number in numbers)


def _all(template: str, numbers: Sequence[int], between: str = "、") -> str:
    """The template for every number, one after the other."""
    return between.join(_any(template, numbers))


_FOUR, _FIVE = range(1, 5), range(1, 6)

LISTS: Final[tuple[Scene, ...]] = (
    Scene(
        "register",
        (
            ("{town1}の宿に五人の客が泊まった。", "宿の{family9}さんは客の部屋を覚えようとした。"),
            (_all("{family#}さんは{room#}号室", _FIVE) + "である。",),
            *(_any("「{family#}さんは」「{room#}号室です」", _FIVE),) * 2,
            *(_any("「{room#}号室は」「{family#}さんです」", _FIVE),) * 2,
            _any("「{family#}さんは何号室でしたか」「{room#}号室です」", _FIVE),
            _any("そのとき{room#}号室の{family#}さんが出てきた。", _FIVE),
        ),
        (SceneQuestion("{family2}さんは何号室ですか。", "room2"), SceneQuestion("{room4}号室は誰ですか。", "family4")),
    ),
    Scene(
        "prices",
        (
            ("{town1}の店に値段が書いてある。", "{given1}は店の値段を書き写した。"),
            (_all("{food#}は{price#}", _FIVE) + "。",),
            *(_any("「{food#}はいくらですか」「{price#}です」", _FIVE),) * 3,
            _any("「{price#}のものは何ですか」「{food#}です」", _FIVE),
            _any("{given2}は{food#}に{price#}払った。", _FIVE),
        ),
        (SceneQuestion("{food3}はいくらですか。", "price3"), SceneQuestion("{price5}のものは何ですか。", "food5")),
    ),
    Scene(
        "numbers",
        (
            ("手帳に電話番号が並んでいる。", "{given9}は友だちの番号を手帳に書いた。"),
            (_all("{given#}は{phone#}", _FOUR) + "。",),
            *(_any("{given#}にかけるなら、{phone#}である。", _FOUR),) * 2,
            _any("{phone#}にかけると、{given#}が出た。", _FOUR),
            _any("「もしもし、{phone#}の{given#}さんですか」", _FOUR),
        ),
        (
            SceneQuestion("{given3}の番号は何番ですか。", "phone3"),
            SceneQuestion("{phone2}は誰の番号ですか。", "given2"),
        ),
    ),
    Scene(
        "words",
        (
            ("{town1}の島の言葉は、わたしたちの言葉とは違う。", "{family1}さんは島の言葉を調べている。"),
            (_all("{thing#}を「{strange#}」", _FIVE) + "という。",),
            *(_any("「{strange#}」とは{thing#}のことである。", _FIVE),) * 2,
            *(_any("{thing#}をくださいと言うときは、「{strange#}」と言う。", _FIVE),) * 2,
            _any("{given1}は「{strange#}」と言って、{thing#}を見せた。", _FIVE),
        ),
        (
            SceneQuestion("「{strange2}」とは何のことですか。", "thing2"),
            SceneQuestion("{thing4}を何といいますか。", "strange4"),
        ),
    ),
    Scene(
        "timetable",
        (
            ("{town9}行きの汽車の時刻を調べた。", "駅の壁に時刻表が貼ってある。"),
            (_all("{town#}は{clock#}", _FOUR) + "。",),
            *(_any("「{town#}には何時に着きますか」「{clock#}に着きます」", _FOUR),) * 2,
            *(_any("{clock#}に着くのは{town#}である。", _FOUR),) * 2,
            _any("{family1}さんは{town#}で降りるので、{clock#}まで眠った。", _FOUR),
        ),
        (
            SceneQuestion("{town2}には何時に着きますか。", "clock2"),
            SceneQuestion("{clock3}に着くのはどこですか。", "town3"),
        ),
    ),
)
