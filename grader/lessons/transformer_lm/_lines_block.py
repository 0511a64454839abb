"""Lines of the reference answer that the known answers, right and wrong, are edits of."""

from grader.checks import edit
from grader.model import Edit

NORMAL = (
    "        centred = x - x.mean(dim=-1, keepdim=True)\n"
    "        variance = centred.square().mean(dim=-1, keepdim=True)\n"
    "        normal = centred / torch.sqrt(variance + self.eps)\n"
    "        return self.gain * normal + self.shift\n"
)
POST = (
    edit("h = self.norm1(x)", "h = x"),
    edit("x = x + self.dropout(attended)", "x = self.norm1(x + self.dropout(attended))"),
    edit("h = self.norm2(x)", "h = x"),
    edit("return x + self.dropout(thought)", "return self.norm2(x + self.dropout(thought))"),
)
GELU = edit("nn.ReLU()", "nn.GELU()")
SILU = edit("nn.ReLU()", "nn.SiLU()")
GELU_TANH = edit("nn.ReLU()", 'nn.GELU(approximate="tanh")')

# Norms and feed-forward layers of newer models: x / sqrt(mean(x^2) + eps) times a gain, and a layer whose values are gated by another.
RMS = (
    edit(
        "class EncoderBlock(nn.Module):",
        "class RMSNorm(nn.Module):\n"
        "    def __init__(self, d_model, eps=1e-5):\n"
        "        super().__init__()\n"
        "        self.gain, self.eps = nn.Parameter(torch.ones(d_model)), eps\n\n"
        "    def forward(self, x):\n"
        "        return self.gain * x / torch.sqrt(x.square().mean(dim=-1, keepdim=True) + self.eps)\n\n\n"
        "class EncoderBlock(nn.Module):",
    ),
    edit("self.norm1 = LayerNorm(d_model)", "self.norm1 = RMSNorm(d_model)"),
    edit("self.norm2 = LayerNorm(d_model)", "self.norm2 = RMSNorm(d_model)"),
)


def gated(by: str) -> tuple[Edit, ...]:
    """A feed-forward layer that is gated by this: SwiGLU by silu, GEGLU by gelu."""
    return (
        edit(
            "        self.feed_forward = nn.Sequential(\n"
            "            nn.Linear(d_model, d_ff),\n"
            "            nn.ReLU(),\n"
            "            nn.Linear(d_ff, d_model),\n"
            "        )\n",
            "        self.gate = nn.Linear(d_model, d_ff)\n"
            "        self.value = nn.Linear(d_model, d_ff)\n"
            "        self.back = nn.Linear(d_ff, d_model)\n",
        ),
        edit("self.feed_forward(h)", f"self.back(F.{by}(self.gate(h)) * self.value(h))"),
    )
