"""Layers that take their sizes from the first input have them before they are asked."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from grader.sandbox.guest.lazy_layers import is_unmade, make_lazy


class Pooled(nn.Module):
    """ids (B, T) -> scores (B, 3), with layers that do not know what comes in."""

    def __init__(self) -> None:
        super().__init__()
        self.emb = nn.Embedding(9, 6)
        self.conv, self.fc = nn.LazyConv1d(5, 3, padding=1), nn.LazyLinear(3)

    def forward(self, ids: Tensor) -> Tensor:
        """The largest response of each kernel, made into scores."""
        scores: Tensor = self.fc(self.conv(self.emb(ids).mT).relu().amax(2))
        return scores


def test_a_model_of_ids_is_made() -> None:
    """Its layers have their sizes, it is in the mode that it was in, and the random numbers go on as they would have."""
    model, state = Pooled(), torch.get_rng_state()
    make_lazy(model, [9, 6])
    assert not is_unmade(model) and model.training
    assert model.conv.weight.shape == (5, 6, 3) and model.fc.weight.shape == (3, 5)
    assert torch.equal(torch.get_rng_state(), state)


def test_a_layer_of_vectors_is_made() -> None:
    """Vectors are as wide as one of the numbers that it was built with."""
    layer = nn.Sequential(nn.Linear(7, 4), nn.LazyLinear(2))
    make_lazy(layer, [3, 7])
    assert not is_unmade(layer)


def test_what_takes_no_guess_stays_as_it_is() -> None:
    """No input will do, and nothing is raised."""
    layer = nn.Sequential(nn.Linear(7, 4), nn.LazyLinear(2))
    make_lazy(layer, [])
    assert is_unmade(layer)
