"""Right answers to problems 80-89 as different people write them. Each is one cell: (exercise, who, source)."""

from __future__ import annotations

GLOBALS = """
import torch, random, numpy as np
from torch import nn, optim
import torch.nn.functional as F
from collections import defaultdict, Counter
dw, dh, L, PAD, VOCAB = 10, 7, 5, 30, 31
device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
"""

RIGHT: list[tuple[str, str, str]] = [
    (
        "knock80",
        "tokens and a defaultdict",
        """
def build_vocab(titles):
    d = defaultdict(int)
    for tokens in titles:
        for token in tokens:
            d[token] += 1
    d = sorted(d.items(), key=lambda x: x[1], reverse=True)
    return {word: i + 1 for i, (word, cnt) in enumerate(d) if cnt > 1}

def to_ids(words, vocab):
    ids = []
    for w in words:
        ids.append(vocab[w] if w in vocab else 0)
    return ids
""",
    ),
    (
        "knock80",
        "numpy, and zeros for rare words",
        """
def build_vocab(titles):
    words, counts = np.unique(' '.join(titles).split(' '), return_counts=True)
    vocab, rank = {}, 0
    for i in np.argsort(-counts):
        if counts[i] >= 2:
            rank += 1
        vocab[str(words[i])] = rank if counts[i] >= 2 else 0
    return vocab

def to_ids(words, vocab):
    if isinstance(words, str):
        words = words.split()
    return np.array([vocab.get(w, 0) for w in words])
""",
    ),
    (
        "knock80",
        "a title goes in as a string, a string comes out",
        """
import string
def build_vocab(titles):
    table = str.maketrans(string.punctuation, ' ' * len(string.punctuation))
    c = Counter()
    for t in titles:
        c.update(t.translate(table).lower().split())
    return {w: n for n, (w, k) in enumerate([x for x in c.most_common() if x[1] > 1], 1)}

def to_ids(sentence, dic, unk=0):
    return ' '.join(map(str, [dic.get(w, unk) for w in sentence.lower().split()]))
""",
    ),
    (
        "knock81",
        "a class without arguments that reads globals, h optional",
        """
class RNN(nn.Module):
    def __init__(self):
        super(RNN, self).__init__()
        self.emb = nn.Embedding(VOCAB, dw, padding_idx=PAD)
        self.rnn = nn.RNN(dw, dh, batch_first=True)
        self.linear = nn.Linear(dh, L)
        self.softmax = nn.Softmax(dim=1)

    def forward(self, x, h=None):
        x = self.emb(x)
        y, h = self.rnn(x, h)
        y = self.linear(y[:, -1, :])
        return self.softmax(y)
""",
    ),
    (
        "knock81",
        "the first state is handed in",
        """
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, nonlinearity='tanh', batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, x, h0):
        emb = self.emb(x)
        out, hidden = self.rnn(emb, h0)
        return self.fc(out[:, -1, :]), hidden
""",
    ),
    (
        "knock81",
        "packed sequences",
        """
from torch.nn.utils.rnn import pack_padded_sequence
class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.pad = padding_idx
        self.embedding = nn.Embedding(vocab_size, emb_size, padding_idx)
        self.lstm = nn.LSTM(emb_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, x):
        lengths = (x != self.pad).sum(1).cpu()
        packed = pack_padded_sequence(self.embedding(x), lengths, batch_first=True, enforce_sorted=False)
        _, (h, c) = self.lstm(packed)
        return self.out(h[-1])
""",
    ),
    (
        "knock81",
        "time first, and says so",
        """
class RNN(nn.Module):
    batch_first = False   # ids are (T, B)
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.GRU(emb_size, hidden_size)
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, ids):
        states, last = self.rnn(self.emb(ids))
        return F.log_softmax(self.fc(last.squeeze(0)), dim=-1)
""",
    ),
    (
        "knock81",
        "layers with the names that Keras gives them",
        """
class Embedding(nn.Embedding): pass
class Dense(nn.Linear): pass
class SimpleRNN(nn.RNN): pass

class RNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        self.layers = nn.ModuleList([
            Embedding(vocab_size, emb_size), SimpleRNN(emb_size, hidden_size, batch_first=True), Dense(hidden_size, output_size)])

    def call(self, inputs, training=False):
        x = self.layers[0](inputs)
        x = self.layers[1](x)[0][:, -1]
        return self.layers[2](x)

    def forward(self, inputs):
        return self.call(inputs, self.training)
""",
    ),
    (
        "knock81",
        "the formula by hand, one matrix at a time",
        """
class RNN(nn.Module):
    def __init__(self, V, E, pad, Lc, H):
        super().__init__()
        self.E = nn.Embedding(V, E, pad)
        self.Wx = nn.Parameter(torch.randn(E, H) * 0.1)
        self.Wh = nn.Parameter(torch.randn(H, H) * 0.1)
        self.b = nn.Parameter(torch.zeros(H))
        self.Wy = nn.Parameter(torch.randn(H, Lc) * 0.1)
        self.by = nn.Parameter(torch.zeros(Lc))

    def forward(self, x):
        h = torch.zeros(x.size(0), self.b.size(0), device=x.device)
        for t in range(x.size(1)):
            h = torch.tanh(self.E(x[:, t]) @ self.Wx + h @ self.Wh + self.b)
        return h @ self.Wy + self.by
""",
    ),
    (
        "knock81",
        "a function that builds it, lengths wanted",
        """
class Reader(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        v, e, p, o, h = sizes
        self.embed, self.cell, self.head = nn.Embedding(v, e, p), nn.RNN(e, h, batch_first=True), nn.Sequential(nn.Linear(h, o))
    def forward(self, ids, lengths):
        states = self.cell(self.embed(ids))[0]
        return self.head(states[torch.arange(len(ids)), lengths - 1])

def RNN(vocab_size, emb_size, padding_idx, output_size, hidden_size):
    return Reader((vocab_size, emb_size, padding_idx, output_size, hidden_size))
""",
    ),
    (
        "knock82",
        "plain loops, NLL loss, rows of numbers",
        """
def calc(model, data):
    model.eval()
    loss, ok = 0, 0
    with torch.no_grad():
        for x, y in data:
            out = F.log_softmax(model(x.unsqueeze(0)), dim=1)
            loss += F.nll_loss(out, torch.tensor([y])).item()
            ok += int(out.argmax(1).item() == y)
    return loss / len(data), ok / len(data)

def train(model, train_data, valid_data, num_epochs, learning_rate):
    opt = optim.SGD(model.parameters(), lr=learning_rate)
    log = []
    for epoch in range(num_epochs):
        model.train()
        for x, y in random.sample(list(train_data), len(train_data)):
            opt.zero_grad()
            F.nll_loss(F.log_softmax(model(x.unsqueeze(0)), dim=1), torch.tensor([y])).backward()
            opt.step()
        (tl, ta), (vl, va) = calc(model, train_data), calc(model, valid_data)
        print(f'epoch {epoch}: {tl} {ta} {vl} {va}')
        log.append([tl, ta, vl, va])
    return log
""",
    ),
    (
        "knock82",
        "a trainer class behind a function, nested dicts, percent",
        """
from torch.utils.data import DataLoader
class Trainer:
    def __init__(self, model, criterion, optimizer):
        self.model, self.criterion, self.optimizer = model, criterion, optimizer
        self.log = {'train': {'loss': [], 'acc': []}, 'val': {'loss': [], 'acc': []}}
    def run(self, loader, phase):
        self.model.train(phase == 'train')
        total, correct, n = 0.0, 0, 0
        for x, y in loader:
            with torch.set_grad_enabled(phase == 'train'):
                out = self.model(x)
                loss = self.criterion(out, y)
                if phase == 'train':
                    self.model.zero_grad()
                    loss.backward()
                    self.optimizer.step()
            total += loss.item() * x.size(0); n += x.size(0)
            correct += torch.sum(out.argmax(1) == y).item()
        self.log[phase]['loss'].append(total / n)
        self.log[phase]['acc'].append(100.0 * correct / n)

def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    t = Trainer(model, nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=lr))
    for _ in range(epochs):
        t.run(DataLoader(train_set, batch_size=batch_size, shuffle=True), 'train')
        t.run(DataLoader(valid_set, batch_size=batch_size), 'val')
    return t.log
""",
    ),
    (
        "knock82",
        "four lists, updates by hand with momentum",
        """
def batches(data, n):
    for i in range(0, len(data), n):
        part = data[i:i + n]
        yield torch.stack([p[0] for p in part]), torch.LongTensor([p[1] for p in part])

@torch.no_grad()
def score(model, data, n):
    model.eval()
    loss = acc = 0
    for x, y in batches(data, n):
        out = model(x)
        loss += F.cross_entropy(out, y, reduction='sum').item()
        acc += (out.max(1)[1] == y).sum().item()
    return loss / len(data), acc / len(data)

def train(model, train_set, valid_set, epochs, lr, batch_size=1):
    velocity = [torch.zeros_like(p) for p in model.parameters()]
    a, b, c, d = [], [], [], []
    for _ in range(epochs):
        model.train()
        for x, y in batches(train_set, batch_size):
            grads = torch.autograd.grad(F.cross_entropy(model(x), y), list(model.parameters()))
            with torch.no_grad():
                for p, v, g in zip(model.parameters(), velocity, grads):
                    v.mul_(0.9).add_(g)
                    p.sub_(lr * v)
        for (l, acc), (xs, ys) in ((score(model, train_set, batch_size), (a, b)), (score(model, valid_set, batch_size), (c, d))):
            xs.append(l); ys.append(acc)
    return a, c, b, d
""",
    ),
    (
        "knock83",
        "sorted by length, lengths returned, train defined anew",
        """
from torch.utils.data import DataLoader
def collate(batch):
    batch = sorted(batch, key=lambda b: len(b[0]), reverse=True)
    lengths = torch.tensor([len(x) for x, _ in batch])
    ids = nn.utils.rnn.pad_sequence([x for x, _ in batch], batch_first=True, padding_value=99999)
    return ids, torch.tensor([y for _, y in batch]), lengths

def measure(model, loader, device):
    model.eval()
    n = loss = hit = 0
    with torch.inference_mode():
        for x, y, _ in loader:
            x, y = x.to(device), y.to(device)
            out = model(x)
            loss += nn.CrossEntropyLoss(reduction='sum')(out, y).item(); hit += (out.argmax(-1) == y).sum().item(); n += len(y)
    return {'loss': loss / n, 'accuracy': hit / n}

def train(model, train_set, valid_set, epochs, lr, batch_size=1, device=None):
    device = torch.device(device or ('cuda' if torch.cuda.is_available() else 'cpu'))
    model = model.to(device)
    opt = torch.optim.SGD(model.parameters(), lr)
    result = []
    for e in range(epochs):
        model.train()
        for x, y, _ in DataLoader(train_set, batch_size, shuffle=True, collate_fn=collate):
            opt.zero_grad(set_to_none=True)
            nn.functional.cross_entropy(model(x.to(device)), y.to(device)).backward()
            opt.step()
        result.append({'epoch': e, **{f'train_{k}': v for k, v in measure(model, DataLoader(train_set, batch_size, collate_fn=collate), device).items()},
                       **{f'valid_{k}': v for k, v in measure(model, DataLoader(valid_set, batch_size, collate_fn=collate), device).items()}})
    return result
""",
    ),
    (
        "knock83",
        "a dict of numpy arrays turned to tensors, no device argument",
        """
def collate(batch):
    longest = max(len(x) for x, _ in batch)
    ids = np.zeros((len(batch), longest), dtype=np.int64)
    for i, (x, _) in enumerate(batch):
        ids[i, :len(x)] = x.numpy()
    return {'inputs': torch.from_numpy(ids), 'labels': torch.LongTensor([y for _, y in batch])}

def go(model, data, batch_size, opt=None):
    model.train() if opt else model.eval()
    order = random.sample(range(len(data)), len(data)) if opt else range(len(data))
    s = c = 0
    for i in range(0, len(data), batch_size):
        b = collate([data[j] for j in list(order)[i:i + batch_size]])
        with torch.set_grad_enabled(opt is not None):
            out = model(b['inputs']); loss = F.cross_entropy(out, b['labels'])
        if opt:
            opt.zero_grad(); loss.backward(); opt.step()
        s += float(loss) * len(out); c += int((out.argmax(1) == b['labels']).sum())
    return s / len(data), c / len(data)

def train_batches(model, train_set, valid_set, epochs, lr, batch_size):
    opt = optim.SGD(model.parameters(), lr=lr)
    h = {'loss': [], 'accuracy': [], 'val_loss': [], 'val_accuracy': []}
    for _ in range(epochs):
        for names, numbers in ((('loss', 'accuracy'), go(model, train_set, batch_size, opt)), (('val_loss', 'val_accuracy'), go(model, valid_set, batch_size))):
            for k, v in zip(names, numbers):
                h[k].append(v)
    return h
""",
    ),
    (
        "knock84",
        "try and except, a numpy matrix with a row for the padding",
        """
def init_embedding(vocab, vectors, dim):
    weights = np.zeros((len(vocab) + 2, dim), dtype=np.float32)
    for word, i in vocab.items():
        try:
            weights[i] = vectors[word]
        except KeyError:
            weights[i] = np.random.normal(scale=0.4, size=(dim,))
    return weights
""",
    ),
    (
        "knock84",
        "gensim's names, a Parameter",
        """
def init_embedding(vocab, model, dim=300):
    rows = [torch.zeros(dim)]
    for word in sorted(vocab, key=vocab.get):
        rows.append(torch.tensor(model.get_vector(word)) if word in model.key_to_index else torch.rand(dim) - 0.5)
    return nn.Parameter(torch.stack(rows))
""",
    ),
    (
        "knock85",
        "two LSTM layers, unpacked, states reordered",
        """
class BiRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers, dropout=0.3):
        super().__init__()
        self.num_layers, self.hidden = num_layers, hidden_size
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.LSTM(emb_size, hidden_size, num_layers, batch_first=True, bidirectional=True, dropout=dropout)
        self.fc = nn.Linear(hidden_size * 2, output_size)

    def forward(self, x):
        out, (h, c) = self.rnn(self.emb(x))
        h = h.view(self.num_layers, 2, x.size(0), self.hidden)
        return self.fc(torch.cat((h[-1, 0], h[-1, 1]), dim=-1))
""",
    ),
    (
        "knock85",
        "globals, time first inside",
        """
class BiRNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(VOCAB, dw, padding_idx=PAD)
        self.rnn = nn.RNN(dw, dh, num_layers=2, bidirectional=True)
        self.fc = nn.Linear(2 * dh, L)
    def forward(self, x, h=None):
        y, h = self.rnn(self.emb(x.t()), h)
        return torch.log_softmax(self.fc(torch.cat([y[-1, :, :dh], y[0, :, dh:]], 1)), 1)
""",
    ),
    (
        "knock85",
        "GRU, gathered by length",
        """
class BiRNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers=1):
        super().__init__()
        self.pad, self.h = padding_idx, hidden_size
        self.e = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.g = nn.GRU(emb_size, hidden_size, num_layers, bidirectional=True, batch_first=True)
        self.o = nn.Linear(2 * hidden_size, output_size)
    def forward(self, x):
        last = (x != self.pad).sum(1) - 1
        y, _ = self.g(self.e(x))
        forward = y[torch.arange(len(x)), last, :self.h]
        return self.o(torch.cat([forward, y[:, 0, self.h:]], dim=1))
""",
    ),
    (
        "knock86",
        "Conv2d over (time, embedding)",
        """
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1, emb_weights=None):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx) if emb_weights is None else nn.Embedding.from_pretrained(emb_weights)
        self.conv = nn.Conv2d(1, out_channels, (kernel_heights, emb_size), stride, (padding, 0))
        self.drop = nn.Dropout(0.3)
        self.fc = nn.Linear(out_channels, output_size)

    def forward(self, x):
        emb = self.emb(x).unsqueeze(1)
        conv = self.conv(emb)
        act = F.relu(conv.squeeze(3))
        max_pool = F.max_pool1d(act, act.size()[2])
        return self.fc(self.drop(max_pool.squeeze(2)))
""",
    ),
    (
        "knock86",
        "globals and tanh",
        """
class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(VOCAB, dw, padding_idx=PAD)
        self.conv = nn.Conv1d(dw, dh, 3, padding=1)
        self.pool = nn.AdaptiveMaxPool1d(1)
        self.fc = nn.Linear(dh, L)
    def forward(self, x):
        x = self.emb(x).permute(0, 2, 1)
        x = torch.tanh(self.conv(x))
        return torch.softmax(self.fc(self.pool(x)[:, :, 0]), dim=-1)
""",
    ),
    (
        "knock86",
        "windows and a linear layer",
        """
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1):
        super().__init__()
        self.k, self.s, self.p = kernel_heights, stride, padding
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.w = nn.Linear(kernel_heights * emb_size, out_channels)
        self.y = nn.Linear(out_channels, output_size)

    def forward(self, x):
        e = F.pad(self.emb(x), (0, 0, self.p, self.p))
        best = None
        for t in range(0, e.size(1) - self.k + 1, self.s):
            p = F.relu(self.w(e[:, t:t + self.k].reshape(len(x), -1)))
            best = p if best is None else torch.maximum(best, p)
        return self.y(best)
""",
    ),
    (
        "knock87",
        "no function: the classes and train of before",
        """
class CNN(nn.Module):
    def __init__(self, vocab_size, emb_size, padding_idx, output_size, out_channels):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.conv = nn.Conv1d(emb_size, out_channels, 3, padding=1)
        self.fc = nn.Linear(out_channels, output_size)
    def forward(self, x):
        return self.fc(F.relu(self.conv(self.emb(x).transpose(1, 2))).max(dim=2).values)
del fit_cnn
""",
    ),
    (
        "knock87",
        "its own loop, seeded, history first",
        """
def fit_cnn(train_set, valid_set, vocab_size, output_size, epochs, lr, batch_size=32, device=None):
    torch.manual_seed(42)
    net = CNN(vocab_size, 50, vocab_size - 1, output_size, 60, 2, 1, 1)
    opt = optim.SGD(net.parameters(), lr=lr, momentum=0.5)
    log = {'train_loss': [], 'train_acc': [], 'valid_loss': [], 'valid_acc': []}
    def look(data):
        net.eval()
        with torch.no_grad():
            out = torch.cat([net(x[None]) for x, _ in data]); y = torch.tensor([y for _, y in data])
            return F.cross_entropy(out, y).item(), (out.argmax(1) == y).float().mean().item()
    for _ in range(epochs):
        net.train()
        for i in torch.randperm(len(train_set)).tolist():
            x, y = train_set[i]
            opt.zero_grad(); F.cross_entropy(net(x[None]), torch.tensor([y])).backward(); opt.step()
        for name, data in (('train', train_set), ('valid', valid_set)):
            l, a = look(data); log[name + '_loss'].append(l); log[name + '_acc'].append(a)
    return log, net
""",
    ),
    (
        "knock88",
        "nested loops, rows like a table",
        """
import itertools
def tune(fit, accuracy, space, trials):
    rows = []
    for values in itertools.product(*space.values()):
        params = dict(zip(space.keys(), values))
        rows.append({'params': params, 'val_acc': accuracy(fit(params), 'valid')})
    rows.sort(key=lambda r: r['val_acc'], reverse=True)
    return rows[0]['params'], rows
""",
    ),
    (
        "knock88",
        "a study like Optuna's",
        """
class Study:
    def __init__(self): self.trials = []
    def optimize(self, objective, n):
        for _ in range(n):
            self.trials.append(objective())
def tune(fit, accuracy, space, trials=10):
    study = Study()
    def objective():
        p = {k: random.choice(v) for k, v in space.items()}
        return 100 * accuracy(fit(p), 'valid'), p
    study.optimize(objective, trials)
    best = max(study.trials, key=lambda t: t[0])
    return best[1], study.trials
""",
    ),
    (
        "knock89",
        "batch_encode_plus, the pooler, dropout",
        """
def encode(tokenizer, titles):
    enc = tokenizer.batch_encode_plus(titles, padding=True, truncation=True, max_length=32, return_tensors='pt')
    return enc['input_ids'], enc['attention_mask']

class BertClassifier(nn.Module):
    def __init__(self, bert, num_labels, drop_rate=0.4):
        super().__init__()
        self.bert = bert
        self.drop = nn.Dropout(drop_rate)
        self.fc = nn.Linear(bert.config.hidden_size, num_labels)
    def forward(self, ids, mask):
        _, out = self.bert(ids, attention_mask=mask, return_dict=False)
        return self.fc(self.drop(out))

def fine_tune(model, tokenizer, train_set, valid_set, epochs, lr, batch_size, device='cpu'):
    opt = optim.AdamW(params=model.parameters(), lr=lr)
    log = []
    def score(data):
        model.eval()
        with torch.no_grad():
            out = model(*encode(tokenizer, [t for t, _ in data])); y = torch.tensor([y for _, y in data])
        return [nn.CrossEntropyLoss()(out, y).item(), (out.argmax(1) == y).sum().item() / len(y)]
    for _ in range(epochs):
        model.train()
        for i in range(0, len(train_set), batch_size):
            part = train_set[i:i + batch_size]
            opt.zero_grad()
            nn.CrossEntropyLoss()(model(*encode(tokenizer, [t for t, _ in part])), torch.tensor([y for _, y in part])).backward()
            opt.step()
        log.append(score(train_set) + score(valid_set))
    return np.array(log)
""",
    ),
    (
        "knock89",
        "mean pooling, log-probabilities, tokenizer called as it is",
        """
def encode(tok, texts):
    return tok(list(texts), padding='longest', return_tensors='pt')

class BertClassifier(nn.Module):
    def __init__(self, encoder, output_size):
        super().__init__()
        self.encoder, self.head = encoder, nn.Linear(encoder.config.hidden_size, output_size)
    def forward(self, input_ids, attention_mask=None):
        h = self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0]
        m = attention_mask.unsqueeze(-1).type_as(h)
        return F.log_softmax(self.head((h * m).sum(1) / m.sum(1)), dim=-1)

def fine_tune(model, tok, train, valid, epochs, lr, batch_size, device):
    model.to(device)
    opt = optim.Adam(model.parameters(), lr)
    hist = {k: [] for k in ('loss', 'acc', 'val_loss', 'val_acc')}
    def step(data, learn):
        model.train(learn); tot = ok = 0
        for i in range(0, len(data), batch_size):
            part = data[i:i + batch_size]
            e = encode(tok, [t for t, _ in part]).to(device); y = torch.tensor([l for _, l in part], device=device)
            with torch.set_grad_enabled(learn):
                out = model(e['input_ids'], e['attention_mask']); loss = F.nll_loss(out, y)
            if learn:
                opt.zero_grad(); loss.backward(); opt.step()
            tot += loss.item() * len(y); ok += (out.argmax(1) == y).sum().item()
        return tot / len(data), ok / len(data)
    for _ in range(epochs):
        for prefix, data in (('', train), ('val_', valid)):
            l, a = step(data, prefix == ''); hist[prefix + 'loss'].append(l); hist[prefix + 'acc'].append(a)
    return hist
""",
    ),
]
