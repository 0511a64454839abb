"""Answers that stand in no function: loops and statements at the top level, run again with the judge's model and data."""

from __future__ import annotations

import pytest

from grader.model import ExerciseReport, Outcome
from tests.matching.people import graded

# 40 titles as ids of one length, with labels, and a model that reads its sizes from globals.
DATA = """
from torch.utils.data import TensorDataset
V, E, H, C, LEN = 60, 8, 6, 4, 5
train_ids, train_y = torch.randint(1, V - 1, (40, LEN)), torch.randint(0, C, (40,))
dev_ids, dev_y = torch.randint(1, V - 1, (12, LEN)), torch.randint(0, C, (12,))
class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.rnn, self.out = nn.Embedding(V, E), nn.GRU(E, H, batch_first=True), nn.Linear(H, C)
    def forward(self, x, h=None):
        return self.out(self.rnn(self.emb(x), h)[0][:, -1])
def rate(scores, gold):
    return (scores.argmax(dim=1) == gold).float().mean().item()
"""
LOOP = """
net = Classifier()
batches = DataLoader(TensorDataset(train_ids, train_y), batch_size=SIZE, shuffle=True)
measure = nn.CrossEntropyLoss()
opt = optim.SGD(net.parameters(), lr=0.05)
for epoch in range(1, 4):
    net.train()
    for ids, gold in batches:
        opt.zero_grad()
        error = measure(net(ids), gold)
        error.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        scores, dev_scores = net(train_ids), net(dev_ids)
        print(f"{epoch} train loss {measure(scores, train_y).item()} acc {rate(scores, train_y)}")
        print(f"  dev loss {measure(dev_scores, dev_y)} acc {rate(dev_scores, dev_y)}")
"""
ALONE = LOOP.replace("SIZE", "1")


def outcomes(report: ExerciseReport) -> set[Outcome]:
    return {found.outcome for found in report.findings}


def named(report: ExerciseReport) -> set[str]:
    return {found.misconception.id for found in report.findings if found.misconception}


def test_a_loop_at_the_top_level_is_judged() -> None:
    """A right training loop that stands in no function and prints its four numbers earns everything."""
    report = graded("knock82", (None, DATA), ("knock82", ALONE))
    assert outcomes(report) == {Outcome.PASSED}
    assert any("run again" in text.en for text in report.assumptions)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("        opt.zero_grad()\n", "", "zero_grad_forgotten"),
        ("optim.SGD", "optim.Adam", "adam"),
    ],
)
def test_mistakes_of_a_loop_have_their_names(old: str, new: str, mistake: str) -> None:
    """What is wrong in a loop at the top level goes by the same name as in a function."""
    report = graded("knock82", (None, DATA), ("knock82", ALONE.replace(old, new)))
    assert mistake in named(report)


@pytest.mark.slow
def test_a_mode_is_a_mistake_where_the_model_knows_two() -> None:
    """Without net.eval() a model with dropout is measured wrongly; one without it is not, and that is advice."""
    awake = ALONE.replace("    net.eval()\n", "")
    drops = DATA.replace("nn.Linear(H, C)\n", "nn.Linear(H, C)\n        self.drop = nn.Dropout(0.3)\n")
    drops = drops.replace("self.rnn(self.emb(x), h)", "self.rnn(self.drop(self.emb(x)), h)")
    assert outcomes(graded("knock82", (None, drops), ("knock82", ALONE))) == {Outcome.PASSED}
    assert named(graded("knock82", (None, drops), ("knock82", awake))) == {"eval_forgotten"}
    report = graded("knock82", (None, DATA), ("knock82", awake))
    assert outcomes(report) == {Outcome.PASSED}
    assert any("training mode" in told.en for f in report.findings for told in f.advice)


@pytest.mark.slow
def test_what_is_not_shown_is_said_to_be_missing() -> None:
    """A loop that shows only two of the four series lacks the others: said, and for a person, as prints may be misread."""
    shown = "\n".join(line for line in ALONE.split("\n") if "dev loss" not in line)
    report = graded("knock82", (None, DATA), ("knock82", shown))
    found = {f.check: f for f in report.findings}
    assert found["returns_the_history"].outcome is Outcome.NEEDS_REVIEW
    assert "does not hold the loss on the validation data" in str(found["returns_the_history"].rationale)
    assert Outcome.PASSED not in {found[name].outcome for name in ("averages_are_true", "history_follows_the_model")}
    assert found["one_step_of_sgd"].outcome is Outcome.PASSED


@pytest.mark.slow
def test_lists_kept_by_a_loop_are_read() -> None:
    """Numbers that are appended to lists under a name are as good as printed ones."""
    kept = ALONE.replace(
        "    with torch.no_grad():\n", "    with torch.no_grad():\n        pass\n    with torch.no_grad():\n", 1
    )
    kept = "log = {'train': [], 'dev': []}\n" + "\n".join(line for line in kept.split("\n") if "print" not in line)
    kept += """
        log['train'].append((measure(scores, train_y).item(), rate(scores, train_y)))
        log['dev'].append((measure(dev_scores, dev_y).item(), rate(dev_scores, dev_y)))
"""
    report = graded("knock82", (None, DATA), ("knock82", kept.replace("(measure(", "(loss_of(").replace("rate(", "acc_of(").replace(
        "log = ", "acc_of = rate\ndef loss_of(a, b):\n    return measure(a, b)\nlog = ")))  # fmt: skip
    assert Outcome.CRASHED not in outcomes(report)
    assert named(report) == set()


@pytest.mark.slow
def test_batches_and_a_function_that_only_pads() -> None:
    """A function that fills up lists of ids counts as the one that makes batches; the loop is run with batches."""
    pads = """
FILL = V + 5
def same_length(rows, longest):
    return torch.tensor([row[:longest] + [FILL] * (longest - len(row)) for row in rows])
train_ids = same_length([row.tolist() for row in train_ids], LEN)
"""
    report = graded("knock83", (None, DATA), ("knock83", pads + LOOP.replace("SIZE", "16").replace(
        "net = Classifier()", "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\nnet = Classifier().to(device)"
    )))  # fmt: skip
    assert outcomes(report) == {Outcome.PASSED}


TITLES = """
lines = [f"b\\tw{n % 17} w{n % 13} w{n % 11} once{n}" for n in range(160)]
titles = [line.split("\\t")[1] for line in lines]
counter = Counter()
for title in titles:
    for word in title.split():
        counter[word] += 1
number = {}
for place, (word, times) in enumerate(counter.most_common()):
    if times > 1:
        number[word] = place + 1
def numbers(text):
    return [number.get(word, 0) for word in text.split()]
print(numbers(titles[0]))
"""


def test_a_vocabulary_at_the_top_level_is_judged() -> None:
    """Statements that count and rank are run again with the judge's titles."""
    assert outcomes(graded("knock80", ("knock80", TITLES))) == {Outcome.PASSED}


def test_mistakes_of_a_vocabulary_have_their_names() -> None:
    """Ranks from 0 are named where no function gives them."""
    assert "ranks_from_zero" in named(graded("knock80", ("knock80", TITLES.replace("place + 1", "place"))))


TABLE = """
class Vectors(dict):
    def __init__(self, words):
        super().__init__((word, np.random.randn(300).astype("float32")) for word in words)
        self.key_to_index = {word: i for i, word in enumerate(words)}
        self.vectors = np.stack(list(self.values()))
vectors = Vectors(sorted(number))
"""
FILLED = """
size = len(number) + 1
matrix = np.zeros((size, 300), dtype=np.float32)
for place, word in enumerate(number):
    if word in vectors:
        matrix[place + 1] = vectors[word]
"""
MORE = "number |= {f'x{n}': len(number) + 1 + n for n in range(30)}\n"


@pytest.mark.slow
def test_a_table_of_vectors_at_the_top_level_is_judged() -> None:
    """Statements that fill a table row by row are run again with the judge's words and vectors."""
    filled = FILLED.replace("300), ", "dim), ").replace("size = ", "dim = 300\nsize = ").replace(
        "for place, word in enumerate(number):", "for word, place in number.items():").replace("[place + 1]", "[place]")  # fmt: skip
    report = graded("knock84", ("knock80", TITLES + MORE), (None, TABLE), ("knock84", filled))
    assert outcomes(report) == {Outcome.PASSED}


def test_rows_that_are_off_by_one_are_named() -> None:
    """A table filled from row 0 for the word with the id 1 has that mistake's name."""
    filled = (
        FILLED.replace("300), ", "dim), ").replace("size = ", "dim = 300\nsize = ").replace("[place + 1]", "[place]")
    )
    report = graded("knock84", ("knock80", TITLES + MORE), (None, TABLE), ("knock84", filled))
    assert "one_row_off" in named(report)


def test_what_could_not_run_here_is_no_crash() -> None:
    """A class that reads what a cell with an absent package should have made is a person's to look at."""
    reads = "import a_package_nobody_has\nwords_known = a_package_nobody_has.count(5)"
    model = "class RNN(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.e = nn.Embedding(words_known, 3)\n        self.r = nn.RNN(3, 2)\n        self.o = nn.Linear(2, 4)\n    def forward(self, x):\n        return self.o(self.r(self.e(x))[0][:, -1])"  # fmt: skip
    report = graded("knock81", ("knock80", reads), ("knock81", model))
    assert outcomes(report) == {Outcome.NEEDS_REVIEW}


def test_data_of_that_name_are_no_function() -> None:
    """A file's name in a variable called train is no wrong answer to an exercise that was left out."""
    report = graded("knock82", ("knock80", "train = '../data/train.txt'"))
    assert outcomes(report) == {Outcome.MISSING}


HALF = """
def train_epoch(model, loader, optimizer, criterion):
    model.train()
    total = 0.0
    for ids, gold in loader:
        optimizer.zero_grad()
        loss = criterion(model(ids), gold)
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)
"""


@pytest.mark.slow
def test_half_a_training_is_not_taken_for_the_whole() -> None:
    """A function that trains for one epoch, with the loop over epochs not run here, is never failed for what it leaves out."""
    report = graded("knock82", (None, DATA), ("knock82", HALF))
    assert not outcomes(report) & {Outcome.FAILED, Outcome.CRASHED}


@pytest.mark.slow
def test_a_loop_that_calls_functions_is_judged() -> None:
    """The loop over epochs at the top level, its parts in functions that read globals: all of it is run again."""
    loop = """
net, measure = Classifier(), nn.CrossEntropyLoss()
opt = optim.SGD(net.parameters(), lr=0.05)
train_loader = DataLoader(TensorDataset(train_ids, train_y), batch_size=1, shuffle=True)
valid_loader = DataLoader(TensorDataset(dev_ids, dev_y), batch_size=12)
def check(loader):
    net.eval()
    total, hits, count = 0.0, 0, 0
    with torch.no_grad():
        for ids, gold in loader:
            scores = net(ids)
            total += measure(scores, gold).item() * len(gold)
            hits += (scores.argmax(dim=1) == gold).sum().item()
            count += len(gold)
    return total / count, hits / count
for epoch in range(3):
    train_epoch(net, train_loader, opt, measure)
    train_loss, train_acc = check(train_loader)
    valid_loss, valid_acc = check(valid_loader)
    print("train:", train_loss, train_acc, "valid:", valid_loss, valid_acc)
"""
    report = graded("knock82", (None, DATA), ("knock82", HALF + loop))
    assert outcomes(report) == {Outcome.PASSED}


@pytest.mark.slow
def test_time_first_batches_in_a_dict() -> None:
    """A class that packs a dict's ids without batch_first is asked with the time first; words in a comment decide nothing."""
    source = """
class RNN(nn.Module):
    def __init__(self, v, e, h, c):
        super().__init__()
        self.embed, self.rnn, self.out = nn.Embedding(v, e), nn.LSTM(e, h), nn.Linear(h, c)
    def forward(self, batch, h=None):
        packed = pack_padded_sequence(self.embed(batch["src"]), batch["lengths"])
        return self.out(self.rnn(packed, h)[1][0]).squeeze(0)
RNN(90, 300, 50, 4)
"""
    first = source.replace("(e, h)", "(e, h, batch_first=True)").replace(
        'batch["lengths"]', 'batch["lengths"], batch_first=True'
    )
    for text in (
        source,
        first.replace("        packed", "        # not (L, N, H), as it would be otherwise\n        packed"),
    ):
        assert outcomes(graded("knock81", ("knock81", text))) == {Outcome.PASSED}


READS = """
class BiRNN(nn.Module):
    def __init__(self, words, width, state, classes):
        super().__init__()
        self.embed, self.out = nn.Embedding(words, width), nn.Linear(2 * state, classes)
        self.rnn = nn.LSTM(width, state, 2, bidirectional=True, batch_first=True)
    def forward(self, ids):
        LENGTHS = (ids != 0).sum(dim=1).clamp(min=1)
        x = pack_padded_sequence(self.embed(ids), LENGTHS, batch_first=True, enforce_sorted=False)
        h = self.rnn(x)[1][0]
        return self.out(torch.cat([h[-2], h[-1]], dim=1))
BiRNN(90, 300, 50, 4)
"""


@pytest.mark.parametrize(
    "text",
    [
        READS.replace("forward(self, ids)", "forward(self, ids, lengths)").replace("LENGTHS = (ids != 0).sum(dim=1)", "lengths = lengths").replace("LENGTHS", "lengths"),
        READS,
    ],
    ids=["lengths that are handed in", "a padding of its own"],
)  # fmt: skip
def test_who_packs_by_lengths_is_not_told_to(text: str) -> None:
    """Padding that is a word to the class, or that its lengths should have left out, is ours and not theirs."""
    report = graded("knock85", ("knock85", text))
    assert outcomes(report) == {Outcome.PASSED}
    assert not [said.en for found in report.findings for said in found.advice if "adding changes" in said.en]


@pytest.mark.slow
def test_a_class_whose_words_are_not_there_is_for_a_person() -> None:
    """A model built for the notebook's own vocabulary, which is empty here, is neither wrong nor a fault of the grader."""
    source = (
        "words_here = {}\n"
        + DATA.split("class Classifier")[1].replace("(nn.Module)", "class RNN(nn.Module)", 1).split("def rate")[0]
    )
    report = graded("knock81", (None, "E, H, C = 8, 6, 4\nV = 1"), ("knock81", source))
    assert outcomes(report) == {Outcome.NEEDS_REVIEW}


PRINTS = """
def learn(net, train_set, valid_set, epochs, lr):
    opt = optim.SGD(net.parameters(), lr=lr)
    for turn in range(epochs):
        net.train()
        for ids, gold in train_set:
            opt.zero_grad()
            nn.CrossEntropyLoss()(net(ids[None]), torch.tensor([gold])).backward()
            opt.step()
        for name, data in (("train", train_set), ("valid", valid_set)):
            tell(net, name, data)
def tell(net, name, data):
    net.eval()
    with torch.no_grad():
        scores, gold = net(torch.stack([ids for ids, _ in data])), torch.tensor([label for _, label in data])
    print(f"{name} loss {nn.CrossEntropyLoss()(scores, gold)} accuracy {(scores.argmax(dim=1) == gold).float().mean()}")
"""


def test_a_function_that_prints_and_returns_nothing_is_read() -> None:
    """The problem asks for the numbers to be shown: a function that prints them, itself or in another, is right."""
    report = graded("knock82", ("knock82", PRINTS))
    assert outcomes(report) == {Outcome.PASSED}, [(f.check, f.outcome, f.rationale) for f in report.findings]


@pytest.mark.slow
def test_numbers_that_cannot_be_told_apart_are_for_a_person() -> None:
    """Printed twice an epoch with nothing that says of which data: never a fault of the answer."""
    report = graded("knock82", ("knock82", PRINTS.replace("{name} loss", "loss")))
    assert not outcomes(report) & {Outcome.FAILED, Outcome.CRASHED}


MAIN = """
def main():
    net = Classifier()
    batches = DataLoader(TensorDataset(train_ids, train_y), batch_size=1, shuffle=True)
    measure = nn.CrossEntropyLoss()
    opt = optim.SGD(net.parameters(), lr=0.05)
""" + "\n".join(f"    {line}" for line in ALONE[ALONE.index("for epoch") :].split("\n")) + "\nif __name__ == '__main__':\n    main()\n"  # fmt: skip
METHOD = """
class Trainer:
    def __init__(self, net, criterion, optimizer, train_loader, valid_loader, device='cpu'):
        self.net, self.criterion, self.optimizer = net.to(device), criterion, optimizer
        self.train_loader, self.valid_loader, self.device = train_loader, valid_loader, device
    def one_epoch(self):
        self.net.train()
        for ids, gold in self.train_loader:
            self.optimizer.zero_grad()
            self.criterion(self.net(ids), gold).backward()
            self.optimizer.step()
    def measure(self, loader):
        self.net.eval()
        total, hits, count = 0.0, 0, 0
        with torch.no_grad():
            for ids, gold in loader:
                scores = self.net(ids)
                total += self.criterion(scores, gold).item() * len(gold)
                hits += (scores.argmax(dim=1) == gold).sum().item()
                count += len(gold)
        return total / count, hits / count
    def fit(self, n_epochs):
        for epoch in range(n_epochs):
            self.one_epoch()
            train_loss, train_acc = self.measure(self.train_loader)
            valid_loss, valid_acc = self.measure(self.valid_loader)
            print(epoch, train_loss, train_acc, valid_loss, valid_acc)
"""


@pytest.mark.parametrize("source", [MAIN, METHOD], ids=["main", "method"])
def test_a_training_in_main_or_in_a_method_is_judged(source: str) -> None:
    """A loop in a function that takes nothing, or in a method of a class that holds all it needs, is as good as any."""
    report = graded("knock82", (None, DATA), ("knock82", source))
    assert outcomes(report) == {Outcome.PASSED}, [(f.check, f.outcome, f.rationale) for f in report.findings]


@pytest.mark.slow
@pytest.mark.parametrize(("source", "line"), [(MAIN, "opt.zero_grad()"), (METHOD, "self.optimizer.zero_grad()")])
def test_mistakes_in_main_or_in_a_method_have_their_names(source: str, line: str) -> None:
    """What is wrong there goes by the same name as in a function."""
    report = graded("knock82", (None, DATA), ("knock82", source.replace(line, "pass")))
    assert "zero_grad_forgotten" in named(report)


INSIDE = """
class KeyedVectors:
    @staticmethod
    def load_word2vec_format(name, binary=False):
        raise OSError("no file here")
class WithVectors(nn.Module):
    def __init__(self, n_words, emb_dim=300, hidden=50, n_out=4, drop=0.2):
        super().__init__()
        vectors = KeyedVectors.load_word2vec_format('vectors.bin', binary=True)
        WEIGHTS
        self.emb = nn.Embedding.from_pretrained(weights, freeze=False)
        self.rnn, self.out = nn.LSTM(emb_dim, hidden, batch_first=True), nn.Linear(hidden, n_out)
    def forward(self, x):
        return self.out(self.rnn(self.emb(x))[0][:, -1])
"""
BY_NAME = "weights = torch.stack([torch.zeros(emb_dim)] + [torch.tensor(vectors[w]) if w in vectors else torch.randn(emb_dim) for w in number])"  # fmt: skip


@pytest.mark.parametrize(
    ("line", "mistake"), [(BY_NAME, set()), ("weights = torch.FloatTensor(vectors.vectors)", {"order_of_the_file"})]
)
def test_vectors_that_a_class_reads_itself(line: str, mistake: set[str]) -> None:
    """A class that fills its own embedding is asked for it: row by word is right, the file's own rows have their name."""
    vocabulary = "number = {f'w{n}': n for n in range(1, 30)}\n"
    report = graded("knock84", (None, vocabulary), ("knock84", INSIDE.replace("WEIGHTS", line)))
    assert named(report) == mistake
    assert (outcomes(report) == {Outcome.PASSED}) == (not mistake)


CUTS = """
def to_tensor(ids, max_len=20, padding=True):
    count = min(len(ids), max_len)
    return torch.tensor(ids[:max_len] + [0] * (max_len - count) if padding else ids[:max_len]), count
train_ids = torch.stack([to_tensor(row.tolist(), LEN)[0] for row in train_ids])
"""


@pytest.mark.slow
def test_a_function_that_cuts_titles_at_a_length_of_its_own() -> None:
    """A longest title is a choice: the function that fills titles up is asked with a length that loses nothing."""
    report = graded("knock83", (None, DATA), ("knock83", CUTS + LOOP.replace("SIZE", "16")))
    wrong = {f.check for f in report.findings if f.outcome is not Outcome.PASSED}
    assert not {check for check in wrong if "title" in check or "label" in check}, [
        (f.check, f.rationale) for f in report.findings
    ]


# Words one-hot and filled up to one length, how many there are beside them, and what is measured kept in a table.
ONE_HOT = """
class Titles(Dataset):
    def __init__(self, x, count, y):
        self.x, self.count, self.y = x, count, y
    def __len__(self):
        return len(self.y)
    def __getitem__(self, i):
        return self.x[i], self.count[i], self.y[i]
def spelled(ids):
    return F.one_hot(ids, V).float(), torch.full((len(ids),), LEN)
train_part, dev_part = Titles(*spelled(train_ids), train_y), Titles(*spelled(dev_ids), dev_y)
class OneHotClassifier(Classifier):
    def forward(self, x, count):
        return super().forward(x.argmax(dim=2))
def rated(part):
    with torch.no_grad():
        total, hits = 0.0, 0
        for x, count, gold in DataLoader(part, batch_size=64):
            scores = net(x, count)
            total += F.cross_entropy(scores, gold, reduction="sum").item()
            hits += (scores.argmax(dim=1) == gold).sum().item()
    return total / len(part), hits / len(part)
"""
KEPT_IN_TABLES = """
net = OneHotClassifier()
batches = DataLoader(train_part, batch_size=1, shuffle=True)
opt = optim.SGD(net.parameters(), lr=0.05)
TURNS = 5
loss_table, acc_table = torch.zeros(2, TURNS), torch.zeros(2, TURNS)
for epoch in range(TURNS):
    turn = enumerate(batches)
    net.train()
    for number, (x, count, gold) in turn:
        error = F.cross_entropy(net(x, count), gold)
        opt.zero_grad()
        error.backward()
        opt.step()
    net.eval()
    loss_table[0, epoch], acc_table[0, epoch] = rated(train_part)
    loss_table[1, epoch], acc_table[1, epoch] = rated(dev_part)
print(loss_table[:, -1], acc_table[:, -1])
"""


@pytest.mark.slow
def test_one_hot_words_and_tables_of_measurements_are_understood() -> None:
    """A loop over words one by one, whose numbers stand in a table by epoch, is judged like any other."""
    cells = (None, DATA + ONE_HOT)
    assert outcomes(graded("knock82", cells, ("knock82", KEPT_IN_TABLES))) == {Outcome.PASSED}
    wrong = KEPT_IN_TABLES.replace("        opt.zero_grad()\n", "")
    assert "zero_grad_forgotten" in named(graded("knock82", cells, ("knock82", wrong)))
