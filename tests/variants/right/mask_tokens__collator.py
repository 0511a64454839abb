# about: in the manner of a data collator: a matrix of probabilities, bernoulli twice
def mask_tokens(ids, special, mask_id, vocab_size):
    inputs, labels = ids.clone(), ids.clone()
    probability = torch.full(labels.shape, 0.15)
    probability.masked_fill_(special, value=0.0)
    chosen = torch.bernoulli(probability).bool()
    labels[~chosen] = -100
    replaced = torch.bernoulli(torch.full(labels.shape, 0.8)).bool() & chosen
    inputs[replaced] = mask_id
    other = torch.bernoulli(torch.full(labels.shape, 0.5)).bool() & chosen & ~replaced
    inputs[other] = torch.randint(vocab_size, labels.shape, dtype=torch.long)[other]
    return inputs, labels
