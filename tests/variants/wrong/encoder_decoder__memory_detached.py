# about: the loss cuts the memory off from the gradient
def seq2seq_loss(model, src, src_mask, tgt, pad_id):
    given, wanted = tgt[:, :-1], tgt[:, 1:]
    memory = model.encode(src, src_mask).detach()
    logits = model.decode(given, memory, src_mask)
    return F.cross_entropy(logits.transpose(1, 2), wanted, ignore_index=pad_id)
