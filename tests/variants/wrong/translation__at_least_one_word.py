# about: at least one word
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
