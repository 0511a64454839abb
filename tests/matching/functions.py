"""Functions for 80, 82, 83, 84, 87 and 89 as people write them: (exercise, who, cells of that section)."""

from __future__ import annotations

# The loop that half of all public answers descend from: data, criterion and optimizer are handed in.
DATASET = """
class CreateDataset(Dataset):
    def __init__(self, X, y):
        self.X, self.y = X, y
    def __len__(self):
        return len(self.y)
    def __getitem__(self, i):
        return {'inputs': self.X[i], 'labels': self.y[i]}
"""
BLOG = """
def calculate_loss_and_accuracy(model, dataset, device=None, criterion=None):
    dataloader = DataLoader(dataset, batch_size=1, shuffle=False)
    loss, total, correct = 0.0, 0, 0
    model.eval()
    with torch.no_grad():
        for data in dataloader:
            inputs = data['inputs'].to(device)
            labels = data['labels'].to(device)
            outputs = model(inputs)
            if criterion != None:
                loss += criterion(outputs, labels).item()
            pred = torch.argmax(outputs, dim=-1)
            total += len(inputs)
            correct += (pred == labels).sum().item()
    return loss / len(dataset), correct / total

def train_model(dataset_train, dataset_valid, batch_size, model, criterion, optimizer, num_epochs, collate_fn=None, device=None):
    model.to(device)
    dataloader_train = DataLoader(dataset_train, batch_size=batch_size, shuffle=True, collate_fn=collate_fn)
    log_train, log_valid = [], []
    for epoch in range(num_epochs):
        model.train()
        for data in dataloader_train:
            optimizer.zero_grad()
            inputs = data['inputs'].to(device)
            labels = data['labels'].to(device)
            outputs = model(inputs)
            loss = criterion(outputs, labels)
            loss.backward()
            optimizer.step()
        loss_train, acc_train = calculate_loss_and_accuracy(model, dataset_train, device, criterion=criterion)
        loss_valid, acc_valid = calculate_loss_and_accuracy(model, dataset_valid, device, criterion=criterion)
        log_train.append([loss_train, acc_train])
        log_valid.append([loss_valid, acc_valid])
        print(f'epoch: {epoch + 1}, loss_train: {loss_train:.4f}')
    return {'train': log_train, 'valid': log_valid}
"""
# The short last batch counted as a full one: right for the one title at a time that 82 asks for.
FULL_BATCHES = (
    BLOG.replace("model, dataset, device=None", "model, dataloader, device=None")
    .replace("    dataloader = DataLoader(dataset, batch_size=1, shuffle=False)\n", "")
    .replace(
        "loss / len(dataset), correct / total",
        "loss / len(dataloader), correct / (dataloader.batch_size * len(dataloader))",
    )
    .replace("model, dataset_train, device, crit", "model, dataloader_train, device, crit")
    .replace("model, dataset_valid, device, crit", "model, DataLoader(dataset_valid, batch_size=1), device, crit")
)
# Both phases in one loop, loaders and sizes by phase from outside, and at the end the best parameters again.
PHASES = """
import copy
device = torch.device('cpu')
def fit_model(model, criterion, optimizer, scheduler, num_epochs=10):
    best, top = copy.deepcopy(model.state_dict()), 0.0
    for epoch in range(num_epochs):
        for phase in ['train', 'val']:
            model.train(phase == 'train')
            loss_sum, hits = 0.0, 0
            for x, y in dataloaders[phase]:
                x, y = x.to(device), y.to(device)
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase == 'train'):
                    scores = model(x)
                    loss = criterion(scores, y)
                    if phase == 'train':
                        loss.backward()
                        optimizer.step()
                loss_sum += loss.item() * len(x)
                hits += (scores.argmax(1) == y).sum()
            if phase == 'train':
                scheduler.step()
            phase_loss, phase_acc = loss_sum / dataset_sizes[phase], hits.double() / dataset_sizes[phase]
            print(f'{phase} Loss: {phase_loss:.4f} Acc: {phase_acc:.4f}')
            if phase == 'val' and phase_acc > top:
                best, top = copy.deepcopy(model.state_dict()), phase_acc
    print(f'best val acc: {top:.4f}')
    model.load_state_dict(best)
    return model
"""
# The same with what it measures kept and given back, the loaders handed in, and no schedule.
PHASES_KEPT = (
    PHASES.replace("model, criterion, optimizer, scheduler", "model, dataloaders_dict, criterion, optimizer")
    .replace("            if phase == 'train':\n                scheduler.step()\n", "")
    .replace("dataset_sizes[phase]", "len(dataloaders[phase].dataset)")
    .replace("dataloaders[phase]", "dataloaders_dict[phase]")
    .replace("'val'", "'valid'")
    .replace("    for epoch", "    kept = {'train': [], 'valid': []}\n    for epoch")
    .replace(
        "            print(f'{phase} Loss",
        "            kept[phase].append((phase_loss, phase_acc))\n            print(f'{phase} Loss",
    )
    .replace("return model", "return kept")
)
PADSEQUENCE = """
class Padsequence():
    def __init__(self, padding_idx):
        self.padding_idx = padding_idx
    def __call__(self, batch):
        sorted_batch = sorted(batch, key=lambda x: x['inputs'].shape[0], reverse=True)
        sequences = [x['inputs'] for x in sorted_batch]
        sequences_padded = torch.nn.utils.rnn.pad_sequence(sequences, batch_first=True, padding_value=self.padding_idx)
        labels = torch.LongTensor([x['labels'] for x in sorted_batch])
        return {'inputs': sequences_padded, 'labels': labels}
PADDING_IDX = 99
def main():
    return train_model(dataset_train, dataset_valid, 32, model, criterion, optimizer, 10, collate_fn=Padsequence(PADDING_IDX), device=device)
"""

RIGHT: list[tuple[str, str, str]] = [
    (
        "knock80",
        "a dict of counts under another name, ids by a dict in the default",
        """
def make_word2id(train_titles):
    d = defaultdict(int)
    for text in train_titles:
        for word in text.split():
            d[word] += 1
    d = sorted(d.items(), key=lambda x: x[1], reverse=True)
    return {word: i + 1 for i, (word, cnt) in enumerate(d) if cnt > 1}
word2id = make_word2id(['a b a', 'b c'])
def tokenizer(text, word2id=word2id, unk=0):
    return [word2id.get(word, unk) for word in text.split()]
""",
    ),
    (
        "knock80",
        "ids by a global defaultdict, tokens",
        """
def get_vocab(sentences):
    c = Counter(w for s in sentences for w in s.split())
    v = defaultdict(int)
    for i, (w, n) in enumerate(c.most_common(), 1):
        if n >= 2:
            v[w] = i
    return v
word_dict = get_vocab(['a b a', 'b c'])
def get_id(sentence):
    r = []
    for word in sentence:
        r.append(word_dict[word])
    return r
""",
    ),
    (
        "knock80",
        "both directions returned, the dict first among the arguments",
        """
def create_dict(corpus, min_count=2):
    words = [w for line in corpus for w in line.split()]
    freq = [(w, n) for w, n in Counter(words).most_common() if n >= min_count]
    word_to_id = {w: i for i, (w, _) in enumerate(freq, 1)}
    id_to_word = {i: w for w, i in word_to_id.items()}
    return word_to_id, id_to_word
def sentence_to_ids(word_to_id, sentence):
    return torch.tensor([word_to_id.get(w, 0) for w in sentence.split()])
""",
    ),
    ("knock82", "the most common loop", DATASET + BLOG),
    ("knock82", "both phases in one loop", PHASES),
    ("knock82", "both phases in one loop, the loaders handed in", PHASES_KEPT),
    ("knock82", "the short last batch counted as a full one", DATASET + FULL_BATCHES),
    (
        "knock82",
        "train, but the data come first; a variable called train is the data",
        """
def fit(train_data, valid_data, net, n_epochs, eta):
    opt = torch.optim.SGD(net.parameters(), lr=eta)
    loss_fn = nn.CrossEntropyLoss()
    def measure(data):
        net.eval()
        with torch.no_grad():
            outs = [(net(x[None]), torch.tensor([y])) for x, y in data]
        return sum(loss_fn(o, y).item() for o, y in outs) / len(data), sum((o.argmax(1) == y).item() for o, y in outs) / len(data)
    hist = {'train_loss': [], 'train_acc': [], 'valid_loss': [], 'valid_acc': []}
    for _ in range(n_epochs):
        net.train()
        for x, y in train_data:
            opt.zero_grad()
            loss_fn(net(x[None]), torch.tensor([y])).backward()
            opt.step()
        for name, data in (('train', train_data), ('valid', valid_data)):
            l, a = measure(data)
            hist[name + '_loss'].append(l)
            hist[name + '_acc'].append(a)
    return hist
train = [1, 2, 3]
""",
    ),
    (
        "knock82",
        "loaders are handed in",
        """
def run_epoch(model, loader, criterion, optimizer=None):
    model.train(optimizer is not None)
    total = hits = n = 0
    with torch.set_grad_enabled(optimizer is not None):
        for x, y in loader:
            out = model(x)
            loss = criterion(out, y)
            if optimizer is not None:
                optimizer.zero_grad(); loss.backward(); optimizer.step()
            total += loss.item() * len(y); hits += (out.argmax(1) == y).sum().item(); n += len(y)
    return total / n, hits / n
def train_loop(model, train_loader, valid_loader, criterion, optimizer, epochs):
    history = []
    for _ in range(epochs):
        run_epoch(model, train_loader, criterion, optimizer)
        history.append((*run_epoch(model, train_loader, criterion), *run_epoch(model, valid_loader, criterion)))
    return history
""",
    ),
    ("knock83", "the most common batches", DATASET + BLOG + PADSEQUENCE),
    (
        "knock84",
        "the matrix under another name, the vectors first",
        """
def make_embedding_matrix(wv, word2id, emb_size):
    W = np.zeros((len(word2id) + 1, emb_size), dtype=np.float32)
    for w, i in word2id.items():
        if w in wv:
            W[i] = wv[w]
    return torch.from_numpy(W)
""",
    ),
]
