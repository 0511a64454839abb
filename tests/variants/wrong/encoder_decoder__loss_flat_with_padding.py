# about: flattened cross entropy that counts padding
# name: padding_counted
def seq2seq_loss(model, src, src_mask, tgt, pad_id):
    out = model(src, tgt[:, :-1], src_mask)
    return nn.CrossEntropyLoss()(out.flatten(0, 1), tgt[:, 1:].flatten())
