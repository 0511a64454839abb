"""What the training of a model must satisfy: gradients, residual paths, normalisation, losses, perplexity."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from grader.checks.properties.shown import OUTPUT, sentence
from grader.checks.properties.tensors import close, equal, finite, has_shape, is_tensor
from grader.errors import Failure
from grader.model import Text

CUTS = Text(
    en="Follow it from `__init__` to `return`: where should it be used? What cuts: .data, .detach(), .item(), no_grad(), torch.tensor(...).",
    ja="`__init__` から `return` までたどって、どこで使うはずだったか探してみましょう。勾配が切れるのは "
    ".data・.detach()・.item()・no_grad()・torch.tensor(...) です。",
)


def reached(gradients: Mapping[str, Any]) -> None:
    """Every parameter takes part: it has a gradient, and that of a matrix is not all zero.

    A vector's may be: the softmax does not feel a bias of the keys, which moves all scores of a row alike.
    """
    for name, gradient in gradients.items():
        if gradient is None or (is_tensor(gradient).dim() > 1 and not gradient.any()):
            raise Failure(
                Text(
                    en=f"No gradient reaches the parameter {name}: it never learns. Either it has no influence on the output, or something cuts it off.",
                    ja=f"パラメータ {name} に勾配が届いておらず、学習されません。出力に影響していないか、途中で勾配が切れています。",
                ),
                CUTS,
            )


def not_cut_off(names: list[str]) -> None:
    """Gradients say how the output moves. Raises Failure for these parameters, of which they do not."""
    if names:
        raise Failure(
            Text(
                en=f"The output depends on {', '.join(names)[:90]}, but the gradient does not say so, or not all of it: it is cut off on its way back.",
                ja=f"出力は {', '.join(names)[:90]} によって変わるのに、勾配にはそれが（一部しか）表れません。途中で勾配が切れています。",
            ),
            CUTS,
        )


def passes_through(output: Any, x: Tensor) -> None:
    """With silent sublayers a block is the identity (pre-norm), or only normalises its input (post-norm). x (B, T, D)."""
    tensor = has_shape(finite(output), x.shape)
    if close(tensor, x) or close(tensor, F.layer_norm(x, x.shape[-1:]), atol=1e-2):
        return
    raise Failure(
        Text(
            en="With both stages silent (all their weights zero), the input should pass the block unchanged, or only "
            f"normalised; but {float(x[0, 0, 0]):.4g} at [0, 0, 0] came out as {float(tensor[0, 0, 0]):.4g}.",
            ja="2 つの段の重みをすべて 0 にすると、入力はそのまま（または正規化だけされて）通るはずですが、"
            f"[0, 0, 0] の {float(x[0, 0, 0]):.4g} が {float(tensor[0, 0, 0]):.4g} になりました。",
        ),
        Text(en="What is added to what, in each of the two stages?", ja="2 つの段それぞれで、何に何を足していますか。"),
    )


def normalised(output: Any, what: Text = OUTPUT, atol: float = 1e-2) -> Tensor:
    """Along the last axis the mean is 0 and the variance, divided by D, is 1."""
    tensor = finite(output, what)
    mean, variance = tensor.mean(dim=-1), tensor.var(dim=-1, unbiased=False)
    if (mean.abs() > atol).any() or ((variance - 1).abs() > atol).any():
        raise Failure(
            Text(
                en=f"{sentence(what.en)} should have mean 0 and variance 1 at each position; the first has mean "
                f"{float(mean.flatten()[0]):.4g} and variance {float(variance.flatten()[0]):.4g}.",
                ja=f"{what.ja}は位置ごとに平均 0・分散 1 のはずですが、最初の位置は平均 {float(mean.flatten()[0]):.4g}、"
                f"分散 {float(variance.flatten()[0]):.4g} でした。",
            ),
            Text(
                en="Which axis is averaged, and is the variance divided by D or by D - 1?",
                ja="どの軸で平均していますか。分散は D で割っていますか、D - 1 ですか。",
            ),
        )
    return tensor


def first_loss_near_ln(loss: float, vocabulary: int, within: float = 1.0) -> None:
    """A model that has learnt nothing loses ln V a token."""
    if not abs(loss - math.log(vocabulary)) <= within:
        raise Failure(
            Text(
                en=f"The first loss is {loss:.3g}; a model that knows nothing of V = {vocabulary} characters loses ln V = "
                f"{math.log(vocabulary):.3g}.",
                ja=f"最初の損失が {loss:.3g} です。V = {vocabulary} 文字について何も知らないモデルなら ln V = "
                f"{math.log(vocabulary):.3g} になるはずです。",
            ),
            Text(
                en="Is it the mean over positions, of natural logarithms, from logits that went through one softmax?",
                ja="全位置の平均ですか。自然対数ですか。softmax は 1 回だけですか。",
            ),
        )


def perplexity(actual: float, losses: Sequence[Tensor], rtol: float = 1e-3) -> None:
    """exp(total negative log-likelihood / total tokens), from the losses of each token, batch by batch."""
    expected = math.exp(float(torch.cat([loss.flatten() for loss in losses]).double().mean()))
    if not abs(actual - expected) <= rtol * expected:
        raise Failure(
            Text(
                en=f"The perplexity is {actual:.5g} and should be {expected:.5g}.",
                ja=f"perplexity は {expected:.5g} のはずですが、{actual:.5g} でした。",
            ),
            Text(
                en="Add up the loss of every token, divide by their number once at the end, then take exp once.",
                ja="全部の文字の損失を足し、最後に 1 回だけ文字数で割り、1 回だけ exp をとります。",
            ),
        )


def shifted_by_one(inputs: Any, targets: Any) -> None:
    """targets[b, t] is what comes after inputs[b, t]: the rows of both overlap in all but one token. Both (B, T)."""
    x, y = is_tensor(inputs), is_tensor(targets)
    what = Text(en="the targets", ja="正解")
    has_shape(y, x.shape, what, "(B, T)")
    equal(
        y[:, :-1],
        x[:, 1:],
        what,
        help=Text(
            en="The target at position t is the input at position t + 1.", ja="位置 t の正解は、位置 t + 1 の入力です。"
        ),
    )
