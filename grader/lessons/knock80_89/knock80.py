"""build_vocab(titles) -> {word: rank}, to_ids(words, vocab) -> list of ids."""

from typing import Any

from torch import Tensor

from grader import properties
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.knock80_89._vocabulary import corpus, id_list, vocabulary, words
from grader.model import Text
from grader.student import CallFailed, Student

TITLE = Text(en="80. Words to id numbers", ja="80. ID 番号への変換")
NAMES = ("build_vocab", "to_ids")
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
        if not found or any(len(word) > 1 for word in found):
            return found
    except CallFailed as error:
        if error.fault.kind == "missing":
            raise
    kept = list(student.exchanges)
    del student.exchanges[asked:]
    try:
        found = student.call("build_vocab", [title.split() for title in titles], view=vocabulary)
    except CallFailed:
        student.exchanges[:] = kept  # neither form works: the contract's form is what is reported
        found = student.call("build_vocab", titles, view=vocabulary)
    return found


def ids(student: Student, sentence: list[str], vocab: dict[str, int]) -> Tensor:
    """The student's ids of a list of words; where that does not work, of the same words as one string."""
    view = id_list(len(sentence))
    asked = len(student.exchanges)
    try:
        found: Tensor = student.call("to_ids", sentence, vocab, view=view)
    except CallFailed as error:
        kept = list(student.exchanges)
        del student.exchanges[asked:]
        try:
            found = student.call("to_ids", " ".join(sentence), vocab, view=view)
        except (CallFailed, Failure):
            student.exchanges[:] = kept
            raise error from None
    return found


@check(points=1, ja="単語から ID を引ける辞書が得られる")
def gives_a_dict(student: Student, draw: Draw) -> None:
    """The vocabulary is a dict from word to id."""
    ranks(student, corpus(draw)[0])


@check(points=2, after=gives_a_dict, ja="学習データで 2 回以上現れる単語に、頻度順で 1, 2, 3, ... が付く")
def ranked_by_frequency(student: Student, draw: Draw) -> None:
    """Words seen at least twice get 1, 2, 3, ... from the most frequent down."""
    titles, counts = corpus(draw)
    found = ranks(student, titles)
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
                Text(
                    en="Count on paper for three short titles, and compare with the dict.",
                    ja="短い題名を 3 つ使って手で数え、辞書と見比べてみましょう。",
                ),
            )


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
        )


@check(points=1, after=gives_a_dict, ja="語彙は渡された題名だけから作られる（2 回呼んでも混ざらない）")
def from_these_titles_alone(student: Student, draw: Draw) -> None:
    """The vocabulary comes from the titles given and from nothing else: a second call starts afresh."""
    first, second = corpus(draw)[0], corpus(draw)[0]
    ranks(student, first)
    found = ranks(student, second)
    foreign = [word for word in found if word not in " ".join(second).split()]
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
    known = words(draw, 7)
    vocab = dict(zip(known, draw.sample(range(1, 40), 7), strict=True))
    sentence = [*draw.sample(known, 6), known[0], known[0]]
    ids(student, sentence, vocab)
    student.must_agree(IDS)


@check(points=1, ja="語彙にない単語は 0 になる")
def unknown_words(student: Student, draw: Draw) -> None:
    """A word that is not in the vocabulary becomes 0."""
    pool = words(draw, 8)
    vocab: dict[str, Any] = dict(zip(pool[:5], range(1, 6), strict=True))
    sentence = draw.sample(pool, 8)
    found = ids(student, sentence, vocab)
    off = [(w, int(i)) for w, i in zip(sentence, found, strict=True) if w not in vocab and int(i) != 0]
    if off:
        raise Failure(
            Text(
                en=f"An unknown word should become 0, but became {off[0][1]}.",
                ja=f"語彙にない単語は 0 になるはずですが、{off[0][1]} になりました。",
            )
        )
    properties.has_shape(found, (8,), IDS)


lists_of_words = accepts(edit("for word in words_of(title)", "for word in title"))
plain_loops = accepts(
    edit(
        "    counts = Counter(word for title in titles for word in words_of(title))\n",
        "    counts = {}\n    for title in titles:\n        for word in words_of(title):\n"
        "            counts[word] = counts.get(word, 0) + 1\n",
    ),
    edit("counts.most_common()", "sorted(counts.items(), key=lambda item: item[1], reverse=True)"),
)
alphabetical_ties = accepts(
    edit("counts.most_common()", "sorted(counts.items(), key=lambda item: (-item[1], item[0]))")
)
singles_as_zero = accepts(
    edit(
        "return {word: rank for rank, word in enumerate(frequent, start=1)}",
        "ranks = {word: rank for rank, word in enumerate(frequent, start=1)}\n"
        "    return {word: ranks.get(word, 0) for word in counts}",
    )
)
tensor_of_ids = accepts(
    edit("[vocab.get(word, 0) for word in words_of(words)]", "torch.tensor([vocab.get(w, 0) for w in words_of(words)])")
)
joined_ids = accepts(
    edit("[vocab.get(word, 0) for word in words_of(words)]", '" ".join(str(vocab.get(w, 0)) for w in words_of(words))')
)
title_as_string = accepts(edit("for word in words_of(words)]", 'for word in words.split(" ")]'))

ranks_from_zero = misconception(
    edit("enumerate(frequent, start=1)", "enumerate(frequent)"),
    en="The ids start at 0. 0 is kept for unknown words, so the most frequent word could not be told from a word never "
    "seen. Count from 1: enumerate(..., start=1).",
    ja="ID が 0 から始まっています。0 は未知語のための番号なので、最頻出の単語と未知語の区別がつかなくなります。"
    "enumerate(..., start=1) のように 1 から始めましょう。",
)
counts_titles = misconception(
    edit("for word in words_of(title))", "for word in set(words_of(title)))"),
    en="Titles are counted, not occurrences. A word that stands twice in one title occurs twice; CountVectorizer and "
    "TfidfVectorizer with min_df=2 have the same effect. Count every occurrence.",
    ja="単語の出現回数ではなく、単語を含む題名の数を数えています。1 つの題名に 2 回出てくれば 2 回です。CountVectorizer や "
    "TfidfVectorizer の min_df=2 も同じ結果になります。出現のたびに数えましょう。",
)
least_frequent_first = misconception(
    edit("in counts.most_common() if", "in reversed(counts.most_common()) if"),
    en="The order is upside down: the rarest word has the id 1. sorted() goes upwards unless reverse=True is given. Put "
    "the most frequent word first.",
    ja="順番が逆で、いちばん珍しい単語が 1 番になっています。sorted() は reverse=True を付けないと昇順です。最も頻度の高い単語を先頭にしましょう。",
)
not_sorted = misconception(
    edit("in counts.most_common() if", "in sorted(counts.items()) if"),
    en="The words are numbered in the order of the alphabet, not of frequency. The problem gives 1 to the most frequent "
    "word: sort by the count.",
    ja="頻度順ではなく、アルファベット順に番号を付けています。問題では最も頻度の高い単語が 1 番です。出現回数で並べ替えましょう。",
)
more_than_twice = misconception(
    edit("count >= 2", "count > 2"),
    en="Words seen exactly twice are left out. “At least twice” includes two: count >= 2, not count > 2.",
    ja="ちょうど 2 回現れる単語が抜けています。「2 回以上」は 2 回を含みます。count > 2 ではなく count >= 2 です。",
)
singletons_kept = misconception(
    edit(" if count >= 2", ""),
    en="Words seen only once have got an id too. Nothing can be learnt from a single sight, and at test time such words "
    "stand for all the unknown ones: give them 0, or leave them out of the dict.",
    ja="1 回しか現れない単語にも ID を付けています。1 回では何も学べず、未知語を扱う練習にもなりません。0 にするか、辞書から除きましょう。",
)
inverted = misconception(
    edit("{word: rank for rank, word in", "{rank: word for rank, word in"),
    en="The dict leads from id to word. to_ids looks a word up, so words must be the keys: {word: id}.",
    ja="辞書が ID から単語を引く向きになっています。to_ids では単語から ID を引くので、{単語: ID} の向きにしましょう。",
)
counter_is_global = misconception(
    edit("def build_vocab(titles):", "COUNTS = Counter()\n\n\ndef build_vocab(titles):"),
    edit("counts = Counter(word", "counts = COUNTS\n    counts.update(word"),
    en="The counter lives outside the function and is never emptied. Once build_vocab has seen the validation or test "
    "titles too, their words are in the vocabulary: what the model may not know leaks in. Make the counter inside.",
    ja="カウンタが関数の外にあり、空になりません。検証・テストの題名で呼んだとたん、その単語まで語彙に入り、知らないはずの情報が漏れます。"
    "カウンタは関数の中で作りましょう。",
)
unknown_dropped = misconception(
    edit("for word in words_of(words)]", "for word in words_of(words) if word in vocab]"),
    en="Unknown words are dropped. The title becomes shorter than it is, and the words around the gap seem to be "
    "neighbours. Give an unknown word the id 0: vocab.get(word, 0).",
    ja="未知語を読み飛ばしています。題名が実際より短くなり、隣り合っていない単語がつながって見えます。vocab.get(word, 0) で 0 を割り当てましょう。",
)
unknown_raises = misconception(
    edit("vocab.get(word, 0)", "vocab[word]"),
    en="An unknown word raises KeyError. New titles are full of words that the training data does not have: "
    "vocab.get(word, 0).",
    ja="未知語で KeyError になります。新しい題名には学習データにない単語がいくらでも出てきます。vocab.get(word, 0) を使いましょう。",
)
unknown_is_new = misconception(
    edit("vocab.get(word, 0)", "vocab.get(word, len(vocab) + 1)"),
    en="An unknown word gets the number after the last one. The problem gives it 0, and an embedding with len(vocab) + 1 "
    "rows has no such row: the first unknown word ends in an IndexError.",
    ja="未知語に「最後の番号の次」を割り当てています。問題では 0 です。行数が len(vocab) + 1 の埋め込みにはその行がなく、"
    "未知語が出たところで IndexError になります。",
)
ids_per_split = misconception(
    edit(
        "return [vocab.get(word, 0) for word in words_of(words)]",
        "vocab = build_vocab([words, words])\n    return [vocab.get(word, 0) for word in words_of(words)]",
    ),
    en="The vocabulary is built again from the text being converted. The same word then has another id in every split, "
    "and what the model learnt about id 5 is applied to some other word. Use the vocab that is passed in.",
    ja="変換するテキストから語彙を作り直しています。これでは同じ単語の ID がデータごとに変わり、5 番について学んだことが別の単語に当てはめられてしまいます。"
    "引数の vocab を使いましょう。",
)
each_word_once = misconception(
    edit("for word in words_of(words)]", "for word in dict.fromkeys(words_of(words))]"),
    en="A word that stands twice is converted only once. A title is a sequence: order and repetitions matter to an RNN. "
    "Convert every word where it stands.",
    ja="2 回出てくる単語を 1 回しか変換していません。題名は列なので、RNN にとっては順序も繰り返しも意味を持ちます。出てきた位置ごとに変換しましょう。",
)
