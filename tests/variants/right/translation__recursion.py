# about: recursion
def sequence_loss(encoder, decoder, source, target, padding_idx=0):
    outputs, state = encoder(source)
    mask = source != padding_idx
    losses = []
    for word, wanted in zip(target.T, target.T[1:]):
        log_probs, state, _ = decoder(word, state, outputs, mask)
        losses.append(-log_probs[torch.arange(len(wanted)), wanted][wanted != padding_idx])
    return torch.cat(losses).mean()


def translate(encoder, decoder, source, start, stop, max_len):
    for model in (encoder, decoder):
        model.train(False)
    length = source.shape[0]
    with torch.no_grad():
        outputs, state = encoder(source.view(1, length))
        mask = torch.full((1, length), True)

        def go_on(word, state, room):
            if room == 0:
                return [], []
            log_probs, state, weights = decoder(torch.tensor([word]), state, outputs, mask)
            if (best := int(log_probs[0].argmax())) == stop:
                return [], []
            words, rows = go_on(best, state, room - 1)
            return [best, *words], [weights, *rows]

        ids, rows = go_on(start, state, max_len)
    return ids, torch.cat([torch.zeros(0, length), *rows])
