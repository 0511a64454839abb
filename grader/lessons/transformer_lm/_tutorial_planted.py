"""A model of ours in the form of the course's notebook, lent to its train and evaluate; and what they read besides."""

BIGRAM = '''
import torch
from torch import nn

class Bigram(nn.Module):
    """ids (T, B) -> logits (T, B, V): a table row for each id.

    drowsy: in training mode it knows nothing. forgetful: a number that has moved at all gets no gradient any more.
    asleep: what is different in evaluation mode, if anything.
    """

    def __init__(self, table, drowsy=False, forgetful=False, asleep=None):
        super().__init__()
        self.table = nn.Parameter(table.clone())
        self.drowsy, self.forgetful, self.src_mask = drowsy, forgetful, None
        self.register_buffer("asleep", asleep)

    def generate_square_subsequent_mask(self, size):
        future = torch.arange(size) > torch.arange(size)[:, None]
        return torch.zeros(size, size).masked_fill(future, -torch.inf)

    _generate_square_subsequent_mask = generate_square_subsequent_mask

    def forward(self, src, src_mask=None, *more, **options):
        if self.asleep is not None and not self.training:
            return (self.table + self.asleep)[src].flip(-1)
        table = self.table.clamp(-1e-7, 1e-7) if self.forgetful else self.table
        return table[src] * (0.0 if self.drowsy and self.training else 1.0)

def make(*parts):
    return Bigram(*parts)
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
