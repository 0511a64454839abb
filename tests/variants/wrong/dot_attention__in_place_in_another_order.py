# about: value first, and the caller's query is divided in place
# name: query_changed_in_place
def scaled_dot_product_attention(value, key, query, mask=None):
    query /= math.sqrt(query.size(-1))
    scores = query @ key.transpose(-1, -2)
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    weights = scores.softmax(-1).nan_to_num(0.0)
    return weights @ value, weights
