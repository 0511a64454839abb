"""init_embedding(vocab, vectors, dim) -> (V, dim): row i is the vector of the word with the id i."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader import properties
from grader.box.inside.probe import Opaque
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.knock80_89._vocabulary import words
from grader.model import Text
from grader.student import Module, Student

TITLE = Text(en="84. Pretrained word vectors", ja="84. 単語ベクトルの導入")
NAMES = ("init_embedding",)
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

# A dict of word -> array that also answers to the names that gensim's KeyedVectors has.
VECTORS = """
class Vectors(dict):
    def __init__(self, words, matrix):
        rows = matrix.numpy()
        super().__init__(zip(words, rows))
        self.index_to_key, self.vectors, self.vector_size = list(words), rows, rows.shape[1]
        self.key_to_index = {word: row for row, word in enumerate(words)}

    def get_vector(self, word):
        return self[word]


def make(words, matrix):
    return Vectors(words, matrix)
"""


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

    def ask(self, student: Student) -> Tensor:
        """The student's table (V, dim). Raises Failure."""
        vectors = student.lend(VECTORS, self.known, self.matrix)
        dim = self.matrix.shape[1]
        view = table(len(self.vocab), dim, [row for row, _ in self.shared], self.matrix)
        found = student.call("init_embedding", self.vocab, vectors, dim, view=view)
        whole = found if isinstance(found, Tensor) else view(weight_of(student, self.vocab, vectors, dim))
        return properties.is_tensor(whole, TABLE)


def problem(draw: Draw, complete: bool) -> Problem:
    """complete: every word of the vocabulary has a vector."""
    (dim,) = draw.sizes(1, smallest=7)
    pool = words(draw, 12)
    vocab = dict(zip(pool[:8], range(1, 9), strict=True))
    shared = pool[:8] if complete else draw.sample(pool[:8], 5)
    known = draw.sample([*shared, *pool[8:]], len(shared) + 4)
    return Problem(vocab, known, draw.normal(len(known), dim))


def table(size: int, dim: int, rows: list[int], file: Tensor) -> Callable[[Any], Any]:
    """A matrix with a row for each id from 0 to `size`, one more for the padding allowed.

    Read as its rows `rows`: what stands for words without a vector is free, so the others become zero. file: the matrix of the
    vectors, in their own order.
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
                misconception="order_of_the_file",
            )
        if found.dim() != 2 or found.shape[0] not in (size + 1, size + 2) or found.shape[1] != dim:
            properties.has_shape(found, (size + 1, dim), TABLE, "(len(vocab) + 1, dim)")
        properties.finite(found, TABLE)
        kept = torch.zeros(size + 1, dim)
        kept[rows] = found[rows].float()
        return kept

    return view


def weight_of(student: Student, vocab: dict[str, int], vectors: Module, dim: int) -> Any:
    """The table inside an nn.Embedding."""
    weights = list(student.module("init_embedding", vocab, vectors, dim).weights.values())
    return weights[0] if weights else None


@check(points=1, ja="(V, dim) の実数の行列で、ID 0 から len(vocab) まで行がある")
def shape(student: Student, draw: Draw) -> None:
    """A matrix of real numbers with a row for every id from 0 to len(vocab)."""
    problem(draw, complete=True).ask(student)


@check(points=4, after=shape, ja="i 行目が、ID i の単語のベクトルである")
def rows_are_word_ids(student: Student, draw: Draw) -> None:
    """Row i is the vector of the word with the id i, whatever the order of the vector file."""
    asked = problem(draw, complete=True)
    found = asked.ask(student)
    for row, vector in asked.shared:
        if not properties.close(found[row], vector):
            elsewhere = [i for i in range(len(found)) if properties.close(found[i], vector)]
            raise Failure(
                Text(
                    en=f"Row {row} is not the vector of the word with the id {row}"
                    + (f"; that stands in row {elsewhere[0]}." if elsewhere else "."),
                    ja=f"{row} 行目が、ID {row} の単語のベクトルになっていません"
                    + (f"（そのベクトルは {elsewhere[0]} 行目にあります）。" if elsewhere else "。"),
                ),
                Text(
                    en="Take one word, look up its id and its vector by hand, and compare with that row.",
                    ja="単語を 1 つ選び、ID とベクトルを手で引いて、その行と見比べてみましょう。",
                ),
            )


@check(points=1, after=shape, ja="ベクトルのない単語があっても、ほかの行は正しい")
def words_without_a_vector(student: Student, draw: Draw) -> None:
    """Words that have no vector get some row of their own, and all other rows are right."""
    asked = problem(draw, complete=False)
    found = asked.ask(student)
    properties.equal(found[[row for row, _ in asked.shared]], torch.stack([v for _, v in asked.shared]), TABLE)


zeros = accepts(edit("torch.randn(len(vocab) + 1, dim) * 0.1", "torch.zeros(len(vocab) + 1, dim)"))
row_for_padding = accepts(edit("torch.randn(len(vocab) + 1, dim) * 0.1", "torch.randn(len(vocab) + 2, dim) * 0.1"))
as_array = accepts(edit("return table", "return table.numpy()"))
as_embedding = accepts(edit("return table", "return nn.Embedding.from_pretrained(table, freeze=False)"))
with_exceptions = accepts(
    edit("        if word in vectors:\n", ""),
    edit(
        "            table[rank] = torch.as_tensor(vectors[word])",
        "        try:\n            table[rank] = torch.tensor(vectors[word])\n        except KeyError:\n            pass",
    ),
)

one_row_off = misconception(
    edit("table[rank] =", "table[rank - 1] ="),
    en="The rows are off by one: the vector of the word with the id 1 stands in row 0. The ids begin at 1, because 0 is the "
    "unknown word, so every word would get its neighbour's vector. Write to row rank itself.",
    ja="行が 1 つずれていて、ID 1 の単語のベクトルが 0 行目にあります。0 は未知語なので ID は 1 からです。このままでは、どの単語も隣の単語のベクトルを使うことになります。"
    "rank 行目に書きましょう。",
)
order_of_the_file = misconception(
    edit("table[rank] = torch.as_tensor(vectors[word])", "table[rank] = torch.tensor(vectors.vectors[rank])"),
    en="The rows are in the order of the vector file. Row 5 of the file is some word, but not the one with the id 5 in your "
    "vocabulary. Look every word up by name.",
    ja="ベクトルのファイルの並び順のまま行に入れています。ファイルの 5 行目の単語は、あなたの語彙で ID 5 の単語とは別物です。単語ごとに名前で引きましょう。",
)
rows_closed_up = misconception(
    edit(
        "for word, rank in vocab.items():", "for rank, word in enumerate((w for w in vocab if w in vectors), start=1):"
    ),
    en="Words without a vector are skipped and the rows close up. From the first such word on, every row belongs to some other "
    "id. A word without a vector still needs its row.",
    ja="ベクトルのない単語を飛ばして行を詰めています。最初の欠けた単語から先は、行と ID がずれてしまいます。ベクトルのない単語にも行が必要です。",
)
never_filled = misconception(
    edit("table[rank] = torch.as_tensor(vectors[word])", "table[rank].add(torch.as_tensor(vectors[word]))"),
    en="The vectors never arrive in the table: it stays as it was made. An expression such as t.add(x) gives a new tensor; "
    "assign it, or write table[rank] = ...",
    ja="ベクトルが行列に入っていません。作ったときのままです。t.add(x) のような式は新しいテンソルを返すだけなので、table[rank] = ... と代入しましょう。",
)
unknown_raises = misconception(
    edit("        if word in vectors:\n", ""),
    edit("            table[rank] =", "        table[rank] ="),
    en="A word without a vector raises KeyError. Names and new words are in no vector file: ask `word in vectors` first, and "
    "give the others small random numbers or zeros.",
    ja="ベクトルのない単語で KeyError になります。固有名詞や新語はベクトルのファイルにありません。まず `word in vectors` を確かめ、ないものは小さな乱数か 0 にしましょう。",
)
no_row_for_zero = misconception(
    edit("torch.randn(len(vocab) + 1, dim) * 0.1", "torch.randn(len(vocab), dim) * 0.1"),
    edit("table[rank] =", "table[rank - 1] ="),
    en="There is a row too few. The ids run from 0, the unknown word, to len(vocab): that makes len(vocab) + 1 rows.",
    ja="行が 1 つ足りません。ID は未知語の 0 から len(vocab) までなので、len(vocab) + 1 行必要です。",
)
transposed = misconception(
    edit("return table", "return table.T"),
    en="The table is transposed, (dim, V). nn.Embedding looks rows up: one row for each id.",
    ja="行列が転置されて (dim, V) になっています。nn.Embedding は行を引くので、1 行が 1 つの ID です。",
)
