"""What the random words of `mask_tokens` must be: of the whole vocabulary, and drawn one by one."""

from __future__ import annotations

from torch import Tensor

from grader.checks import Draw, Failure, Student, Text
from grader.lessons.bert._masked import ask, beyond_the_texts


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


def also_of_other_texts(words: Tensor, vocab_size: int) -> None:
    """No id of the last eighth occurs in the batch. A hundred and fifty draws that all miss these: 2e-9."""
    first = beyond_the_texts(vocab_size)
    if not bool((words >= first).any()):
        raise Failure(
            Text(
                en=f"Of {len(words)} random words none has an id from {first} to {vocab_size - 1}; these do not occur in the batch.",
                ja=f"ランダムな単語 {len(words)} 個の中に、ID が {first} から {vocab_size - 1} のもの（バッチに出てこない単語）が 1 つもありません。",
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
