"""BERT and the whole Transformer. Devlin et al., "BERT", 2018; Vaswani et al., "Attention Is All You Need", 2017."""

from grader.model import Text

TITLE = Text(en="BERT, fine-tuning and the whole Transformer", ja="BERT・ファインチューニング・Transformer の全体")
ORDER = ("mask_tokens", "masked_lm", "heads", "fine_tuning", "encoder_decoder")
