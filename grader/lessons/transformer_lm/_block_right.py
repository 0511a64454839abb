"""Right answers to LayerNorm and EncoderBlock in other styles."""

from grader.checks import accepts, edit
from grader.lessons.transformer_lm import _heads_right
from grader.lessons.transformer_lm._lines_block import GELU, GELU_TANH, NORMAL, POST, RMS, SILU, gated

post_norm = accepts(*POST)
gelu = accepts(GELU)
post_norm_gelu = accepts(*POST, GELU)
gelu_tanh = accepts(GELU_TANH)
silu = accepts(SILU)
post_norm_silu = accepts(*POST, SILU)
heads_by_column = accepts(*_heads_right.every_nth_column.edits)
post_norm_heads_by_column = accepts(*POST, *_heads_right.every_nth_column.edits)
heads_by_column_gelu = accepts(*_heads_right.every_nth_column.edits, GELU)
fused_by_head = accepts(*_heads_right.fused_by_head.edits)
post_norm_fused_by_head = accepts(*POST, *_heads_right.fused_by_head.edits)
post_norm_gelu_tanh = accepts(*POST, GELU_TANH)
library_norm = accepts(
    edit(NORMAL, "        return F.layer_norm(x, self.gain.shape, self.gain, self.shift, self.eps)\n"),
)
library_block = accepts(
    edit(
        "        self.attention = MultiHeadAttention(d_model, num_heads)\n",
        "        self.layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True)\n",
    ),
    edit("h = self.norm1(x)", "return self.layer(x, src_mask=None if mask is None else ~mask)"),
    edit(
        "        self.feed_forward = nn.Sequential(\n"
        "            nn.Linear(d_model, d_ff),\n"
        "            nn.ReLU(),\n"
        "            nn.Linear(d_ff, d_model),\n"
        "        )\n"
        "        self.norm1 = LayerNorm(d_model)\n"
        "        self.norm2 = LayerNorm(d_model)\n",
        "",
    ),
)
no_gain_in_the_norm = accepts(
    edit("        self.gain = nn.Parameter(torch.ones(d_model))\n", ""),
    edit("        self.shift = nn.Parameter(torch.zeros(d_model))\n", ""),
    edit("self.gain * normal + self.shift", "normal"),
)
ONE_AND_A_REST = (  # the gain is what it adds to one, and starts at nothing
    edit("self.gain = nn.Parameter(torch.ones(d_model))", "self.gain = nn.Parameter(torch.zeros(d_model))"),
    edit("self.gain * normal + self.shift", "(1 + self.gain) * normal + self.shift"),
)
one_and_a_rest = accepts(*ONE_AND_A_REST)
post_norm_one_and_a_rest = accepts(*POST, *ONE_AND_A_REST)
rms_norm = accepts(*RMS)
rms_norm_gelu = accepts(*RMS, GELU)
rms_norm_silu = accepts(*RMS, SILU)
post_norm_rms_norm = accepts(*RMS, *POST)
swiglu = accepts(*gated("silu"))
geglu = accepts(*gated("gelu"))
rms_norm_swiglu = accepts(*RMS, *gated("silu"))
rms_norm_geglu = accepts(*RMS, *gated("gelu"))
post_norm_rms_norm_swiglu = accepts(*RMS, *POST, *gated("silu"))
