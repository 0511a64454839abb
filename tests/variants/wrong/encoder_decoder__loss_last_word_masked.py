# about: the input is the whole target, the answers are padded at the end
# name: target_not_shifted
def seq2seq_loss(model, src, src_mask, tgt, pad_id):
    logits = model(src, tgt, src_mask)
    return F.cross_entropy(logits.reshape(-1, logits.size(-1)), tgt.reshape(-1), ignore_index=pad_id)
