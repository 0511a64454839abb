"""Which column of train.txt holds the title, told by the code that reads it."""

from __future__ import annotations

import pytest

from grader.data.columns import is_title_first


@pytest.mark.parametrize(
    "code",
    [
        'df = pd.read_csv("train.txt", sep="\\t", names=["TITLE", "CATEGORY"])',
        "counts = Counter(w for t in train[0].str.lower() for w in t.split())",
        "y_train = train[1].map({'b': 0, 't': 1, 'e': 2, 'm': 3})",
        "for line in f:\n    title, category = line.rstrip().split('\\t')",
        "for row in reader:\n    titles.append(tokenize(row[0]))",
        "label = line.strip().split('\\t')[1]\n",
        "y = [category_dic[line[1]] for line in lines]",
        "df = df[df[1] == 'b']",
        "def get_text(data):\n    for line in data:\n        found.append(line.strip().split('\\t')[0])\n    return found\n",
        "parts = line.split()\n X.append(splited_line[0])\n Y.append(splited_line[1])",
        "def get_label(data):\n    for line in data:\n        text.append(line.strip().split('\\t')[1])\n    return text\n",
    ],
)
def test_the_title_comes_first(code: str) -> None:
    """By the names of the columns, by what is done with each, or by how a line is taken apart."""
    assert is_title_first(code)


@pytest.mark.parametrize(
    "code",
    [
        "x = 1",
        'df = pd.read_csv("train.txt", sep="\\t", names=["CATEGORY", "TITLE"])',
        "counts = Counter(w for t in train[1].str.lower() for w in t.split())",
        "y_train = train[0].map({'b': 0, 't': 1, 'e': 2, 'm': 3})",
        "for line in f:\n    label, text = line.rstrip().split('\\t')",
        "title = line.strip().split('\\t')[1]\n",
        "word_list, text_list, true_label = Process(lines)\n",
        "def read_titles(f):\n\n    return [line.split('\\t')[1] for line in f]\n\nx = row[0]\n",
        "out = model(batch[0])\nloss = criterion(out, batch[1])",
    ],
)
def test_the_category_comes_first(code: str) -> None:
    """As problem 50 asks; also where the code says nothing."""
    assert not is_title_first(code)
