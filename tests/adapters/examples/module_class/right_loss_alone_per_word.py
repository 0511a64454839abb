# exercise: transformer
import torch
import torch.nn as nn
import torch.nn.functional as F


class GPT(nn.Module):
    def __init__(self, vocab_size, block_size, n_embd, n_head, n_layer):
        super().__init__()
        self.tok, self.pos = nn.Embedding(vocab_size, n_embd), nn.Embedding(block_size, n_embd)
        layer = nn.TransformerEncoderLayer(n_embd, n_head, 4 * n_embd, dropout=0.0, batch_first=True)
        self.blocks, self.head = nn.TransformerEncoder(layer, n_layer), nn.Linear(n_embd, vocab_size)

    def forward(self, idx, targets):
        T = idx.shape[1]
        x = self.tok(idx) + self.pos(torch.arange(T, device=idx.device))
        x = self.blocks(x, mask=nn.Transformer.generate_square_subsequent_mask(T))
        logits = self.head(x)
        return {"loss": F.cross_entropy(logits.view(-1, logits.size(-1)), targets.reshape(-1))}
