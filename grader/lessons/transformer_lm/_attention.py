"""How the reply of an attention module is read: the output, and the weights in the forms people return them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from grader.checks import CallFailed, Draw, Failure, Module, Student, Text, Unmatched, View, properties
from grader.lessons import source

HEADS = "(B, N, Tq, Tk)"
ONE_LENGTH = "one length"  # a limitation: only as many keys as queries
LATER = Text(
    en="Your module hides the future by itself; whether it does so rightly is judged when you hand the notebook in.",
    ja="このモジュールは自分で未来を隠します。正しく隠しているかどうかは、提出後に採点されます。",
)


def of_the_past(size: int) -> Tensor:
    """What the solution of `causal_mask` gives, (T, T) bool: it is not made here, for students have this file too.

    Raises Unmatched in a package without solutions.
    """
    if not source.has_answers("transformer_lm"):
        raise Unmatched("a mask of the future is an answer, which is not here", LATER)
    defined = source.namespace("transformer_lm") or {}
    mask: Tensor = defined["causal_mask"](size)
    return mask


@dataclass(frozen=True)
class AttentionSizes:
    """Distinct sizes, odd and even: batch, heads, width of a head (even), queries, keys."""

    batch: int
    heads: int
    head_width: int
    queries: int
    keys: int
    limitations: frozenset[str] = frozenset()

    @property
    def width(self) -> int:
        return self.heads * self.head_width

    def inputs(self, draw: Draw) -> tuple[Tensor, ...]:
        """Query (B, Tq, D), key and value (B, Tk, D), all different; of a module that has one input, that three times, and of
        one that has one for keys and values, that twice.

        One that hides the future by itself is compared with what others do with such a mask.
        """
        if self.alone:
            x = draw.normal(self.batch, self.queries, self.width)
            future = (of_the_past(self.queries),) if "causal" in self.limitations else ()
            return (x, x, x, *future)
        query = draw.normal(self.batch, self.queries, self.width)
        return query, *self.keys_and_values(draw)

    def keys_and_values(self, draw: Draw) -> tuple[Tensor, Tensor]:
        """Both (B, Tk, D); the same for a module that takes both as one: forward(x, context)."""
        keys = (self.batch, self.keys, self.width)
        key = draw.normal(*keys)
        return key, key if "shared" in self.limitations else draw.normal(*keys)

    @property
    def alone(self) -> bool:
        """Whether it attends to its own input only."""
        return "self" in self.limitations

    @property
    def masks(self) -> bool:
        """Whether it can be given a mask."""
        return not self.limitations & {"causal", "no mask"}

    def shown(self) -> tuple[Tensor, ...]:
        """A mask (Tq, Tk) that hides nothing, for what is not about the mask; none where it can be given none."""
        return (torch.ones(self.queries, self.keys, dtype=torch.bool),) if self.masks else ()

    def output(self) -> View:
        return output(self.batch, self.queries, self.width)

    def weights(self) -> View:
        return weights(self.batch, self.heads, self.queries, self.keys)


def draw_sizes(draw: Draw) -> AttentionSizes:
    heads, head_width = draw.heads()
    pool = [size for size in range(3, 14) if size not in (heads, head_width, heads * head_width)]
    batch, queries, keys = draw.spread(pool, 3, both_parities=True)
    return AttentionSizes(batch, heads, head_width, queries, keys)


def other_sizes(sizes: AttentionSizes, draw: Draw) -> tuple[AttentionSizes, ...]:
    """The same module asked again: one query as when text is written, one sentence, one key, as many keys as queries, more of everything."""
    more = draw.number(1, 4)
    asked = (
        replace(sizes, queries=1),
        replace(sizes, batch=1, queries=sizes.queries + more),
        replace(sizes, keys=1),
        replace(sizes, keys=sizes.queries),
        replace(sizes, batch=sizes.batch + 1, queries=sizes.queries + more, keys=draw.number(60, 70)),
    )
    return tuple(in_form(each, sizes.limitations) for each in asked)


def in_form(sizes: AttentionSizes, ways: frozenset[str]) -> AttentionSizes:
    """The sizes for a module of this form: as many queries as keys where it has one input, or cannot do otherwise."""
    return replace(sizes, limitations=ways, keys=sizes.queries if ways & {"self", ONE_LENGTH} else sizes.keys)


def output(batch: int, queries: int, width: int) -> View:
    """The output alone, with or without weights beside it."""

    shape = (batch, queries, width)

    def view(value: Any) -> Tensor:
        found = value[0] if isinstance(value, list | tuple) and value else value
        try:
            return properties.is_floating(properties.has_shape(found, shape, letters="(B, Tq, D)"))
        except Failure as failure:
            squeezed = (
                isinstance(found, Tensor)
                and found.dim() < 3
                and found.squeeze().shape == torch.empty(shape).squeeze().shape
            )
            name = "squeezed_axes" if squeezed else failure.misconception
            raise Failure(failure.rationale, failure.help, failure.evidence, name) from None

    return view


def weights(batch: int, heads: int, queries: int, keys: int) -> View:
    """Weights per head (a tensor, or a list of one for each head), or their mean over heads (B, Tq, Tk); None without."""
    shape = (batch, heads, queries, keys)

    def view(value: Any) -> Tensor | None:
        found = value[1] if isinstance(value, list | tuple) and len(value) > 1 else None
        if isinstance(found, list | tuple) and len(found) == heads:
            each = [
                properties.has_shape(head, (batch, queries, keys), properties.WEIGHTS, "(B, Tq, Tk)") for head in found
            ]
            found = torch.stack(each, dim=1)
        if found is None:
            return None
        if properties.is_tensor(found, properties.WEIGHTS).dim() == 3:
            properties.has_shape(found, (batch, queries, keys), properties.WEIGHTS, "(B, Tq, Tk)")
        else:
            properties.has_shape(found, shape, properties.WEIGHTS, HEADS)
        return properties.is_floating(found, properties.WEIGHTS)

    return view


def mean_weights(sizes: AttentionSizes) -> View:
    """The weights averaged over the heads, whichever way they come: what all right answers have in common."""

    def view(value: Any) -> Tensor | None:
        found: Tensor | None = sizes.weights()(value)
        return found if found is None or found.dim() == 3 else found.mean(dim=1)

    return view


def unchanged_by(
    student: Student, model: Module, inputs: tuple[Tensor, ...], view: View, mistake: str | None = None
) -> None:
    """Ask a module, and see that what was passed in is as it was. mistake: what it is called when it is not."""
    _, after = student.ask_and_inputs(model.handle, inputs, view)
    if len(after) != len(inputs):  # asked in a form of its own
        return
    try:
        properties.unchanged(inputs, [properties.is_tensor(each) for each in after], PASSED_IN)
    except Failure as failure:
        raise Failure(failure.rationale, failure.help, failure.evidence, mistake) from None


def promised_or_advice(student: Student, ask: Callable[[], None]) -> Text | None:
    """Questions of further sizes and values. In somebody's own notebook nobody asked for these, and they only give advice."""
    try:
        ask()
    except (Failure, CallFailed) as error:
        missing = isinstance(error, CallFailed) and error.fault.kind == "missing"
        if student.promised or missing:
            raise
        return NOT_EVERY_SIZE
    return None


NOT_EVERY_SIZE = Text(
    en="Asked again with other sizes (one sentence, one place, more of everything) or large values, it stops, gives something else than "
    "the formula, or changes its inputs. Nothing is deducted; but text that is written word by word begins with one place.",
    ja="ほかの大きさ（文が 1 つ、位置が 1 つ、数が多い）や大きな値で呼び直すと、止まるか、式と違う値になるか、渡したものが変わってしまいます。減点はありませんが、1 語ずつ文を作るときは位置が "
    "1 つから始まります。",
)


def quiet(
    student: Student,
    ask: Callable[[], Tensor],
    what: Text = properties.OUTPUT,
    mistake: Callable[[], str | None] = lambda: None,
) -> None:
    """The same question twice, then with other random numbers: all three answers are the same. mistake: see `steady`."""
    first = steady(ask, what, mistake)
    student.seed += 1
    try:
        properties.repeatable(first, ask(), what)
    except Failure as failure:
        raise Failure(failure.rationale, failure.help, misconception="dropout_in_evaluation") from None


def steady(
    ask: Callable[[], Tensor], what: Text = properties.OUTPUT, mistake: Callable[[], str | None] = lambda: None
) -> Tensor:
    """The answer to a question that is asked twice, with the same random numbers: nothing may stay from call to call.

    mistake: what it is called where something does.
    """
    first = ask()
    if not properties.close(ask(), first):
        raise Failure(
            Text(
                en=f"The same question was asked twice, with the same random numbers, and {what.en} was another one: something stays "
                "from call to call.",
                ja=f"同じ入力・同じ乱数で 2 回呼んだのに、{what.ja}が違いました。前の呼び出しから何かが残っています。",
            ),
            Text(
                en="What does forward change: an attribute of self, a weight, a table (a method that ends in _, an index on the left of =)?",
                ja="forward の中で変えているものはありませんか。self の属性、重み、表（末尾が _ のメソッドや、= の左辺の添字）を見直しましょう。",
            ),
            misconception=mistake(),
        )
    return first


PASSED_IN = Text(en="what was passed in", ja="入力")
