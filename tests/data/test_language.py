"""The stories: the same everywhere, nothing leaks, later words answer earlier ones, any file is read."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from grader.data import language
from grader.data.language import Corpus, text
from grader.data.language_echoes import ECHOES
from grader.data.language_file import read, strip_aozora
from grader.data.language_grammar import Span, fill, tell
from grader.data.language_lists import LISTS
from grader.data.language_scenes import SCENES, Scene
from grader.data.language_tales import TALES
from grader.data.language_words import RULES
from grader.errors import DataError

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
NEKO = SHARED / "neko.txt"
ALL = SCENES + TALES + LISTS + ECHOES

CORPUS = "0834ac511e575bad42453bd1198d9b76bba52343dbe21ce1da75a9b9f3912d29"
TASKS = {
    "passages": "e5211e022289113a0c2e88941dc9a7cab40a3e284b3cae0c8d8206faa581fa44",
    "tagged": "8f60ac19cb6ee044bdec24b7f28acdb58f8165ad05ecf5fb98336a58289dba34",
    "sentence_pairs": "3534136e120390c933b8f20abdf4201f50a43537c484bb69c44139bc4dbb032d",
    "opinions": "c3ebb1cba2f8d7f037c80c852b6901fd8a3dae3ed1b4c8ea390d22698b0aa27d",
}


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return text()


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()


def test_the_text_is_the_same_on_every_machine_and_python(corpus: Corpus) -> None:
    """The embedded text has a fixed digest, split included."""
    assert _digest((corpus.train, corpus.valid, corpus.test)) == CORPUS
    assert corpus.source == "embedded"
    assert 300_000 <= len(corpus.train + corpus.valid + corpus.test) < 300_400


@pytest.mark.parametrize("task", TASKS)
def test_the_tasks_are_the_same_on_every_machine_and_python(task: str) -> None:
    """Each task's examples have a fixed digest; they are drawn once and handed out again."""
    split = getattr(language, task)()
    assert _digest(split) == TASKS[task]
    assert (len(split.train), len(split.valid), len(split.test)) == (1200, 150, 150)
    assert getattr(language, task)() is split


def test_no_story_is_in_two_parts(corpus: Corpus) -> None:
    """Every line is told once, over all three parts."""
    lines = (corpus.train + corpus.valid + corpus.test).splitlines()
    assert len(lines) == len(set(lines)) > 1500


def test_held_out_characters_are_known(corpus: Corpus) -> None:
    """A model numbered on `train` has a number for every character of `valid` and `test`, and not too many."""
    known = set(corpus.train)
    assert set(corpus.valid + corpus.test) <= known
    assert 400 <= len(known) <= 650


def test_every_bracket_closes(corpus: Corpus) -> None:
    """「」 and 『』 are balanced and properly nested in every story."""
    for line in corpus.train.splitlines():
        left = re.sub(r"[^「」『』]", "", line)
        while left != (left := left.replace("「」", "").replace("『』", "")):
            pass
        assert left == "", line


def test_much_of_a_story_was_said_before(corpus: Corpus) -> None:
    """At least a quarter of the characters end a run of five that stands earlier in the same story, which a bigram cannot see."""
    again = total = 0
    for line in corpus.test.splitlines():
        for at in range(5, len(line) + 1):
            again += line[at - 5 : at] in line[: at - 1]
            total += 1
    assert again / total > 0.25


def test_a_bigram_is_left_far_behind_by_one_who_looks_back(corpus: Corpus) -> None:
    """On held-out text a bigram needs over 11 choices a character; mixing in the longest earlier match in the story halves that."""
    pairs = Counter(zip(corpus.train, corpus.train[1:], strict=False))
    firsts, size = Counter(corpus.train[:-1]), len(set(corpus.train))
    plain = looking = total = 0.0
    for line in corpus.test.splitlines():
        story = "\n" + line
        for at in range(1, len(story)):
            bigram = (pairs[story[at - 1], story[at]] + 0.01) / (firsts[story[at - 1]] + 0.01 * size)
            guess = _after_longest_match(story[:at])
            plain -= math.log(bigram)
            looking -= math.log(0.4 * bigram + 0.6 * (guess == story[at]) if guess else bigram)
            total += 1
    assert math.exp(plain / total) > 11
    assert math.exp(looking / total) < 0.65 * math.exp(plain / total)


def _after_longest_match(seen: str) -> str:
    """What followed the last earlier place where the three latest characters stood; nothing if nowhere."""
    at = seen.rfind(seen[-3:], 0, len(seen) - 1) if len(seen) > 3 else -1
    return seen[at + 3] if at >= 0 else ""


@pytest.mark.parametrize("scene", ALL, ids=lambda scene: scene.name)
def test_every_scene_can_be_told_and_asked_about(scene: Scene) -> None:
    """Every alternative of every line fills its slots, and every question's answer is told in some telling."""
    told_slots: set[str] = set()
    for turn in range(max(map(len, scene.lines))):
        memory: dict[str, str] = {}
        told = tell([line[turn % len(line)] for line in scene.lines], RULES, Random(turn), memory)
        assert not re.search(r"[{}#]", told.text)
        for span in told.spans:
            assert told.text[span.start : span.end] == memory[span.slot]
        told_slots |= set(memory)
    for question in scene.questions:
        assert {question.slot, *re.findall(r"{(\w+)}", question.text)} <= told_slots


def test_scenes_have_names_of_their_own() -> None:
    """No two scenes share a name."""
    assert len({scene.name for scene in ALL}) == len(ALL)


def test_slots_keep_their_filling_and_differ_from_each_other() -> None:
    """The same slot says the same word, two numbers of one rule never do, and spans point at them."""
    rules = {"name": ("春", "秋"), "pair": ("{name}と{name}",)}
    for seed in range(20):
        told = tell(["{name1}は{name2}を待ち、", "{name1}は帰った。"], rules, Random(seed))
        first, second = told.text[0], told.text[2]
        assert {first, second} == {"春", "秋"} and told.text == f"{first}は{second}を待ち、{first}は帰った。"
        assert told.spans == (Span("name1", 0, 1), Span("name2", 2, 3), Span("name1", 7, 8))
    assert {fill("{pair}", rules, Random(seed)) for seed in range(40)} == {"春と春", "春と秋", "秋と春", "秋と秋"}


def test_a_rule_with_too_few_words_says_so() -> None:
    """A third name out of two is an error that names the slot, not an endless search."""
    with pytest.raises(ValueError, match="'name3'"):
        tell(["{name1}{name2}{name3}"], {"name": ("春", "秋")}, Random(0))


def test_answers_stand_where_the_passage_says() -> None:
    """Start and end cut the answer out of the passage, at its first telling, and no text is in two parts."""
    split = language.passages()
    for passage in split.train + split.valid + split.test:
        assert passage.text[passage.start : passage.end] == passage.answer
        assert passage.question.endswith("。") and len(passage.text) <= 160
    assert len({passage.question for passage in split.train}) > 50
    assert not {passage.text for passage in split.train} & {passage.text for passage in split.test}


def test_tags_follow_their_characters() -> None:
    """One tag a character, I- only after its own B- or I-, and every kind occurs."""
    split = language.tagged()
    for sentence in split.train:
        assert len(sentence.text) == len(sentence.tags)
        for before, tag in zip(("O", *sentence.tags), sentence.tags, strict=False):
            assert not tag.startswith("I-") or before[2:] == tag[2:]
    assert set(language.TAGS) == {tag for sentence in split.train for tag in sentence.tags}
    assert not {sentence.text for sentence in split.train} & {sentence.text for sentence in split.test}


def test_the_same_word_is_now_a_name_and_now_none() -> None:
    """Tagging cannot be done by a list of words: 桜 or 花 is a person here and a flower there."""
    found = {
        sentence.tags[at][0]
        for sentence in language.tagged().train
        for at, character in enumerate(sentence.text)
        if character == "桜"
    }
    assert {"O", "B"} <= found


def test_half_of_the_sentence_pairs_follow() -> None:
    """Both answers are about as frequent, and no pair is in two parts."""
    split = language.sentence_pairs()
    assert 0.45 < sum(pair.follows for pair in split.train) / len(split.train) < 0.55
    assert not {(p.first, p.second) for p in split.train} & {(p.first, p.second) for p in split.test}


def test_opinions_turn_with_a_negation_and_with_が() -> None:
    """Half praise; no single word decides, because denied praise is blame and the second half has the last word."""
    split = language.opinions()
    assert 0.45 < sum(opinion.positive for opinion in split.train) / len(split.train) < 0.55
    good = [opinion for opinion in split.train if "親切" in opinion.text]
    assert {opinion.positive for opinion in good} == {True, False}
    assert all(not o.positive for o in split.train if o.text.endswith("親切ではありません。"))


SOME = "".join(f"これは{n}番目の文である。\n" for n in range(200))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_any_encoding_of_japanese_text_is_read(tmp_path: Path, encoding: str, newline: str) -> None:
    """UTF-8 with and without mark, UTF-16 and cp932 give the same text, cut 90 : 5 : 5 in whole lines."""
    path = tmp_path / "some.txt"
    path.write_bytes(SOME.replace("\n", newline).encode(encoding))
    found = text(path)
    assert found.train + found.valid + found.test == SOME
    assert found.source == str(path) and all(part.endswith("。\n") for part in (found.train, found.valid, found.test))
    assert 0.88 < len(found.train) / len(SOME) < 0.92 and 0.03 < len(found.test) / len(SOME) < 0.07


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "is not a text file"),
        (b"\xff\x00\x80\x81", "is not a text file"),
        (b"", "holds no text"),
        ("短い。".encode(), "fewer than 1000 characters"),
        (("あ" * 2000).encode(), "too few lines"),
    ],
)
def test_bad_files_get_a_clear_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    """The error names the file and what to do about it."""
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=sentence) as caught:
        text(path)
    assert "bad.txt" in str(caught.value)


def test_missing_files_and_folders_get_a_clear_sentence(tmp_path: Path) -> None:
    """A path that is not there and a folder are told apart."""
    with pytest.raises(DataError, match="check the path"):
        text(tmp_path / "nowhere.txt")
    with pytest.raises(DataError, match="is a folder"):
        text(tmp_path)


def test_aozora_marks_are_taken_out() -> None:
    """Readings, start marks, notes, the key at the head and the colophon go; the prose stays as it was."""
    rule = "-" * 55
    raw = f"題\n作者\n\n{rule}\n【記号について】\n《》：ルビ\n{rule}\n\n　朝の｜港《みなと》を歩いた［＃「歩いた」に傍点］。\n次の行。\n\n底本：「本」\n入力：人\n"
    assert strip_aozora(raw) == "朝の港を歩いた。\n次の行。\n"
    assert strip_aozora("印のない文。") == "印のない文。\n"


def test_the_novel_is_read() -> None:
    """A real novel with Windows line ends: all of its text, cut in order."""
    if not NEKO.exists():
        pytest.skip(f"the development data {NEKO.name} is not beside this checkout")
    found = text(NEKO, aozora=True)
    assert "\r" not in found.train and "《" not in found.train
    assert found.train.splitlines()[1].endswith("吾輩は猫である。")
    assert len(found.train + found.valid + found.test) > 0.95 * len(read(NEKO).replace("\n", ""))
