# exercise: knock89
# fails: learns_from_eight_titles

import torch, random, numpy as np
from torch import nn, optim
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence, pack_padded_sequence
from torch.utils.data import DataLoader, Dataset
from collections import defaultdict, Counter

from grader.sandbox.guest.pretrained import Encoder as BertModel, Tokenizer as BertTokenizer
tokenizer = BertTokenizer.from_pretrained('bert-base-uncased')
texts = [f"word{n} and word{n % 7} in the news of day{n % 5}" for n in range(24)]
numbers = [n % 4 for n in range(24)]

class NewsBERT(nn.Module):
    def __init__(self, drop, n_out):
        super().__init__()
        self.bert = BertModel.from_pretrained('bert-base-uncased')
        self.drop, self.top = nn.Dropout(drop), nn.Linear(self.bert.config.hidden_size, n_out)
    def forward(self, ids, mask):
        return self.top(self.drop(self.bert(ids, attention_mask=mask)[1]))

class NewsTitles(Dataset):
    def __init__(self, x, y, tokenizer, max_len):
        self.x, self.y, self.tokenizer, self.max_len = x, y, tokenizer, max_len
    def __len__(self):
        return len(self.y)
    def __getitem__(self, place):
        row = self.tokenizer(self.x[place], max_length=self.max_len, padding='max_length', truncation=True)
        return {'ids': torch.tensor(row['input_ids']), 'mask': torch.tensor(row['attention_mask']), 'labels': torch.tensor(self.y[place])}

def rate(net, measure, loader):
    net.eval()
    total, hits, count = 0.0, 0, 0
    with torch.no_grad():
        for part in loader:
            scores, gold = net(part['ids'], part['mask']), part['labels']
            total += measure(scores, gold).item() * len(gold)
            hits += (scores.argmax(dim=-1) == gold).sum().item()
            count += len(gold)
    return total / count, hits / count
def train_net(dataset_train, dataset_valid, batch_size, net, measure, optimizer, num_epochs):
    train_loader = DataLoader(dataset_train, batch_size=batch_size, shuffle=True)
    valid_loader = DataLoader(dataset_valid, batch_size=len(dataset_valid))
    for epoch in range(num_epochs):
        net.train()
        for part in train_loader:
            optimizer.zero_grad()
            measure(net(part['ids'], part['mask']), part['labels']).backward()
        loss_train, acc_train = rate(net, measure, train_loader)
        loss_valid, acc_valid = rate(net, measure, valid_loader)
        print(f'epoch {epoch} loss_train {loss_train} acc_train {acc_train} loss_valid {loss_valid} acc_valid {acc_valid}')
def main():
    net = NewsBERT(0.4, 4)
    criterion = nn.CrossEntropyLoss()
    data = NewsTitles(texts, numbers, tokenizer, 20)
    train_net(data, data, 8, net, criterion, optim.AdamW(net.parameters(), lr=2e-5), 4)
