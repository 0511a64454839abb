"""How the replies of get_batch, lm_loss, train_lm and perplexity are read."""

import math
from typing import Any

import torch
from torch import Tensor

from grader.checks import Failure, Text, View, properties

INPUTS = Text(en="the inputs", ja="入力")
TARGETS = Text(en="the targets", ja="正解")
LOSS = Text(en="the loss", ja="損失")
PERPLEXITY = Text(en="the perplexity", ja="perplexity")


def batch(size: int, length: int, either_way: bool = False) -> View:
    """A pair of whole numbers (B, T). either_way: (T, B) is turned, for questions that are not about it."""

    def view(value: Any) -> tuple[Tensor, Tensor]:
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise Failure(
                Text(
                    en="get_batch should return two tensors, inputs and targets.",
                    ja="get_batch は入力と正解の 2 つのテンソルを返すはずです。",
                )
            )
        first, second = (turned(each, size, length) for each in value) if either_way else value
        return whole(first, size, length, INPUTS), whole(second, size, length, TARGETS)

    return view


def turned(value: Any, size: int, length: int) -> Any:
    return value.T if isinstance(value, Tensor) and tuple(value.shape) == (length, size) else value


def whole(value: Any, size: int, length: int, what: Text) -> Tensor:
    found = properties.has_shape(value, (size, length), what, "(B, T)")
    if found.is_floating_point() or found.is_complex() or found.dtype is torch.bool:
        raise Failure(
            Text(
                en=f"{properties.sentence(what.en)} should hold ids, whole numbers, but its dtype is {found.dtype}.",
                ja=f"{what.ja}は ID（整数）のはずですが、dtype は {found.dtype} でした。",
            )
        )
    return found.long()


def number(what: Text) -> View:
    """A Python number, or a tensor that holds one."""

    def view(value: Any) -> float:
        if isinstance(value, Tensor) and value.numel() == 1 and not value.is_complex():
            value = value.item()
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            kind = getattr(value, "type_name", type(value).__name__)
            raise Failure(
                Text(
                    en=f"{properties.sentence(what.en)} should be one finite number, but is {value!s:.60} ({kind}).",
                    ja=f"{what.ja}は有限の数 1 つのはずですが、{value!s:.60}（{kind}）でした。",
                )
            )
        return float(value)

    return view


def series(steps: int) -> View:
    """The losses, one a step: a list, an array or a tensor of numbers."""

    def view(value: Any) -> list[float]:
        found = list(value) if isinstance(value, Tensor) and value.dim() == 1 else value
        if not isinstance(found, list | tuple):
            raise Failure(
                Text(
                    en=f"train_lm should return a list of {steps} losses, one a step.",
                    ja=f"train_lm は 1 回の更新ごとの損失を {steps} 個並べたリストを返すはずです。",
                )
            )
        if len(found) != steps:
            raise Failure(
                Text(
                    en=f"For {steps} steps train_lm returned {len(found)} losses. There should be one a step.",
                    ja=f"{steps} 回の更新を指定しましたが、損失は {len(found)} 個でした。更新 1 回につき 1 個のはずです。",
                ),
                Text(en="How often does the loop go round?", ja="ループは何回まわりますか。"),
            )
        return [number(LOSS)(item) for item in found]

    return view
