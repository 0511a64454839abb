"""Mistakes in where a decoder normalises: before a stage or after it, and what the stage then reads."""

from grader.checks import edit, misconception
from grader.lessons.bert._encoder_decoder_right import PRE_NORM

ATTENTIONS, FEED_FORWARD = PRE_NORM[:4], PRE_NORM[4]

normalised_two_ways = misconception(
    *ATTENTIONS,
    en="The attentions are pre-norm, the feed-forward is not: it reads x as it is, and its LayerNorm comes after the sum. Choose one way for all three stages: "
    "x + stage(norm(x)), or norm(x + stage(x)).",
    ja="2 つの Attention は pre-norm なのに、全結合だけ x をそのまま読み、足した後で正規化しています。3 つの段とも x + 段(norm(x)) か norm(x + 段(x)) の"
    "どちらかにそろえましょう。",
)
pre_norm_in_the_feed_forward_alone = misconception(
    FEED_FORWARD,
    en="The feed-forward is pre-norm, the attentions are not: they are normalised after the sum. Choose one way for all three stages: "
    "x + stage(norm(x)), or norm(x + stage(x)).",
    ja="全結合だけが pre-norm で、2 つの Attention は足した後で正規化しています。3 つの段とも x + 段(norm(x)) か norm(x + 段(x)) のどちらかにそろえましょう。",
)
residual_from_the_normalised = misconception(
    edit("seen, _ = self.self_attention", "x = self.norm1(x); seen, _ = self.self_attention"),
    edit("self.norm1(x + self.dropout(seen))", "x + self.dropout(seen)"),
    edit("read, _ = self.source_attention", "x = self.norm2(x); read, _ = self.source_attention"),
    edit("self.norm2(x + self.dropout(read))", "x + self.dropout(read)"),
    edit(
        "return self.norm3(x + self.dropout(self.feed_forward(x)))",
        "x = self.norm3(x); return x + self.dropout(self.feed_forward(x))",
    ),
    en="The residual carries the normalised x. In pre-norm only the stage reads norm(x); what is added back is x as it was: "
    "z = norm(x), then x + stage(z). Writing x = norm(x) loses it.",
    ja="残差接続に、正規化した後の x を足しています。pre-norm で norm(x) を読むのは段だけで、足し戻すのは元の x です。x = norm(x) と上書きせず、"
    "z = norm(x)、x + 段(z) としましょう。",
)
