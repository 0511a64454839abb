# about: the padding is 1, in a loop
# name: padded_with_a_word
# known: yes
def collate(batch, padding_idx=0):
    longest = max(len(ids) for ids, _ in batch)
    rows = torch.ones(len(batch), longest, dtype=torch.long)
    for row, (ids, _) in zip(rows, batch):
        row[: len(ids)] = ids
    return rows, torch.tensor([y for _, y in batch])
