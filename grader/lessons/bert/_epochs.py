"""What a training did with its data, step by step."""

from __future__ import annotations

from grader.checks import Failure, Text

BY_EPOCH = Text(
    en="Count for M sentences: one epoch is ceil(M / batch_size) steps; print which rows each step takes, for two epochs.",
    ja="M 文なら、1 エポックは ceil(M / batch_size) 歩です。2 エポック分、各歩で使う行番号を表示してみましょう。",
)


def read(steps: list[list[int]], count: int, size: int, epochs: int) -> None:
    """Every epoch takes all of the sentences once, `size` at a time, and no two in the same order."""
    each = -(-count // size)
    sizes = [len(step) for step in steps]
    if any(n != size for i, n in enumerate(sizes) if (i + 1) % each):
        raise batches_of_another_size(size, sizes)
    used = [steps[i : i + each] for i in range(0, len(steps), each)]
    orders = [[row for step in epoch for row in step] for epoch in used]
    if len(steps) != each * epochs:
        raise wrong_number(count, size, epochs, steps)
    if any(sorted(order) != list(range(count)) for order in orders):
        raise not_all(count, size, orders)
    if any(one == other for i, one in enumerate(orders) for other in orders[:i]):
        raise same_order(orders)


def batches_of_another_size(size: int, sizes: list[int]) -> Failure:
    return Failure(
        Text(
            en=f"With batch_size = {size} the steps took {sizes[:6]} sentences.",
            ja=f"batch_size = {size} のとき、各歩で使った文の数は {sizes[:6]} でした。",
        ),
        BY_EPOCH,
        misconception="batch_size_ignored",
    )


def wrong_number(count: int, size: int, epochs: int, steps: list[list[int]]) -> Failure:
    each = -(-count // size)
    dropped = len(steps) == (count // size) * epochs and all(len(step) == size for step in steps)
    one = len(steps) == each
    return Failure(
        Text(
            en=f"{epochs} epochs of {count} sentences, {size} at a time, are {each * epochs} steps; {len(steps)} were made.",
            ja=f"{count} 文を {size} 文ずつ {epochs} エポックなら {each * epochs} 歩ですが、{len(steps)} 歩でした。",
        ),
        BY_EPOCH,
        misconception="last_batch_dropped" if dropped else "epochs_ignored" if one else None,
    )


def not_all(count: int, size: int, orders: list[list[int]]) -> Failure:
    few = len({row for order in orders for row in order}) <= size
    again = any(len(set(order)) < len(order) for order in orders)
    return Failure(
        Text(
            en=f"An epoch should take each of the {count} sentences once; the first took {len(set(orders[0]))} different ones.",
            ja=f"1 エポックで {count} 文を 1 回ずつ使うはずですが、最初のエポックで使ったのは {len(set(orders[0]))} 種類でした。",
        ),
        BY_EPOCH,
        misconception="same_batch_every_step" if few else "drawn_with_replacement" if again else None,
    )


def same_order(orders: list[list[int]]) -> Failure:
    plain = orders[0] == sorted(orders[0])
    return Failure(
        Text(
            en="Two epochs went through the data in the same order" + (", that in which they came." if plain else "."),
            ja="2 つのエポックが同じ順番でした" + ("（渡されたままの順番です）。" if plain else "。"),
        ),
        BY_EPOCH,
        misconception="same_order_every_epoch",
    )
