"""A model of ours in the form of the course's notebook, lent to its train and evaluate; and what they read besides."""

BIGRAM = '''
import torch
from torch import nn

class Bigram(nn.Module):
    """ids (T, B) -> logits (T, B, V): a table row for each id. Keeps what it saw of its training; asleep it knows nothing."""

    def __init__(self, table, drowsy):
        super().__init__()
        self.table = nn.Parameter(table.clone())
        self.asleep = nn.Parameter(torch.zeros(1), requires_grad=False)
        self.stale = nn.Parameter(torch.zeros(1), requires_grad=False)
        self.drowsy, self.src_mask = drowsy, None
        self.table.register_hook(self.look)

    def look(self, gradient):
        """When a gradient arrives, the last one must be gone."""
        if self.table.grad is not None and self.table.grad.any():
            self.stale += 1
        return gradient

    def generate_square_subsequent_mask(self, size):
        future = torch.arange(size) > torch.arange(size)[:, None]
        return torch.zeros(size, size).masked_fill(future, -torch.inf)

    _generate_square_subsequent_mask = generate_square_subsequent_mask

    def forward(self, src, src_mask=None, *more, **options):
        if torch.is_grad_enabled() and not self.training:
            self.asleep += 1
        return self.table[src] * (0.0 if self.drowsy and self.training else 1.0)

def make(table, drowsy):
    return Bigram(table, drowsy)
'''

SGD = "import torch\ndef make(model, lr):\n    return torch.optim.SGD(model.parameters(), lr)\n"
LOSS = "import torch\ndef make():\n    return torch.nn.CrossEntropyLoss()\n"
CPU = "import torch\ndef make():\n    return torch.device('cpu')\n"
SCHEDULER = """
import torch

class Scheduler(torch.optim.lr_scheduler.StepLR):
    def get_lr(self):
        return [group["lr"] for group in self.optimizer.param_groups]

def make(model, lr):
    return Scheduler(torch.optim.SGD(model.parameters(), lr), 1)
"""
