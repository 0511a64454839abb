# about: learned attention pooling over the tokens, masked; two hidden layers in the head; groups without decay, warm-up
class BertClassifier(nn.Module):
    def __init__(self, encoder, output_size):
        super().__init__()
        d = encoder.config.hidden_size
        self.bert = encoder
        self.look = nn.Linear(d, 1)
        self.head = nn.Sequential(nn.Linear(d, d), nn.GELU(), nn.Dropout(0.1), nn.Linear(d, output_size))

    def forward(self, ids, mask):
        states = self.bert(input_ids=ids, attention_mask=mask)[0]
        scores = self.look(states).squeeze(-1)
        scores = scores.masked_fill(mask == 0, torch.finfo(scores.dtype).min)
        pooled = torch.einsum("bt,btd->bd", scores.softmax(-1), states)
        return self.head(pooled)


def fine_tune(model, tokenizer, train_set, valid_set, epochs, lr, batch_size, device=None):
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device)

    def tokenized(pairs):
        titles, labels = zip(*pairs)
        return *encode(tokenizer, list(titles)), torch.tensor(labels)

    plain = [p for n, p in model.named_parameters() if n.endswith("bias")]
    decayed = [p for n, p in model.named_parameters() if not n.endswith("bias")]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}], lr=lr
    )
    return learn(
        model,
        DataLoader(train_set, batch_size=batch_size, shuffle=True, collate_fn=tokenized),
        DataLoader(valid_set, batch_size=batch_size, shuffle=False, collate_fn=tokenized),
        optimizer, epochs, device,
    )
