"""mask_tokens(ids, special, mask_id, vocab_size) -> (inputs, labels). Devlin et al. 2018, section 3.1, task #1."""

import torch
from torch import Tensor

from grader.checks import Draw, Failure, Student, Text, accepts, check, edit, recompute, sign, trace
from grader.lessons.bert import _interfaces, _mask_mistakes, _mask_signs
from grader.lessons.bert import _random_words as random_words
from grader.lessons.bert._chance import bounds
from grader.lessons.bert._masked import BY_WORD, Masked, ask, batch, pair, share

TITLE = Text(en="Making gaps", ja="穴を空ける")
NAMES = ("mask_tokens",)
KNOWN_ANSWERS = _mask_mistakes
HEADINGS = ("masking tokens", "token masking", "mask tokens", "トークンのマスク", "マスク処理")
SIGNS = (
    sign(
        r"^(?:    )?def\s+\w*mask_?(?:tokens|inputs|words|sentences?)\w*|^class\s+\w*(?:MLM|Mask)\w*(?:Collat|Dataset|Mask)\w*|^class\s+\w*(?:Collat|Masker|Masking)\w*"
        # prob = random.random(); if prob < 0.15: ... prob /= 0.15; if prob < 0.8:
        r"|^(?:    )?def\s+random_word|\b(?:prob\w*|random\(\)|rand\([^()\n]{0,40}\))\s*<\s*0?\.15\b|\bmask_?prob",
        "masking of tokens",
        "トークンのマスク",
        rank=230,
    ),
)
# if random.random() < 0.15: tokens[i] = "[MASK]"
TRACES = (
    trace(
        r"(?i)\[MASK\]|mask_?token|mask_?(?:id|idx|index)\b|mask_?prob|\bmlm|masked_?(?:lm|token|pos|id|label|index)|max_pred"
    ),
    trace(r"\bDataCollatorForLanguageModeling\((?![^)]{0,200}mlm\s*=\s*False)", alone=True),
)
INTERFACES = _interfaces.MASK_TOKENS
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
        ja="80 %・10 %・10 % は、もう 1 つの乱数の表で分けます。書き換えるのは ids の写しで、ids 自体は変えません。",
    ),
)


@check(points=1, ja="(B, T) の整数のテンソル inputs と labels を返す")
def shapes(student: Student, draw: Draw) -> None:
    """It returns inputs and labels, whole numbers of shape (B, T), also for one sentence."""
    ask(student, draw)
    ask(student, draw, rows=1)


@check(points=1, after=shapes, ja="引数の ids を書き換えない")
def leaves_its_input_alone(student: Student, draw: Draw) -> None:
    """The argument ids is as it was before the call."""
    ids, special, mask_id, vocab_size = batch(draw)
    _, after = student.call_and_inputs("mask_tokens", ids, special, mask_id, vocab_size, view=pair(ids))
    if not isinstance(after[0], Tensor) or not torch.equal(after[0], ids):
        raise Failure(
            Text(en="The tensor ids was changed by the call.", ja="呼び出しによって、引数の ids が書き換わりました。"),
            Text(en="What does `inputs = ids` copy?", ja="`inputs = ids` は何をコピーするでしょうか。"),
            misconception="changed_in_place",
        )
    recompute.untouched((special,), after[1:2], ("special",), {"special": "changed_in_place"})


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
        BY_WORD,
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


@check(points=1, after=labels_are_the_clean_words, ja="特別なトークンは選ばれない")
def special_tokens_are_never_chosen(student: Student, draw: Draw) -> None:
    """[CLS], [SEP] and [PAD] are never chosen."""
    seen = ask(student, draw)
    count = int((seen.chosen & seen.special).sum())
    if count:
        raise Failure(
            Text(
                en=f"{count} special tokens were chosen, of {int(seen.special.sum())}.",
                ja=f"特別なトークン {int(seen.special.sum())} 個のうち {count} 個が選ばれました。",
            ),
            Text(en="What is the argument special for?", ja="引数 special は何のためにあるのでしょう。"),
            misconception="special_chosen",
        )


@check(points=1, after=labels_are_the_clean_words, ja="どこを選ぶかは文ごとに違う")
def every_row_draws_for_itself(student: Student, draw: Draw) -> None:
    """Each sentence gets gaps of its own, and other ones the next time."""
    seen = ask(student, draw)
    other_gaps_next_time(student, seen)
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


def other_gaps_next_time(student: Student, seen: Masked) -> None:
    """With other random numbers the gaps are elsewhere: in some thousand words twice the same is out of the question."""
    given = (seen.ids, seen.special, seen.mask_id, seen.vocab_size)
    student.seed += 1
    _, labels = student.call("mask_tokens", *given, view=pair(seen.ids))
    student.seed -= 1
    if seen.chosen.any() and torch.equal(labels, seen.labels):
        raise Failure(
            Text(
                en="Another call with the same sentences made the same gaps.",
                ja="同じ文で呼び直すと、穴の場所がまったく同じでした。",
            ),
            Text(
                en="Where do the random numbers come from, and who sets their seed?",
                ja="乱数はどこから来ていますか。種（seed）を毎回同じ値にしていませんか。",
            ),
            misconception="same_gaps_every_time",
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
        BY_WORD,
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
        others = now[(now != before) & (now != seen.mask_id)]
        random_words.varied(others)
        if student.promised:
            random_words.also_of_other_texts(others, seen.vocab_size)
        random_words.of_the_vocabulary(student, draw)
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
        misconception="one_die_for_all" if all_alike(student, seen, counts) else _mask_signs.of_shares(counts, total),
    )


def all_alike(student: Student, seen: Masked, counts: tuple[int, int, int]) -> bool:
    """Whether the same becomes of all chosen words, and something else in another call. All alike 24 times: 1 of 200."""
    if max(counts) < sum(counts):
        return False
    given = (seen.ids, seen.special, seen.mask_id, seen.vocab_size)
    masked = []
    with student.unrecorded():
        for _ in range(24):
            student.seed += 1
            inputs, labels = student.call("mask_tokens", *given, view=pair(seen.ids))
            masked.append(bool((inputs[labels != _mask_signs.IGNORED] == seen.mask_id).all()))
    return not all(masked) or counts[0] == 0


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
