"""The sentence patterns of the translation data: each draws one English sentence and its Japanese.

Every pattern changes the order of words: the verb goes last, the time first, a clause before its noun, a reason before
what it explains, a number behind its noun. The Japanese is polite (です, ます).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Final

from grader.data import translation_words as words
from grader.data.translation_conjugation import is_noun, is_plain, is_polite, plain, stem, te, wish
from grader.data.translation_phrases import (
    Sentences,
    adjectives,
    article,
    be,
    definite,
    english_verb,
    japanese_tense,
    japanese_verb,
    nouns,
    often,
    one,
    phrase,
    place,
    sentence,
    when,
)
from grader.data.translation_questions import question, what_question, where_question, who_question
from grader.data.translation_words import Subject

Pattern = Callable[[Random], Sentences]
_OURS: Final = ("I", "we", "my mother", "my father", "my friend")
_SELF: Final = re.compile("(私|あなた|彼|彼女)(は.*)\\1の")


def _actor(rng: Random) -> Subject:
    return one(rng, words.SUBJECTS)


def action(rng: Random) -> Sentences:
    """The student read two books at the library yesterday. 昨日学生は図書館で本を二冊読みました。"""
    who, verb, time = _actor(rng), one(rng, words.VERBS), when(rng)
    what, where, no = phrase(rng, one(rng, nouns(verb.objects))), place(rng, verb), often(rng, 25)
    if no and what.count:
        what, no = what, False
    en = sentence(who.en, english_verb(who, verb, time.tense, no), what.en, where.en if where else "", time.en)
    there = f"{where.ja}で" if where else ""
    return en, f"{time.ja}{who.ja}は{there}{what.ja}{verb.particle}{what.count}{japanese_verb(verb, time.tense, no)}。"


def going(rng: Random) -> Sentences:
    """My father will not go to the office by train tomorrow. 明日父は電車で会社に行きません。"""
    who, time, where, no = _actor(rng), when(rng), one(rng, words.PLACES), often(rng, 25)
    by, ride = one(rng, words.VEHICLES) if often(rng, 60) else ("", "")
    go, goes, went, ja = one(rng, (("go", "goes", "went", "行く"), ("come", "comes", "came", "来る")))
    verb = words.Verb(go, goes, went, "", ja, "godan" if ja == "行く" else "irregular", (), ())
    en = sentence(who.en, english_verb(who, verb, time.tense, no), where.to, by, time.en)
    return en, f"{time.ja}{who.ja}は{ride}{where.ja}に{japanese_verb(verb, time.tense, no)}。"


def quality(rng: Random) -> Sentences:
    """His car was not expensive. 彼の車は高くありませんでした。"""
    noun = one(rng, tuple(noun for noun in words.NOUNS if adjectives(noun)))
    what, adjective = definite(rng, noun), one(rng, adjectives(noun))
    past, no, ask = often(rng, 45), often(rng, 40), often(rng, 20)
    verb, tense = ("was" if past else "is"), japanese_tense("past" if past else "present")
    if ask:
        ja = is_polite(adjective.ja, adjective.group, tense)
        return sentence(verb, what.en, adjective.en, end="?"), f"{what.ja}は{ja}か。"
    ja = is_polite(adjective.ja, adjective.group, tense, no)
    return sentence(what.en, verb, "not" if no else "", adjective.en), f"{what.ja}は{ja}。"


def comparison(rng: Random) -> Sentences:
    """The dog is bigger than my cat. 犬は私の猫より大きいです。"""
    fitting = tuple(noun for noun in words.NOUNS if any(adjective.more for adjective in adjectives(noun)))
    noun = one(rng, fitting)
    adjective = one(rng, tuple(adjective for adjective in adjectives(noun) if adjective.more))
    rivals = tuple(other for other in fitting if other.kinds[0] == noun.kinds[0] and adjective in adjectives(other))
    this, that = definite(rng, noun), definite(rng, one(rng, rivals))
    if this == that:
        return comparison(rng)
    ja = is_polite(adjective.ja, adjective.group)
    return sentence(this.en, "is", adjective.more, "than", that.en), f"{this.ja}は{that.ja}より{ja}。"


def job(rng: Random) -> Sentences:
    """My friend was not a nurse. 友だちは看護師ではありませんでした。"""
    who, (en, ja), past, no = one(rng, words.SUBJECTS[:9]), one(rng, words.JOBS), often(rng, 40), often(rng, 40)
    tense = "past" if past else "present"
    plural = who.en in ("we", "they")
    what = en.split()[1] + "s" if plural else en
    if who.en == "you":
        return sentence(be(who, tense), "you", what, end="?"), f"あなたは{ja}{is_noun(japanese_tense(tense))}か。"
    text = sentence(who.en, be(who, tense), "not" if no else "", what)
    return text, f"{who.ja}は{ja}{is_noun(japanese_tense(tense), no)}。"


def position(rng: Random) -> Sentences:
    """There are three cats under the table. テーブルの下に猫が三匹います。"""
    noun = one(rng, nouns(("thing", "animal"), countable=True))
    spot, ja_spot = one(rng, words.LANDMARKS)
    side, ja_side = one(rng, words.POSITIONS[:3] if spot == "house" else words.POSITIONS)
    past, living = often(rng, 35), "animal" in noun.kinds
    verb = words.Verb("", "", "", "", "いる" if living else "ある", "ichidan" if living else "godan", (), ())
    ends = japanese_verb(verb, "past" if past else "present")
    at = f"{ja_spot}の{ja_side}に"
    shape = rng.randrange(3)
    if shape == 0:
        return sentence(
            "there", "was" if past else "is", article(noun.en), side, "the", spot
        ), f"{at}{noun.ja}が{ends}。"
    if shape == 1:
        en, ja = one(rng, words.NUMBERS)
        there = "there were" if past else "there are"
        return sentence(there, en, noun.plural, side, "the", spot), f"{at}{noun.ja}が{ja}{noun.counter}{ends}。"
    what = definite(rng, noun)
    return sentence(what.en, "was" if past else "is", side, "the", spot), f"{what.ja}は{at}{ends}。"


def progress(rng: Random) -> Sentences:
    """The child is eating an apple in the park. 子供は公園でりんごを食べています。"""
    who, verb, past = _actor(rng), one(rng, words.VERBS), often(rng, 35)
    what, where = phrase(rng, one(rng, nouns(verb.objects))), place(rng, verb)
    en = sentence(who.en, be(who, "past" if past else "present"), verb.ing, what.en, where.en if where else "")
    there = f"{where.ja}で" if where else ""
    ends = te(verb.ja, verb.group) + ("いました" if past else "います")
    return en, f"{who.ja}は{there}{what.ja}{verb.particle}{what.count}{ends}。"


def wanting(rng: Random) -> Sentences:
    """I do not want to sell my car. 私は私の車を売りたくないです。"""
    verb, no, ask = one(rng, words.VERBS), often(rng, 35), often(rng, 25)
    what, where = phrase(rng, one(rng, nouns(verb.objects))), place(rng, verb)
    there, end = (f"{where.ja}で" if where else ""), f"{verb.particle}{what.count}"
    place_en = where.en if where else ""
    if ask:
        en = sentence("do you want to", verb.base, what.en, place_en, end="?")
        return en, f"あなたは{there}{what.ja}{end}{wish(verb.ja, verb.group)}か。"
    en = sentence("I", "do not want to" if no else "want to", verb.base, what.en, place_en)
    return en, f"私は{there}{what.ja}{end}{wish(verb.ja, verb.group, no)}。"


def relative(rng: Random) -> Sentences:
    """The book that Yuki bought yesterday is interesting. 昨日由紀さんが買った本はおもしろいです。"""
    verb = one(
        rng, tuple(verb for verb in words.VERBS if verb.objects[0] not in ("person", "space", "opening", "sound"))
    )
    noun = one(rng, tuple(noun for noun in nouns(verb.objects) if adjectives(noun)))
    who, time, adjective = _actor(rng), when(rng, 40, ("past",)), one(rng, adjectives(noun))
    past, no = often(rng, 30), often(rng, 25)
    ends = is_polite(adjective.ja, adjective.group, "past" if past else "present", no)
    be_en = ("was" if past else "is") + (" not" if no else "")
    en = sentence("the", noun.en, "that", who.en, verb.past, time.en, be_en, adjective.en)
    return en, f"{time.ja}{who.ja}が{plain(verb.ja, verb.group, 'past')}{noun.ja}は{ends}。"


def reason(rng: Random) -> Sentences:
    """I closed the window because it was cold. 寒かったので、私は窓を閉めました。"""
    who, verb, (en_why, ja_why) = _actor(rng), one(rng, words.VERBS), one(rng, words.WEATHER)
    what, no = phrase(rng, one(rng, nouns(verb.objects))), often(rng, 25)
    no = no and not what.count
    en = sentence(who.en, english_verb(who, verb, "past", no), what.en, "because it was", en_why)
    why = is_plain(ja_why, "i", "past")
    return en, f"{why}ので、{who.ja}は{what.ja}{verb.particle}{what.count}{japanese_verb(verb, 'past', no)}。"


def before(rng: Random) -> Sentences:
    """She drinks coffee before she reads the newspaper. 彼女は新聞を読む前にコーヒーを飲みます。"""
    who, past = one(rng, words.SUBJECTS[:6]), often(rng, 50)
    first, then = one(rng, words.VERBS), one(rng, words.VERBS)
    tense = "past" if past else "present"
    a, b = phrase(rng, one(rng, nouns(first.objects))), phrase(rng, one(rng, nouns(then.objects)))
    pair = (english_verb(who, first, tense), a.en, "before", who.en, english_verb(who, then, tense), b.en)
    later = f"{b.ja}{then.particle}{b.count}{plain(then.ja, then.group)}前に"
    return sentence(who.en, *pair), f"{who.ja}は{later}{a.ja}{first.particle}{a.count}{japanese_verb(first, tense)}。"


def giving(rng: Random) -> Sentences:
    """The doctor gave my mother a flower. 医者は母に花をくれました。 To others, and from us, it is あげました."""
    who, whom, time = one(rng, words.SUBJECTS), one(rng, words.PEOPLE), when(rng, 50, ("past", "future"))
    while whom.en == who.en:
        whom = one(rng, words.PEOPLE)
    what = phrase(rng, one(rng, nouns(("thing", "gift"))))
    inward = whom.en in _OURS and who.en not in _OURS
    ja = "くれる" if inward else "あげる"
    verb = words.Verb("give", "gives", "gave", "giving", ja, "ichidan", (), ())
    no = often(rng, 20) and not what.count
    en = sentence(who.en, english_verb(who, verb, time.tense, no), whom.en, what.en, time.en)
    return en, f"{time.ja}{who.ja}は{whom.ja}に{what.ja}を{what.count}{japanese_verb(verb, time.tense, no)}。"


def liking(rng: Random) -> Sentences:
    """The doctor does not like coffee. 医者はコーヒーが好きではありません。"""
    who, past, no = _actor(rng), often(rng, 35), often(rng, 35)
    noun = one(rng, nouns(("food", "drink", "animal", "sound", "subject", "work")))
    many = noun.plural or noun.en
    verb = words.Verb("like", "likes", "liked", "", "", "godan", (), ())
    tense = "past" if past else "present"
    what = many if noun.en != "radio" else "the radio"
    en = sentence(who.en, english_verb(who, verb, tense, no), what)
    return en, f"{who.ja}は{noun.ja}が好き{is_noun(japanese_tense(tense), no)}。"


def ability(rng: Random) -> Sentences:
    """Can you teach history? あなたは歴史を教えることができますか。"""
    verb = one(rng, words.VERBS)
    what, no, ask = phrase(rng, one(rng, nouns(verb.objects))), often(rng, 40), often(rng, 30)
    who = words.SUBJECTS[1] if ask else _actor(rng)
    ja = f"{who.ja}は{what.ja}{verb.particle}{what.count}{plain(verb.ja, verb.group)}ことができ"
    if ask:
        return sentence("can you", verb.base, what.en, end="?"), ja + "ますか。"
    return sentence(who.en, "cannot" if no else "can", verb.base, what.en), ja + ("ません。" if no else "ます。")


def invitation(rng: Random) -> Sentences:
    """Let us eat lunch at the restaurant tomorrow. 明日レストランで昼ご飯を食べましょう。"""
    verb, time = one(rng, words.VERBS), when(rng, 50, ("future", "present"))
    time = time if time.tense == "future" else words.When("", "", "future")
    what, where = phrase(rng, one(rng, nouns(verb.objects))), place(rng, verb)
    en = sentence("let us", verb.base, what.en, where.en if where else "", time.en)
    there = f"{where.ja}で" if where else ""
    return en, f"{time.ja}{there}{what.ja}{verb.particle}{what.count}{stem(verb.ja, verb.group)}ましょう。"


def request(rng: Random) -> Sentences:
    """Please wash the dog at home. 家で犬を洗ってください。"""
    verb = one(rng, words.VERBS)
    what, where = phrase(rng, one(rng, nouns(verb.objects))), place(rng, verb)
    there = f"{where.ja}で" if where else ""
    en = sentence("please", verb.base, what.en, where.en if where else "")
    return en, f"{there}{what.ja}{verb.particle}{what.count}{te(verb.ja, verb.group)}ください。"


PATTERNS: Final[tuple[tuple[Pattern, int], ...]] = (
    (action, 20),
    (question, 7),
    (what_question, 5),
    (where_question, 5),
    (who_question, 3),
    (going, 7),
    (quality, 6),
    (comparison, 4),
    (job, 2),
    (position, 7),
    (progress, 7),
    (wanting, 5),
    (relative, 7),
    (reason, 5),
    (before, 4),
    (giving, 6),
    (liking, 4),
    (ability, 4),
    (invitation, 4),
    (request, 3),
)
"""The patterns and how often each is drawn."""


def draw(rng: Random) -> Sentences:
    """One sentence in English and Japanese, of a pattern that falls by its weight."""
    ticket = rng.randrange(sum(weight for _, weight in PATTERNS))
    for pattern, weight in PATTERNS:
        ticket -= weight
        if ticket < 0:
            en, ja = pattern(rng)
            return en, _SELF.sub(r"\1\2自分の", ja)
    raise AssertionError("the weights do not add up")
