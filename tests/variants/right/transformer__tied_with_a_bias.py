# about: a head that shares its matrix with the embedding and has a bias
from dataclasses import dataclass


@dataclass
class Config:
    vocab_size: int
    d_model: int
    num_heads: int
    d_ff: int
    num_layers: int
    dropout: float = 0.1
    max_len: int = 256


class TransformerLM(nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()
        c = self.config = Config(*args, **kwargs)
        self.max_len = c.max_len
        self.tok = nn.Embedding(c.vocab_size, c.d_model)
        nn.init.normal_(self.tok.weight, mean=0.0, std=0.02)
        stack = []
        for _ in range(c.num_layers):
            stack.append(EncoderBlock(c.d_model, c.num_heads, c.d_ff, c.dropout))
        self.stack = nn.ModuleList(stack)
        self.final = LayerNorm(c.d_model)
        self.head = nn.Linear(c.d_model, c.vocab_size)
        self.head.weight = self.tok.weight

    def forward(self, ids):
        b, t = ids.shape
        x = F.embedding(ids, self.tok.weight) * self.config.d_model**0.5
        x = x + positional_encoding(t, self.config.d_model).to(x)
        x = F.dropout(x, p=self.config.dropout, training=self.training)
        allowed = causal_mask(t).to(ids.device)
        for i, layer in enumerate(self.stack):
            x = layer(x, mask=allowed)
        return self.head(self.final(x))
