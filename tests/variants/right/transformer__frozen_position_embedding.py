# about: frozen position embedding
from dataclasses import asdict, dataclass


from functools import reduce


@dataclass(frozen=True)
class Config:
    d_model: int
    num_heads: int
    d_ff: int
    dropout: float


class TransformerLM(nn.Module):
    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, dropout=0.1, max_len=256):
        super().__init__()
        self.max_len = max_len
        config = asdict(Config(d_model, num_heads, d_ff, dropout))
        self.net = nn.ModuleDict(
            dict(
                wte=nn.Embedding(vocab_size, d_model),
                wpe=nn.Embedding.from_pretrained(positional_encoding(max_len, d_model), freeze=True),
                drop=nn.Dropout(dropout),
                h=nn.ModuleList(EncoderBlock(**config) for _ in range(num_layers)),
                ln_f=LayerNorm(d_model),
                head=nn.Linear(d_model, vocab_size),
            )
        )
        nn.init.normal_(self.net.wte.weight, std=d_model**-0.5)
        self.d_model = d_model

    def embedded(self, ids):
        place = torch.arange(ids.shape[-1], device=ids.device)
        return self.net.drop(self.net.wte(ids) * self.d_model**0.5 + self.net.wpe(place))

    def forward(self, ids):
        mask = causal_mask(ids.shape[-1]).to(ids.device)
        x = reduce(lambda x, block: block(x, mask), self.net.h, self.embedded(ids))
        return self.net.head(self.net.ln_f(x))
