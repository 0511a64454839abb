"""The Transformer language model. Vaswani et al., "Attention Is All You Need", 2017."""

from grader.checks import Notes, Text

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
# Met in this lesson only; each pattern counts once where nothing else tells which lesson a notebook is.
CUES = (
    r"PositionalEncoding|positional_encoding",
    r"generate_square_subsequent_mask|causal_mask",
    r"TransformerModel|TransformerLM|TransformerEncoder\b",
    r"\bbptt\b",
    r"(?i)wikitext",
    r"perplexity|\bppl\b",
    r"batchify|get_batch",
    r"class\s+Multi_?Head",
    r"class\s+GPT",
)
