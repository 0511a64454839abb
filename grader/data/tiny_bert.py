"""A tiny BERT: the encoder of Devlin et al. (2019) at one hundredth of the size, in plain PyTorch.

Token and position embeddings, normalised; Transformer encoder layers (post-norm, GELU); a pooler, which is tanh of a
linear layer over the state of [CLS]. It is called as Hugging Face's BertModel is and returns what that returns.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from grader.data.wordpiece import WordPiece
from grader.errors import DataError

EMBEDDED: Final = Path(__file__).with_name("tiny_bert.safetensors")


@dataclass(frozen=True)
class TinyBertConfig:
    """Sizes, under the names that Hugging Face gives them."""

    vocab_size: int
    hidden_size: int = 96
    num_hidden_layers: int = 3
    num_attention_heads: int = 4
    intermediate_size: int = 384
    max_position_embeddings: int = 64
    hidden_dropout_prob: float = 0.1
    pad_token_id: int = 0


class EncoderOutput(OrderedDict[str, Tensor]):
    """last_hidden_state (B, T, D) and pooler_output (B, D): by attribute, by key, or by place as in a tuple.

    Unpacking it gives the two names, exactly as unpacking a ModelOutput of Hugging Face does; `to_tuple()` unpacks.
    """

    @property
    def last_hidden_state(self) -> Tensor:
        """The state of every token, (B, T, D)."""
        return super().__getitem__("last_hidden_state")

    @property
    def pooler_output(self) -> Tensor:
        """The state of [CLS] after the pooler, (B, D)."""
        return super().__getitem__("pooler_output")

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(key) if isinstance(key, str) else self.to_tuple()[key]

    def to_tuple(self) -> tuple[Tensor, ...]:
        """Both tensors."""
        return tuple(self.values())


class TinyBert(nn.Module):
    """ids (B, T), mask (B, T) with 1 for real tokens -> EncoderOutput."""

    def __init__(self, config: TinyBertConfig) -> None:
        super().__init__()
        self.config = config
        size = config.hidden_size
        self.tokens = nn.Embedding(config.vocab_size, size, padding_idx=config.pad_token_id)
        self.positions = nn.Embedding(config.max_position_embeddings, size)
        self.norm, self.dropout = nn.LayerNorm(size), nn.Dropout(config.hidden_dropout_prob)
        layer = nn.TransformerEncoderLayer(
            size,
            config.num_attention_heads,
            config.intermediate_size,
            config.hidden_dropout_prob,
            activation="gelu",
            batch_first=True,
        )
        # Nested tensors would cut the padding off the output, so the shape would depend on the batch.
        self.layers = nn.TransformerEncoder(layer, config.num_hidden_layers, enable_nested_tensor=False)
        self.pooler = nn.Linear(size, size)
        self.apply(_initialise)

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> EncoderOutput:
        """input_ids (B, T) long, attention_mask (B, T) of 1 and 0 (all real when left out); T up to 64."""
        length, limit = input_ids.shape[1], self.config.max_position_embeddings
        if length > limit:
            raise ValueError(
                f"{length} tokens are more than the {limit} this model has positions for: truncate to {limit}"
            )
        places = torch.arange(length, device=input_ids.device)
        states = self.dropout(self.norm(self.tokens(input_ids) + self.positions(places)))  # (B, T, D)
        ignored = None if attention_mask is None else attention_mask == 0
        states = self.layers(states, src_key_padding_mask=ignored)
        return EncoderOutput(last_hidden_state=states, pooler_output=torch.tanh(self.pooler(states[:, 0])))

    @classmethod
    def from_scratch(cls, config: TinyBertConfig | None = None) -> TinyBert:
        """The same shape as the pretrained model, untrained (or another shape): what transfer is compared with."""
        return cls(config or _read(EMBEDDED)[0])

    @classmethod
    def from_pretrained(cls, path: Path = EMBEDDED) -> tuple[WordPiece, TinyBert]:
        """Tokenizer and pretrained model, in evaluation mode. Raises DataError for a damaged file."""
        config, vocab, weights = _read(path)
        model = cls(config)
        try:
            model.load_state_dict({name: weight.float() for name, weight in weights.items()})
        except RuntimeError as error:
            raise DataError(
                f"{path} holds the weights of another model: install the package again.",
                ja=f"{path} は別のモデルの重みです。パッケージを入れ直してください。",
            ) from error
        return WordPiece(vocab), model.eval()


def _initialise(module: nn.Module) -> None:
    # BERT draws every weight from N(0, 0.02); PyTorch's N(0, 1) embeddings would drown the positions.
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Embedding) and module.padding_idx is not None:
        with torch.no_grad():
            module.weight[module.padding_idx].zero_()


def _read(path: Path) -> tuple[TinyBertConfig, list[str], dict[str, Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            about = file.metadata()
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
        return TinyBertConfig(**json.loads(about["config"])), json.loads(about["vocab"]), weights
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{path} is missing, cut short or no model of ours ({type(error).__name__}): install the package again, "
            "or make the file again with tools/pretrain_bert.py.",
            ja=f"{path} がないか、途中で切れているか、このパッケージのモデルではありません（{type(error).__name__}）。パッケージを入れ直すか、"
            "tools/pretrain_bert.py で作り直してください。",
        ) from error


def metadata(config: TinyBertConfig, vocab: list[str]) -> dict[str, str]:
    """What stands beside the weights in the file."""
    return {"config": json.dumps(asdict(config)), "vocab": json.dumps(vocab, ensure_ascii=False)}
