"""BERT and the whole Transformer. Devlin et al., "BERT", 2018; Vaswani et al., "Attention Is All You Need", 2017."""
