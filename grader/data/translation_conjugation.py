"""Japanese verbs and adjectives in the forms the translation data needs, worked out from the dictionary form.

Verbs come in three groups: "godan" (書く), "ichidan" (食べる) and "irregular" (する, 来る and what ends in する).
Adjectives come in two: "i" (高い; いい and what ends in it goes by よい) and "na" (静か).
"""

from __future__ import annotations

from typing import Final, Literal

VerbGroup = Literal["godan", "ichidan", "irregular"]
AdjectiveGroup = Literal["i", "na"]
Tense = Literal["present", "past"]

_I_ROW: Final = dict(zip("うくぐすつぬぶむる", "いきぎしちにびみり", strict=True))
_A_ROW: Final = dict(zip("うくぐすつぬぶむる", "わかがさたなばまら", strict=True))
_TE: Final = {"う": "って", "つ": "って", "る": "って", "く": "いて", "ぐ": "いで", "す": "して"} | dict.fromkeys(
    "ぬぶむ", "んで"
)
_POLITE: Final = {
    ("present", False): "ます",
    ("past", False): "ました",
    ("present", True): "ません",
    ("past", True): "ませんでした",
}


def stem(verb: str, group: VerbGroup) -> str:
    """The form before ます: 書き, 食べ, し, 来."""
    if group == "ichidan":
        return verb[:-1]
    if group == "godan":
        return verb[:-1] + _I_ROW[verb[-1]]
    return verb[:-2] + "し" if verb.endswith("する") else verb[:-1]


def te(verb: str, group: VerbGroup) -> str:
    """The form before いる and ください: 書いて, 食べて, して, 来て; 行く is the one exception among the godan verbs."""
    if group == "godan":
        return verb[:-1] + "って" if verb.endswith("行く") else verb[:-1] + _TE[verb[-1]]
    return stem(verb, group) + "て"


def polite(verb: str, group: VerbGroup, tense: Tense = "present", negative: bool = False) -> str:
    """書きます, 書きました, 書きません, 書きませんでした; ある and いる like any other verb."""
    return stem(verb, group) + _POLITE[tense, negative]


def plain(verb: str, group: VerbGroup, tense: Tense = "present", negative: bool = False) -> str:
    """書く, 書いた, 書かない, 書かなかった: the forms before a noun, ので and 前に."""
    if not negative:
        done = te(verb, group)
        return verb if tense == "present" else done[:-1] + ("だ" if done[-1] == "で" else "た")
    if verb == "ある":
        return "ない" if tense == "present" else "なかった"
    base = verb[:-1] + _A_ROW[verb[-1]] if group == "godan" else stem(verb, group)
    return base + ("ない" if tense == "present" else "なかった")


def wish(verb: str, group: VerbGroup, negative: bool = False) -> str:
    """書きたいです, 書きたくないです."""
    return stem(verb, group) + ("たくないです" if negative else "たいです")


def _root(adjective: str) -> str:
    """What stays of an i-adjective: 高, and よ for いい."""
    return adjective[:-2] + "よ" if adjective.endswith("いい") else adjective[:-1]


def is_polite(adjective: str, group: AdjectiveGroup, tense: Tense = "present", negative: bool = False) -> str:
    """高いです, 高かったです, 高くありません, 高くありませんでした; 静かです, 静かでした, 静かではありません ..."""
    if group == "na":
        return adjective + is_noun(tense, negative)
    if negative:
        return _root(adjective) + "くあり" + _POLITE[tense, True]
    return (adjective if tense == "present" else _root(adjective) + "かった") + "です"


def is_plain(adjective: str, group: AdjectiveGroup, tense: Tense = "present") -> str:
    """The form before ので: 高い, 高かった, 静かな, 静かだった."""
    if group == "na":
        return adjective + ("な" if tense == "present" else "だった")
    return adjective if tense == "present" else _root(adjective) + "かった"


def before_noun(adjective: str, group: AdjectiveGroup) -> str:
    """高い山, 静かな部屋."""
    return adjective + ("な" if group == "na" else "")


def is_noun(tense: Tense = "present", negative: bool = False) -> str:
    """The copula after a noun: です, でした, ではありません, ではありませんでした."""
    if negative:
        return "ではあり" + _POLITE[tense, True]
    return "です" if tense == "present" else "でした"
