# about: the additive mask of nn.Transformer compared with 0
def causal_mask(size):
    return nn.Transformer.generate_square_subsequent_mask(size) == 0
