"""Small data for BERT's four heads, from the same scenes as the language model's text; characters are the tokens.

    passages()        a question, a passage, and where in it the answer stands      span question answering
    tagged()          a sentence and a tag for every character                      tagging
    sentence_pairs()  two sentences, and whether the second goes on from the first  sentence pair
    opinions()        a sentence, and whether it praises                            single sentence

Each gives 1,500 examples, the same on every machine, split into 1,200, 150 and 150; no text of one part is in another.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final, Generic, TypeVar

from grader.data.language_echoes import ECHOES
from grader.data.language_grammar import TextWithSlots, fill, pick, tell
from grader.data.language_lists import LISTS
from grader.data.language_scenes import SCENES, Scene
from grader.data.language_tales import TALES
from grader.data.language_words import RULES
from grader.data.translation_conjugation import AdjectiveGroup, Tense, is_polite

T = TypeVar("T")

SIZE: Final = 1500
LONGEST_PASSAGE: Final = 160
TAGS: Final = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
"""The tags of `tagged`: outside, first and further characters of a person's (or animal's) and of a place's name."""

_ALL: Final = SCENES + TALES + LISTS + ECHOES
_ASKED: Final = tuple(scene for scene in _ALL if scene.questions)
_ENTITY: Final = {"family": "PER", "given": "PER", "pet": "PER", "town": "LOC", "spot": "LOC"}


@dataclass(frozen=True)
class Split(Generic[T]):
    """Examples for training, choosing and testing."""

    train: tuple[T, ...]
    valid: tuple[T, ...]
    test: tuple[T, ...]


@dataclass(frozen=True)
class Passage:
    """`text[start:end]` is `answer`, the first time it is told; positions count characters, `end` is exclusive."""

    question: str
    text: str
    answer: str
    start: int
    end: int


@dataclass(frozen=True)
class Tagged:
    """A sentence and one of `TAGS` for each of its characters."""

    text: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class SentencePair:
    """Two sentences; `follows` when the second comes right after the first in one story."""

    first: str
    second: str
    follows: bool


@dataclass(frozen=True)
class Opinion:
    """A sentence about a visit, a meal or a book; `positive` when it comes out in favour."""

    text: str
    positive: bool


def _examples(draw: Callable[[Random], T | None], key: Callable[[T], Hashable], seed: int) -> Split[T]:
    """`SIZE` draws that differ in `key`, dealt out 8 : 1 : 1."""
    rng = Random(seed)
    found: dict[Hashable, T] = {}
    while len(found) < SIZE:
        example = draw(rng)
        if example is not None:
            found.setdefault(key(example), example)
    examples, tenth = tuple(found.values()), SIZE // 10
    return Split(examples[: -2 * tenth], examples[-2 * tenth : -tenth], examples[-tenth:])


def _lines(scene: Scene, rng: Random) -> tuple[list[TextWithSlots], dict[str, str]]:
    """One telling, line by line, and what its slots were filled with."""
    memory: dict[str, str] = {}
    return [tell([pick(rng, line)], RULES, rng, memory) for line in scene.lines], memory


@cache
def passages() -> Split[Passage]:
    """Questions about stories of at most `LONGEST_PASSAGE` characters."""
    return _examples(_passage, lambda passage: passage.text, seed=41)


def _passage(rng: Random) -> Passage | None:
    """A story and a question about it, or nothing when the story is too long or leaves the answer out."""
    scene = _ASKED[rng.randrange(len(_ASKED))]
    memory: dict[str, str] = {}
    told = tell([pick(rng, line) for line in scene.lines], RULES, rng, memory)
    question = scene.questions[rng.randrange(len(scene.questions))]
    span = next((span for span in told.spans if span.slot == question.slot), None)
    if span is None or len(told.text) > LONGEST_PASSAGE:
        return None
    asked = tell([question.text], RULES, rng, memory).text
    return Passage(asked, told.text, told.text[span.start : span.end], span.start, span.end)


@cache
def tagged() -> Split[Tagged]:
    """Sentences of the stories; about one in ten names nobody and no place."""
    return _examples(_tagged, lambda sentence: sentence.text, seed=42)


def _tagged(rng: Random) -> Tagged:
    lines, _ = _lines(_ALL[rng.randrange(len(_ALL))], rng)
    told = lines[rng.randrange(len(lines))]
    tags = ["O"] * len(told.text)
    for span in told.spans:
        kind = _ENTITY.get(span.rule)
        if kind:
            goes_on = span.rule == "given" and span.start > 0 and tags[span.start - 1].endswith("PER")
            tags[span.start] = f"{'I' if goes_on else 'B'}-{kind}"
            tags[span.start + 1 : span.end] = [f"I-{kind}"] * (span.end - span.start - 1)
    return Tagged(told.text, tuple(tags))


@cache
def sentence_pairs() -> Split[SentencePair]:
    """Half of the pairs follow; of the others one in four is from another telling of the same story, with other names."""
    return _examples(_sentence_pair, lambda pair: (pair.first, pair.second), seed=43)


def _sentence_pair(rng: Random) -> SentencePair:
    scene = _ALL[rng.randrange(len(_ALL))]
    lines, _ = _lines(scene, rng)
    at = rng.randrange(len(lines) - 1)
    if rng.randrange(2):
        return SentencePair(lines[at].text, lines[at + 1].text, True)
    others = tuple(other for other in _ALL if other != scene)
    strange, _ = _lines(others[rng.randrange(len(others))] if rng.randrange(4) else scene, rng)
    second = strange[min(at + 1, len(strange) - 1)].text
    return SentencePair(lines[at].text, second, False)


_Quality = tuple[str, AdjectiveGroup]
_SUBJECTS: Final[tuple[tuple[str, tuple[_Quality, ...], tuple[_Quality, ...]], ...]] = (
    (
        "{town}の宿",
        (("静か", "na"), ("快適", "na"), ("新しい", "i")),
        (("うるさい", "i"), ("汚い", "i"), ("古い", "i")),
    ),
    ("{food}の料理", (("おいしい", "i"), ("見事", "na")), (("まずい", "i"), ("辛い", "i"))),
    ("『{title}』という本", (("おもしろい", "i"), ("すてき", "na")), (("つまらない", "i"), ("退屈", "na"))),
    ("{family}さんの説明", (("わかりやすい", "i"), ("丁寧", "na")), (("わかりにくい", "i"), ("退屈", "na"))),
    ("{spot}の人", (("親切", "na"), ("優しい", "i")), (("冷たい", "i"), ("失礼", "na"))),
)


@cache
def opinions() -> Split[Opinion]:
    """Praise and blame; a negation turns one into the other, and after が the second half decides."""
    return _examples(_opinion, lambda opinion: opinion.text, seed=44)


def _opinion(rng: Random) -> Opinion:
    tense: Tense = "past" if rng.randrange(2) else "present"
    positive = bool(rng.randrange(2))
    text = _judgement(rng, positive, tense) + "。"
    if rng.randrange(5) < 2:
        text = _judgement(rng, not positive, tense) + "が、" + text
    return Opinion(text, positive)


def _judgement(rng: Random, positive: bool, tense: Tense) -> str:
    """A clause that praises or blames, now and then by denying the opposite."""
    subject, good, bad = _SUBJECTS[rng.randrange(len(_SUBJECTS))]
    negative = not rng.randrange(3)
    qualities = good if positive != negative else bad
    word, group = qualities[rng.randrange(len(qualities))]
    return fill(subject, RULES, rng) + "は" + is_polite(word, group, tense, negative)
