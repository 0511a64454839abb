# about: one word more than max_len is written
def greedy_decode(model, src, src_mask, start_id, stop_id, max_len):
    model.eval()
    with torch.no_grad():
        memory = model.encode(src, src_mask)
        words = torch.full((len(src), 1), start_id, device=src.device)
        done = torch.zeros(len(src), dtype=torch.bool, device=src.device)
        while words.shape[1] <= max_len + 1 and not done.all():
            best = model.decode(words, memory, src_mask)[:, -1].argmax(dim=1)
            words = torch.cat([words, best[:, None]], dim=1)
            done |= best == stop_id
    return words[:, 1:]
