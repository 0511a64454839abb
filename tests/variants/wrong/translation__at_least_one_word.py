# about: at least one word
def sequence_loss(encoder, decoder, source, target, padding_idx=0):
    """source (B, S), target (B, T) from start to stop -> mean loss of a word, a scalar tensor"""
    outputs, state = encoder(source)  # (B, S, H), (B, H)
    mask = source != padding_idx  # (B, S)
    total = 0.0
    for t in range(target.size(1) - 1):
        log_probs, state, _ = decoder(target[:, t], state, outputs, mask)  # (B, V)
        total = total + F.nll_loss(log_probs, target[:, t + 1], ignore_index=padding_idx, reduction="sum")
    return total / (target[:, 1:] != padding_idx).sum()


def translate(encoder, decoder, source, start, stop, max_len):
    encoder.eval()
    decoder.eval()
    ids, rows = [], []
    with torch.no_grad():
        outputs, state = encoder(source[None])
        mask = torch.ones_like(source, dtype=torch.bool)[None]
        previous = source.new_tensor([start])
        while len(ids) < max_len:
            log_probs, state, weights = decoder(previous, state, outputs, mask)
            if not ids:
                log_probs[:, stop] = float("-inf")
            previous = log_probs.argmax(dim=-1)
            if previous.item() == stop:
                break
            ids.append(previous.item())
            rows.append(weights[0])
    return ids, torch.stack(rows) if rows else torch.zeros(0, len(source))
