# about: the decoding reads max_len and device off the student's own model

class DecoderBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()
        self.layer = nn.TransformerDecoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True)
    def forward(self, x, memory, padding):
        causal = torch.ones(x.size(1), x.size(1), dtype=torch.bool, device=x.device).triu(1)
        return self.layer(x, memory, tgt_mask=causal, memory_key_padding_mask=padding)
class Transformer(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.max_len = max_len
        self.device = torch.device("cpu")
        self.src_embed, self.tgt_embed = nn.Embedding(src_vocab, d_model), nn.Embedding(tgt_vocab, d_model)
        self.src_pos, self.tgt_pos = nn.Embedding(max_len, d_model), nn.Embedding(max_len, d_model)
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True), num_layers, enable_nested_tensor=False)
        self.decoder = nn.ModuleList([DecoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers)])
        self.generator = nn.Linear(d_model, tgt_vocab)
    def encode(self, src, src_mask):
        return self.encoder(self.src_embed(src) + self.src_pos(torch.arange(src.size(1))), src_key_padding_mask=~src_mask)
    def decode(self, tgt, memory, src_mask):
        x = self.tgt_embed(tgt) + self.tgt_pos(torch.arange(tgt.size(1)))
        for block in self.decoder:
            x = block(x, memory, ~src_mask)
        return self.generator(x)
    def forward(self, src, tgt, src_mask):
        return self.decode(tgt, self.encode(src, src_mask), src_mask)
def seq2seq_loss(model, src, src_mask, tgt, pad_id):
    logits = model(src.to(model.device), tgt[:, :-1].to(model.device), src_mask)
    return F.cross_entropy(logits.transpose(1, 2), tgt[:, 1:], ignore_index=pad_id)
@torch.no_grad()
def greedy_decode(model, src, src_mask, start_id, stop_id, max_len):
    model.eval()
    memory = model.encode(src, src_mask)
    ys = torch.full((src.size(0), 1), start_id, device=model.device)
    for _ in range(min(max_len, model.max_len)):
        word = model.decode(ys, memory, src_mask)[:, -1].argmax(-1)
        ys = torch.cat([ys, word[:, None]], dim=1)
        if (ys == stop_id).any(1).all():
            break
    return ys[:, 1:]
