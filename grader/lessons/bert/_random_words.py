"""What the random words of `mask_tokens` must be: of the whole vocabulary, and drawn one by one."""

from __future__ import annotations

from torch import Tensor

from grader.checks import Draw, Failure, Student, Text
from grader.lessons.bert._masked import ask


def varied(words: Tensor) -> None:
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


def also_of_other_texts(words: Tensor, ids: Tensor) -> None:
    """Half of the vocabulary does not occur in the batch. A hundred draws that all miss this half: below 1e-30."""
    if set(words.tolist()) <= set(ids.flatten().tolist()):
        raise Failure(
            Text(
                en=f"All {len(words)} random words are words that stand in the batch, though half of the vocabulary does not.",
                ja=f"ランダムな単語 {len(words)} 個が、どれもバッチの中にある単語でした。語彙の半分はバッチに出てこないのに、1 つも選ばれていません。",
            ),
            Text(
                en="From which numbers is the random word drawn? Any id of 0 to vocab_size - 1 will do.",
                ja="ランダムな単語は、どの範囲から引いていますか。0 から vocab_size − 1 のどの ID でもよいはずです。",
            ),
        )


def of_the_vocabulary(student: Student, draw: Draw) -> None:
    """A random word is one of the vocabulary. Of a dozen words, a hundred draws hit the one behind the last."""
    seen = ask(student, draw, vocab_size=draw.number(11, 15))
    beyond = (seen.inputs < 0) | (seen.inputs >= seen.vocab_size)
    if beyond.any():
        raise Failure(
            Text(
                en=f"With vocab_size = {seen.vocab_size}, inputs holds the id {int(seen.inputs[beyond][0])}.",
                ja=f"vocab_size = {seen.vocab_size} なのに、inputs に ID {int(seen.inputs[beyond][0])} が入っています。",
            ),
            Text(
                en="Ids run from 0 to vocab_size - 1. random.randint includes its upper end, torch.randint does not.",
                ja="ID は 0 から vocab_size − 1 までです。random.randint は上端を含み、torch.randint は含みません。",
            ),
            misconception="word_outside_the_vocabulary",
        )
