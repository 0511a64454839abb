"""BERT and the whole Transformer. Devlin et al., "BERT", 2018; Vaswani et al., "Attention Is All You Need", 2017."""

from grader.checks import Notes, Text

TITLE = Text(en="BERT, fine-tuning and the whole Transformer", ja="BERT・ファインチューニング・Transformer の全体")
ORDER = ("mask_tokens", "masked_lm", "heads", "fine_tuning", "encoder_decoder")
NOTES = Notes(
    Text(en="Reading notes", ja="読解メモ"),
    6,
    (
        Text(en="tells masked and causal models apart", ja="Masked LM と Causal LM を区別している"),
        Text(en="says what each head uses", ja="各ヘッドが使う出力を述べている"),
        Text(en="compares the two logs", ja="2 つのログを比べている"),
    ),
)
# Met in this lesson only; each pattern counts once where nothing else tells which lesson a notebook is.
CUES = (
    r"mask_tokens",
    r"\[MASK\]",
    r"ForMaskedLM|MaskedLM\b",
    r"DataCollatorForLanguageModeling",
    r"SpanHead|QuestionAnswering",
    r"next_sentence",
)
