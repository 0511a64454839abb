"""Draw noun phrases and verbs for the translation data's sentences; English and Japanese side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final, TypeVar

from grader.data import translation_words as words
from grader.data.translation_conjugation import Tense, before_noun, polite
from grader.data.translation_words import Adjective, Noun, Subject, Verb, When, WherePhrase

T = TypeVar("T")
Sentences = tuple[str, str]
"""One sentence in English and in Japanese."""
_BE: Final = {"i": ("am", "was"), "he": ("is", "was"), "you": ("are", "were"), "we": ("are", "were")}


@dataclass(frozen=True)
class Phrase:
    """A noun phrase in both languages; `count` is Japanese and goes after the particle: 本を + 二冊 + 買う."""

    en: str
    ja: str
    count: str = ""


def one(rng: Random, options: Sequence[T]) -> T:
    """One of the options, each as likely; `randrange` gives the same stream on every Python."""
    return options[rng.randrange(len(options))]


def often(rng: Random, percent: int) -> bool:
    """True in `percent` of 100 cases."""
    return rng.randrange(100) < percent


@cache
def nouns(kinds: tuple[str, ...], countable: bool = False) -> tuple[Noun, ...]:
    """The nouns of one of the kinds, in the lexicon's order."""
    pool = words.NOUNS + words.PEOPLE
    return tuple(noun for noun in pool if set(noun.kinds) & set(kinds) and (noun.plural or not countable))


@cache
def adjectives(noun: Noun) -> tuple[Adjective, ...]:
    """The adjectives that go with the noun."""
    return tuple(adjective for adjective in words.ADJECTIVES if set(adjective.kinds) & set(noun.kinds))


def article(word: str) -> str:
    """The word with a or an before it."""
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def phrase(rng: Random, noun: Noun) -> Phrase:
    """The noun with an article, a number, an owner or an adjective, as it happens to fall."""
    if "person" in noun.kinds:
        return Phrase(noun.en, noun.ja)
    if noun.plural and often(rng, 22):
        (en, ja) = one(rng, words.NUMBERS)
        return Phrase(f"{en} {noun.plural}", noun.ja, ja + noun.counter)
    fitting = adjectives(noun)
    adjective = one(rng, fitting) if fitting and often(rng, 35) else None
    en = f"{adjective.en} {noun.en}" if adjective else noun.en
    ja = before_noun(adjective.ja, adjective.group) + noun.ja if adjective else noun.ja
    if noun.plural and often(rng, 20):
        owner_en, owner_ja = one(rng, words.OWNERS)
        return Phrase(f"{owner_en} {en}", owner_ja + ja)
    if not noun.plural:
        bare = set(noun.kinds) & {"space", "opening"}
        return Phrase(f"the {en}" if bare or noun.en in ("newspaper", "radio") else en, ja)
    return Phrase(f"the {en}" if often(rng, 40) else article(en), ja)


def definite(rng: Random, noun: Noun) -> Phrase:
    """The noun with the or an owner, and sometimes an adjective, as something that is talked about."""
    owner = one(rng, words.OWNERS) if noun.plural and often(rng, 45) else ("the", "")
    return Phrase(f"{owner[0]} {noun.en}", owner[1] + noun.ja)


def be(subject: Subject, tense: str) -> str:
    """am, is, are, was or were."""
    return _BE[subject.person][tense == "past"]


def english_verb(subject: Subject, verb: Verb, tense: str, negative: bool = False) -> str:
    """The verb after its subject: reads, read, will read, does not read, did not read, will not read."""
    third = subject.person == "he"
    if tense == "future":
        return f"will {'not ' if negative else ''}{verb.base}"
    if negative:
        return f"{auxiliary(subject, tense)} not {verb.base}"
    return verb.past if tense == "past" else verb.third if third else verb.base


def auxiliary(subject: Subject, tense: str) -> str:
    """What stands first in a question: do, does, did, will."""
    if tense in ("past", "future"):
        return {"past": "did", "future": "will"}[tense]
    return "does" if subject.person == "he" else "do"


def japanese_tense(tense: str) -> Tense:
    """Japanese says what will be as it says what is."""
    return "past" if tense == "past" else "present"


def japanese_verb(verb: Verb, tense: str, negative: bool = False) -> str:
    """The verb that ends a polite sentence."""
    return polite(verb.ja, verb.group, japanese_tense(tense), negative)


def place(rng: Random, verb: Verb) -> WherePhrase | None:
    """Somewhere the verb can happen, or nowhere in particular."""
    fitting = tuple(place for place in words.PLACES if place.name in verb.places)
    return one(rng, fitting) if fitting and often(rng, 45) else None


def when(rng: Random, percent: int = 55, tenses: Sequence[str] = ("past", "present", "future")) -> When:
    """A time, or no word for it and just its tense (present or past)."""
    if often(rng, percent):
        return one(rng, tuple(when for when in words.WHENS if when.tense in tenses))
    return When("", "", one(rng, tuple(tense for tense in tenses if tense != "future")))


def sentence(*parts: str, end: str = ".") -> str:
    """English words put together, with a capital letter and a mark at the end."""
    text = " ".join(part for part in parts if part)
    return text[0].upper() + text[1:] + end
