"""Sequence to sequence with attention, English to Japanese. Bahdanau et al. 2015; Vaswani et al. 2017."""

from grader.checks import Notes, Text

TITLE = Text(en="Translating with attention, English to Japanese", ja="Attention で英日翻訳")
ORDER = ("seq2seq", "dot_attention", "additive_attention", "attn_decoder", "translation")
NOTES = Notes(
    Text(en="Reading notes", ja="読解メモ"),
    6,
    (
        Text(en="names the tensors and their shapes", ja="テンソルとその形を挙げている"),
        Text(en="says what is query, key and value", ja="Query・Key・Value が何かを述べている"),
        Text(en="reads something off the weights", ja="重みの図から読み取ったことがある"),
    ),
)
# Met in this lesson only; each pattern counts once where nothing else tells which lesson a notebook is.
CUES = (
    r"AttnDecoder",
    r"EncoderRNN|DecoderRNN|class\s+Seq2Seq",
    r"teacher_forcing",
    r"\bSOS_token\b|\bEOS_token\b",
    r"jpn\.txt|eng-jpn|eng-fra",
    r"input_lang|output_lang",
    r"AdditiveAttention|Bahdanau",
    r"decoder_hidden",
)
