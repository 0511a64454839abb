"""build_vocab(titles) -> {word: rank}, to_ids(words, vocab) -> list of ids."""

import ast
from typing import Any

import torch
from torch import Tensor

from grader.checks import CallFailed, Draw, Failure, Student, Text, check, recompute, sign, trace
from grader.lessons.knock80_89 import _answers80, _counted80, _interfaces
from grader.lessons.knock80_89._looked_up80 import LOOKED_UP, raise_unless
from grader.lessons.knock80_89._vocabulary import all_entries, corpus, corpus_with_ties, id_list, vocabulary, words

TITLE = Text(en="80. Words to id numbers", ja="80. ID 番号への変換")
NAMES = ("build_vocab", "to_ids")
SIGNS = (
    sign(
        r"^def\s+\w*(?:to_?ids?|2ids?|build_vocab|make_vocab|tokenizer)\w*|\bword_?(?:2|to)_?id\w*\s*=",
        "a dictionary from words to ids",
        "単語から ID への辞書",
        rank=100,
    ),
)
TRACES = (
    trace(r"(?i)\bCounter\(|most_common|\bvocab(?!_?size)|word_?(?:2|to)_?id|token_?(?:2|to)_?id"),
)  # tokens = Counter(" ".join(titles).split())
INTERFACES = _interfaces.KNOCK80
KNOWN_ANSWERS = _answers80
STARTERS = (
    Text(
        en="Count first: a `Counter` over the words of all titles. `words_of` cuts a title for you.",
        ja="まず数えます。すべての題名の単語を `Counter` に入れましょう。題名を切るのは `words_of` です。",
    ),
    Text(
        en="Ids begin at 1 with the commonest word, and a word that occurs once gets none: 0 is for everything "
        "unknown.",
        ja="番号はいちばん多い単語の 1 から始まります。1 回しか出ない単語には付けません。知らない単語はすべて 0 です。",
    ),
)

IDS = Text(en="the list of ids", ja="ID の列")


def ranks(student: Student, titles: list[str]) -> dict[str, int]:
    """The student's vocabulary of these titles; titles go in as strings, or as lists of words where that is meant."""
    asked = len(student.exchanges)
    try:
        found: dict[str, int] = student.call("build_vocab", titles, view=vocabulary)
        if not found or any(len(word) > 1 for word in found) or takes_strings(student):
            return found
    except CallFailed as error:
        if error.fault.kind == "missing":
            raise
    student.forget(asked)
    try:
        found = student.call("build_vocab", [title.split() for title in titles], view=vocabulary)
    except CallFailed:
        student.forget(asked)  # neither form works: the contract's form is what is reported
        found = student.call("build_vocab", titles, view=vocabulary)
    return found


def takes_strings(student: Student) -> bool:
    """Whether our own notebook hands it titles as they are: vocab = build_vocab([title for _, title in data.train])."""
    calls = student.matching.written.calls("build_vocab", student.section) if student.promised else []
    handed = [[*call.args, *(keyword.value for keyword in call.keywords)][0] for call in calls]
    return bool(handed) and all(are_our_titles(each) for each in handed)


def are_our_titles(handed: ast.expr) -> bool:
    """Whether it is read off the data itself, with nothing done to it. A list under a name may hold titles that were cut."""
    if not isinstance(handed, ast.ListComp | ast.GeneratorExp):
        return False
    of_the_data = all(isinstance(part.iter, ast.Attribute) and part.iter.attr == "train" for part in handed.generators)
    return of_the_data and isinstance(handed.elt, ast.Name | ast.Attribute)


def ids(student: Student, sentence: list[str], vocab: dict[str, int]) -> Tensor:
    """The student's ids of a list of words; where that does not work, of the same words as one string."""
    view, text = id_list(len(sentence)), " ".join(sentence)
    asked = len(student.exchanges)
    try:
        found: Tensor = student.call("to_ids", sentence, vocab, view=view)
    except CallFailed:
        student.forget(asked)
        try:
            found = student.call("to_ids", text, vocab, view=view)
        except (CallFailed, Failure):
            student.forget(asked)
            form = text if wants_text(student, sentence, vocab) else sentence
            found = student.call("to_ids", form, vocab, view=view)
    return found


def wants_text(student: Student, sentence: list[str], vocab: dict[str, int]) -> bool:
    """Whether one string is taken, and a list is not, where every word has an id: so a word that has none stopped it."""
    known = [word for word in sentence if word in vocab]
    return takes(student, " ".join(known), vocab) and not takes(student, known, vocab)


def takes(student: Student, title: str | list[str], vocab: dict[str, int]) -> bool:
    with student.unrecorded():
        try:
            student.call("to_ids", title, vocab)
        except CallFailed:
            return False
    return True


@check(points=1, ja="単語から ID を引ける辞書が得られる")
def gives_a_dict(student: Student, draw: Draw) -> None:
    """The vocabulary is a dict from word to id."""
    titles = corpus(draw)[0]
    found = ranks(student, titles)
    if found and all(len(word) == 1 for word in found) and takes_strings(student):
        raise Failure(
            Text(
                en=f"Its keys are single letters: {', '.join(list(found)[:4])}. A title is a string, and a loop over a string gives its letters.",
                ja=f"辞書のキーが 1 文字ずつになっています（{'、'.join(list(found)[:4])}）。題名は文字列なので、そのまま for で回すと 1 文字ずつ取り出されます。",
            ),
            PAPER,
        )


PAPER = Text(
    en="Walk three short titles through on paper: titles → words → count of each word → those with a count of 2 or more → sorted from the most frequent "
    "down → numbered 1, 2, 3, ..., each number once. Print what you have after each step.",
    ja="短い題名 3 件を紙の上で追ってみましょう: 題名 → 単語 → 単語ごとの出現回数 → 2 回以上のもの → 頻度の高い順に並べ替え → 1, 2, 3, ... と 1 つずつ番号を付ける。"
    "各段階の値を表示して見比べましょう。",
)


@check(
    points=2,
    after=gives_a_dict,
    ja="学習データで 2 回以上現れる単語に、頻度順で 1, 2, 3, ... が付く（同じ頻度でも番号は別々）",
)
def ranked_by_frequency(student: Student, draw: Draw) -> Text | None:
    """Words seen at least twice get 1, 2, 3, ... from the most frequent down, each a number of its own."""
    titles, counts = corpus(draw)
    found = ranks(student, titles)
    if not found:  # nothing tells one such dict from another: each title twice, and what is stored with 0, may
        student.call("build_vocab", titles * 2, view=all_entries)
    for rank, word in enumerate((w for w, count in counts.items() if count >= 2), start=1):
        if found.get(word) != rank:
            times, own = counts[word], found.get(word)
            raise Failure(
                Text(
                    en=f"The word number {rank} by frequency, seen {times} times, should have the id {rank}, "
                    + (f"but has {own}." if own is not None else "but has none, or 0, which means unknown."),
                    ja=f"頻度が {rank} 番目（{times} 回）の単語の ID は {rank} のはずですが、"
                    + (f"{own} でした。" if own is not None else "ID がないか、0（未知語の番号）でした。"),
                ),
                PAPER,
                misconception="in_order_of_appearance" if found == by_appearance(titles, counts) else None,
            )
    titles, counts = corpus_with_ties(draw)
    numbers_are_its_own(ranks(student, titles), counts)
    if not student.promised:
        return None
    with student.unrecorded():
        titles, counts = corpus(draw, with_numbers=True)
        return _counted80.advice_on_years(ranks(student, titles), counts)


def by_appearance(titles: list[str], counts: dict[str, int]) -> dict[str, int]:
    """The frequent words numbered in the order in which they first stand in the titles."""
    order = dict.fromkeys(word for title in titles for word in title.split() if counts.get(word, 0) >= 2)
    return {word: place for place, word in enumerate(order, start=1)}


def numbers_are_its_own(found: dict[str, int], counts: dict[str, int]) -> None:
    """Raises Failure where equally frequent words share an id, or where one has the place of a rarer word."""
    frequent = {word: count for word, count in counts.items() if count >= 2}
    if not found.keys() <= counts.keys():  # words of other titles are told elsewhere: only the order counts here
        kept = sorted({number for word, number in found.items() if word in frequent})
        found = {word: kept.index(number) + 1 for word, number in found.items() if word in frequent}
    numbers = [found.get(word, 0) for word in frequent]
    if len(set(numbers)) < len(numbers):
        raise Failure(
            Text(
                en=f"{len(frequent)} words should have ids of their own, but there are only {len(set(numbers))} different ids.",
                ja=f"{len(frequent)} 個の単語にそれぞれ別の ID が付くはずですが、ID は {len(set(numbers))} 種類しかありません。",
            ),
            PAPER,
            misconception=why_shared(found, frequent),
        )
    for word, count in frequent.items():
        first = 1 + sum(other > count for other in frequent.values())
        last = sum(other >= count for other in frequent.values())
        if not first <= found[word] <= last:
            raise Failure(
                Text(
                    en=f"Words seen {count} times are number {first} to {last} by frequency, but one has the id {found[word]}.",
                    ja=f"{count} 回現れる単語は頻度順で {first}〜{last} 番目ですが、ID が {found[word]} のものがあります。",
                ),
                PAPER,
            )


def why_shared(found: dict[str, int], counts: dict[str, int]) -> str | None:
    """The mistake that leaves too few different ids."""
    if set(counts) <= set(found) and shares_by_count(found, counts):
        return "ids_are_shared"
    return "ids_of_eight_bits" if max(found.values(), default=0) in (127, 255) else None


def shares_by_count(found: dict[str, int], counts: dict[str, int]) -> bool:
    """Whether words have the same id just where they are equally frequent."""
    pairs = {(found[word], count) for word, count in counts.items()}
    return len(pairs) == len({number for number, _ in pairs}) == len(set(counts.values()))


@check(points=1, after=gives_a_dict, ja="1 回しか現れない単語には ID がない（または 0）")
def once_is_not_enough(student: Student, draw: Draw) -> None:
    """A word seen only once has no id, or 0."""
    titles, counts = corpus(draw)
    found = ranks(student, titles)
    extra = [word for word in found if counts.get(word, 0) < 2]
    if extra:
        raise Failure(
            Text(
                en=f"{len(extra)} entries are no words seen twice; “{extra[0]:.30}” has the id {found[extra[0]]}.",
                ja=f"2 回以上現れていない項目が {len(extra)} 個あります。たとえば「{extra[0]:.30}」に ID {found[extra[0]]} が付いています。",
            ),
            PAPER,
        )


@check(points=1, after=gives_a_dict, ja="語彙は渡された題名だけから作られる（2 回呼んでも混ざらない）")
def from_these_titles_alone(student: Student, draw: Draw) -> None:
    """The vocabulary comes from the titles given and from nothing else: a second call starts afresh."""
    first, second = corpus(draw)[0], corpus(draw)[0]
    ranks(student, first)
    found = ranks(student, second)
    foreign = [w for w in found if any(w in title for title in first) and not any(w in title for title in second)]
    if foreign:
        raise Failure(
            Text(
                en=f"The second vocabulary holds {len(foreign)} words of the first titles, such as “{foreign[0]:.30}”.",
                ja=f"2 回目の語彙に、1 回目の題名の単語が {len(foreign)} 個混ざっています（「{foreign[0]:.30}」など）。",
            ),
            Text(
                en="Where does the counter live, and when is it emptied?",
                ja="出現回数はどこに保存され、いつ空になりますか。",
            ),
            misconception="counter_is_global",
        )


@check(points=2, ja="語彙にある単語は、その ID に並び順どおり変換される")
def known_words(student: Student, draw: Draw) -> None:
    """Known words become their ids, in order, repetitions included."""
    count = draw.number(13, 17)  # more words than most titles have
    known = words(draw, count)
    vocab = dict(zip(known, draw.sample(range(1, 1200), count), strict=True))
    sentence = [*draw.sample(known, count - 1), known[0], known[0]]
    asked = len(student.exchanges)
    found = ids(student, sentence, vocab)
    in_order = [known.index(word) + 1 for word in sentence]
    if not student.promised and found.tolist() == in_order:  # ids counted off a table that is kept in their order
        student.forget(asked)
        ids(student, sentence, {word: place for place, word in enumerate(known, start=1)})
    student.must_agree(IDS, help=LOOKED_UP)
    if student.promised:
        _counted80.finds_what_it_counted(student, draw)


@check(points=1, ja="語彙にない単語は 0 になり、その後の単語はまた自分の ID になる")
def unknown_words(student: Student, draw: Draw) -> Text | None:
    """A word that is not in the vocabulary becomes 0, and what stands behind it has its own id again."""
    pool = words(draw, 8)
    vocab: dict[str, Any] = dict(zip(pool[:5], range(1, 6), strict=True))
    sentence = [pool[0], pool[5], pool[1], pool[6], pool[6], pool[2], pool[7], pool[3]]
    for order in (sentence, [pool[7], *sentence[:5]]):  # the unknown one stands inside, and then first
        try:
            found = ids(student, order, vocab)
        except CallFailed as error:
            if error.fault.type == "KeyError" and _counted80.answers_with_its_own(student, draw):
                return _counted80.RELIES_ON_ITS_OWN
            raise
        due = torch.tensor([vocab.get(word, 0) for word in order])
        raise_unless(found, due, order, vocab)
    if student.promised:
        leaves_it_as_it_is(student, sentence, vocab)
    return None


def leaves_it_as_it_is(student: Student, sentence: list[str], vocab: dict[str, Any]) -> None:
    """Raises Failure where looking words up changes the vocabulary that was handed in."""
    with student.unrecorded():
        try:
            _, after = student.call_and_inputs("to_ids", sentence, dict(vocab))
        except CallFailed:
            return
    recompute.untouched((vocab,), after[1:2], ("vocab",), {"vocab": "unknown_words_are_kept"})
