# exercise: knock89

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

from grader.sandbox.guest.pretrained import Classifier as BertForSequenceClassification
found = tokenizer(texts, padding=True, return_tensors='pt')
train_ids, train_mask, train_y = found['input_ids'], found['attention_mask'], torch.tensor(numbers)
net = BertForSequenceClassification.from_pretrained('bert-base-uncased', num_labels=4)
loader = DataLoader(torch.utils.data.TensorDataset(train_ids, train_mask, train_y), batch_size=8, shuffle=True)
opt = torch.optim.AdamW(net.parameters(), lr=2e-5)
for epoch in range(2):
    net.train()
    for ids, mask, gold in loader:
        opt.zero_grad()
        out = net(input_ids=ids, attention_mask=mask, labels=gold)
        out.loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        out = net(train_ids, train_mask, labels=train_y)
    print("train loss", out.loss.item(), "accuracy", (out.logits.argmax(1) == train_y).float().mean().item())
