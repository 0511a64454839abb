# about: the stop is only looked for after the limit
# name: one_word_too_many
def translate(encoder, decoder, source, start, stop, max_len):
    encoder.eval(), decoder.eval()
    with torch.no_grad():
        outputs, state = encoder(source[None])
        mask, word = torch.ones(1, len(source)).bool(), torch.tensor([start])
        ids, rows = [], []
        for _ in range(max_len + 1):
            logp, state, a = decoder(word, state, outputs, mask)
            word = logp.argmax(1)
            if word.item() == stop:
                break
            ids.append(word.item())
            rows.append(a[0])
    return ids, torch.stack(rows)
