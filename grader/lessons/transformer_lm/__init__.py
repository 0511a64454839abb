"""The Transformer language model. Vaswani et al., "Attention Is All You Need", 2017."""

from grader.model import Text

TITLE = Text(en="A language model with a Transformer", ja="Transformer で言語モデルを作る")
ORDER = ("positional_encoding", "causal_mask", "multi_head", "encoder_block", "transformer", "lm_training", "generate")
