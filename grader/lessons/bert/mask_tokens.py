"""mask_tokens(ids, special, mask_id, vocab_size) -> (inputs, labels). Devlin et al. 2018, section 3.1, task #1."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader import properties
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.bert import _mask_signs
from grader.lessons.bert._chance import bounds
from grader.lessons.bert._mask_mistakes import *  # noqa: F403 - all of them: a list could forget one
from grader.lessons.declare import accepts, check, edit
from grader.model import Text
from grader.student import Student

TITLE = Text(en="Making gaps", ja="穴を空ける")
NAMES = ("mask_tokens",)
STARTERS = (
    Text(
        en="Make a table (B, T) of random numbers: those below 0.15, outside `special`, are chosen.",
        ja="(B, T) の乱数の表を作ります。0.15 未満で、`special` でない場所が「選ばれた」場所です。",
    ),
    Text(
        en="Labels first: a copy of the ids, with -100 wherever nothing was chosen.",
        ja="先に labels を作りましょう。ids の写しで、選ばれなかった場所はすべて -100 です。",
    ),
    Text(
        en="A second table of random numbers tells the 80, 10 and 10 percent apart. Change a copy of the ids, "
        "never the ids.",
        ja="80%・10%・10% は、もう 1 つの乱数の表で分けます。書き換えるのは ids の写しで、ids 自体は変えません。",
    ),
)

INPUTS = Text(en="inputs", ja="inputs")
LABELS = Text(en="labels", ja="labels")
ROWS, TIME, IGNORED = 60, 301, -100


@dataclass(frozen=True)
class Masked:
    """A batch, and what the student made of it."""

    ids: Tensor
    special: Tensor
    mask_id: int
    vocab_size: int
    inputs: Tensor
    labels: Tensor

    @property
    def chosen(self) -> Tensor:
        return self.labels != IGNORED


def batch(draw: Draw) -> tuple[Tensor, Tensor, int, int]:
    """Rows of very different lengths, [CLS] words [SEP] [PAD]...; no word has the id of a special token."""
    vocab_size = 900 + draw.number(0, 100)
    cls, sep, pad, mask_id = draw.sample(range(vocab_size // 2), 4)
    ordinary = torch.tensor([i for i in range(vocab_size) if i not in (cls, sep, pad, mask_id)])
    ids = ordinary[draw.integers(0, len(ordinary), ROWS, TIME)]
    length = draw.integers(25, TIME - 1, ROWS, 1)
    place = torch.arange(TIME)
    ids = torch.where(place > length, pad, torch.where(place == length, sep, ids))
    ids[:, 0] = cls
    return ids, (place >= length) | (place == 0), mask_id, vocab_size


def pair(value: Any) -> tuple[Tensor, Tensor]:
    """(inputs, labels), both whole numbers of shape (B, T)."""
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise Failure(
            Text(
                en="mask_tokens should return the pair (inputs, labels).",
                ja="mask_tokens は (inputs, labels) の 2 つを返すはずです。",
            )
        )
    gathered = isinstance(value[1], Tensor) and value[1].dim() == 1
    try:
        inputs = properties.has_shape(value[0], (ROWS, TIME), INPUTS, "(B, T)")
        labels = properties.has_shape(value[1], (ROWS, TIME), LABELS, "(B, T)")
    except Failure as failure:
        name = "labels_gathered" if gathered else None
        raise Failure(failure.rationale, failure.help, failure.evidence, name) from None
    for tensor, what in ((inputs, INPUTS), (labels, LABELS)):
        if tensor.is_floating_point() or tensor.is_complex() or tensor.dtype is torch.bool:
            raise Failure(
                Text(
                    en=f"{what.en} should hold whole numbers, but its dtype is {tensor.dtype}.",
                    ja=f"{what.ja} は整数のはずですが、dtype は {tensor.dtype} でした。",
                )
            )
    return inputs.long(), labels.long()


def ask(student: Student, draw: Draw) -> Masked:
    ids, special, mask_id, vocab_size = batch(draw)
    inputs, labels = student.call("mask_tokens", ids, special, mask_id, vocab_size, view=pair)
    return Masked(ids, special, mask_id, vocab_size, inputs, labels)


def share(count: int | Tensor, total: int | Tensor) -> str:
    return f"{100 * int(count) / max(1, int(total)):.1f} %"


@check(points=1, ja="(B, T) の整数のテンソル inputs と labels を返す")
def shapes(student: Student, draw: Draw) -> None:
    """It returns inputs and labels, whole numbers of shape (B, T)."""
    ask(student, draw)


@check(points=1, after=shapes, ja="引数の ids を書き換えない")
def leaves_its_input_alone(student: Student, draw: Draw) -> None:
    """The argument ids is as it was before the call."""
    ids, special, mask_id, vocab_size = batch(draw)
    _, after = student.call_and_inputs("mask_tokens", ids, special, mask_id, vocab_size, view=pair)
    if not isinstance(after[0], Tensor) or not torch.equal(after[0], ids):
        raise Failure(
            Text(en="The tensor ids was changed by the call.", ja="呼び出しによって、引数の ids が書き換わりました。"),
            Text(en="What does `inputs = ids` copy?", ja="`inputs = ids` は何をコピーするでしょうか。"),
            misconception="changed_in_place",
        )


@check(points=2, after=shapes, ja="labels は選ばれた位置では元の単語、それ以外では -100")
def labels_are_the_clean_words(student: Student, draw: Draw) -> None:
    """Labels are the original words where one was chosen, and -100 everywhere else."""
    seen = ask(student, draw)
    wrong = seen.chosen & (seen.labels != seen.ids)
    name = _mask_signs.of_labels(seen.ids, seen.inputs, seen.labels)
    if name is None and seen.chosen.any() and not wrong.any():
        return
    known = int(wrong.sum())
    raise Failure(
        Text(
            en=f"Of {seen.labels.numel()} labels {share(seen.chosen.sum(), seen.labels.numel())} are not -100, and {known} of "
            "these are not the word that stood there.",
            ja=f"{seen.labels.numel()} 個の labels のうち {share(seen.chosen.sum(), seen.labels.numel())} が -100 以外で、そのうち "
            f"{known} 個は元の単語と違います。",
        ),
        Text(
            en="Print one short row of ids, inputs and labels under each other.",
            ja="短い文を 1 つ選び、ids・inputs・labels を縦に並べて表示してみましょう。",
        ),
        misconception=name,
    )


@check(points=1, after=labels_are_the_clean_words, ja="選ばれなかった位置の単語は変わらない")
def only_chosen_words_change(student: Student, draw: Draw) -> None:
    """Where the label is -100 the input is the original word."""
    seen = ask(student, draw)
    touched = ~seen.chosen & (seen.inputs != seen.ids)
    if touched.any():
        masked = (seen.inputs[touched] == seen.mask_id).float().mean() > 0.5
        raise Failure(
            Text(
                en=f"{int(touched.sum())} words were changed though their label is -100.",
                ja=f"labels が -100 なのに変わっている単語が {int(touched.sum())} 個あります。",
            ),
            Text(
                en="The 80, 10 and 10 percent are shares of what was chosen.",
                ja="80 %・10 %・10 % は、選ばれた単語の中での割合です。",
            ),
            misconception="mask_everywhere" if masked else "random_everywhere",
        )


@check(points=1, after=labels_are_the_clean_words, ja="特別な記号は選ばれない")
def special_tokens_are_never_chosen(student: Student, draw: Draw) -> None:
    """[CLS], [SEP] and [PAD] are never chosen."""
    seen = ask(student, draw)
    count = int((seen.chosen & seen.special).sum())
    if count:
        raise Failure(
            Text(
                en=f"{count} special tokens were chosen, of {int(seen.special.sum())}.",
                ja=f"特別な記号 {int(seen.special.sum())} 個のうち {count} 個が選ばれました。",
            ),
            Text(en="What is the argument special for?", ja="引数 special は何のためにあるのでしょう。"),
            misconception="special_chosen",
        )


@check(points=1, after=labels_are_the_clean_words, ja="どこを選ぶかは文ごとに違う")
def every_row_draws_for_itself(student: Student, draw: Draw) -> None:
    """Each sentence gets gaps of its own."""
    seen = ask(student, draw)
    words = (~seen.special).sum(0)
    counts = (seen.chosen & ~seen.special).sum(0)
    # In a column of 60 words drawn one by one, all or none is a matter of 1 in 17,000; in all columns, never.
    if ((counts == 0) | (counts == words))[words > 9].all() and seen.chosen.any():
        raise Failure(
            Text(
                en="Every position was chosen either in all sentences or in none.",
                ja="どの位置も、すべての文で選ばれているか、どの文でも選ばれていないかのどちらかです。",
            ),
            Text(en="What shape are your random numbers?", ja="乱数の形はどうなっていますか。"),
            misconception="same_for_every_row",
        )


@check(points=1, after=every_row_draws_for_itself, ja="ふつうの単語の 15 % が選ばれる")
def fifteen_percent(student: Student, draw: Draw) -> None:
    """15 % of the ordinary words are chosen."""
    seen = ask(student, draw)
    words, chosen = int((~seen.special).sum()), int((seen.chosen & ~seen.special).sum())
    # A count fixed for each row may be rounded down, half a word a row: hence 0.1475. Exact bounds, ALARM a question.
    least, most = bounds(words, 0.1475, 0.15)
    if least <= chosen <= most:
        return
    raise Failure(
        Text(
            en=f"{chosen} of {words} ordinary words were chosen, {share(chosen, words)}.",
            ja=f"ふつうの単語 {words} 個のうち {chosen} 個（{share(chosen, words)}）が選ばれました。",
        ),
        Text(en="15 % of what?", ja="何の 15 % でしょうか。"),
        misconception=_mask_signs.of_rate(seen.chosen, seen.special),
    )


@check(
    points=2,
    after=(only_chosen_words_change, fifteen_percent),
    ja="選ばれた単語の 80 % は [MASK]、10 % はランダム、10 % はそのまま",
)
def eighty_ten_ten(student: Student, draw: Draw) -> None:
    """Of the chosen words 80 % become [MASK], 10 % a random word and 10 % stay."""
    seen = ask(student, draw)
    total = int(seen.chosen.sum())
    now, before = seen.inputs[seen.chosen], seen.ids[seen.chosen]
    counts = (
        int((now == seen.mask_id).sum()),
        int(((now != before) & (now != seen.mask_id)).sum()),
        int((now == before).sum()),
    )
    # A random word may happen to be [MASK] or the word itself: one time in vocab_size each. Exact bounds, ALARM a share.
    slip = 0.1 * 2 / seen.vocab_size
    limits = [bounds(total, low, high) for low, high in ((0.8, 0.8 + slip), (0.1 - slip, 0.1), (0.1, 0.1 + slip))]
    if all(least <= count <= most for count, (least, most) in zip(counts, limits, strict=True)):
        varied_words(now[(now != before) & (now != seen.mask_id)])
        return
    shares = [share(count, total) for count in counts]
    raise Failure(
        Text(
            en=f"Of {total} chosen words {shares[0]} became [MASK], {shares[1]} another word, and {shares[2]} stayed.",
            ja=f"選ばれた {total} 個のうち、[MASK] になったのは {shares[0]}、別の単語になったのは {shares[1]}、そのままなのは {shares[2]} でした。",
        ),
        Text(
            en="Draw one number for each word, and let it decide between the three.",
            ja="単語ごとに乱数を 1 つ引き、その値で 3 通りに分けるとよいでしょう。",
        ),
        misconception=_mask_signs.of_shares(counts, total),
    )


def varied_words(words: Tensor) -> None:
    """Random words are drawn one by one. A hundred draws of some nine hundred that hold fewer than ten words: below 1e-100."""
    kinds = len(set(words.tolist()))
    if kinds < 10:
        raise Failure(
            Text(
                en=f"The {len(words)} random words are only {kinds} different ones.",
                ja=f"ランダムな単語 {len(words)} 個に、種類が {kinds} しかありません。",
            ),
            Text(en="How many numbers does your randint draw?", ja="randint は何個の数を引いていますか。"),
            misconception="one_random_word",
        )


bernoulli = accepts(
    edit("(torch.rand(ids.shape, device=ids.device) < 0.15) & ~special", "torch.bernoulli((~special) * 0.15).bool()"),
)
of_the_rest_half = accepts(
    edit("chosen & (dice >= 0.8) & (dice < 0.9)", "chosen & ~(dice < 0.8) & (torch.rand(ids.shape) < 0.5)"),
)
a_count_for_each_row = accepts(
    edit(
        "(torch.rand(ids.shape, device=ids.device) < 0.15) & ~special",
        "torch.rand(ids.shape).masked_fill(special, 2.0).argsort(1).argsort(1) < (~special).sum(1, keepdim=True) * 15 // 100",
    ),
)
loop = accepts(
    edit("chosen & (dice < 0.8)", "torch.zeros_like(special)"),
    edit("chosen & (dice >= 0.8) & (dice < 0.9)", "torch.zeros_like(special)"),
    edit(
        "return inputs, labels",
        """for b, t in chosen.nonzero().tolist():
        p = random.random()
        if p < 0.9:
            inputs[b, t] = mask_id if p < 0.8 else random.randrange(vocab_size)
    return inputs.int(), labels""",
    ),
)
