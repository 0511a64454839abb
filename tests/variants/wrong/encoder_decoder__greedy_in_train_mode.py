# about: the model is never put into evaluation mode
# name: dropout_left_on
def greedy_decode(model, src, src_mask, start_id, stop_id, max_len):
    ys = torch.full((src.size(0), 1), start_id, dtype=torch.long)
    finished = torch.zeros(src.size(0), dtype=torch.bool)
    with torch.no_grad():
        memory = model.encode(src, src_mask)
        for i in range(max_len):
            nxt = model.decode(ys, memory, src_mask)[:, -1, :].max(dim=-1).indices
            ys = torch.cat((ys, nxt.unsqueeze(1)), dim=1)
            finished = finished | nxt.eq(stop_id)
            if finished.all():
                break
    return ys[:, 1:]
