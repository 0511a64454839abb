# about: the perplexity shows the model one character at a time
# name: one_character_at_a_time
def perplexity(model, ids, length):
    model.eval()
    with torch.no_grad():
        logits = model(ids[:-1, None])[:, 0]
        return F.cross_entropy(logits, ids[1:]).exp().item()
