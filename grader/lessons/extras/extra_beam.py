"""beam_search(step, start, end, width, max_len) -> (ids, score) of the best sentence that was carried along."""

import math
from functools import partial
from typing import Any

from torch import Tensor

from grader.checks import Draw, Failure, Student, Text, accepts, check, edit, misconception
from grader.lessons.extras._beams import (
    Candidate,
    all_end_early,
    draw_table,
    tells_means_from_growth,
    tells_much,
    tells_of_ends,
    tells_of_places,
)
from grader.lessons.extras._fakes.sentences import NextWord

TITLE = Text(en="Beam search", ja="ビームサーチ")
NAMES = ("beam_search",)
HEADINGS = ("beam search", "ビームサーチ")
STARTERS = (
    Text(
        en="Begin with width 1 in mind: a candidate is a pair `(ids, score)`. One round makes V longer ones, `(ids + [word], score + log_probability)`; sort them by score and keep the first.",
        ja="まず width = 1 のつもりで。候補は組 `(ids, score)` です。1 回で V 本の `(ids + [word], score + log_probability)` に増えるので、点数の順に並べて先頭を残します。",
    ),
    Text(
        en="For more beginnings, put the longer ones of *all* candidates into one list before you sort; finished candidates go into it as they are.",
        ja="候補が何本かあるときは、**すべて**の候補から増えたものを 1 つのリストに入れてから並べます。完成した候補はそのまま入れます。",
    ),
)
SENTENCE = Text(en="the sentence and its score", ja="文とその点数")
BY_HAND = Text(
    en="Follow the example below the answer by hand: with width 2, after the first word [0, 1] with log 0.5 and [0, 2] with log 0.4 are left. Print the candidates of every round and compare.",
    ja="解答の下の例を手でたどりましょう。width = 2 なら、1 語目のあとに残るのは [0, 1]（log 0.5）と [0, 2]（log 0.4）です。毎回の候補を表示して比べましょう。",
)


def read_sentence(value: Any) -> tuple[list[int], float]:
    """A list of ids and a number."""
    ids, score = value if isinstance(value, list | tuple) and len(value) == 2 else (None, None)
    ids = ids.tolist() if isinstance(ids, Tensor) and ids.dim() == 1 else ids
    score = score.item() if isinstance(score, Tensor) and score.numel() == 1 else score
    if not isinstance(ids, list | tuple) or not all(isinstance(word, int) for word in ids):
        ids = None
    if ids is None or not isinstance(score, int | float):
        raise Failure(
            Text(
                en="beam_search should return a list of ids and a number, (ids, score).",
                ja="beam_search は、ID のリストと数の組 (ids, score) を返すはずです。",
            ),
            BY_HAND,
        )
    return list(ids), float(score)


def search(student: Student, table: Tensor, end: int, width: int, longest: int) -> Candidate:
    step = student.lend(NextWord, table).handle
    found: Candidate = student.call("beam_search", step, 0, end, width, longest, view=read_sentence)
    return found


@check(points=1, ja="start から始まる ID のリストと点数が返る")
def ids_and_score(student: Student, draw: Draw) -> None:
    """It returns a list of ids that begins with `start`, and a score."""
    words = draw.number(5, 8)
    ids, score = search(student, draw_table(draw, words, words - 1, 0.0), words - 1, 2, 5)
    if not ids or ids[0] != 0 or not all(0 <= word < words for word in ids) or not math.isfinite(score):
        raise Failure(
            Text(
                en=f"The ids should begin with the start, 0, and be below {words}, with a finite score; they are {ids[:12]}, with {score:.4g}.",
                ja=f"ID は start の 0 から始まる {words} 未満の数で、点数は有限のはずですが、{ids[:12]}、点数 {score:.4g} でした。",
            ),
            BY_HAND,
        )


@check(points=2, after=ids_and_score, ja="width = 1 では、毎回いちばん確率の高い単語を選ぶ（max_len まで）")
def greedy_with_width_one(student: Student, draw: Draw) -> None:
    """With width 1 it takes the likeliest word each time, up to max_len."""
    words = draw.number(5, 8)
    for longest in (2, 4, 6):
        search(student, draw_table(draw, words, words - 1, -9.0), words - 1, 1, longest)
        student.must_agree(SENTENCE, rtol=1e-3, atol=1e-3, help=BY_HAND)


@check(points=3, after=ids_and_score, ja="width 本の中から、文全体の確率がいちばん高いものを選ぶ")
def best_of_the_beam(student: Student, draw: Draw) -> None:
    """Of `width` beginnings it chooses by the probability of the whole sentence."""
    words = draw.number(5, 8)
    end = words - 1
    for width in (2, 3, 5, 40):
        table = draw_table(draw, words, end, -9.0, partial(tells_much, end=end, width=width, longest=5))
        search(student, table, end, width, 5)
        student.must_agree(SENTENCE, rtol=1e-3, atol=1e-3, help=BY_HAND)


@check(points=2, after=ids_and_score, ja="end で終わった候補は増えず、点数を保って最後まで競う")
def finished_ones_stay(student: Student, draw: Draw) -> None:
    """A finished candidate does not grow, and competes with its score to the end."""
    words = draw.number(5, 8)
    told = [(2, 1.0, tells_of_ends), (3, 1.5, tells_of_ends), (4, 2.0, tells_of_ends), (3, 0.5, tells_of_ends)]
    told += [(2, 0.5, tells_of_places), (3, 0.8, tells_of_places)]
    told += [(3, 1.0, tells_means_from_growth)]
    plain = [(2, 1.5, all_end_early), (3, 2.0, all_end_early), (4, 1.5, all_end_early)]  # where other mistakes part
    for width, likely, tells in ((1, 3.0, None), *told, *plain):
        end = draw.number(1, words)
        wanted = partial(tells, end=end, width=width, longest=6) if tells else None
        search(student, draw_table(draw, words, end, likely, wanted), end, width, 6)
        student.must_agree(SENTENCE, rtol=1e-3, atol=1e-3, help=BY_HAND)


GROW = (
    "            if ids[-1] == end:\n"
    "                candidates.append((ids, score))\n"
    "            else:\n"
    "                words = enumerate(step(ids).tolist())\n"
    "                candidates += [([*ids, word], score + log_probability) for word, log_probability in words]\n"
)
RANK = "        beam = sorted(candidates, key=lambda candidate: candidate[1], reverse=True)[:width]\n"
best_of_each_first = accepts(
    edit(
        "                words = enumerate(step(ids).tolist())\n"
        "                candidates += [([*ids, word], score + log_probability) for word, log_probability in words]\n",
        "                best = step(ids).topk(min(width, len(step(ids))))\n"
        "                for word, log_probability in zip(best.indices.tolist(), best.values.tolist()):\n"
        "                    candidates.append((ids + [word], score + log_probability))\n",
    )
)
heap = accepts(
    edit(RANK, "        candidates.sort(key=lambda candidate: -candidate[1])\n        beam = candidates[:width]\n")
)
while_any_grows = accepts(
    edit(
        "    for _ in range(max_len - 1):\n",
        "    while any(ids[-1] != end and len(ids) < max_len for ids, _ in beam):\n",
    )
)
max_at_the_end = accepts(edit("    return beam[0]\n", "    return max(beam, key=lambda candidate: candidate[1])\n"))
tensors = accepts(
    edit(
        "                words = enumerate(step(ids).tolist())\n"
        "                candidates += [([*ids, word], score + log_probability) for word, log_probability in words]\n",
        "                scores = score + step(torch.tensor(ids))\n"
        "                candidates += [(ids + [word], scores[word].item()) for word in range(len(scores))]\n",
    )
)

greedy = misconception(
    edit("[:width]", "[:1]"),
    en="Only one beginning is carried along, whatever `width` says. Keep the best `width`.",
    ja="`width` にかかわらず、1 本しか残していません。上から `width` 本を残しましょう。",
)
cut_within_each = misconception(
    edit(
        "                words = enumerate(step(ids).tolist())\n"
        "                candidates += [([*ids, word], score + log_probability) for word, log_probability in words]\n",
        "                best = max(range(len(step(ids))), key=step(ids).tolist().__getitem__)\n"
        "                candidates += [([*ids, best], score + step(ids)[best].item())]\n"
        "                if len(beam) == 1 and len(ids) == 1:\n"
        "                    candidates = [([*ids, word], score + p) for word, p in enumerate(step(ids).tolist())]\n",
    ),
    en="After the first word each beginning grows by its own best word only. Let each grow by all words and rank them together.",
    ja="2 語目からは、候補ごとにいちばんよい単語しかつないでいません。すべての単語をつなぎ、全部を一緒に並べましょう。",
)
last_score_only = misconception(
    edit("score + log_probability) for", "log_probability) for"),
    en="The score is that of the last word alone. Add it to the score so far.",
    ja="点数が最後の単語だけのものになっています。それまでの点数に足しましょう。",
)
probabilities_added = misconception(
    edit("enumerate(step(ids).tolist())", "enumerate(step(ids).exp().tolist())"),
    en="Probabilities are added up in place of log probabilities. step gives logarithms already: add them as they are.",
    ja="対数確率ではなく確率を足しています。step は対数を返すので、そのまま足しましょう。",
)
log_of_the_log = misconception(
    edit("enumerate(step(ids).tolist())", "enumerate(step(ids).log_softmax(-1).mul(-1).log().tolist())"),
    en="Another logarithm is taken of what step returns. It gives log probabilities already: add them as they are.",
    ja="step の結果の対数をもう一度とっています。すでに対数確率なので、そのまま足しましょう。",
)
worst_are_kept = misconception(
    edit(", reverse=True)", ")"),
    en="The candidates are sorted upwards, so the worst are kept. Log probabilities are negative: the largest is the best.",
    ja="昇順に並べているので、悪いほうが残っています。対数確率は負の数で、大きいほどよい候補です。",
)
finished_grow_on = misconception(
    edit(GROW, "            words = enumerate(step(ids).tolist())\n            candidates += [([*ids, word], score + log_probability) for word, log_probability in words]\n"),
    en="A candidate that ends with `end` grows on. Keep it as it is.",
    ja="`end` で終わった候補がさらに伸びています。完成した候補はそのまま残しましょう。",
)  # fmt: skip
finished_are_dropped = misconception(
    edit("                candidates.append((ids, score))\n", "                continue\n"),
    edit("    return beam[0]\n", "        if not beam:\n            return [start], 0.0\n    return beam[0]\n"),
    en="Finished candidates are thrown away. They stay among the candidates and compete with their score.",
    ja="完成した候補を捨てています。候補に残し、その点数で競わせましょう。",
)
grows_until_the_best_ends = misconception(
    edit(GROW, "            words = enumerate(step(ids).tolist())\n            candidates += [([*ids, word], score + log_probability) for word, log_probability in words]\n"),
    edit(RANK, RANK + "        if beam[0][0][-1] == end:\n            break\n"),
    en="A candidate that ends with `end` grows on, until the best of a round happens to end there. Keep finished ones as they are, and stop when all are.",
    ja="`end` で終わった候補がさらに伸び、その回の最良がたまたま `end` で終わったときに止まっています。完成した候補はそのまま残し、すべてが完成したら終わりましょう。",
)  # fmt: skip
finished_put_aside = misconception(
    edit(
        RANK,
        RANK + "        aside = [*(aside if len(beam[0][0]) > 2 else []), *(c for c in beam if c[0][-1] == end)]\n"
        "        beam = [c for c in beam if c[0][-1] != end]\n"
        "        if not beam:\n"
        "            break\n",
    ),
    edit("    return beam[0]\n", "    return max(aside + beam, key=lambda candidate: candidate[1])\n"),
    en="Finished candidates are put aside, so that they take up no place among the `width` any more. Rank them with the others in every round.",
    ja="完成した候補をわきに置いているので、`width` 本の枠を使わなくなっています。毎回、ほかの候補と一緒に並べましょう。",
)
first_finished_wins = misconception(
    edit("            if ids[-1] == end:\n                candidates.append((ids, score))\n", "            if ids[-1] == end:\n                return ids, score\n"),
    en="The search ends with the first candidate that is finished, though another may become better. Go on until all are finished.",
    ja="最初に完成した候補で終わっています。もっとよい候補が残っているかもしれません。すべてが完成するまで続けましょう。",
)  # fmt: skip
end_left_out = misconception(
    edit("    return beam[0]\n", "    ids, score = beam[0]\n    return [word for word in ids if word != end], score\n"),
    en="The `end` is left out of the ids that are returned. It belongs to the sentence.",
    ja="返す ID から `end` が除かれています。`end` も文の一部です。",
)
start_left_out = misconception(
    edit("    return beam[0]\n", "    ids, score = beam[0]\n    return ids[1:], score\n"),
    en="The `start` is left out of the ids that are returned. They begin with it.",
    ja="返す ID から `start` が除かれています。`start` から始まるリストを返しましょう。",
)
one_too_long = misconception(
    edit("range(max_len - 1)", "range(max_len)"),
    en="Sentences become one word too long: `start` counts among the `max_len` ids.",
    ja="文が 1 語長くなります。`max_len` 個の ID には `start` も入ります。",
)
one_too_short = misconception(
    edit("range(max_len - 1)", "range(max_len - 2)"),
    en="The search stops one word too early: sentences may have `max_len` ids.",
    ja="1 語早く終わっています。文の ID は `max_len` 個までです。",
)
divided_by_length = misconception(
    edit("    return beam[0]\n", "    return max(beam, key=lambda candidate: candidate[1] / len(candidate[0]))\n"),
    en="The best is chosen by its score divided by its length. That is a useful idea, but here the score alone decides.",
    ja="点数を長さで割ったもので選んでいます。役に立つ工夫ですが、ここでは点数だけで決めます。",
)
list_is_shared = misconception(
    edit(
        "                candidates += [([*ids, word], score + log_probability) for word, log_probability in words]\n",
        "                for word, log_probability in words:\n"
        "                    ids.append(word)\n"
        "                    candidates.append((ids, score + log_probability))\n",
    ),
    edit("    return beam[0]\n", "    return beam[0][0][:max_len], beam[0][1]\n"),
    en="append changes the one list that all candidates share. Make a new one for each: ids + [word].",
    ja="append で、すべての候補が共有する 1 つのリストを書き換えています。候補ごとに ids + [word] で新しく作りましょう。",
)
