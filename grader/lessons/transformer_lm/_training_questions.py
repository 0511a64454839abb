"""The questions that get_batch, lm_loss, train_lm and perplexity are asked, and what their answers show."""

import math

import torch
from torch import Tensor

from grader.checks import Failure, Module, Student, Text, properties
from grader.lessons.transformer_lm._fakes import own_model
from grader.lessons.transformer_lm._fakes.language_models import Bigram, Places
from grader.lessons.transformer_lm._training_views import LOSS, batch, number, series


def starts_of(student: Student, characters: int, rows: int, length: int) -> list[int]:
    """Where the rows of a batch begin in a text of this many characters."""
    text = torch.arange(characters)
    inputs, _ = student.call("get_batch", text, rows, length, view=batch(rows, length, either_way=True))
    return [int(start) for start in inputs[:, 0]]


def scattered(starts: list[list[int]], length: int) -> None:
    """Raise Failure unless the windows of two calls, 24 each, come from here and there."""
    first = sorted(set(starts[0]))
    slips = {
        "one_window_for_all": len(first) == 1,
        "same_places_every_time": starts[0] == starts[1],
        "windows_side_by_side": all(start % length == 0 for start in first),
    }
    slip = next((name for name, so in slips.items() if so), None)
    if slip is not None or len(first) < 6:
        raise Failure(
            Text(
                en=f"In a text of {60 * length} characters, 24 windows of {length} begin at {first[:8]}, and in the next call at "
                f"{sorted(set(starts[1]))[:8]} ...",
                ja=f"{60 * length} 文字の本文から長さ {length} の窓を 24 個取ると、始まりは {first[:8]}、次の呼び出しでは "
                f"{sorted(set(starts[1]))[:8]} … でした。",
            ),
            Text(
                en="Draw batch_size places anew in each call, from all places where a window fits.",
                ja="呼び出すたびに、窓が収まるすべての場所から batch_size 個を引き直しましょう。",
            ),
            misconception=slip,
        )


def reaches_the_last(student: Student, length: int) -> Text | None:
    """Whether every place where a window fits is drawn. Raises Failure; in a notebook of one's own it is advice for the last."""
    text = torch.arange(length + 3)
    inputs, targets = student.call("get_batch", text, 96, length, view=batch(96, length, either_way=True))
    gap = int(targets[0, 0] - inputs[0, 0])
    seen = sorted(set(torch.minimum(inputs[:, 0], targets[:, 0]).tolist()))
    if seen in ([0, 1, 2], list(range(4 - max(0, gap)))):  # as many as fit, by how far the targets are shifted
        return None
    if seen == [0, 1] and not student.promised:
        return ALL_BUT_THE_LAST
    raise Failure(
        Text(
            en=f"A text of {length + 3} characters has 3 windows of {length}, at 0, 1 and 2; of 96 rows all begin at {seen}.",
            ja=f"{length + 3} 文字の本文には長さ {length} の窓が 0, 1, 2 の 3 か所ありますが、96 行の始まりは {seen} だけでした。",
        ),
        Text(
            en="How many places are there where a window of T inputs and one more target fit into S characters?",
            ja="S 文字の本文に、T 文字の入力ともう 1 文字の正解が収まる場所は、いくつありますか。",
        ),
        misconception="last_window_never"
        if seen in ([0], [0, 1])
        else "first_window_never"
        if seen == [1, 2]
        else None,
    )


WITHOUT_GAPS = Text(
    en="A row is a piece of the text as it stands, without gaps. With ids = torch.arange(20) each input is its place in the text: "
    "print a batch.",
    ja="1 行は本文の切れ目ない一部分です。ids = torch.arange(20) なら入力がそのまま本文での位置になるので、表示して確かめましょう。",
)
ALL_BUT_THE_LAST = Text(
    en="The last window of the text is never drawn. Nothing is deducted: count again how many places there are.",
    ja="本文の最後の窓は選ばれません。減点はありませんが、窓が収まる場所の数を数え直してみましょう。",
)


def fake_model(student: Student, vocabulary: int, length: int) -> Module:
    """One that reads more than is asked for, so that what turns its axes is not stopped."""
    return student.lend(
        Bigram, torch.zeros(vocabulary, vocabulary), length + 60, own=own_model(vocabulary, length + 60)
    ).eval()


def train(
    student: Student, model: Module, text: Tensor, steps: int, batch_size: int, length: int, lr: float
) -> list[float]:
    """The losses that train_lm gives back."""
    settings = {"steps": steps, "batch_size": batch_size, "length": length, "lr": lr}
    losses: list[float] = student.call("train_lm", model, text, **settings, view=series(steps))
    return losses


def follows_its_own_loss(student: Student, first: float, size: int, length: int, vocabulary: int) -> bool:
    """Whether a first loss is what the student's own lm_loss gives, which is wrong and has been paid for where it is asked."""
    targets = torch.arange(size * length).view(size, length) % vocabulary
    with student.unrecorded():
        own: float = student.call("lm_loss", torch.zeros(size, length, vocabulary), targets, view=number(LOSS))
    return abs(own - math.log(vocabulary)) > 0.01 and abs(first - own) <= 1e-3 * abs(own)


WIDE = 2000  # characters, each of which occurs once in the text: what was read says from where


def places_read(student: Student, steps: int, batch_size: int, length: int, lr: float = 0.05) -> list[int]:
    """The places of a wide text that a model has learnt from: where its table, which began with zeros, has moved."""
    return sorted(
        trained_on_a_wide_text(student, steps, batch_size, length, lr).any(dim=1).nonzero().flatten().tolist()
    )


def trained_on_a_wide_text(student: Student, steps: int, batch_size: int, length: int, lr: float) -> Tensor:
    """The table (WIDE, 3) of a model after that."""
    mixing = torch.cos(torch.arange(3 * WIDE, dtype=torch.float64).square()).float().view(3, WIDE)
    model = student.lend(Places, mixing, own=own_model(3, WIDE)).eval()
    train(student, model, torch.arange(WIDE), steps, batch_size, length, lr)
    return table_of(model, (WIDE, 3))


def table_of(model: Module, shape: tuple[int, int]) -> Tensor:
    """The table of a lent model as it is now. Raises Failure where it is of another shape."""
    return properties.has_shape(model.current().get("table"), shape, TABLE)


TABLE = Text(en="the parameter `table` of the model that was trained", ja="学習したモデルのパラメータ table ")


def longest_run(places: list[int]) -> int:
    """The most places that follow one another."""
    longest = run = 0
    for before, place in zip([-2, *places], places, strict=False):
        run = run + 1 if place == before + 1 else 1
        longest = max(longest, run)
    return longest


def until_it_moves(student: Student, length: int) -> int:
    """How many steps it takes to move a model at all: a plan may begin with a rate of 0."""
    return next((steps for steps in (1, 2, 3) if places_read(student, steps, 1, length)), 1)


def rate_counts(student: Student, length: int) -> bool:
    """Whether a learning rate ten times as large moves the weights at least three times as far."""
    steps = until_it_moves(student, length)
    slow, fast = (trained_on_a_wide_text(student, steps, 4, length, lr).abs().sum() for lr in (0.003, 0.03))
    return bool(fast > 3 * slow)


def ignored(what: str, expected: str, seen: str, mistake: str | None) -> Failure:
    measured = {
        "length": Text(en="characters of the text read by one window", ja="1 つの窓が読んだ文字数"),
        "batch_size": Text(en="characters of the text read in one step", ja="1 回の更新で読んだ文字数"),
        "lr": Text(en="how far the weights move when lr is 10 times as large", ja="lr を 10 倍にしたときの重みの動き"),
    }[what]
    return Failure(
        Text(
            en=f"`{what}` does not do what it says: {measured.en} should be {expected}, but is {seen}.",
            ja=f"`{what}` が効いていません。{measured.ja}は {expected} のはずですが、{seen} でした。",
        ),
        Text(
            en=f"Follow `{what}` from the signature to where it is used.",
            ja=f"引数 `{what}` が使われる所までたどってみましょう。",
        ),
        misconception=mistake,
    )
