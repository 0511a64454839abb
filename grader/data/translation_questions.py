"""The questions of the translation data (see `translation_grammar`): the question word stays where the answer would stand."""

from __future__ import annotations

from random import Random

from grader.data import translation_words as words
from grader.data.translation_phrases import (
    Sentences,
    auxiliary,
    english_verb,
    japanese_verb,
    nouns,
    one,
    phrase,
    place,
    sentence,
    when,
)


def question(rng: Random) -> Sentences:
    """Did he wash the car? 彼は車を洗いましたか。"""
    who, verb, time = one(rng, words.SUBJECTS[1:]), one(rng, words.VERBS), when(rng, 40)
    what, where = phrase(rng, one(rng, nouns(verb.objects))), place(rng, verb)
    en = sentence(auxiliary(who, time.tense), who.en, verb.base, what.en, where.en if where else "", time.en, end="?")
    there = f"{where.ja}で" if where else ""
    return en, f"{time.ja}{who.ja}は{there}{what.ja}{verb.particle}{what.count}{japanese_verb(verb, time.tense)}か。"


def what_question(rng: Random) -> Sentences:
    """What did she buy at the shop? 彼女は店で何を買いましたか。"""
    who, time = one(rng, words.SUBJECTS[1:]), when(rng, 40)
    verb = one(rng, tuple(verb for verb in words.VERBS if verb.objects != ("person",)))
    where = place(rng, verb)
    en = sentence("what", auxiliary(who, time.tense), who.en, verb.base, where.en if where else "", time.en, end="?")
    there = f"{where.ja}で" if where else ""
    return en, f"{time.ja}{who.ja}は{there}何を{japanese_verb(verb, time.tense)}か。"


def where_question(rng: Random) -> Sentences:
    """Where will you wait for Ken? あなたはどこで健さんを待ちますか。"""
    who, time = one(rng, words.SUBJECTS[1:]), when(rng, 40)
    verb = one(rng, tuple(verb for verb in words.VERBS if verb.places))
    what = phrase(rng, one(rng, nouns(verb.objects)))
    en = sentence("where", auxiliary(who, time.tense), who.en, verb.base, what.en, time.en, end="?")
    return en, f"{time.ja}{who.ja}はどこで{what.ja}{verb.particle}{what.count}{japanese_verb(verb, time.tense)}か。"


def who_question(rng: Random) -> Sentences:
    """Who opened the window? 誰が窓を開けましたか。"""
    verb, time = one(rng, words.VERBS), when(rng, 30)
    what = phrase(rng, one(rng, nouns(verb.objects)))
    en = sentence("who", english_verb(words.SUBJECTS[4], verb, time.tense), what.en, time.en, end="?")
    return en, f"{time.ja}誰が{what.ja}{verb.particle}{what.count}{japanese_verb(verb, time.tense)}か。"
