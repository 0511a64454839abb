"""Problem 89: classes that load their own encoder get the judge's from the same call."""

from __future__ import annotations

import pytest

from grader.model import ExerciseReport, Outcome
from tests.matching.people import graded

OFFLINE = """
class BertModel:
    @classmethod
    def from_pretrained(cls, *names, **options):
        raise OSError("no connection")
class transformers:
    BertModel = BertModel
"""
COMMON = """
class BERTClass(torch.nn.Module):
    def __init__(self, drop_rate, otuput_size):
        super().__init__()
        self.bert = BertModel.from_pretrained('bert-base-uncased')
        self.drop = torch.nn.Dropout(drop_rate)
        self.fc = torch.nn.Linear(768, otuput_size)
    def forward(self, ids, mask):
        out = self.bert(ids, attention_mask=mask)[1]
        return self.fc(self.drop(out))
"""
TYPES = """
class BertClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = transformers.BertModel.from_pretrained('bert-base-uncased', return_dict=False)
        self.l2 = nn.Linear(768, 4)
    def forward(self, input_ids, attention_mask, token_type_ids):
        _, out = self.l1(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        return self.l2(out)
"""
HANDED_IN = """
class BertNet(nn.Module):
    def __init__(self, bert, hidden_size=768, num_labels=4):
        super().__init__()
        self.bert = bert
        self.classifier = nn.Linear(768, num_labels)
    def forward(self, batch):
        h = self.bert(batch['src'], attention_mask=batch['mask']).last_hidden_state
        return self.classifier(h[:, 0])
"""
IDS_ALONE = """
WIDE = 768
class NewsBert(nn.Module):
    def __init__(self, n_classes=4):
        super().__init__()
        self.body = BertModel.from_pretrained('bert-base-uncased')
        self.top = nn.Linear(WIDE, n_classes)
    def forward(self, ids):
        states = self.body(input_ids=ids, attention_mask=MASK)['last_hidden_state']
        return self.top(states[:, 0].view(-1, WIDE))
"""
TITLES = """
class Titles(Dataset):
    def __init__(self, x, y, tok, max_len):
        self.x, self.y, self.tok, self.max_len = x, y, tok, max_len
    def __len__(self):
        return len(self.y)
    def __getitem__(self, i):
        row = self.tok.encode_plus(self.x[i], add_special_tokens=SPECIAL, max_length=self.max_len, pad_to_max_length=True)
        return {'ids': torch.LongTensor(row['input_ids']), 'mask': torch.LongTensor(row['attention_mask']),
                'labels': torch.tensor(self.y[i])}
"""
SCORES = ("scores_from_a_model_output", "padding_is_not_read", "head_learns")


def model_findings(report: ExerciseReport) -> dict[str, Outcome]:
    """The checks that ask the classifier alone, not `encode` or `fine_tune`."""
    return {f.check: f.outcome for f in report.findings if "score" in f.check}


@pytest.mark.parametrize("source", [COMMON, TYPES, HANDED_IN], ids=["common", "token types", "handed in"])
def test_own_classes_are_judged_with_the_lent_encoder(source: str) -> None:
    """However the class comes by its encoder, its scores are recomputed; what is done without a function is for a person."""
    found = graded("knock89", ("knock89", OFFLINE + source))
    assert set(model_findings(found).values()) == {Outcome.PASSED}, [
        (f.check, f.outcome, f.rationale) for f in found.findings
    ]
    others = {f.outcome for f in found.findings if f.check in ("ids_of_its_own_tokenizer", "history_is_of_this_model")}
    assert others == {Outcome.NEEDS_REVIEW}


@pytest.mark.slow
def test_a_mask_left_out_is_named() -> None:
    """Without the mask, in whatever class, the mistake is named."""
    found = graded("knock89", ("knock89", OFFLINE + COMMON.replace(", attention_mask=mask", "")))
    assert "mask_dropped" in {f.misconception.id for f in found.findings if f.misconception}


def test_a_class_that_tells_padding_by_its_id() -> None:
    """forward(ids) alone, of a width that a global holds, is right with a mask of its own."""
    right = graded("knock89", ("knock89", OFFLINE + IDS_ALONE.replace("MASK", "ids > 0")))
    assert set(model_findings(right).values()) == {Outcome.PASSED}


@pytest.mark.slow
def test_a_class_that_does_not_tell_padding_is_named() -> None:
    """The same class without a mask of its own reads the padding."""
    wrong = graded("knock89", ("knock89", OFFLINE + IDS_ALONE.replace("MASK", "None")))
    assert "mask_dropped" in {f.misconception.id for f in wrong.findings if f.misconception}


def test_a_dataset_encodes_its_titles() -> None:
    """ids and mask are read off a Dataset's items; without the special tokens the mistake is named."""

    def encoding(special: str) -> tuple[Outcome, str]:
        found = graded("knock89", ("knock89", OFFLINE + COMMON + TITLES.replace("SPECIAL", special))).findings[0]
        return found.outcome, found.misconception.id if found.misconception else ""

    assert encoding("True") == (Outcome.PASSED, "")
    assert encoding("False") == (Outcome.FAILED, "no_special_tokens")


def test_a_model_output_taken_apart_is_told_and_the_rest_is_judged() -> None:
    """`_, out = bert(...)` was right with the libraries of its time: advice says so; all is asked with an encoder that it can read."""
    source = COMMON.replace(
        "out = self.bert(ids, attention_mask=mask)[1]", "_, out = self.bert(ids, attention_mask=mask)"
    )
    found = {f.check: f for f in graded("knock89", ("knock89", OFFLINE + source)).findings}
    scores = found["scores_from_a_model_output"]
    assert scores.outcome is Outcome.PASSED and "return_dict=False" in scores.advice[0].en
    assert found["mask_is_used"].outcome is found["head_can_learn"].outcome is Outcome.PASSED


FOUR = """
from grader.sandbox.guest.pretrained import Encoder as BertModel, Tokenizer as BertTokenizer
texts, marks = [f"word{n} and word{n % 7}" for n in range(12)], [n % 4 for n in range(12)]
coded = BertTokenizer.from_pretrained('bert-base-uncased')(texts, padding=True, return_tensors='pt')
rows = torch.utils.data.TensorDataset(coded['input_ids'], coded['attention_mask'], torch.tensor(marks))
loader_train, loader_valid = DataLoader(rows, batch_size=4), DataLoader(rows, batch_size=4)
class BertNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.bert = BertModel.from_pretrained('bert-base-uncased')
        self.linear = nn.Linear(768, 4)
    def forward(self, ids, masks):
        return self.linear(self.bert(ids, attention_mask=masks).pooler_output)
model = BertNet()
optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
criterion = nn.CrossEntropyLoss()
def measure(loader):
    model.eval()
    loss, right, count = 0.0, 0, 0
    with torch.no_grad():
        for ids, masks, y in loader:
            out = model(ids, masks)
            loss += criterion(out, y).item() * len(y)
            right += (out.argmax(-1) == y).sum().item()
            count += len(y)
    return loss / count, right / count
for epoch in range(2):
    model.train()
    for ids, masks, y in loader_train:
        optimizer.zero_grad()
        criterion(model(ids, masks), y).backward()
        optimizer.step()
    print("train", *measure(loader_train), "valid", *measure(loader_valid))
"""


@pytest.mark.slow
def test_a_model_of_four_categories_is_fine_tuned_on_four() -> None:
    """What its loop shows is compared with the losses that four scores can have."""
    found = {f.check: f for f in graded("knock89", ("knock89", FOUR)).findings}
    assert found["history_is_of_this_model"].outcome is not Outcome.NEEDS_REVIEW, found["history_is_of_this_model"]
