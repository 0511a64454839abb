"""The Transformer language model. Vaswani et al., "Attention Is All You Need", 2017."""
