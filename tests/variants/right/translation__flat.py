# about: all steps stacked and one cross entropy; translating with a for loop
def sequence_loss(encoder, decoder, source, target, padding_idx=0):
    outputs, state = encoder(source)
    mask = source.ne(padding_idx)
    scores = []
    for word in target[:, :-1].t():
        score, state, _ = decoder(word, state, outputs, mask)
        scores.append(score)
    scores = torch.stack(scores, dim=1)
    return F.nll_loss(scores.flatten(0, 1), target[:, 1:].flatten(), ignore_index=padding_idx)


@torch.no_grad()
def translate(encoder, decoder, source, start, stop, max_len):
    for m in (encoder, decoder):
        m.eval()
    outputs, state = encoder(source.unsqueeze(0))
    mask = torch.ones(1, len(source), dtype=torch.bool)
    word, result, attentions = torch.tensor([start]), [], []
    for _ in range(max_len):
        score, state, w = decoder(word, state, outputs, mask)
        word = score.topk(1).indices.view(-1)
        if int(word) == stop:
            break
        result.append(int(word))
        attentions.append(w.squeeze(0))
    return result, torch.stack(attentions) if attentions else torch.empty(0, len(source))
