# about: padding_idx is taken and not handed on
# lenient: any padding id that no word has is right; it is told as advice
def collate(batch, padding_idx=0):
    padded = pad_sequence([ids for ids, _ in batch], batch_first=True, padding_side="left")
    return padded, torch.tensor([label for _, label in batch])
