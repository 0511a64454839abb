"""Weights that are drawn by the shape of a parameter."""

import pytest
import torch
from torch import Tensor, nn

from grader.checks import by_shape
from grader.checks.draw import Draw

LAYERS = 8


class Deep(nn.Module):
    """Many post-norm layers, as a model has whose number of layers is its own."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(12, 3, 20, dropout=0.0, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)


def influence(weights: dict[str, Tensor], model: Deep) -> float:
    """How far another first word (B, T, D) moves the last one."""
    model.load_state_dict(weights)
    model.eval()
    x = torch.randn(2, 7, 12, generator=torch.Generator().manual_seed(1))
    other = x.clone()
    other[:, 0] = -other[:, 0]
    with torch.no_grad():
        return float((model.layers(x) - model.layers(other))[:, -1].abs().max())


@pytest.mark.parametrize("seed", range(5))
def test_a_word_is_heard_behind_many_layers(seed: int) -> None:
    """Gains near one let pass what the usual numbers halve with every normalisation."""
    model, draw = Deep(), Draw(seed)
    made = {name: weight.clone() for name, weight in model.state_dict().items()}
    usual = draw.weights({name: tuple(weight.shape) for name, weight in made.items()})
    assert influence(by_shape.through_many_layers(draw, made), model) > 1e-2 > 10 * influence(usual, model)
