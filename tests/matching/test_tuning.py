"""Problem 89 as people train it: a function on their own Dataset, or a loop over ids that were made at the top level."""

from __future__ import annotations

import pytest

from grader.model import ExerciseReport, Outcome
from tests.matching.people import graded

# What `from transformers import ...` gives where it is not installed, in a sandbox without stand-ins.
PACKAGE = """
from grader.sandbox.guest.pretrained import Encoder as BertModel, Tokenizer as BertTokenizer
tokenizer = BertTokenizer.from_pretrained('bert-base-uncased')
texts = [f"word{n} and word{n % 7} in the news of day{n % 5}" for n in range(24)]
numbers = [n % 4 for n in range(24)]
"""
CLASS = """
class NewsBERT(nn.Module):
    def __init__(self, drop, n_out):
        super().__init__()
        self.bert = BertModel.from_pretrained('bert-base-uncased')
        self.drop, self.top = nn.Dropout(drop), nn.Linear(self.bert.config.hidden_size, n_out)
    def forward(self, ids, mask):
        return self.top(self.drop(self.bert(ids, attention_mask=mask)[1]))
"""
TITLES = """
class NewsTitles(Dataset):
    def __init__(self, x, y, tokenizer, max_len):
        self.x, self.y, self.tokenizer, self.max_len = x, y, tokenizer, max_len
    def __len__(self):
        return len(self.y)
    def __getitem__(self, place):
        row = self.tokenizer(self.x[place], max_length=self.max_len, padding='max_length', truncation=True)
        return {'ids': torch.tensor(row['input_ids']), 'mask': torch.tensor(row['attention_mask']), 'labels': GOLD}
"""
TRAINS = """
def rate(net, measure, loader):
    net.eval()
    total, hits, count = 0.0, 0, 0
    with torch.no_grad():
        for part in loader:
            scores, gold = net(part['ids'], part['mask']), part['labels']
            total += measure(scores, gold).item() * len(gold)
            hits += (scores.argmax(dim=-1) == INDEX).sum().item()
            count += len(gold)
    return total / count, hits / count
def train_net(dataset_train, dataset_valid, batch_size, net, measure, optimizer, num_epochs):
    train_loader = DataLoader(dataset_train, batch_size=batch_size, shuffle=True)
    valid_loader = DataLoader(dataset_valid, batch_size=len(dataset_valid))
    for epoch in range(num_epochs):
        net.train()
        for part in train_loader:
            optimizer.zero_grad()
            measure(net(part['ids'], part['mask']), part['labels']).backward()
            optimizer.step()
        loss_train, acc_train = rate(net, measure, train_loader)
        loss_valid, acc_valid = rate(net, measure, valid_loader)
        print(f'epoch {epoch} loss_train {loss_train} acc_train {acc_train} loss_valid {loss_valid} acc_valid {acc_valid}')
def main():
    net = NewsBERT(0.4, 4)
    criterion = nn.LOSS()
    data = NewsTitles(texts, numbers, tokenizer, 20)
    train_net(data, data, 8, net, criterion, optim.AdamW(net.parameters(), lr=2e-5), 4)
"""
ONE_HOT = (TITLES.replace("GOLD", "torch.Tensor(self.y[place])"), TRAINS.replace("INDEX", "gold.argmax(dim=-1)").replace("LOSS", "BCEWithLogitsLoss"))  # fmt: skip
INDEX = (TITLES.replace("GOLD", "torch.tensor(self.y[place])"), TRAINS.replace("INDEX", "gold").replace("LOSS", "CrossEntropyLoss"))  # fmt: skip


def outcomes(report: ExerciseReport) -> dict[str, Outcome]:
    return {found.check: found.outcome for found in report.findings}


def all_passed(report: ExerciseReport) -> None:
    assert set(outcomes(report).values()) == {Outcome.PASSED}, [
        (f.check, f.outcome, f.rationale) for f in report.findings
    ]


@pytest.mark.parametrize("parts", [ONE_HOT, pytest.param(INDEX, marks=pytest.mark.slow)], ids=["one-hot", "numbers"])
def test_a_function_on_the_own_dataset(parts: tuple[str, str]) -> None:
    """A Dataset that asks the tokenizer, labels in either form, and four numbers that are printed: all of it is judged."""
    report = graded("knock89", ("knock89", PACKAGE + CLASS + "".join(parts)))
    all_passed(report)
    assert any("prints once an epoch" in text.en for text in report.assumptions)


@pytest.mark.slow
def test_measuring_in_training_mode_is_seen() -> None:
    """What is printed with dropout on is not what the model does; as it was read off prints, a person looks."""
    dropout = CLASS.replace("nn.Dropout(drop)", "nn.Dropout(0.5)")
    report = graded("knock89", ("knock89", PACKAGE + dropout + "".join(INDEX).replace("    net.eval()\n", "")))
    assert outcomes(report)["history_is_of_this_model"] is Outcome.NEEDS_REVIEW


@pytest.mark.slow
def test_a_step_that_is_left_out_never_learns() -> None:
    """Without step() the loss stays, whatever the rate."""
    report = graded(
        "knock89", ("knock89", PACKAGE + CLASS + "".join(INDEX).replace("            optimizer.step()\n", ""))
    )
    found = outcomes(report)
    assert found["history_is_of_this_model"] is Outcome.PASSED
    assert found["learns_from_eight_titles"] is Outcome.FAILED


LOOP = """
class NewsBERT(nn.Module):
    def __init__(self, n_classes=4):
        super().__init__()
        self.body = BertModel.from_pretrained('bert-base-uncased')
        self.top = nn.Linear(768, n_classes)
    def forward(self, ids):
        return self.top(self.body(ids, attention_mask=ids > 0)[0][:, 0])
def same_length(rows, longest):
    return torch.tensor([(row + [0] * longest)[:longest] for row in rows])
def to_rows(lines):
    return [tokenizer.encode(line, add_special_tokens=SPECIAL) for line in lines]
train_ids, train_y = same_length(to_rows(texts), 15), torch.tensor(numbers)
net = NewsBERT()
loader = DataLoader(torch.utils.data.TensorDataset(train_ids, train_y), batch_size=8, shuffle=True)
measure, opt = nn.CrossEntropyLoss(), optim.SGD(net.parameters(), lr=0.01)
for epoch in range(2):
    for ids, gold in loader:
        loss = measure(net(ids), gold)
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        scores = net(train_ids)
        print(f"{epoch} train loss {measure(scores, train_y)} accuracy {(scores.argmax(dim=1) == train_y).float().mean()}")
"""


def test_a_loop_over_ids_made_at_the_top_level() -> None:
    """Ids from statements and a loop in no function are judged; that validation data are not measured is advice."""
    report = graded("knock89", ("knock89", PACKAGE + LOOP.replace("SPECIAL", "True")))
    all_passed(report)
    advice = [text.en for found in report.findings for text in found.advice]
    assert any("has not learned from" in text for text in advice)


def test_special_tokens_left_out_at_the_top_level_are_named() -> None:
    """The same statements without [CLS] and [SEP] have that mistake's name."""
    report = graded("knock89", ("knock89", PACKAGE + LOOP.replace("SPECIAL", "False")))
    named = {found.misconception.id for found in report.findings if found.misconception}
    assert named == {"no_special_tokens"}


READY = """
from grader.sandbox.guest.pretrained import Classifier as BertForSequenceClassification
found = tokenizer(texts, padding=True, return_tensors='pt')
train_ids, train_mask, train_y = found['input_ids'], found['attention_mask'], torch.tensor(numbers)
net = BertForSequenceClassification.from_pretrained('bert-base-uncased', num_labels=4)
loader = DataLoader(torch.utils.data.TensorDataset(train_ids, train_mask, train_y), batch_size=8, shuffle=True)
opt = torch.optim.AdamW(net.parameters(), lr=2e-5)
for epoch in range(2):
    net.train()
    for ids, mask, gold in loader:
        opt.zero_grad()
        out = net(input_ids=ids, attention_mask=mask, labels=gold)
        out.loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        out = net(train_ids, train_mask, labels=train_y)
    print("train loss", out.loss.item(), "accuracy", (out.logits.argmax(1) == train_y).float().mean().item())
"""


def named(report: ExerciseReport) -> set[str]:
    return {found.misconception.id for found in report.findings if found.misconception}


def test_a_ready_model_in_a_loop_is_judged() -> None:
    """The library's classifier is as right as a class of one's own, where it is handed the tokenizer's ids and the mask."""
    report = graded("knock89", ("knock89", PACKAGE + READY))
    all_passed(report)
    assert any("ready for use" in text.en for text in report.assumptions)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("attention_mask=mask, ", "", "mask_dropped"),
        ("out = net(input_ids=ids, attention_mask=mask, labels=gold)\n        out.loss", "loss, scores = net(input_ids=ids, attention_mask=mask, labels=gold)\n        loss", "names_for_tensors"),
    ],
)  # fmt: skip
def test_mistakes_with_a_ready_model_have_their_names(old: str, new: str, mistake: str) -> None:
    """What is not handed over, and what is taken apart wrongly, is named where no class is the student's."""
    assert old in READY
    assert named(graded("knock89", ("knock89", PACKAGE + READY.replace(old, new)))) == {mistake}


RANKED = """
counts = Counter(word for text in texts for word in text.split())
word2id = {word: place for place, (word, times) in enumerate(counts.most_common(), 1) if times > 1}
def ids_of(text):
    return [word2id.get(word, 0) for word in text.split()]
rows = [torch.tensor(ids_of(text)) for text in texts]
train_ids = pad_sequence(rows, batch_first=True)
train_mask = (train_ids > 0).long()
found = {'input_ids': train_ids, 'attention_mask': train_mask}
"""


def test_ranks_of_words_for_a_bert_are_named() -> None:
    """Ids that were ranked in the notebook, with no tokenizer anywhere, are those of problem 80."""
    package = "\n".join(line for line in PACKAGE.split("\n") if "okenizer" not in line)
    source = package + RANKED + "\n".join(line for line in READY.split("\n") if "okenizer" not in line)
    unasked = "from argparse import Namespace as BertTokenizer\ntokenizer_class = BertTokenizer\ntokenizer = tokenizer_class\n"
    for text in (source, unasked + source):
        found = graded("knock89", ("knock89", text))
        assert found.findings[0].outcome is Outcome.FAILED and named(found) == {"word_ids_of_80"}


def test_ranks_of_words_beside_a_tokenizer_that_is_asked_are_nobodys_mistake() -> None:
    """The ids that BERT is given may be the tokenizer's."""
    package = "\n".join(line for line in PACKAGE.split("\n") if "okenizer" not in line)
    source = package + RANKED + "\n".join(line for line in READY.split("\n") if "okenizer" not in line)
    found = graded("knock89", ("knock89", source + "\nprint([tokenizer(text) for text in texts[:2]])\n"))
    assert "word_ids_of_80" not in named(found)


def test_a_function_of_ones_own_is_no_tokenizer_of_berts() -> None:
    """`def tokenizer(text)` that looks words up in the table of problem 80."""
    package = "\n".join(line for line in PACKAGE.split("\n") if "okenizer" not in line)
    source = package + RANKED.replace("ids_of", "tokenizer")
    source += "\n".join(line for line in READY.split("\n") if "okenizer" not in line)
    assert named(graded("knock89", ("knock89", source))) == {"word_ids_of_80"}
