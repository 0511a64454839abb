"""Mistakes in a decoder's own attention."""

from grader.checks import edit, misconception
from grader.lessons.bert._encoder_decoder_right import ATTENTION, PARTS
from grader.model import Edit


def in_the_decoder(body: str) -> tuple[Edit, ...]:
    """The decoder's attention written out, with another body for one of its methods."""
    made = f"class Mistaken(Attention):\n{body}\n\nclass DecoderBlock(nn.Module):"
    return (
        edit("class DecoderBlock(nn.Module):", PARTS.replace("class DecoderBlock(nn.Module):", made)),
        *(
            edit(f"self.{which}_attention = {ATTENTION}", f"self.{which}_attention = Mistaken(d_model, num_heads)")
            for which in ("self", "source")
        ),
    )


heads_merged_without_transpose = misconception(
    *in_the_decoder("    def merge(self, seen):\n        return seen.reshape(seen.shape[0], seen.shape[2], -1)\n"),
    en="The heads are merged without turning them back. (B, N, T, d) has to become (B, T, N, d) before it is flattened; as it is, words and heads are mixed, "
    "and the future leaks into the past. transpose(1, 2) first.",
    ja="ヘッドを元の並びに戻さずにつないでいます。(B, N, T, d) は (B, T, N, d) にしてから平らにします。いまは単語とヘッドが混ざり、未来が過去に漏れています。"
    "先に transpose(1, 2) しましょう。",
)


heads_cut_without_transpose = misconception(
    *in_the_decoder("    def cut(self, x):\n        return x.reshape(x.shape[0], self.num_heads, x.shape[1], -1)\n"),
    en="The heads are cut by a view alone. (B, T, D) has to be cut to (B, T, N, d) and then turned to (B, N, T, d); a view straight to (B, N, T, d) mixes words and "
    "heads.",
    ja="ヘッドを view だけで切り分けています。(B, T, D) は (B, T, N, d) に切ってから (B, N, T, d) に並べ替えます。いきなり (B, N, T, d) にすると、単語とヘッドが"
    "混ざります。",
)


output_projection_unused = misconception(
    *in_the_decoder(
        "    def __init__(self, d_model, num_heads):\n        super().__init__(d_model, num_heads)\n        self.o = nn.Identity()\n"
    ),
    en="The decoder's attention has no output projection. The heads stand side by side and are never mixed. Send what was merged through a last linear layer "
    "D -> D.",
    ja="デコーダーの Attention に出力の射影がありません。ヘッドが並んでいるだけで、混ざりません。つないだ後に線形層 D → D を通しましょう。",
)


attention_scaled_by_d_model = misconception(
    *in_the_decoder(
        "    def forward(self, query, key, value, attn_mask=None, key_padding_mask=None):\n"
        "        q, k, v = self.cut(self.q(query)), self.cut(self.k(key)), self.cut(self.v(value))\n"
        "        scores = q @ k.transpose(-2, -1) / math.sqrt(query.shape[-1])\n"
        "        for hide in (attn_mask, None if key_padding_mask is None else key_padding_mask[:, None, None, :]):\n"
        '            scores = scores if hide is None else scores.masked_fill(hide, float("-inf"))\n'
        "        return self.o(self.merge(scores.softmax(-1) @ v)), None\n"
    ),
    en="The decoder's attention divides its scores by the root of d_model. Each head is d_model / N wide, and the root of that is meant.",
    ja="デコーダーの Attention が、スコアを √d_model で割っています。1 つのヘッドの幅は d_model / N なので、その平方根で割ります。",
)
