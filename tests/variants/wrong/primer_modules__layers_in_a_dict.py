# about: both layers stand in a plain dict
# name: layers_in_a_list

class BagOfWords(nn.Module):
    def __init__(self, vocab_size, emb_size, output_size):
        super().__init__()
        self.layers = {"emb": nn.Embedding(vocab_size, emb_size), "fc": nn.Linear(emb_size, output_size)}

    def forward(self, ids):
        return self.layers["fc"](self.layers["emb"](ids).mean(dim=1))
