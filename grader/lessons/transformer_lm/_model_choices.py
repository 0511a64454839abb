"""What a Transformer language model may choose freely, and the combinations of it that are accepted."""

from itertools import product

from grader.checks import accepts, edit
from grader.lessons.transformer_lm import _heads_right
from grader.lessons.transformer_lm._lines_block import GELU, GELU_TANH, POST, RMS, SILU, gated
from grader.model import Edit, Variant

# What a Transformer may choose freely; any of these go together.
# Rotary positions turn each pair of columns of query and key by the position; a pair is two neighbours, or two halves apart.
TURN = (
    "def turned(x):\n"
    "    position = torch.arange(x.size(-2)).to(x).unsqueeze(1)\n"
    "    angle = position * 10000 ** -(torch.arange(0, x.size(-1), 2).to(x) / x.size(-1))\n"
    "    a, b = PAIRS\n"
    "    found = torch.stack([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], dim=AXIS)\n"
    "    return found.flatten(-2)\n\n\n"
)
NEIGHBOURS = TURN.replace("PAIRS", "x[..., 0::2], x[..., 1::2]").replace("AXIS", "-1")
HALVES = TURN.replace("PAIRS", "x.chunk(2, dim=-1)").replace("AXIS", "-2")


def rotary(pairs: str) -> tuple[Edit, ...]:
    return (
        edit("class TransformerLM(nn.Module):", pairs + "class TransformerLM(nn.Module):"),
        edit("        scores = q @ k", "        q, k = turned(q), turned(k)\n        scores = q @ k"),
        edit(
            "        x = words + self.positions[:length]\n        x = self.dropout(x)",
            "        x = self.dropout(words)",
        ),
    )


NO_LAST_NORM = (edit("        x = self.norm(x)\n", ""), edit("        self.norm = LayerNorm(d_model)\n", ""))
CHOICES: dict[str, tuple[Edit, ...]] = {
    "no_last_norm": NO_LAST_NORM,
    "post_norm": (*POST, *NO_LAST_NORM),
    "gelu": (GELU,),
    "gelu_tanh": (GELU_TANH,),
    "silu": (SILU,),
    "rms": (*RMS, edit("self.norm = LayerNorm(d_model)", "self.norm = RMSNorm(d_model)")),
    "swiglu": gated("silu"),
    "by_column": _heads_right.every_nth_column.edits,
    "rotary": rotary(NEIGHBOURS),
    "rotary_halves": rotary(HALVES),
    "unscaled": (edit("self.embedding(ids) * self.scale", "self.embedding(ids)"),),
    "tied": (
        edit(
            "self.head = nn.Linear(d_model, vocab_size)",
            "self.head = nn.Linear(d_model, vocab_size)\n        self.head.weight = self.embedding.weight",
        ),
    ),
    "learned_positions": (
        edit(
            'self.register_buffer("positions", positional_encoding(max_len, d_model), persistent=False)',
            "self.positions = nn.Parameter(0.1 * torch.randn(max_len, d_model))",
        ),
    ),
}


def together(*names: str) -> Variant:
    return accepts(*(change for name in names for change in CHOICES[name]))


# What people combine most: a choice of each kind.
KINDS = (
    ("", "post_norm", "no_last_norm"),
    ("", "tied"),
    ("", "gelu"),
    ("", "learned_positions"),
    ("unscaled", ""),
)
USUAL = [names for choice in product(*KINDS) if (names := tuple(filter(None, choice)))]
ROTARY = ("rotary", "rotary_halves")
NEWER = ((), ("swiglu",), ("swiglu", "tied"))
RARER = (
    ("gelu_tanh", "learned_positions", "unscaled"),
    ("tied", "gelu_tanh", "learned_positions", "unscaled"),
    ("silu",),
    ("silu", "unscaled"),
    ("learned_positions", "silu", "unscaled"),
    ("by_column",),
    ("by_column", "unscaled"),
    ("by_column", "post_norm"),
    ("rotary",),
    ("rotary_halves",),
    *(("rotary", "unscaled", *more) for more in ((), ("gelu",), ("silu",), ("tied",))),
    *(("rotary_halves", "unscaled", *more) for more in ((), ("gelu",), ("silu",))),
    *((turned, "unscaled", "rms", *more) for turned in ROTARY for more in NEWER),
    *(("unscaled", "rms", *more) for more in NEWER),
    *(("learned_positions", "unscaled", "rms", *more) for more in NEWER),
)
globals().update({"_".join(names): together(*names) for names in (*USUAL, *RARER)})
post_norm_and_one_more = accepts(*POST)
log_probabilities = accepts(edit("self.head(x)  #", "self.head(x).log_softmax(dim=-1)  #"))
