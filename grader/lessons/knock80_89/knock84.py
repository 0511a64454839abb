"""init_embedding(vocab, vectors, dim) -> (V, dim): row i is the vector of the word with the id i."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from grader.checks import CallFailed, Draw, Failure, Module, Opaque, Student, Text, check, properties, sign, trace
from grader.lessons.knock80_89 import _answers84, _interfaces
from grader.lessons.knock80_89._vocabulary import words
from grader.matching.payloads.fake_models import Vectors

TITLE = Text(en="84. Pretrained word vectors", ja="84. 単語ベクトルの導入")
NAMES = ("init_embedding",)
SIGNS = (
    sign(
        r"KeyedVectors|load_word2vec_format|GoogleNews|^def\s+init_embedding\b",
        "word vectors from a file",
        "単語ベクトルの読み込み",
        rank=60,
    ),
)
TRACES = (
    trace(r"KeyedVectors|word2vec|GoogleNews|\bgensim\b"),
)  # wv = KeyedVectors.load_word2vec_format(path, binary=True)
INTERFACES = _interfaces.KNOCK84
KNOWN_ANSWERS = _answers84
STARTERS = (
    Text(
        en="Begin with a matrix (V, dim) of small random numbers: whatever you do not fill in is right already.",
        ja="まず小さな乱数の行列 (V, dim) を作りましょう。ベクトルのない行は、もうそれで完成です。",
    ),
    Text(
        en="Then go through `vocab`: row `id` is the vector of that word, if there is one. How many rows are "
        "needed, when ids begin at 1?",
        ja="次に `vocab` を順に見て、ベクトルのある単語だけ `id` 行目に入れます。番号が 1 から始まるとき、何行必要でしょう。",
    ),
)

TABLE = Text(en="the embedding table", ja="埋め込み行列")


@dataclass(frozen=True)
class Problem:
    """A vocabulary, and vectors for some of its words and for others besides, in an order of their own."""

    vocab: dict[str, int]
    known: list[str]
    matrix: Tensor  # one row for each word of `known`

    @property
    def shared(self) -> list[tuple[int, Tensor]]:
        """(id, vector) of the words that have both."""
        return [
            (self.vocab[word], row) for word, row in zip(self.known, self.matrix, strict=True) if word in self.vocab
        ]

    def is_the_same_for_others(self, student: Student, found: Tensor) -> bool:
        """Whether these words get the same table when their vectors are other ones."""
        with student.unrecorded(), suppress(CallFailed, Failure):
            return properties.close(replace(self, matrix=2 * self.matrix.flip(0) + 1).ask(student), found)
        return False

    @property
    def missing(self) -> list[int]:
        """The ids of the words that have no vector."""
        return [number for word, number in self.vocab.items() if word not in self.known]

    def lend(self, student: Student) -> Module:
        return student.lend(Vectors, self.known, self.matrix)

    def ask(self, student: Student, vectors: Module | None = None, whole: bool = False) -> Tensor:
        """The student's table (V, dim). Raises Failure. whole: a row for the unknown word must be there too.

        Where it need not be, and the last id has no row, a word that stands for nothing makes place for it.
        """
        vectors, asked = vectors or self.lend(student), len(student.exchanges)
        try:
            return self.ask_once(student, vectors, whole)
        except CallFailed as error:
            if whole or error.fault.type != "IndexError":
                raise
            student.forget(asked)
            return replace(self, vocab={**self.vocab, SPARE: 0}).ask_once(student, vectors, whole)[
                : len(self.vocab) + 1
            ]

    def ask_once(self, student: Student, vectors: Module, whole: bool) -> Tensor:
        dim = self.matrix.shape[1]
        view = table(len(self.vocab), dim, self.matrix, whole)
        found = student.call("init_embedding", self.vocab, vectors, dim, view=view)
        rows = found if isinstance(found, Tensor) else view(weight_of(student, self.vocab, vectors, dim))
        return properties.is_tensor(rows, TABLE)

    def must_hold(self, student: Student, found: Tensor) -> None:
        """Every word that has a vector has it in its own row. Raises Failure."""
        for row, vector in self.shared:
            if properties.close(found[row], vector):
                continue
            elsewhere = [i for i in range(len(found)) if properties.close(found[i], vector)]
            raise Failure(
                Text(
                    en=f"Row {row} is not the vector of the word with the id {row}"
                    + (f"; that stands in row {elsewhere[0]}." if elsewhere else "."),
                    ja=f"{row} 行目が、ID {row} の単語のベクトルになっていません"
                    + (f"（そのベクトルは {elsewhere[0]} 行目にあります）。" if elsewhere else "。"),
                ),
                ONE_WORD,
                misconception=self.what_became(student, found),
            )

    def what_became(self, student: Student, found: Tensor) -> str | None:
        """The mistake that put the vectors where they are."""
        shared, words = self.shared, sorted(self.vocab, key=lambda word: self.vocab[word])
        rows = [row for row, _ in shared]
        if all(properties.close(found[row - 1], vector) for row, vector in shared):
            return "one_row_off"
        if all(properties.close(found[row], vector.trunc()) for row, vector in shared):
            return "cut_to_whole_numbers"
        if bool(torch.cdist(found, self.matrix).min() > 1e-3):
            scaled = all(properties.close(found[row] * vector.norm(), vector) for row, vector in shared)
            if scaled:
                return "made_of_length_one"
            return "never_filled" if self.is_the_same_for_others(student, found) else None
        count = min(len(self.vocab), len(self.matrix))
        ours = [vector for word, vector in zip(self.known, self.matrix, strict=True) if word in self.vocab]
        for laid in (
            self.matrix[:count],
            torch.stack(ours),
        ):  # all of the file, or its words that are in the vocabulary
            if any(properties.close(found[first : first + len(laid)], laid) for first in (0, 1)):
                return "order_of_the_file"
        closed = [self.matrix[self.known.index(word)] for word in words if word in self.known]
        if len(rows) < len(words) and all(properties.close(found[i], v) for i, v in enumerate(closed, start=1)):
            return "rows_closed_up"
        return None


SPARE = "nothing"  # a word of a vocabulary that stores unknown words too, with the id 0
ONE_WORD = Text(
    en="Take one word: its id from vocab, say 5; its vector from vectors[word], (dim,); and row 5 of your table (len(vocab) + 1, dim), for row 0 is the unknown "
    "word. Print the two side by side. Is the row chosen by the id, and the vector by the word?",
    ja="単語を 1 つ選びましょう。vocab での ID（たとえば 5）、vectors[word] のベクトル (dim,)、表 (len(vocab) + 1, dim) の 5 行目（0 行目は未知語）を並べて表示します。"
    "行は ID で、ベクトルは単語の名前で選んでいますか。",
)


def problem(student: Student, draw: Draw, complete: bool, count: int = 8, in_order: bool = True) -> Problem:
    """complete: every word of the vocabulary has a vector. count: how many there are. in_order: the dict has them by their ids."""
    match = student.matched("init_embedding")
    dim = draw.sample([n for n in range(7, 14) if n not in (count, count + 1, count + 2)], 1)[0]  # no square table
    if match is not None and match.width:  # np.zeros((len(vocab) + 1, 300)): the width of the news' own vectors
        dim, count = match.width, count + 3 * (count <= match.width <= count + 2)
    pool = words(draw, count + 4)
    vocab = dict(zip(pool[:count], range(1, count + 1), strict=True))
    if not in_order:
        vocab = dict(draw.sample(list(vocab.items()), count))
    # Without vectors are single words and two neighbours, none of them the first.
    gaps = {2, 4, 5} | set(range(9, count, 7))
    shared = [word for place, word in enumerate(pool[:count]) if complete or place not in gaps]
    known = draw.sample([*shared, *pool[count:]], len(shared) + 4)
    return Problem(vocab, known, draw.normal(len(known), dim))


def table(size: int, dim: int, file: Tensor, whole: bool) -> Callable[[Any], Any]:
    """A matrix with a row for each id from 0 to `size`, one more for the padding allowed. file: the vectors in their own order.

    Where it need not be whole, a table without the row of the unknown word is read from id 1 on: that slip is paid for once.
    """

    def view(value: Any) -> Any:
        if isinstance(value, Opaque) and value.type_name.endswith("Embedding"):
            return value.type_name
        if hasattr(value, "__array__") and not isinstance(value, Tensor):
            value = torch.as_tensor(value)
        found = properties.is_floating(properties.is_tensor(value, TABLE), TABLE)
        if found.shape == file.shape and properties.close(found.float(), file):
            raise Failure(
                Text(
                    en=f"The table is the vectors' own, {len(file)} rows in the order of the file; your vocabulary has {size} words.",
                    ja=f"埋め込み行列が、ベクトルのファイルの {len(file)} 行をそのままの順番で並べたものになっています（語彙は {size} 語です）。",
                ),
                ONE_WORD,
                misconception="order_of_the_file",
            )
        if not whole and found.shape == (size, dim):
            found = torch.cat([torch.zeros(1, dim), found.float()])
        if found.dim() != 2 or found.shape[0] not in (size + 1, size + 2) or found.shape[1] != dim:
            properties.has_shape(found, (size + 1, dim), TABLE, "(len(vocab) + 1, dim)")
        return properties.finite(found, TABLE)[: size + 1].float()

    return view


def weight_of(student: Student, vocab: dict[str, int], vectors: Module, dim: int) -> Any:
    """The table inside an nn.Embedding."""
    weights = list(student.module("init_embedding", vocab, vectors, dim).weights.values())
    return weights[0] if weights else None


@check(points=1, ja="(V, dim) の実数の行列で、ID 0 から len(vocab) まで行がある")
def shape(student: Student, draw: Draw) -> None:
    """A matrix of real numbers with a row for every id from 0 to len(vocab)."""
    asked = problem(student, draw, complete=True)
    try:
        asked.ask(student, whole=True)
    except CallFailed as error:
        if error.fault.type != "IndexError":
            raise
        asked.ask(student)  # whether a row to spare is all that it wants
        raise no_last_row(len(asked.vocab), error) from None


def no_last_row(size: int, error: CallFailed) -> Failure:
    fault = f"{error.fault.type}: {error.fault.message}"
    return Failure(
        Text(
            en=f"With ids from 1 to {size} your code raises {fault}. With a row more than there are words it works.",
            ja=f"ID が 1 から {size} までの語彙で {fault} が発生します。単語の数より 1 行多ければ動きます。",
        ),
        ONE_WORD,
        misconception="no_row_for_zero",
    )


@check(points=4, ja="i 行目が、ID i の単語のベクトルである")
def rows_are_word_ids(student: Student, draw: Draw) -> Text | None:
    """Row i is the vector of the word with the id i, whatever the order of the vector file."""
    for count in (draw.number(7, 10), draw.number(300, 340)):  # a second call, and a large vocabulary
        asked = problem(student, draw, complete=True, count=count)
        asked.must_hold(student, asked.ask(student))
    return goes_by_the_ids(student, draw) if student.promised else None


def goes_by_the_ids(student: Student, draw: Draw) -> Text | None:
    """Advice where rows are counted off the vocabulary: right as long as it stands in the order of its ids, as that of 80 does."""
    asked = problem(student, draw, complete=True, in_order=False)
    with student.unrecorded():
        try:
            asked.must_hold(student, asked.ask(student))
        except (Failure, CallFailed):
            return COUNTED_OFF
    return None


COUNTED_OFF = Text(
    en="Your rows are right only while the words stand in `vocab` in the order of their ids. Nothing is deducted; vocab[word] says the row itself.",
    ja="`vocab` の単語が ID の順に並んでいるときだけ、行が正しくなります。減点はありませんが、行番号は vocab[word] から取りましょう。",
)


@check(points=1, ja="ベクトルのない単語があっても、ほかの行は正しい")
def words_without_a_vector(student: Student, draw: Draw) -> None:
    """Words without a vector still get a row, and all other rows stay right."""
    asked = problem(student, draw, complete=False, count=draw.number(9, 20))
    vectors = asked.lend(student)
    found = asked.ask(student, vectors)
    asked.must_hold(student, found)
    try:
        asked.must_hold(student, asked.ask(student, vectors))
    except Failure as failure:
        raise Failure(failure.rationale, VECTORS_STAY, misconception="vectors_changed") from None
    borrowed = {
        i for row in asked.missing for i, vector in enumerate(asked.matrix) if properties.close(found[row], vector)
    }
    if len(borrowed) > 1:  # one for all of them may be meant
        raise Failure(
            Text(
                en=f"{len(borrowed)} words without a vector have got the vectors of other words.",
                ja=f"ベクトルのない単語のうち {len(borrowed)} 個に、別の単語のベクトルが入っています。",
            ),
            ONE_WORD,
            misconception="vector_before",
        )


VECTORS_STAY = Text(
    en="The first call gave the right table, the second with the same vectors did not. Which line changes what was handed in?",
    ja="同じベクトルで 1 回目は正しい表になりましたが、2 回目は違いました。渡されたものを書き換えている行はどれですか。",
)
