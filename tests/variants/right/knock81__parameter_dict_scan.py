# about: parameter dict scan
from functools import reduce


class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx)
        s = hidden_size**-0.5
        self.p = nn.ParameterDict(
            {
                "hx": nn.Parameter(torch.empty(emb_size, hidden_size).uniform_(-s, s)),
                "hh": nn.Parameter(torch.empty(hidden_size, hidden_size).uniform_(-s, s)),
                "bh": nn.Parameter(torch.zeros(hidden_size)),
                "yh": nn.Parameter(torch.empty(hidden_size, output_size).uniform_(-s, s)),
                "by": nn.Parameter(torch.zeros(output_size)),
            }
        )

    def forward(self, ids):
        p = self.p
        drive = torch.einsum("bte,eh->tbh", self.emb(ids), p["hx"]) + p["bh"]  # (T, B, H)
        last = reduce(lambda h, x: torch.tanh(x + h @ p["hh"]), drive, drive.new_zeros(drive.shape[1:]))
        return torch.addmm(p["by"], last, p["yh"])
