"""Sequence to sequence with attention, English to Japanese. Bahdanau et al. 2015; Vaswani et al. 2017."""
