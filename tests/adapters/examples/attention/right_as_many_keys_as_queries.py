# exercise: multi_head
import torch
from torch import nn


class MultiHead(nn.Module):
    def __init__(self, width, heads, device):
        super().__init__()
        self.heads = heads
        self.of_q, self.of_k, self.of_v, self.last = (nn.Linear(width, width).to(device) for _ in range(4))

    def forward(self, q, k, v):
        batch, length, width = q.shape
        q, k, v = (
            w(x).view(batch, length, self.heads, width // self.heads).transpose(1, 2)
            for w, x in ((self.of_q, q), (self.of_k, k), (self.of_v, v))
        )
        shares = torch.softmax(q @ k.transpose(2, 3) / (width // self.heads) ** 0.5, dim=-1)
        return self.last((shares @ v).transpose(1, 2).contiguous().view(batch, length, width)), shares
