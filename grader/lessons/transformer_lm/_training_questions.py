"""The questions that get_batch, lm_loss, train_lm and perplexity are asked, and what their answers show."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from grader.checks import Failure, Module, Student, Text, properties
from grader.lessons.transformer_lm._fakes import own_model
from grader.lessons.transformer_lm._fakes.language_models import Bigram, Drowsy, Places
from grader.lessons.transformer_lm._training_views import LOSS, PERPLEXITY, batch, number, series


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


def smoothing_of(found: float, logits: Tensor, targets: Tensor) -> float:
    """What share of its target each character would have to give to all of them, if that is what makes the loss differ."""
    shares = logits.double().log_softmax(dim=-1)
    sharp, even = -shares.gather(-1, targets[..., None]).mean(), -shares.mean()
    return float((found - sharp) / (even - sharp))


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
    asked = len(student.exchanges)
    targets = torch.arange(size * length).view(size, length) % vocabulary
    own: float = student.call("lm_loss", torch.zeros(size, length, vocabulary), targets, view=number(LOSS))
    del student.exchanges[asked:]
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


def measured(student: Student, texts: list[Tensor], table: Tensor, length: int) -> None:
    """The perplexity of a model that knows nothing in training mode, of these texts, cut into pieces of this length.

    All are asked before one is judged: a single number could be that of another mistake by chance.
    """
    model = student.lend(Drowsy, table, length, own=own_model(len(table), length)).train()
    found = [student.call("perplexity", model.train(), text, length, view=number(PERPLEXITY)) for text in texts]
    for text, value in zip(texts, found, strict=True):
        is_that_of(student, text, table, length, value)


def measures_with_gradients(student: Student, text: Tensor, table: Tensor, length: int) -> bool:
    """Whether gradients are on in perplexity: then a model that is half as sharp with them has another. It leaves no trace."""
    asked = len(student.exchanges)
    plain, tracked = (
        float(
            student.call(
                "perplexity",
                student.lend(Drowsy, table, length, factor, own=own_model(len(table), length)),
                text,
                length,
                view=number(PERPLEXITY),
            )
        )
        for factor in (1.0, 0.5)
    )
    student.exchanges[asked:] = [e for e in student.exchanges[asked:] if e.request["op"] == "define"]
    return abs(plain - tracked) > 1e-3 * plain


def is_that_of(student: Student, text: Tensor, table: Tensor, length: int, found: float) -> None:
    """Whether a perplexity is that of a text. Raises Failure.

    A piece of T characters may be read as T inputs or as T - 1 and a last target, and each place with the T before it is more
    than is asked.
    """
    ways = [in_pieces(text, length), in_pieces(text, length - 1), in_windows(text, length)]
    if any(is_perplexity(found, table, way) for way in ways[1:] if way):
        return
    try:
        properties.perplexity(found, [losses_of(table, ways[0])])
    except Failure:
        own = by_its_own_loss(student, table, ways[0])
        if own is None or abs(found - own) > 1e-3 * own:
            raise


Pieces = list[tuple[Tensor, Tensor]]  # inputs (T,) and targets (T,); of a window only the last counts, where it says so


def states(inputs: Tensor, vocabulary: int) -> Tensor:
    """What the drowsy model goes by at each place: (T,) -> (T,)"""
    return ((inputs + 1) * torch.arange(1, len(inputs) + 1)).cumsum(dim=0) % vocabulary


def in_pieces(text: Tensor, length: int) -> Pieces:
    """The text cut into inputs of this length, each with the targets one further."""
    starts = range(0, len(text) - 1, length) if length > 0 else range(0)
    return [(text[s : s + length][: len(text) - 1 - s], text[s + 1 : s + 1 + length]) for s in starts]


def in_windows(text: Tensor, length: int) -> Pieces:
    """Every place as the last one of a window of at most this length."""
    return [(text[max(0, end - length) : end], text[end : end + 1]) for end in range(1, len(text))]


def losses_of(table: Tensor, pieces: Pieces) -> Tensor:
    """The loss of every target: of a window that has a single one, at its last place."""
    logits = torch.cat([table[states(inputs, len(table))][-len(targets) :] for inputs, targets in pieces])
    return F.cross_entropy(logits, torch.cat([targets for _, targets in pieces]), reduction="none")


def is_perplexity(found: float, table: Tensor, pieces: Pieces) -> bool:
    expected = math.exp(float(losses_of(table, pieces).double().mean()))
    return abs(found - expected) <= 1e-3 * expected


def by_its_own_loss(student: Student, table: Tensor, pieces: Pieces) -> float | None:
    """What the perplexity would be with the student's own lm_loss; None where that is right, or says the same of any text.

    A wrong loss has been paid for where it is asked; what is done with it here may be right.
    """
    asked, total = len(student.exchanges), []
    for inputs, targets in pieces:
        logits = table[states(inputs, len(table))]
        own: float = student.call("lm_loss", logits[None], targets[None], view=number(LOSS))
        total.append((own, len(targets), float(F.cross_entropy(logits, targets))))
    del student.exchanges[asked:]
    right = all(abs(own - expected) <= 1e-4 for own, _, expected in total)  # an exponential tells small differences
    if right or len({round(own, 4) for own, _, _ in total}) < len(total):
        return None
    mean = sum(own * count for own, count, _ in total) / sum(count for _, count, _ in total)
    return math.exp(min(mean, 500.0))
