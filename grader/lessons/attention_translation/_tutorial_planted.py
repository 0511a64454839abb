"""An encoder and a decoder of ours in the form of the course's notebook, lent to its train and evaluate.

What the student's loop does with them shows in the numbers: which word comes next depends on the previous word, the state, how
often it was carried on, and the encoder's outputs. The decoder writes `words` words and then the end, where that is given.
"""

VOCABULARY, HIDDEN = 19, 7

ENCODER = """
import torch
from torch import nn

class Encoder(nn.Module):
    def __init__(self, vocabulary, hidden):
        super().__init__()
        self.hidden_size = hidden
        self.words = nn.Embedding(vocabulary, hidden)

    def forward(self, word, hidden):
        mixed = torch.tanh(self.words(word.reshape(())) + 0.7 * hidden[0, 0])
        state = torch.cat([mixed[:-1], mixed.new_zeros(1)])  # the last place counts for the decoder
        return state.view(1, 1, -1), state.view(1, 1, -1)

    def initHidden(self):
        return torch.zeros(1, 1, self.hidden_size)

    init_hidden = initHidden

def make(vocabulary, hidden):
    return Encoder(vocabulary, hidden)
"""

DECODER = """
import torch
import torch.nn.functional as F
from torch import nn

class Decoder(nn.Module):
    def __init__(self, vocabulary, hidden, longest, words):
        super().__init__()
        self.hidden_size, self.max_length, self.stop_after = hidden, longest, words
        self.words = nn.Embedding(vocabulary, hidden)
        self.where = nn.Linear(hidden, longest)
        self.out = nn.Linear(hidden, vocabulary)

    def forward(self, word, hidden, outputs):
        state, count = hidden[0, 0], float(hidden[0, 0, -1])
        weights = F.softmax(self.where(state), dim=0)[None]
        previous = self.words(word.reshape(()))
        mixed = torch.tanh(2 * previous + 2 * (weights @ outputs)[0] + 0.9 * state)
        scores = 3 * self.out(mixed)
        if self.stop_after is not None:
            end = torch.arange(len(scores)) == 1
            scores = scores + torch.where(end == (count >= self.stop_after), 0.0, -60.0)
            scores = scores - 60.0 * (torch.arange(len(scores)) == 0)
        after = torch.cat([mixed[:-1], torch.full((1,), count + 1, dtype=mixed.dtype)])
        return F.log_softmax(scores, dim=0)[None], after.view(1, 1, -1), weights

    def initHidden(self):
        return torch.zeros(1, 1, self.hidden_size)

    init_hidden = initHidden

def make(vocabulary, hidden, longest, words):
    return Decoder(vocabulary, hidden, longest, words)
"""

LANGUAGE = """
class Lang:
    pass

def make(size, letter):
    made = Lang()
    made.name, made.n_words = letter, size
    made.index2word = {0: "SOS", 1: "EOS", **{i: letter + str(i) for i in range(2, size)}}
    made.word2index = {word: i for i, word in made.index2word.items() if i > 1}
    made.word2count = dict.fromkeys(made.word2index, 1)
    return made
"""

SGD = "import torch\ndef make(model, lr):\n    return torch.optim.SGD(model.parameters(), lr)\n"
LOSS = "import torch\ndef make():\n    return torch.nn.NLLLoss()\n"
