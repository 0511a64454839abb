# exercise: knock89

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

from grader.sandbox.guest.pretrained import Encoder as BertModel, Tokenizer as BertTokenizer
tokenizer = BertTokenizer.from_pretrained('bert-base-uncased')
texts = [f"word{n} and word{n % 7} in the news of day{n % 5}" for n in range(24)]
numbers = torch.tensor([n % 4 for n in range(24)])

# %% knock89

longest = max(len(tokenizer.encode(text)) for text in texts) + 2

def as_tensors(X, Y):
    ids, masks = [], []
    for text in X:
        row = tokenizer(text, padding='max_length', max_length=longest, truncation=True)
        ids.append(row['input_ids'])
        masks.append(row['attention_mask'])
    return TensorDataset(torch.tensor(ids), torch.tensor(masks), Y)

class NewsBERT(nn.Module):
    def __init__(self, n_out=4):
        super().__init__()
        self.bert = BertModel.from_pretrained('bert-base-uncased')
        self.top = nn.Linear(self.bert.config.hidden_size, n_out)
    def forward(self, ids, mask):
        return self.top(self.bert(ids, attention_mask=mask)[1])

def rate(model, criterion, loader):
    model.eval()
    total, hits, count = 0.0, 0, 0
    with torch.no_grad():
        for data in loader:
            scores, gold = model(data[0], data[1]), data[2]
            total += criterion(scores, gold).item() * len(gold)
            hits += (scores.argmax(dim=-1) == gold).sum().item()
            count += len(gold)
    return total / count, hits / count

def fit(model, train_set, valid_set, batch_size, criterion, optimizer, num_epochs):
    train_loader = DataLoader(train_set, batch_size=batch_size, shuffle=True)
    valid_loader = DataLoader(valid_set, batch_size=len(valid_set))
    log = {'train_loss': [], 'train_acc': [], 'valid_loss': [], 'valid_acc': []}
    for epoch in range(num_epochs):
        model.train()
        for data in train_loader:
            optimizer.zero_grad()
            criterion(model(data[0], data[1]), data[2]).backward()
            optimizer.step()
        for part, loader in (('train', train_loader), ('valid', valid_loader)):
            loss, acc = rate(model, criterion, loader)
            log[f'{part}_loss'].append(loss)
            log[f'{part}_acc'].append(acc)
    return log

data = as_tensors(texts, numbers)
model = NewsBERT()
fit(model, data, data, 8, nn.CrossEntropyLoss(), optim.AdamW(model.parameters(), lr=2e-5), 1)
