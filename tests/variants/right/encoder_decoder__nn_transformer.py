# about: nn.Transformer inside, learned positions, own names
class Transformer(nn.Module):
    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        self.src_tok_emb = nn.Embedding(src_vocab, d_model)
        self.tgt_tok_emb = nn.Embedding(tgt_vocab, d_model)
        self.src_pos_emb = nn.Embedding(max_len, d_model)
        self.tgt_pos_emb = nn.Embedding(max_len, d_model)
        self.transformer = nn.Transformer(d_model, num_heads, num_layers, num_layers, d_ff, dropout, batch_first=True)
        self.generator = nn.Linear(d_model, tgt_vocab)

    def encode(self, src, src_mask):
        pos = torch.arange(src.size(1), device=src.device)
        return self.transformer.encoder(self.src_tok_emb(src) + self.src_pos_emb(pos), src_key_padding_mask=~src_mask)

    def decode(self, tgt, memory, src_mask):
        pos = torch.arange(tgt.size(1), device=tgt.device)
        causal = nn.Transformer.generate_square_subsequent_mask(tgt.size(1))
        y = self.tgt_tok_emb(tgt) + self.tgt_pos_emb(pos)
        return self.generator(self.transformer.decoder(y, memory, tgt_mask=causal, memory_key_padding_mask=~src_mask))

    def forward(self, src, tgt, src_mask):
        return self.decode(tgt, self.encode(src, src_mask), src_mask)
