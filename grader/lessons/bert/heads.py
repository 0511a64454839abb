"""The four heads of Devlin et al. 2018, figure 4: pairs, sentences, spans, tags.

The encoder is one of ours, lent to the student's heads, so what each position's output depends on is known.
"""

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Student, Text, check, properties, recompute, sign, trace
from grader.lessons.bert import _heads_mistakes, _heads_right, _readings
from grader.lessons.bert._figure_one import padded
from grader.lessons.bert._head import CLASS_SCORES, classifier, span_head, tagger
from grader.lessons.bert._simple_encoder import MOVED, STILL, change

TITLE = Text(en="Four heads", ja="4 種類の出力層")
NAMES = ("pack_pair", "SequenceClassifier", "SpanHead", "best_span", "TaggingHead", "align_labels")
KNOWN_ANSWERS = (_heads_mistakes, _heads_right)
HEADINGS = ("BERT heads", "task heads", "出力ヘッド")
SIGNS = (
    sign(
        r"^class\s+\w*(?:QuestionAnswering|SpanHead|Tagging|TokenClassif|SequenceClassif|Cls\w*Classif)\w*\(",
        "a head for BERT",
        "BERT の出力層",
        rank=250,
    ),
)
# self.nsp = nn.Linear(hidden, 2)
TRACES = (trace(r"(?i)next_?sent|\bnsp|is_next|classif|num_labels|pooler|\bcls\b|squad|\bner\b"),)
STARTERS = (
    Text(
        en="Begin with `SequenceClassifier`: hidden (B, T, D), of that the first position (B, D), then one "
        "`nn.Linear` to (B, L).",
        ja="`SequenceClassifier` から始めましょう。hidden (B, T, D) の先頭の位置 (B, D) を取り出し、`nn.Linear` で (B, L) にし"
        "ます。",
    ),
    Text(
        en="`SpanHead` and `TaggingHead` keep all positions: (B, T, D) becomes (B, T, 2), cut into two (B, T), "
        "or (B, T, L).",
        ja="`SpanHead` と `TaggingHead` は全部の位置を使います。(B, T, D) から (B, T, 2)（2 つの (B, T) に分ける）、または (B, T,"
        " L) です。",
    ),
    Text(
        en="For `best_span` make a table (B, T, T) of s_i + e_j, and rule out every pair that is not allowed "
        "before taking the largest.",
        ja="`best_span` は s_i + e_j の表 (B, T, T) を作り、許されない組を除いてから最大のものを選びます。",
    ),
)

PACKED = Text(en="the packed pair", ja="つないだ入力")


@check(points=1, ja="pack_pair は [CLS] 1 文目 [SEP] 2 文目 [SEP] と、そのセグメントを返す")
def packs_a_pair(student: Student, draw: Draw) -> None:
    """pack_pair gives [CLS] first [SEP] second [SEP] and the segments that go with it."""
    for one, two in ((7, 4), (1, 6), (5, 12)):
        cls, sep, *ids = draw.sample(range(5, 60), 2 + one + two)
        given = (ids[:one], ids[one:], cls, sep)
        _, after = student.call_and_inputs("pack_pair", *given, view=_readings.packed)
        student.must_agree(PACKED, help=PACKING)
        recompute.untouched(
            given[:2], after[:2], ("first", "second"), dict.fromkeys(("first", "second"), recompute.IN_PLACE)
        )


PACKING = Text(
    en="Count with n words and m words: 1 + n + 1 + m + 1 ids, and as many segments. Up to which id is the segment 0?",
    ja="n 語と m 語なら、ids は 1 + n + 1 + m + 1 個、segments も同じ数です。どの ID までがセグメント 0 ですか。",
)


@check(points=1, ja="文の分類には [CLS] の位置の出力だけを使う")
def classifies_by_cls(student: Student, draw: Draw) -> None:
    """A sentence is classified by the encoder's output at [CLS] alone."""
    head = classifier(student, draw)
    time = head.ids.shape[1]
    try:
        seen = recompute.steady(student, head.ask, CLASS_SCORES)
    except Failure as failure:
        first = f"({time}, {head.classes})" in failure.rationale.en
        name = "first_sentence_taken" if first else failure.misconception
        raise Failure(failure.rationale, failure.help or OF_CLS, failure.evidence, name) from None
    moved = [(seen - head.ask(head.other(t))).abs().max() for t in range(time)]
    if moved[0] > MOVED and all(m <= STILL for m in moved[1:]):
        return
    used = [t for t in range(time) if moved[t] > STILL]
    names = {(time - 1,): "last_position_taken", tuple(range(time)): "positions_pooled"}
    raise Failure(
        Text(
            en=f"The scores should depend on position 0 alone, but depend on positions {used}.",
            ja=f"得点は位置 0 だけで決まるはずですが、位置 {used} によって変わります。",
        ),
        OF_CLS,
        misconception=names.get(tuple(used)),
    )


OF_CLS = Text(
    en="hidden (B, T, D) -> the output at [CLS] (B, D) -> linear layer (B, L). Which position of hidden is [CLS]?",
    ja="hidden (B, T, D) → [CLS] の位置の出力 (B, D) → 線形層 (B, L)。hidden のどの位置が [CLS] ですか。",
)


@check(points=1, ja="SpanHead と TaggingHead は、各位置に、その位置の出力から得点を付ける")
def scores_each_position(student: Student, draw: Draw) -> None:
    """SpanHead and TaggingHead score every position by the encoder's output there, also for one sentence."""
    for build in (span_head, tagger):
        head = build(student, draw)
        seen, time = recompute.steady(student, head.ask, head.what), head.ids.shape[1]
        for t in (0, 3, time - 2):
            moved = change(seen, head.ask(head.other(t)))
            strays = (moved > STILL) & (torch.arange(time) != t)
            if not moved[t] > MOVED or strays.any():
                raise astray(head.name, t, moved)
        if head.name == "SpanHead" and properties.close(relative(seen)[..., 0], relative(seen)[..., 1]):
            raise Failure(
                Text(
                    en="SpanHead gives every position the same score as a start and as an end.",
                    ja="SpanHead は、どの位置にも、始まりと終わりに同じ得点を付けています。",
                ),
                Text(
                    en="The two are learned apart: nn.Linear(d_model, 2), or a layer for each.",
                    ja="2 つは別々に学習します。nn.Linear(d_model, 2) か、それぞれの層を使いましょう。",
                ),
                misconception="one_score_for_both_ends",
            )
        alone = head.ask(head.ids[-1:])
        properties.equal(alone, seen[-1:], head.what, help=EACH_POSITION)


EACH_POSITION = Text(
    en="hidden (B, T, D) -> one linear layer for all positions -> (B, T, L), or (B, T, 2) taken apart into (B, T) and (B, T). No axis may go, also when B is 1.",
    ja="hidden (B, T, D) → 全位置に同じ線形層 → (B, T, L)、または (B, T, 2) を分けた (B, T) と (B, T)。B が 1 のときも、軸を消してはいけません。",
)


def astray(name: str, t: int, moved: Tensor) -> Failure:
    mistake = "one_tag_for_all" if name == "TaggingHead" and (t == 0 or not (moved > STILL).any()) else None
    return Failure(
        Text(
            en=f"{name}: when the word at position {t} is exchanged, only its scores should change; those of positions "
            f"{(moved > STILL).nonzero().flatten().tolist()} did.",
            ja=f"{name}: 位置 {t} の単語を変えたとき、変わるのはその位置の得点だけのはずですが、位置 "
            f"{(moved > STILL).nonzero().flatten().tolist()} の得点が変わりました。",
        ),
        EACH_POSITION,
        misconception=mistake,
    )


@check(points=1, ja="どの出力層も、マスクとセグメントをエンコーダーに渡し、エンコーダーまで勾配を届ける")
def hands_on_mask_and_segments(student: Student, draw: Draw) -> None:
    """Every head hands mask and segments to the encoder, and lets the gradient reach it."""
    for build in (classifier, span_head, tagger):
        head = build(student, draw, mixing=1.0)
        mask = padded(draw, len(head.ids), head.ids.shape[1])
        mask[0, -1] = False
        first, second = torch.zeros_like(head.ids), (torch.arange(head.ids.shape[1]) > 1).long().expand_as(head.ids)
        seen, everything = head.ask(None, mask, first), head.ask(None, torch.ones_like(mask), first)
        turned = head.ask(None, mask, second.contiguous())
        if (relative(seen) - relative(everything)).abs().max() <= MOVED:
            raise not_handed_on(head.name, "mask", "mask_not_handed_on")
        if (relative(seen) - relative(turned)).abs().max() <= MOVED:
            raise not_handed_on(head.name, "segments", "segments_not_handed_on")
        if not head.teaches(draw):
            raise cut_off(head.name)


def relative(scores: Tensor) -> Tensor:
    """A span's scores, which are known up to a constant, beside those of the first position; others as they are."""
    return scores - scores[:, :1] if scores.dim() == 3 and scores.shape[-1] == 2 else scores


def not_handed_on(name: str, what: str, mistake: str) -> Failure:
    return Failure(
        Text(
            en=f"{name} does not hand `{what}` to its encoder.",
            ja=f"{name} が `{what}` をエンコーダーに渡していません。",
        ),
        Text(
            en="The encoder takes three things: ids, mask and segments, each (B, T).",
            ja="エンコーダーは ids・mask・segments（それぞれ (B, T)）の 3 つを受け取ります。",
        ),
        misconception=mistake,
    )


def cut_off(name: str) -> Failure:
    return Failure(
        Text(en=f"{name}: no gradient reaches the encoder.", ja=f"{name}: エンコーダーに勾配が届いていません。"),
        Text(
            en="`detach()`, `torch.no_grad()`, or an encoder that is not an attribute of the module cuts it off.",
            ja="`detach()` や `torch.no_grad()`、あるいはエンコーダーをモジュールの属性にしていないことが原因です。",
        ),
        misconception="encoder_cut_off",
    )


def ask_spans(student: Student, draw: Draw, max_len: int, batch: int, time: int) -> tuple[Tensor, Tensor]:
    """Spans (B, 2) for drawn scores, all below zero and some far below, and the passages."""
    low = torch.where(torch.arange(batch) % 2 == 0, 150.0, 20.0)[:, None]
    start, end = draw.normal(batch, time, scale=2.0) - low, draw.normal(batch, time, scale=2.0) - low
    place, begin = torch.arange(time), draw.integers(min(3, time - 1), max(2, time // 3), batch, 1)
    passage = (place >= begin) & (place < begin + draw.integers(max(1, time // 3), max(2, time // 2), batch, 1))
    given = (start, end, passage)
    spans, after = student.call_and_inputs("best_span", *given, max_len, view=_readings.spans(batch))
    names = ("start", "end", "passage")
    recompute.untouched(given, after, names, dict.fromkeys(names, recompute.IN_PLACE))
    return spans, passage


@check(points=1, ja="答えの区間は、始まりが終わり以前にあり、max_len 以下の長さである")
def spans_run_forward(student: Student, draw: Draw) -> None:
    """A span begins no later than it ends, and is at most max_len long."""
    longest = draw.number(5, 8)
    spans, _ = ask_spans(student, draw, longest, 40, 33)
    length = spans[:, 1] - spans[:, 0] + 1
    bad = (length < 1) | (length > longest)
    if bad.any():
        where = spans[bad][0].tolist()
        one_too_many = bool((length[bad] == longest + 1).all() and (length == 1).any())
        raise Failure(
            Text(
                en=f"{int(bad.sum())} of {len(spans)} spans run backwards or are longer than {longest}, the first {where}.",
                ja=f"{len(spans)} 個の区間のうち {int(bad.sum())} 個が、逆向きか、{longest} より長くなっています（最初は {where}）。",
            ),
            ALL_PAIRS,
            misconception="length_off_by_one" if one_too_many else None,
        )


ALL_PAIRS = Text(
    en="Consider all pairs of beginning i and end j at once: start (B, T, 1) + end (B, 1, T) -> (B, T, T); only i <= j, j - i < max_len, and both inside the "
    "passage; the largest of T * T, turned back into i and j.",
    ja="始まり i と終わり j の組をまとめて調べてみましょう。start (B, T, 1) + end (B, 1, T) → (B, T, T)。許されるのは i <= j、j − i < max_len で、両方とも本文の中。"
    "T * T 個の最大を選び、i と j に戻します。",
)


@check(points=1, ja="答えの区間は本文の中にある")
def spans_lie_in_the_passage(student: Student, draw: Draw) -> None:
    """A span lies inside the passage."""
    spans, passage = ask_spans(student, draw, 6, 31, 24)
    size = passage.shape[1]
    rows = torch.arange(len(spans))
    inside = ((spans >= 0) & (spans < size)).all(1)
    inside &= passage[rows[:, None], spans.clamp(0, size - 1)].all(1)
    if not inside.all():
        where = spans[~inside][0].tolist()
        raise Failure(
            Text(
                en=f"{int((~inside).sum())} of {len(spans)} spans reach outside the passage, the first {where}.",
                ja=f"{len(spans)} 個の区間のうち {int((~inside).sum())} 個が本文の外に出ています（最初は {where}）。",
            ),
            Text(en="What score must a forbidden span have?", ja="許されない区間の得点は、いくつであるべきでしょう。"),
        )


@check(points=1, ja="許される区間のうち、得点の和が最大のものを選ぶ")
def spans_are_the_best(student: Student, draw: Draw) -> None:
    """Of the spans allowed it is the one with the largest sum of scores."""
    for longest, batch, time in ((4, 31, 24), (1, 10, 15), (9, 3, 120), (3, 1, 2)):
        ask_spans(student, draw, longest, batch, time)
        student.must_agree(_readings.SPANS, help=ALL_PAIRS)


@check(points=2, ja="ラベルは各単語の最初のサブワードだけに付き、続き・特別なトークン・パディングは -100")
def labels_go_to_first_sub_words(student: Student, draw: Draw) -> None:
    """A word's label goes to its first sub-word; further ones, special tokens and padding get -100."""
    for count in draw.sizes(2, smallest=5):
        word_labels = [1 + (i // 2) % 4 if i else 0 for i in range(count)]  # neighbours often have the same label
        pieces = [w for w in range(count) for _ in range(draw.number(1, 4) if w % 3 else 3)]
        given = (word_labels, [None, *pieces, *[None] * draw.number(1, 5)])
        _, after = student.call_and_inputs("align_labels", *given, view=_readings.labels)
        student.must_agree(_readings.TAGS, help=ONE_LABEL)
        names = ("word_labels", "word_ids")
        recompute.untouched(given, after, names, dict.fromkeys(names, recompute.IN_PLACE))


ONE_LABEL = Text(
    en="Write word_ids down, such as [None, 0, 0, 1, None], and one label under each: where does a new word begin?",
    ja="word_ids を [None, 0, 0, 1, None] のように書き出し、その下にラベルを 1 つずつ書いてみましょう。新しい単語はどこで始まりますか。",
)
