# exercise: knock86
# mistake: view_for_transpose

import torch
from torch import nn

# %% knock86

class OneHotCNN(nn.Module):
    def __init__(self, n_words, n_classes, dw, dh, kernel_size, stride, padding):
        super().__init__()
        self.emb = nn.Embedding(n_words, dw)
        self.conv = nn.Conv1d(dw, dh, kernel_size, stride=stride, padding=padding)
        self.fc = nn.Linear(dh, n_classes)

    def forward(self, X):
        e = self.emb(self.places(X))
        e = e.view(e.size(0), e.size(2), e.size(1))
        c = torch.relu(self.conv(e)).max(dim=2)[0]
        return self.fc(c)

    def places(self, X):
        return torch.stack([row.argmax(dim=1) for row in X])

net = OneHotCNN(40, 4, 300, 50, 3, 1, 1)
print(net(nn.functional.one_hot(torch.randint(0, 40, (2, 6)), 40)).shape)
