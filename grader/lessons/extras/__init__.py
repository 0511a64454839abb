"""The toolbox of today's language models, for who has the Transformer: tying, RoPE, a KV cache, beam search, BPE."""
