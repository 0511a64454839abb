"""A fake classifier of titles, whose training and use show in its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from grader.matching.payloads.fake_models import Classifier, ids_in


class FakeModel(Classifier):
    """ids (B, T) -> log-probabilities (B, L), of word counts times what `modes` and `grads` say, each (K,).

    restores: whether it goes back to parameters that a training kept, `model.load_state_dict(best)`.
    """

    def __init__(
        self,
        weight: torch.Tensor,
        bias: torch.Tensor,
        awake: torch.Tensor,
        asleep: torch.Tensor,
        tracked: torch.Tensor,
        untracked: torch.Tensor,
        restores: bool = True,
    ) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(weight.clone())
        self.bias = torch.nn.Parameter(bias.clone())
        self.modes, self.grads = (asleep, awake), (untracked, tracked)
        self.seen: list[tuple[bool, bool, int, int, str]] = []
        self.restores = restores
        self.sent = ""  # where it was last sent to; with a GPU imitated, that is not where it lies

    def to(self, *given: Any, **named: Any) -> Any:
        places = [place for place in (*given, *named.values()) if isinstance(place, (str, torch.device))]
        self.sent = str(places[0]) if places else self.sent
        return super().to(*given, **named)

    def cuda(self, *given: Any) -> Any:
        self.sent = "cuda"
        return super().cuda(*given)

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> Any:
        return super().load_state_dict(state_dict if self.restores else self.state_dict(), strict, assign)

    def forward(self, *given: Any, **named: Any) -> torch.Tensor:
        ids = ids_in([*given, *named.values()])
        words = torch.arange(1, self.weight.shape[1] + 1, device=ids.device)
        counts = (ids[:, :, None] == words).sum(dim=1).to(self.weight.dtype)
        length = int(counts.sum(dim=1).max())
        blind = self.sent.startswith("cuda") and not torch.cuda.is_available()
        place = "missing" if blind else ids.device.type
        self.seen.append((self.training, torch.is_grad_enabled(), len(ids), length, place))
        counts = counts * self.modes[self.training] * self.grads[self.weight.sum().requires_grad]
        return ((-counts if blind else counts) @ self.weight.T + self.bias).log_softmax(dim=-1)

    def log(self) -> list[tuple[bool, bool, int, int, str]]:
        """Its passes so far: training mode, gradients, titles, words, device."""
        return self.seen
