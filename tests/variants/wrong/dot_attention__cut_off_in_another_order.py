# about: value first, and the weights are cut off from the gradient
# name: weights_detached
def scaled_dot_product_attention(value, key, query, mask=None):
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.size(-1))
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = scores.softmax(-1).nan_to_num(0.0).detach()
    return weights @ value, weights
