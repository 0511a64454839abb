"""Building and asking the text classifiers of this lesson, in whatever shape they come.

The contract is `Name(vocab_size, ..., output_size, ...)` and `model(ids (B, T)) -> (B, L)`. What a `forward` wants besides
the ids, the student's `adopt` sees to. Two other habits are met half-way here: classes that have some or all of their
sizes from elsewhere than their arguments, and models that declare `batch_first = False` and read (T, B). The request is
kept in the contract's form, so that the known answers can be asked the same.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    UnlikeAnyAnswer,
    Unmatched,
    normalise,
    properties,
)

SCORES = Text(en="the output", ja="出力")
LAST_TITLE = Text(en="the output of the last title", ja="最後の題名に対する出力")
USUAL_LABELS = 4  # the news have four categories: a layer with four outputs must be seen not to follow output_size

FEWEST = 4  # rows of an embedding with which a title can be asked about at all
TOO_FEW_WORDS = Text(
    en="The class takes its vocabulary from the notebook's own data, and hardly a word was there when it was graded; a person looks.",
    ja="このクラスは語彙をノートブック自身のデータから作りますが、採点時にはほとんど単語がありませんでした。人が確認します。",
)


@dataclass(frozen=True)
class StudentClassifier:
    """A model in the student's room.

    ignored: the sizes that were asked for and are found in none of its layers; those below are the ones it has.
    """

    module: Module
    output_size: int
    vocab_size: int
    batch_first: bool = True
    length: int = 0  # the only one at which it can be asked, 0 where there is none
    unknown: bool = False  # whether 0 is an ordinary id: the contract's unknown word, and not somebody's padding
    ignored: tuple[str, ...] = ()
    inner: int = 0  # the width of the layer before the output, as it was asked for; 0 where nobody could ask

    def __call__(self, ids: Tensor) -> Tensor:
        """ids (B, T) -> log-probabilities (B, L). Raises Failure or CallFailed."""
        student = self.module.student
        before = len(student.exchanges)
        arranged = ids if self.batch_first else ids.T.contiguous()
        try:
            scores = self.module(arranged, view=scores_of_any_shape)
        finally:
            restate(student, before, (ids,), {})
        return properties.has_shape(scores, (len(ids), self.output_size), normalise.LOGITS, "(B, L)")

    def agrees(self, ids: Tensor, help: Text, longer: bool = False) -> None:
        """Its output is that of an accepted answer. Raises Failure, named where the output itself tells why.

        longer: than titles of which it was right.
        """
        scores = self(ids)
        try:
            self.module.student.must_agree(SCORES, help=help)
        except UnlikeAnyAnswer as failure:
            self.blames_chance(failure, ids, scores)
            name = "titles_cut" if longer and self.loses_the_end(ids, scores) else None
            name = name or ("half_precision" if self.is_rounded(scores) else None)
            if name is None:
                raise
            raise Failure(failure.rationale, failure.help, failure.evidence, name) from None

    def is_rounded(self, scores: Tensor) -> bool:
        """Whether the output is nearly that of an accepted answer, all of it a little off: three digits are right, or two."""
        right = [value for value in self.module.student.known() if isinstance(value, Tensor)]
        errors = [(value - scores).abs() for value in right if value.shape == scores.shape]
        return any(bool(error.max() < 0.02) and bool((error > 1e-5).float().mean() > 0.9) for error in errors)

    def loses_the_end(self, ids: Tensor, scores: Tensor) -> bool:
        """Whether the last third of the words makes no difference."""
        kept, last = list(self.module.student.exchanges), ids.shape[1] // 3
        other = self(torch.cat([ids[:, :-last], ids[:, -last:].flip(0).flip(1)], dim=1))
        self.module.student.exchanges[:] = kept
        return properties.close(other, scores)

    def blames_chance(self, failure: Failure, ids: Tensor, scores: Tensor) -> None:
        """Raise the failure with a name where the same ids do not always give these scores."""
        if self.is_random(ids, scores):
            raise Failure(failure.rationale, failure.help, failure.evidence, self.source_of_chance(ids)) from None

    def is_random(self, ids: Tensor, scores: Tensor) -> bool:
        """Whether the same ids give other scores with other random numbers, and the same with the same."""
        student = self.module.student
        kept, seed = list(student.exchanges), student.seed
        try:
            again = self(ids)
            student.seed = seed + 1
            return properties.close(again, scores) and not properties.close(self(ids), scores)
        finally:
            student.exchanges[:], student.seed = kept, seed

    def source_of_chance(self, ids: Tensor) -> str:
        """Whether it is the first state that is random: that is forgotten in a long title, where no state is handed on by weights."""
        student = self.module.student
        kept, long = list(student.exchanges), ids.repeat(1, 40)
        current = self.module.current()
        within = {name: w for name, w in current.items() if w.dim() == 2 and "hh" in name}
        self.module.load({name: torch.zeros_like(w) for name, w in within.items()})
        dropout = self.is_random(long, self(long))
        self.module.load(within)
        student.exchanges[:] = kept
        return "dropout_left_on" if dropout or not within else "random_h0"

    def titles(self, draw: Draw, batch: int, time: int) -> Tensor:
        """Ids (B, T) of words, unknown ones among them and no padding; T is the model's own where it has one."""
        ids = draw.integers(1, self.vocab_size - 1, batch, self.length or time)
        if self.unknown:
            place = draw.number(0, ids.shape[1])
            ids[:, place] = 0
            ids[::2, place - 1] = 0  # not as many in every title: who takes them for padding is told from a slip by one
        return ids

    def uneven(self, draw: Draw, batch: int, time: int) -> Tensor:
        """Ids (B, T) of titles of different lengths in no order of length, the last one short, padding behind the words."""
        ids = self.titles(draw, batch, max(time, batch + 2))
        if self.length:
            return ids
        lengths = torch.tensor(draw.sample(range(3, ids.shape[1] + 1), batch))
        longest = int(lengths.argmax())
        lengths[[longest, 0]] = lengths[[0, longest]]
        shortest = int(lengths.argmin())
        lengths[[shortest, 1]] = lengths[[1, shortest]]  # second of three or more: neither order of length is theirs
        words = torch.arange(ids.shape[1]) < lengths[:, None]
        return torch.where(words, ids, self.vocab_size - 1)


def scores_of_any_shape(value: Any) -> Tensor:
    """Log-probabilities over the last axis. A wrong shape is told afterwards: its numbers still tell the mistake."""
    found = properties.is_floating(properties.is_tensor(normalise.first(value), normalise.LOGITS), normalise.LOGITS)
    scores = properties.finite(found, normalise.LOGITS)
    return normalise.log_probabilities(scores) if scores.dim() else scores


def drawn_sizes(draw: Draw, *widths: str, smallest: int = 6) -> dict[str, int]:
    """vocab_size, padding_idx, output_size and these even widths: all distinct, none twice another."""
    while True:
        found = dict(zip(widths, draw.widths(len(widths), smallest), strict=True))
        labels, words = draw.number(3, 13), draw.number(24, 90)
        sizes = [labels, words, *found.values()]
        twice = any(one in (other, 2 * other) for i, one in enumerate(sizes) for other in sizes[:i] + sizes[i + 1 :])
        if labels != USUAL_LABELS and not twice:
            return {"vocab_size": words, "padding_idx": words - 1, "output_size": labels, **found}


def build(student: Student, draw: Draw, name: str, directions: int = 1, **sizes: int) -> StudentClassifier:
    """The student's model with drawn parameters, in evaluation mode.

    directions: how many final states the head reads side by side.
    """
    taken = takes(student, name)
    before = len(student.exchanges)
    module = student.module(name, **({} if taken == () else sizes))
    ignored = not_found(module.weights, sizes) if taken is None or set(sizes) <= set(taken) else ()
    width = next((n for name, n in sizes.items() if name in ("hidden_size", "out_channels") and name not in ignored), 0)
    inner = 0 if taken == () else width
    sizes = sizes_of(module, sizes, taken, directions, ignored)
    restate(student, before, (), sizes)
    module.randomise(draw).eval()
    form = student.adopt(module, name)
    batch_first = not form.batch_first or declared_batch_first(module)
    unknown = student.promised and (taken is None or "padding_idx" in taken)
    return StudentClassifier(
        module, sizes["output_size"], sizes["vocab_size"], batch_first, form.length, unknown, ignored, inner
    )


LAYERS = ("output_size", "hidden_size", "out_channels", "emb_size")  # the sizes that are widths of layers


def not_found(weights: dict[str, Tensor], asked: dict[str, int]) -> tuple[str, ...]:
    """The sizes that no parameter has, where the output layer can be told from the others by its own.

    Gates stand three or four times above one another, directions side by side. The scores do neither, and a window of
    three words is no layer with three scores.
    """
    found = {n for w in weights.values() for n in w.shape}
    outer = {n for w in weights.values() for n in (w.shape if w.dim() < 3 else w.shape[:1])}
    widths = {name: {times * asked[name] for times in (1, 2, 3, 4)} for name in LAYERS if name in asked}
    if "output_size" in widths:
        widths["output_size"] = {asked["output_size"]} & outer
    widths["vocab_size"] = set(
        range(asked["vocab_size"], asked["vocab_size"] + 4)
    )  # with rows for padding and the like
    lost = tuple(name for name, fitting in widths.items() if not found & fitting)
    if not lost or sum(w.dim() == 2 for w in weights.values()) < 2:
        return ()
    leaving = head(weights).shape[0]
    inner = {asked[name] for name in ("hidden_size", "out_channels") if name in asked}
    return () if "output_size" in lost and {leaving, leaving // 3, leaving // 4} & inner else lost


def follows_the_contract(model: StudentClassifier, student: Student, directions: int = 1) -> Text | None:
    """Every size that was asked for is some layer's, and both layers add a bias. Raises Failure; elsewhere it is advice."""
    fault = size_that_is_ignored(model) or missing_bias(model, directions)
    if fault is None or not student.promised:
        return fault.rationale if fault is not None else None
    raise fault


def size_that_is_ignored(model: StudentClassifier) -> Failure | None:
    if not model.ignored:
        return None
    name = model.ignored[0]
    return Failure(
        Text(
            en=f"No layer has the size that was asked for with {name}: the class has a number of its own there.",
            ja=f"{name} で指定した大きさの層がありません。クラスの中の決まった数が使われています。",
        ),
        Text(
            en=f"Follow {name} from the arguments of __init__ to the layer that should have it.",
            ja=f"__init__ の引数 {name} が、どの層に渡っているかをたどってみましょう。",
        ),
        misconception="size_ignored",
    )


def missing_bias(model: StudentClassifier, directions: int) -> Failure | None:
    """b_y has as many numbers as there are categories; the bias inside as many as the state or the channels have."""
    weights = model.module.weights
    states = model.inner or max(head(weights).shape, key=lambda n: n != model.output_size) // directions
    counts = {w.numel() for w in weights.values() if max(w.shape, default=1) == w.numel()}
    inside = {times * states for times in (1, 2, 3, 4)} & counts
    if model.output_size in counts and inside:
        return None
    where = (
        Text(en="the output layer (b_y)", ja="出力層（b_y）")
        if inside
        else Text(en="the layer before the output", ja="出力層の手前の層")
    )
    return Failure(
        Text(en=f"There is no bias in {where.en}.", ja=f"{where.ja}にバイアスがありません。"),
        Text(
            en="Each of the two formulas ends in “+ b”: which layers were made with bias=False?",
            ja="2 つの式はどちらも「+ b」で終わります。bias=False にした層はありませんか。",
        ),
        misconception="no_bias",
    )


ROUNDED_EN = (
    "The numbers are nearly right, but only two or three digits of them: something goes through half precision, float16 or bfloat16. Keep float32; "
    "autocast belongs around training on a GPU, not into the model."
)
ROUNDED_JA = (
    "値はほぼ合っていますが、合っているのは 2〜3 桁だけです。途中で半精度（float16・bfloat16）を通っています。float32 のままにしましょう。"
    "autocast は GPU での学習のまわりで使うもので、モデルの中には書きません。"
)
CUT_EN = "Titles are cut off at a fixed number of words: what stands behind makes no difference. Headlines are short as a rule, but not all; read ids as they come."
CUT_JA = "題名が決まった語数で切られていて、その後ろの単語が結果に影響しません。見出しはたいてい短いですが、長いものもあります。ids をそのまま読みましょう。"
DROPOUT_EN = (
    "The same titles get other scores each time, though the model is in evaluation mode. F.dropout(x) without training=self.training is always "
    "on, and so is a layer that forward makes anew. Use self.dropout = nn.Dropout(p), which model.eval() switches off."
)
DROPOUT_JA = (
    "評価モードなのに、同じ題名でも毎回違う得点になります。training=self.training を付けない F.dropout(x) や、forward の中で作った層はいつも有効です。"
    "self.dropout = nn.Dropout(p) として、model.eval() で止まるようにしましょう。"
)


def independent_titles(model: StudentClassifier, draw: Draw) -> None:
    """Each row of a batch of uneven titles is what the same row gives alone. Raises Failure."""
    batch, time = draw.sizes(2, smallest=4)
    ids = model.uneven(draw, batch, time)
    try:
        together = model(ids)
    except CallFailed as error:
        if "enforce_sorted" not in error.fault.message:
            raise
        ids = ids[(ids != model.vocab_size - 1).sum(dim=1).argsort(descending=True)]  # a collate that sorts fits to it
        together = model(ids)
    for row in (-1, 0, 1):  # the first alone would not do: with batch and time confused it still looks right
        alone = model(ids[row:][:1])
        try:
            properties.equal(together[row:][:1], alone, LAST_TITLE if row == -1 else SCORES, help=ALONE)
        except Failure as failure:
            model.blames_chance(failure, ids[row:][:1], alone)
            raise


ALONE = Text(
    en="Give the model one title (1, T), then the same row inside a batch (B, T), and print the shapes after each layer. At which "
    "line do rows change places or mix? Look at transpose, view, reshape, sorting, and at every dim=.",
    ja="同じ題名を 1 件だけ (1, T) と、バッチの中の 1 行 (B, T) として入力し、層ごとに形を表示して比べましょう。行が入れ替わったり混ざったりするのは"
    "どの行ですか。transpose・view・reshape・並べ替え・dim= の指定を見直しましょう。",
)


def own_length(student: Student, name: str) -> int:
    """The one length of titles that their model is made for; 0 for any. Whether that is right is asked in 86."""
    match = student.matched(name)
    return match.form.length if match is not None else 0


def takes(student: Student, name: str) -> tuple[str, ...] | None:
    """The contract's arguments that reach the class, () where it takes nothing, None where it takes what it is given."""
    described = student.describe(name)
    match = student.matched(name)
    if match is not None:
        return match.accepts
    return () if described["kind"] == "class" and not described["parameters"] else None


def ask_for(student: Student, name: str, *sizes: str) -> bool:
    """Whether the class can be asked for these sizes at all."""
    taken = takes(student, name)
    return taken is None or set(sizes) <= set(taken)


def sizes_of(
    module: Module, asked: dict[str, int], taken: tuple[str, ...] | None, directions: int, ignored: Collection[str]
) -> dict[str, int]:
    """The contract's sizes: as asked for where they reach the class and its layers, else read from its parameters.

    The rows of the embedding are always read: many classes add one or two for unknown words and padding.
    """
    if not ignored and (taken is None or set(asked) <= set(taken)):
        tables = [len(w) for w in module.weights.values() if w.dim() == 2 and w.shape[1] == asked["emb_size"]]
        grown = [count for count in tables if asked["vocab_size"] < count <= asked["vocab_size"] + 3]
        return asked if asked["vocab_size"] in tables or not grown else {**asked, "vocab_size": grown[0]}
    matrices = {name: w for name, w in module.weights.items() if w.dim() == 2}
    if len(matrices) < 2:
        raise Failure(
            Text(
                en="The model holds no embedding and no output layer, so nothing can be recomputed.",
                ja="モデルに埋め込み層と出力層が見つからないため、検算できません。",
            )
        )
    embedding = next((w for name, w in matrices.items() if "emb" in name.lower()), next(iter(matrices.values())))
    rows, width = embedding.shape
    if rows < FEWEST:
        raise Unmatched("the vocabulary is too small", TOO_FEW_WORDS)
    outputs, states = head(module.weights).shape
    read = {"vocab_size": rows, "emb_size": width, "padding_idx": rows - 1, "output_size": outputs}
    read["hidden_size"] = states // directions
    read["out_channels"] = states
    read |= {"num_layers": count} if (count := layers(module.weights)) else {}
    kept = set(asked if taken is None else taken) - set(ignored)
    kept -= set() if ignored else {"vocab_size", "padding_idx"}
    return {key: value if key in kept else read.get(key, value) for key, value in asked.items()}


def layers(weights: dict[str, Tensor]) -> int:
    """How many recurrent layers there are, by the matrices from state to state of one direction; 0 if it cannot be told."""
    return sum("weight_hh" in name and "reverse" not in name for name in weights)


def head(weights: dict[str, Tensor]) -> Tensor:
    """The output layer's (L, H): the last matrix that is a Linear's, where one has a bias beside it; else the last of all.

    An embedding may be declared after it, and a recurrent layer too, whose biases are called otherwise (`bias_ih_l0`).
    """
    matrices = {name: w for name, w in weights.items() if w.dim() == 2}
    linear = [
        w for name, w in matrices.items() if name.endswith("weight") and f"{name[: -len('weight')]}bias" in weights
    ]
    return (linear or list(matrices.values()))[-1]


def declared_batch_first(module: Module) -> bool:
    """False where the model says `batch_first = False` of itself."""
    exchanges = module.student.exchanges
    kept = list(exchanges)
    try:
        return module.method("__getattribute__", "batch_first") is not False
    except CallFailed:
        return True  # it says nothing: the contract's (B, T) is meant
    finally:
        exchanges[:] = kept  # a question about form, not one that the known answers are asked too


def restate(student: Student, before: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Keep the last request in the contract's form."""
    if len(student.exchanges) > before:
        last = student.exchanges[-1]
        student.exchanges[-1] = replace(last, request={**last.request, "args": args, "kwargs": kwargs})
