"""Models for 81, 85 and 86 under the names and signatures that people give them: (exercise, who, cell)."""

from __future__ import annotations

RIGHT: list[tuple[str, str, str]] = [
    (
        "knock81",
        "the most common signature, another class name",
        """
class LSTMClassifier(nn.Module):
    def __init__(self, v_size, e_size, h_size, c_size, pad=0):
        super().__init__()
        self.emb = nn.Embedding(v_size, e_size, padding_idx=pad)
        self.lstm = nn.LSTM(e_size, h_size, batch_first=True)
        self.out = nn.Linear(h_size, c_size)
    def forward(self, x):
        _, (h, _) = self.lstm(self.emb(x))
        return self.out(h[-1])
model = LSTMClassifier(29, 300, 50, 4)
""",
    ),
    (
        "knock81",
        "hidden before output, four arguments",
        """
class RNN(nn.Module):
    def __init__(self, vocab_size, embedding_dim, hidden_dim, output_dim):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_dim)
        self.rnn = nn.RNN(embedding_dim, hidden_dim, batch_first=True)
        self.fc = nn.Linear(hidden_dim, output_dim)
    def forward(self, text):
        embedded = self.embedding(text)
        output, hidden = self.rnn(embedded)
        return self.fc(hidden.squeeze(0))
""",
    ),
    (
        "knock81",
        "hidden first of five, all in other order",
        """
class RNN(nn.Module):
    def __init__(self, hidden_size, vocab_size, emb_size, padding_idx, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)
    def forward(self, x):
        self.batch_size = x.size()[0]
        hidden = self.init_hidden()
        out, hidden = self.rnn(self.emb(x), hidden)
        return self.fc(out[:, -1, :])
    def init_hidden(self):
        return torch.zeros(1, self.batch_size, self.hidden_size)
""",
    ),
    (
        "knock81",
        "a device and a dropout rate are wanted",
        """
DEVICE = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
class Net(nn.Module):
    def __init__(self, n_vocab, dw, dh, L, pad_idx, drop_rate, device):
        super(Net, self).__init__()
        self.dh, self.device = dh, device
        self.embed = nn.Embedding(n_vocab, dw, pad_idx)
        self.gru = nn.GRU(dw, dh, batch_first=True)
        self.drop = nn.Dropout(drop_rate)
        self.linear = nn.Linear(dh, L)
    def forward(self, x):
        h0 = torch.zeros(1, len(x), self.dh).to(self.device)
        y, h = self.gru(self.embed(x), h0)
        return self.linear(self.drop(y[:, -1]))
net = Net(29, 300, 50, 4, 28, 0.3, DEVICE)
""",
    ),
    (
        "knock81",
        "one-letter arguments that only the notebook's call explains",
        """
VOCAB_SIZE, EMB_SIZE, PADDING_IDX, OUTPUT_SIZE, HIDDEN_SIZE = 29, 300, 28, 4, 50
class MyRNN(nn.Module):
    def __init__(self, a, b, c, d, e):
        super().__init__()
        self.emb = nn.Embedding(a, b, padding_idx=c)
        self.rnn = nn.RNN(b, e, batch_first=True)
        self.fc = nn.Linear(e, d)
    def forward(self, x):
        return self.fc(self.rnn(self.emb(x))[0][:, -1])
model = MyRNN(VOCAB_SIZE, EMB_SIZE, PADDING_IDX, OUTPUT_SIZE, HIDDEN_SIZE)
""",
    ),
    (
        "knock81",
        "arguments that nothing explains",
        """
class RNNModel(nn.Module):
    def __init__(self, i, j, k, l):
        super().__init__()
        self.a = nn.Embedding(i, j)
        self.b = nn.RNN(j, l, batch_first=True)
        self.c = nn.Linear(l, k)
    def forward(self, x):
        return torch.softmax(self.c(self.b(self.a(x))[1][0]), dim=1)
""",
    ),
    (
        "knock81",
        "numbers in the call explain the arguments",
        """
class Model(nn.Module):
    def __init__(self, n_in, n_emb_, n_h, n_o):
        super().__init__()
        self.a = nn.Embedding(n_in, n_emb_)
        self.b = nn.LSTM(n_emb_, n_h, batch_first=True)
        self.c = nn.Linear(n_h, n_o)
    def forward(self, x):
        return self.c(self.b(self.a(x))[0][:, -1])
m = Model(9406, 300, 50, 4)
""",
    ),
    (
        "knock81",
        "a vocabulary one larger inside, state handed in, both returned",
        """
class RNN(nn.Module):
    def __init__(self, n_words, dw, dh, n_class):
        super().__init__()
        self.emb = nn.Embedding(n_words + 1, dw)
        self.rnn = nn.RNN(dw, dh, batch_first=True)
        self.out = nn.Linear(dh, n_class)
    def forward(self, x, h):
        y, h = self.rnn(self.emb(x), h)
        return self.out(y[:, -1]), h
""",
    ),
    (
        "knock81",
        "the pair of an LSTM's states is handed in",
        """
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx)
        self.rnn = nn.LSTM(emb_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, output_size)
    def forward(self, x, hidden):
        y, hidden = self.rnn(self.emb(x), hidden)
        return self.out(y[:, -1])
""",
    ),
    (
        "knock81",
        "a cell with its state (B, H) handed in",
        """
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx)
        self.cell = nn.RNNCell(emb_size, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)
    def forward(self, x, h):
        for t in range(x.size(1)):
            h = self.cell(self.emb(x[:, t]), h)
        return self.out(h)
""",
    ),
    (
        "knock81",
        "a batch object, as torchtext makes it",
        """
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_dim, hid_dim, out_dim):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, emb_dim)
        self.rnn = nn.RNN(emb_dim, hid_dim, batch_first=True)
        self.fc = nn.Linear(hid_dim, out_dim)
    def forward(self, batch, h=None):
        out, h = self.rnn(self.embedding(batch.text), h)
        return self.fc(out[:, -1])
""",
    ),
    (
        "knock81",
        "a dict of a batch with lengths",
        """
class LSTM(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.LSTM(emb_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, output_size)
    def forward(self, batch):
        x = pack_padded_sequence(self.embed(batch['src']), batch['lengths'], batch_first=True, enforce_sorted=False)
        x, (h, c) = self.rnn(x)
        return self.out(h[-1])
""",
    ),
    (
        "knock81",
        "a pair of ids and lengths",
        """
class Classifier(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_labels, embed_size):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, embed_size)
        self.rnn = nn.GRU(embed_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, num_labels)
    def forward(self, inputs):
        x, lengths = inputs
        states, _ = self.rnn(self.embed(x))
        return self.out(states[torch.arange(len(x)), lengths - 1])
""",
    ),
    (
        "knock81",
        "one title at a time",
        """
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size)
        self.fc = nn.Linear(hidden_size, output_size)
    def forward(self, sentence):
        emb = self.emb(sentence)
        out, h = self.rnn(emb.view(len(sentence), 1, emb.shape[1]))
        return F.log_softmax(self.fc(out[-1]), dim=1)
""",
    ),
    (
        "knock81",
        "time first, as its comment says",
        """
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size)
        self.fc = nn.Linear(hidden_size, output_size)
    def forward(self, x):
        # x: (seq_len, batch_size)
        out, h = self.rnn(self.emb(x))
        return self.fc(out[-1])
""",
    ),
    (
        "knock81",
        "half of the sizes from globals",
        """
EMB_SIZE, OUTPUT_SIZE = 300, 4
class RNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, EMB_SIZE)
        self.rnn = nn.RNN(EMB_SIZE, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, OUTPUT_SIZE)
    def forward(self, x):
        return self.fc(self.rnn(self.emb(x))[0][:, -1])
""",
    ),
    (
        "knock81",
        "a class of settings",
        """
class Config:
    vocab, emb, hid, out = 40, 12, 9, 4
class RNNNet(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.emb = nn.Embedding(cfg.vocab, cfg.emb)
        self.rnn = nn.RNN(cfg.emb, cfg.hid, batch_first=True)
        self.fc = nn.Linear(cfg.hid, cfg.out)
    def forward(self, x):
        return self.fc(self.rnn(self.emb(x))[0][:, -1])
config = Config()
model = RNNNet(config)
""",
    ),
    (
        "knock81",
        "pretrained weights optional, layers and directions to choose, as in one class for all",
        """
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers, emb_weights=None, bidirectional=False):
        super().__init__()
        self.hidden_size, self.num_layers, self.num_directions = hidden_size, num_layers, bidirectional + 1
        if emb_weights != None:
            self.emb = nn.Embedding.from_pretrained(emb_weights, padding_idx=padding_idx)
        else:
            self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, num_layers, nonlinearity='tanh', bidirectional=bidirectional, batch_first=True)
        self.fc = nn.Linear(hidden_size * self.num_directions, output_size)
    def forward(self, x):
        hidden = torch.zeros(self.num_layers * self.num_directions, x.size(0), self.hidden_size)
        out, hidden = self.rnn(self.emb(x), hidden)
        return self.fc(out[:, -1, :])
model = RNN(100, 300, 99, 4, 50, 1)
""",
    ),
    (
        "knock81",
        "the weights of the embedding have to be handed in",
        """
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, emb_weights):
        super().__init__()
        self.emb = nn.Embedding.from_pretrained(emb_weights, freeze=False, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)
    def forward(self, x):
        return self.fc(self.rnn(self.emb(x))[0][:, -1])
""",
    ),
    (
        "knock81",
        "the vocabulary itself is the argument",
        """
class TextClassifier(nn.Module):
    def __init__(self, word2id, emb_dim, hidden, n_classes):
        super().__init__()
        self.emb = nn.Embedding(len(word2id), emb_dim)
        self.rnn = nn.RNN(emb_dim, hidden, batch_first=True)
        self.fc = nn.Linear(hidden, n_classes)
    def forward(self, x):
        return self.fc(self.rnn(self.emb(x))[0][:, -1])
""",
    ),
    (
        "knock85",
        "one class for all, asked for both directions",
        """
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers, emb_weights=None, bidirectional=False):
        super().__init__()
        self.num_directions = bidirectional + 1
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, num_layers, bidirectional=bidirectional, batch_first=True)
        self.fc = nn.Linear(hidden_size * self.num_directions, output_size)
    def forward(self, x):
        out, h = self.rnn(self.emb(x))
        return self.fc(torch.cat([h[-2], h[-1]], dim=1))
model = RNN(100, 300, 99, 4, 50, 2, bidirectional=True)
""",
    ),
    (
        "knock85",
        "two layers for good",
        """
class BiLSTM(nn.Module):
    def __init__(self, n_vocab, d_emb, n_hidden, n_out, pad_id):
        super().__init__()
        self.emb = nn.Embedding(n_vocab, d_emb, pad_id)
        self.lstm = nn.LSTM(d_emb, n_hidden, num_layers=2, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(2 * n_hidden, n_out)
    def forward(self, x):
        _, (h, _) = self.lstm(self.emb(x))
        return self.fc(torch.cat((h[-1], h[-2]), 1))
""",
    ),
    (
        "knock85",
        "sizes from globals, three readers on one another",
        """
dw, dh, n_vocab, PAD = 30, 20, 50, 49
class RNN(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = torch.nn.Embedding(n_vocab, dw, padding_idx=PAD)
        self.rnn = torch.nn.RNN(dw, dh, num_layers=3, bidirectional=True, batch_first=True)
        self.linear = torch.nn.Linear(2 * dh, 4)
    def forward(self, x, h=None):
        y, h = self.rnn(self.emb(x), h)
        return self.linear(torch.cat([y[:, -1, :dh], y[:, 0, dh:]], dim=1))
""",
    ),
    (
        "knock85",
        "layers before the hidden size, under another name",
        """
class BidirectionalRNN(nn.Module):
    def __init__(self, V, E, n_layers, H, C, dropout):
        super().__init__()
        self.emb = nn.Embedding(V, E)
        self.rnn = nn.GRU(E, H, n_layers, bidirectional=True, batch_first=True, dropout=dropout)
        self.fc = nn.Linear(2 * H, C)
    def forward(self, x):
        _, h = self.rnn(self.emb(x))
        return self.fc(torch.cat([h[-2], h[-1]], -1))
""",
    ),
    (
        "knock86",
        "the most common signature, called by another name",
        """
class TextCNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights, stride, padding, emb_weights=None):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.conv = nn.Conv2d(1, out_channels, (kernel_heights, emb_size), stride, (padding, 0))
        self.drop = nn.Dropout(0.3)
        self.fc = nn.Linear(out_channels, output_size)
    def forward(self, x):
        emb = self.emb(x).unsqueeze(1)
        act = F.relu(self.conv(emb).squeeze(3))
        max_pool = F.max_pool1d(act, act.size()[2])
        return self.fc(self.drop(max_pool.squeeze(2)))
""",
    ),
    (
        "knock86",
        "filters and windows",
        """
class CNN(nn.Module):
    def __init__(self, n_vocab, emb_dim, n_filters, filter_size, n_class, pad_idx):
        super().__init__()
        self.emb = nn.Embedding(n_vocab, emb_dim, pad_idx)
        self.conv = nn.Conv1d(emb_dim, n_filters, filter_size, padding=1)
        self.fc = nn.Linear(n_filters, n_class)
    def forward(self, x):
        x = self.emb(x).permute(0, 2, 1)
        x = torch.tanh(self.conv(x)).max(dim=2)[0]
        return self.fc(x)
""",
    ),
    (
        "knock86",
        "the hidden size is that of the channels, the window stands in the class",
        """
class CnnModel(nn.Module):
    def __init__(self, vocab_size, dw, dh, L):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, dw)
        self.conv = nn.Conv1d(dw, dh, 3, padding=1)
        self.linear = nn.Linear(dh, L)
    def forward(self, x):
        h = F.relu(self.conv(self.embed(x).transpose(1, 2)))
        return F.softmax(self.linear(F.adaptive_max_pool1d(h, 1)[:, :, 0]), dim=-1)
""",
    ),
    (
        "knock86",
        "sizes from globals",
        """
dw, dh, VOCAB, PAD = 40, 30, 60, 59
class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(VOCAB, dw, padding_idx=PAD)
        self.conv = nn.Conv1d(dw, dh, 3, padding=1)
        self.linear = nn.Linear(dh, 4)
    def forward(self, x):
        return self.linear(F.relu(self.conv(self.emb(x).transpose(1, 2))).amax(2))
""",
    ),
    (
        "knock86",
        "the window is a list of one",
        """
class ConvNet(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_classes, num_filters, kernel_sizes=[3]):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, embed_dim)
        self.convs = nn.ModuleList([nn.Conv1d(embed_dim, num_filters, k, padding=1) for k in kernel_sizes])
        self.fc = nn.Linear(num_filters * len(kernel_sizes), num_classes)
    def forward(self, x):
        x = self.emb(x).transpose(1, 2)
        return self.fc(torch.cat([F.relu(c(x)).max(-1).values for c in self.convs], 1))
""",
    ),
]
