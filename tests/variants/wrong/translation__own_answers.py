# about: the decoder reads its own words in training
# name: not_teacher_forced
def sequence_loss(encoder, decoder, source, target, padding_idx=0):
    outputs, state = encoder(source)
    mask, word, losses = source != padding_idx, target[:, 0], []
    for t in range(1, target.size(1)):
        logp, state, _ = decoder(word, state, outputs, mask)
        losses.append(logp)
        word = logp.argmax(1)
    return F.nll_loss(torch.stack(losses, 2), target[:, 1:], ignore_index=padding_idx)
