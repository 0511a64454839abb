# about: nn.GRUCell in a loop
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.word_vectors = nn.Embedding(vocab_size, emb_size, padding_idx)
        self.cell = nn.GRUCell(emb_size, hidden_size)
        self.classifier = nn.Linear(hidden_size, output_size)

    def forward(self, ids):
        state = None
        for vector in self.word_vectors(ids).transpose(0, 1):
            state = self.cell(vector, state)
        return self.classifier(state)
