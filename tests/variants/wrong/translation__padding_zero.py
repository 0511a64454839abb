# about: padding is compared with 0
# name: padding_hard_coded
def sequence_loss(encoder, decoder, source, target, padding_idx=0):
    outputs, state = encoder(source)
    total, n = 0.0, 0
    for t in range(target.size(1) - 1):
        logp, state, _ = decoder(target[:, t], state, outputs, source > 0)
        gold = target[:, t + 1]
        real = gold > 0
        total = total - logp[torch.arange(len(gold)), gold][real].sum()
        n += int(real.sum())
    return total / n
