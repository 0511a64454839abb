"""Which words a vocabulary counts: those that are found again, for build_vocab and to_ids have to cut titles alike; and years."""

from __future__ import annotations

from grader.checks import CallFailed, Draw, Failure, Student, Text
from grader.lessons.knock80_89._vocabulary import id_list, vocabulary, words

COUNT = 6
SAME_WORDS = Text(
    en="Print what build_vocab takes for the words of one title, and what to_ids looks up: are they the same?",
    ja="1 つの題名について、build_vocab が数えた単語と、to_ids が引く単語を表示しましょう。同じになっていますか。",
)


def finds_what_it_counted(student: Student, draw: Draw) -> None:
    """Words that the vocabulary has counted are found again in titles with capitals and commas. Raises Failure."""
    pool = [word.capitalize() + mark for word, mark in zip(words(draw, COUNT), ",:,;.,", strict=True)]
    titles = [" ".join(draw.sample(pool, COUNT)) for _ in range(3)]
    with student.unrecorded():
        found = found_again(student, titles)
    if found and max(found) < COUNT / 2:  # one may have the id 0, or a mark of its own: that is told elsewhere
        raise Failure(
            Text(
                en=f"Of six words that stand in three titles, such as “{pool[0]}”, only {max(found)} are found again by to_ids.",
                ja=f"3 件の題名に出てくる 6 語（「{pool[0]}」など）のうち、to_ids で見つかるのは {max(found)} 語だけです。",
            ),
            SAME_WORDS,
            misconception="cut_otherwise",
        )


def found_again(student: Student, titles: list[str]) -> list[int]:
    """How many words of a title have an id, in each way to hand it over: to find them in one of these is enough.

    It goes as it is, or as the notebook's words_of cuts it. Who counts lists of words has cut them before, and who counts
    whole titles has paid for it elsewhere: nothing is asked.
    """
    vocab, found = student.call("build_vocab", titles, view=vocabulary), []
    of_words = any(len(word) > 1 for word in vocab) and not any(" " in word for word in vocab)
    own = cut(student, titles[0]) if of_words else []
    for title in (titles[0], own, " ".join(own)) if own else ():
        try:
            found.append(int((student.call("to_ids", title, vocab, view=id_list(COUNT)) > 0).sum()))
        except (CallFailed, Failure):
            continue
    return found


def cut(student: Student, title: str) -> list[str]:
    """The title as the notebook's own words_of cuts it, which is ours to begin with."""
    try:
        found = student.call("words_of", title)
    except CallFailed:
        return title.split()
    return [str(word) for word in found] if isinstance(found, list) else title.split()


RELIES_ON_ITS_OWN = Text(
    en="Unknown words are 0 with your own vocabulary (a defaultdict, or one with an entry for them); with a plain dict to_ids raises KeyError. "
    "vocab.get(word, 0) works with both. Nothing is deducted.",
    ja="あなたの語彙（defaultdict や、未知語用の項目がある dict）と組み合わせれば未知語は 0 になりますが、ふつうの dict を渡すと KeyError になります。vocab.get(word, 0) ならどちらでも動きます。減点はありません。",
)


def answers_with_its_own(student: Student, draw: Draw) -> bool:
    """Whether unknown words are 0 where to_ids gets the very vocabulary that build_vocab returns.

    word2id = defaultdict(int)        # and later word2id[word]
    """
    pool = words(draw, COUNT)
    texts = [" ".join(pool[:count]) for count in (4, 4, 4, 3, 2, 1)]  # two of the words are in no title
    for titles in (texts, [text.split() for text in texts]):
        for title in (pool, " ".join(pool)):
            with student.unrecorded():
                try:
                    due = student.call("build_vocab", titles, view=vocabulary)
                    kept = student.module("build_vocab", titles)
                    found = student.call("to_ids", title, kept, view=id_list(COUNT)).tolist()
                except (CallFailed, Failure):
                    continue
            if due.keys() >= {*pool[:4]} and found == [due.get(word, 0) for word in pool]:
                return True
    return False


NO_YEARS = Text(
    en="A year that stands in several titles, such as “2013”, gets no id. Nothing is deducted: whether numbers are words is a choice, and news are full of them.",
    ja="いくつもの題名に出てくる年（「2013」など）に ID が付いていません。数字を単語とみなすかは選び方次第なので減点はありませんが、ニュースには数字がよく出てきます。",
)


def advice_on_years(ranks: dict[str, int], counts: dict[str, int]) -> Text | None:
    """What to tell where a frequent word is left out, one of which is a year: Counter(w for w in words if w.isalpha())."""
    return None if all(word in ranks for word, count in counts.items() if count >= 2) else NO_YEARS
