# about: random.randint includes its upper end
# name: word_outside_the_vocabulary
def mask_tokens(ids, special, mask_id, vocab_size):
    inputs, labels = ids.tolist(), torch.full_like(ids, -100)
    for b, row in enumerate(inputs):
        for t in range(len(row)):
            if special[b, t] or random.random() >= 0.15:
                continue
            labels[b, t] = ids[b, t]
            p = random.random()
            if p < 0.8:
                row[t] = mask_id
            elif p < 0.9:
                row[t] = random.randint(0, vocab_size)
    return torch.tensor(inputs), labels
