"""The four heads of Devlin et al. 2018, figure 4: pairs, sentences, spans, tags.

The encoder is one of ours, lent to the student's heads, so what each position's output depends on is known.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from grader import views
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.bert import _lent, _readings
from grader.lessons.bert._heads_mistakes import *  # noqa: F403 - all of them: a list could forget one
from grader.lessons.bert._lent import MOVED, STILL, change
from grader.lessons.declare import accepts, check, edit
from grader.model import Text
from grader.student import Module, Student

TITLE = Text(en="Four heads", ja="4 種類の出力層")
NAMES = ("pack_pair", "SequenceClassifier", "SpanHead", "best_span", "TaggingHead", "align_labels")
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

WORDS, WIDTH, BATCH, TIME, CLASSES = 29, 15, 3, 9, 5
PACKED = Text(en="the packed pair", ja="つないだ入力")
CLASS_SCORES = Text(en="the output of SequenceClassifier", ja="SequenceClassifier の出力")
TAG_SCORES = Text(en="the output of TaggingHead", ja="TaggingHead の出力")

Ask = Callable[[Tensor, Tensor, Tensor], Tensor]


def words(draw: Draw) -> Tensor:
    return draw.integers(0, WORDS, BATCH, TIME)


def other(ids: Tensor, *positions: int) -> Tensor:
    """The same words, but others at these positions."""
    ids = ids.clone()
    ids[:, list(positions)] = (ids[:, list(positions)] + 7) % WORDS
    return ids


def classifier(student: Student, draw: Draw, mixing: float = 0.0) -> Ask:
    encoder = _lent.simple(student, draw, WORDS, WIDTH, mixing)
    model = student.module("SequenceClassifier", encoder, d_model=WIDTH, output_size=CLASSES).eval()
    view = views.class_scores(BATCH, CLASSES, what=CLASS_SCORES)
    return lambda *inputs: model(*inputs, view=view)


def tagger(student: Student, draw: Draw, mixing: float = 0.0) -> Ask:
    encoder = _lent.simple(student, draw, WORDS, WIDTH, mixing)
    model = student.module("TaggingHead", encoder, d_model=WIDTH, num_tags=CLASSES).eval()
    view = views.class_scores(BATCH, TIME, CLASSES, what=TAG_SCORES, letters="(B, T, L)")
    return lambda *inputs: model(*inputs, view=view)


def span_head(student: Student, draw: Draw, mixing: float = 0.0) -> Ask:
    encoder = _lent.simple(student, draw, WORDS, WIDTH, mixing)
    model: Module = student.module("SpanHead", encoder, d_model=WIDTH).eval()
    view = _readings.start_and_end(BATCH, TIME)
    return lambda *inputs: torch.stack(model(*inputs, view=view), dim=-1)


def everywhere() -> tuple[Tensor, Tensor]:
    """A mask without padding, and one segment."""
    return torch.ones(BATCH, TIME, dtype=torch.bool), torch.zeros(BATCH, TIME, dtype=torch.int64)


@check(points=1, ja="pack_pair は [CLS] 1 文目 [SEP] 2 文目 [SEP] と、そのセグメントを返す")
def packs_a_pair(student: Student, draw: Draw) -> None:
    """pack_pair gives [CLS] first [SEP] second [SEP] and the segments that go with it."""
    cls, sep, *ids = draw.sample(range(5, 60), 13)
    student.call("pack_pair", ids[:7], ids[7:], cls, sep, view=_readings.packed)
    student.must_agree(PACKED)


@check(points=1, ja="文の分類には [CLS] の位置の出力だけを使う")
def classifies_by_cls(student: Student, draw: Draw) -> None:
    """A sentence is classified by the encoder's output at [CLS] alone."""
    ids, rest = words(draw), everywhere()
    try:
        ask = classifier(student, draw)
        seen = ask(ids, *rest)
    except Failure as failure:
        first = f"({TIME}, {CLASSES})" in failure.rationale.en
        name = "first_sentence_taken" if first else None
        raise Failure(failure.rationale, failure.help, failure.evidence, name) from None
    moved = [(seen - ask(other(ids, t), *rest)).abs().max() for t in range(TIME)]
    if moved[0] > MOVED and all(m <= STILL for m in moved[1:]):
        return
    used = [t for t in range(TIME) if moved[t] > STILL]
    names = {(TIME - 1,): "last_position_taken", tuple(range(TIME)): "positions_pooled"}
    raise Failure(
        Text(
            en=f"The scores should depend on position 0 alone, but depend on positions {used}.",
            ja=f"得点は位置 0 だけで決まるはずですが、位置 {used} によって変わります。",
        ),
        Text(en="Which position of hidden (B, T, D) is [CLS]?", ja="hidden (B, T, D) のどの位置が [CLS] ですか。"),
        misconception=names.get(tuple(used)),
    )


@check(points=1, ja="SpanHead と TaggingHead は、各位置に、その位置の出力から得点を付ける")
def scores_each_position(student: Student, draw: Draw) -> None:
    """SpanHead and TaggingHead score every position by the encoder's output there."""
    ids, rest = words(draw), everywhere()
    for build, name in ((span_head, "SpanHead"), (tagger, "TaggingHead")):
        ask = build(student, draw)
        seen = ask(ids, *rest)
        for t in (0, 3, TIME - 2):
            moved = change(seen, ask(other(ids, t), *rest))
            strays = (moved > STILL) & (torch.arange(TIME) != t)
            if not moved[t] > MOVED or strays.any():
                raise astray(name, t, moved)


def astray(name: str, t: int, moved: Tensor) -> Failure:
    mistake = "one_tag_for_all" if name == "TaggingHead" and (t == 0 or not (moved > STILL).any()) else None
    return Failure(
        Text(
            en=f"{name}: when the word at position {t} is exchanged, only its scores should change; those of positions "
            f"{(moved > STILL).nonzero().flatten().tolist()} did.",
            ja=f"{name}: 位置 {t} の単語を変えたとき、変わるのはその位置の得点だけのはずですが、位置 "
            f"{(moved > STILL).nonzero().flatten().tolist()} の得点が変わりました。",
        ),
        Text(en="Write the shapes beside each line.", ja="各行に形を書き添えてみましょう。"),
        misconception=mistake,
    )


@check(
    points=1, after=(classifies_by_cls, scores_each_position), ja="どの出力層も、マスクとセグメントをエンコーダーに渡す"
)
def hands_on_mask_and_segments(student: Student, draw: Draw) -> None:
    """Every head hands mask and segments to the encoder."""
    ids, (_, first) = words(draw), everywhere()
    mask = (torch.arange(TIME) < 6).expand(BATCH, TIME)
    second = (torch.arange(TIME) > 2).long().expand(BATCH, TIME).contiguous()
    for build in (classifier, span_head, tagger):
        ask = build(student, draw, mixing=1.0)
        seen, padded, turned = ask(ids, mask, first), ask(other(ids, 7), mask, first), ask(ids, mask, second)
        seen, padded, turned = (cut(part) for part in (seen, padded, turned))
        if (seen - padded).abs().max() > STILL:
            raise not_handed_on(build.__name__, "mask", "mask_not_handed_on")
        if (seen - turned).abs().max() <= MOVED:
            raise not_handed_on(build.__name__, "segments", "segments_not_handed_on")


def cut(scores: Tensor) -> Tensor:
    """The scores of real positions (up to the constant that a span's scores are known by), or a class's as they are."""
    real = scores[:, :6] if scores.dim() == 3 else scores
    return real - real[:, :1] if scores.dim() == 3 and scores.shape[-1] == 2 else real


def not_handed_on(builder: str, what: str, mistake: str) -> Failure:
    name = {"classifier": "SequenceClassifier", "span_head": "SpanHead", "tagger": "TaggingHead"}[builder]
    return Failure(
        Text(
            en=f"{name} does not hand `{what}` to its encoder.",
            ja=f"{name} が `{what}` をエンコーダーに渡していません。",
        ),
        misconception=mistake,
    )


def ask_spans(student: Student, draw: Draw, max_len: int) -> tuple[Tensor, Tensor]:
    """Spans (B, 2) for drawn scores, all below zero, and the passages."""
    batch, time = 31, 23
    start, end = draw.normal(batch, time, scale=2.0) - 9, draw.normal(batch, time, scale=2.0) - 9
    place, begin = torch.arange(time), draw.integers(3, 8, batch, 1)
    passage = (place >= begin) & (place < begin + draw.integers(9, 15, batch, 1))
    spans = student.call("best_span", start, end, passage, max_len, view=_readings.spans(batch))
    return spans, passage


@check(points=1, ja="答えの区間は、始まりが終わり以前にあり、max_len 以下の長さである")
def spans_run_forward(student: Student, draw: Draw) -> None:
    """A span begins no later than it ends, and is at most max_len long."""
    spans, _ = ask_spans(student, draw, 6)
    length = spans[:, 1] - spans[:, 0] + 1
    bad = (length < 1) | (length > 6)
    if bad.any():
        where = spans[bad][0].tolist()
        raise Failure(
            Text(
                en=f"{int(bad.sum())} of {len(spans)} spans run backwards or are longer than 6, the first {where}.",
                ja=f"{len(spans)} 個の区間のうち {int(bad.sum())} 個が、逆向きか、6 より長くなっています（最初は {where}）。",
            ),
            Text(
                en="Consider all pairs of beginning and end at once.",
                ja="始まりと終わりの組をまとめて調べてみましょう。",
            ),
        )


@check(points=1, ja="答えの区間は本文の中にある")
def spans_lie_in_the_passage(student: Student, draw: Draw) -> None:
    """A span lies inside the passage."""
    spans, passage = ask_spans(student, draw, 6)
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
    ask_spans(student, draw, 4)
    student.must_agree(_readings.SPANS)


@check(points=2, ja="ラベルは各単語の最初のサブワードだけに付き、続き・特別な記号・パディングは -100")
def labels_go_to_first_sub_words(student: Student, draw: Draw) -> None:
    """A word's label goes to its first sub-word; further ones, special tokens and padding get -100."""
    count = draw.number(6, 9)
    word_labels = [1 + (i // 2) % 4 if i else 0 for i in range(count)]  # neighbours often have the same label
    pieces = [w for w in range(count) for _ in range(draw.number(1, 4) if w % 3 else 3)]
    word_ids = [None, *pieces, None, None, None]
    student.call("align_labels", word_labels, word_ids, view=_readings.labels)
    student.must_agree(_readings.TAGS)


pooler = accepts(
    edit(
        "self.classify = nn.Linear(d_model, output_size)",
        "self.classify = nn.Sequential(nn.Linear(d_model, d_model), nn.Tanh(), nn.Dropout(0.1), nn.Linear(d_model, output_size))",
    ),
)
log_probabilities = accepts(
    edit("self.classify(sentence)", "self.classify(sentence).log_softmax(-1)"),
    edit("self.tag(states)", "self.tag(states).softmax(-1)"),
)
two_layers = accepts(
    edit("self.ends = nn.Linear(d_model, 2)", "self.start, self.end = nn.Linear(d_model, 1), nn.Linear(d_model, 1)"),
    edit(
        "scores = self.ends(self.encoder(ids, mask, segments))",
        "h = self.encoder(ids, mask, segments); scores = torch.cat([self.start(h), self.end(h)], dim=-1)",
    ),
)
loops = accepts(
    edit(
        "return torch.stack([best // len(place), best % len(place)], dim=1)",
        """found = []
    for s, e, p in zip(start.tolist(), end.tolist(), passage.tolist()):
        spans = [(i, j) for i in range(len(s)) for j in range(i, min(i + max_len, len(s))) if p[i] and p[j]]
        found.append(max(spans, key=lambda span: s[span[0]] + e[span[1]]))
    return found""",
    ),
    edit("return labels", "return torch.tensor(labels)"),
    edit("return ids, segments", "return torch.tensor(ids), torch.tensor(segments)"),
)
