"""The Transformer language model. Vaswani et al., "Attention Is All You Need", 2017."""

from grader.model import Notes, Text

TITLE = Text(en="A language model with a Transformer", ja="Transformer で言語モデルを作る")
ORDER = ("positional_encoding", "causal_mask", "multi_head", "encoder_block", "transformer", "lm_training", "generate")
NOTES = Notes(
    Text(en="Reading notes", ja="読解メモ"),
    6,
    (
        Text(en="follows the shapes from ids to predictions", ja="ID から予測までの形を追えている"),
        Text(en="compares with the LSTM", ja="LSTM と比べている"),
        Text(en="reads the perplexities of the log", ja="ログの perplexity を読み取っている"),
    ),
)
