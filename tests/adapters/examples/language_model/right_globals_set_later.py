# exercise: lm_training
# open: first_loss learns draws_new_batches obeys_its_settings losses_are_measured gradients_are_cleared trains_in_training_mode perplexity_of_uneven_pieces perplexity_of_any_text
import torch
import torch.nn as nn
from torch.nn import functional as F

batch_size, block_size, n_embd = 16, 8, 12
vocab_size = None  # set in main()
train_data = None
val_data = None


def get_batch(split):
    data = train_data if split == "train" else val_data
    ix = torch.randint(len(data) - block_size, (batch_size,))
    x = torch.stack([data[i : i + block_size] for i in ix])
    y = torch.stack([data[i + 1 : i + block_size + 1] for i in ix])
    return x, y


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(vocab_size, n_embd)
        self.lm_head = nn.Linear(n_embd, vocab_size)

    def forward(self, idx, targets=None):
        logits = self.lm_head(self.table(idx))
        loss = None if targets is None else F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        return logits, loss
