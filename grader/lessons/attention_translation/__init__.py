"""Sequence to sequence with attention, English to Japanese. Bahdanau et al. 2015; Vaswani et al. 2017."""

from grader.model import Text

TITLE = Text(en="Translating with attention, English to Japanese", ja="Attention で英日翻訳")
ORDER = ("seq2seq", "dot_attention", "additive_attention", "attn_decoder", "translation")
