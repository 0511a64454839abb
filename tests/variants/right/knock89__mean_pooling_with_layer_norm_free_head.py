# about: masked mean, dropout, two rates: small for the encoder, lr for the head
class BertClassifier(nn.Module):
    def __init__(self, encoder, output_size):
        super().__init__()
        self.bert = encoder
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(encoder.config.hidden_size, output_size)

    def forward(self, ids, mask):
        hidden = self.bert(input_ids=ids, attention_mask=mask)[0]
        weight = mask.unsqueeze(-1).to(hidden.dtype)
        pooled = (hidden * weight).sum(1) / weight.sum(1).clamp(min=1e-9)
        return self.out(self.drop(pooled))

def fine_tune(model, tokenizer, train_set, valid_set, epochs, lr, batch_size, device=None):
    device = device or "cpu"
    model.to(device)

    def make(pairs):
        ids, mask = encode(tokenizer, [t for t, _ in pairs])
        return ids, mask, torch.tensor([y for _, y in pairs])

    groups = [{"params": model.bert.parameters(), "lr": 0.1 * lr}, {"params": model.out.parameters(), "lr": lr}]
    return learn(
        model,
        DataLoader(train_set, batch_size=batch_size, shuffle=True, collate_fn=make),
        DataLoader(valid_set, batch_size=batch_size, collate_fn=make),
        torch.optim.AdamW(groups),
        epochs,
        device,
    )
