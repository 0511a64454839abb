"""`BertForSequenceClassification` with the judge's encoder inside, asked as the notebook's own call would ask it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from grader.matching.payloads.fake_encoder import Output


class Ready(nn.Module):
    """An encoder with the library's head. With labels the loss comes first.

    masked: whether the student's call hands the mask over. unpacked: whether what comes back is taken apart like a
    tuple, though it is a mapping unless the encoder gives tuples.
    """

    def __init__(self, encoder: Any, output_size: int, masked: bool, unpacked: bool, as_tuple: bool) -> None:
        super().__init__()
        self.encoder, self.config = encoder, encoder.config
        self.classifier = nn.Linear(encoder.config.hidden_size, output_size)
        self.masked, self.unpacked, self.as_tuple = masked, unpacked, as_tuple or encoder.as_tuple

    def forward(
        self,
        input_ids: Any = None,
        attention_mask: Any = None,
        token_type_ids: Any = None,
        labels: Any = None,
        return_dict: bool | None = None,
        **_: Any,
    ) -> Any:
        asked = labels is None and self.unpacked and not self.as_tuple and not self.training
        if asked and return_dict is None:
            raise TypeError("loss, logits = model(...) gives the names 'loss' and 'logits': must be Tensor, not str")
        found = self.encoder(input_ids, attention_mask=attention_mask if self.masked else None)
        logits = self.classifier(found[1])
        whole = {"logits": logits} if labels is None else {"loss": loss_of(logits, labels), "logits": logits}
        tuples = self.as_tuple if return_dict is None else not return_dict
        return tuple(whole.values()) if tuples else Output(whole)


def loss_of(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    if labels.is_floating_point():
        return nn.functional.binary_cross_entropy_with_logits(logits, labels)
    return nn.functional.cross_entropy(logits, labels.view(-1))


def with_head(masked: bool, unpacked: bool, as_tuple: bool) -> Callable[..., Ready]:
    """What builds the model around an encoder."""

    def build(encoder: Any, output_size: int) -> Ready:
        return Ready(encoder, output_size, masked, unpacked, as_tuple)

    return build
