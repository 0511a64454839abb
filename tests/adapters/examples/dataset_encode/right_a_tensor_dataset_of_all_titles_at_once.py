# exercise: knock89

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

from grader.sandbox.guest.pretrained import Encoder as BertModel, Tokenizer as BertTokenizer
tokenizer = BertTokenizer.from_pretrained('bert-base-uncased')
texts = [f"word{n} and word{n % 7} in the news of day{n % 5}" for n in range(24)]
labels = [n % 4 for n in range(24)]

# %% knock89

def dataset_of(titles, targets, max_len=20):
    made = tokenizer(titles, padding='max_length', max_length=max_len, truncation=True)
    return TensorDataset(torch.tensor(made['input_ids']), torch.tensor(made['attention_mask']), torch.as_tensor(targets))

class NewsBERT(nn.Module):
    def __init__(self, n_out=4):
        super().__init__()
        self.bert = BertModel.from_pretrained('bert-base-uncased')
        self.top = nn.Linear(self.bert.config.hidden_size, n_out)
    def forward(self, ids, mask):
        return self.top(self.bert(ids, attention_mask=mask)[0][:, 0])

def rate(model, criterion, loader):
    model.eval()
    total, hits, count = 0.0, 0, 0
    with torch.no_grad():
        for ids, mask, gold in loader:
            scores = model(ids, mask)
            total += criterion(scores, gold).item() * len(gold)
            hits += (scores.argmax(dim=-1) == gold).sum().item()
            count += len(gold)
    return total / count, hits / count

def fit(model, train_set, valid_set, batch_size, criterion, optimizer, num_epochs):
    train_loader = DataLoader(train_set, batch_size=batch_size, shuffle=True)
    valid_loader = DataLoader(valid_set, batch_size=batch_size)
    for epoch in range(num_epochs):
        model.train()
        for ids, mask, gold in train_loader:
            optimizer.zero_grad()
            criterion(model(ids, mask), gold).backward()
            optimizer.step()
        train_loss, train_acc = rate(model, criterion, train_loader)
        valid_loss, valid_acc = rate(model, criterion, valid_loader)
        print(f'epoch {epoch} train loss {train_loss} acc {train_acc} valid loss {valid_loss} acc {valid_acc}')

data = dataset_of(texts, labels)
model = NewsBERT()
fit(model, data, data, 8, nn.CrossEntropyLoss(), optim.AdamW(model.parameters(), lr=2e-5), 1)
