"""The usual data files, as notebooks expect them."""

from __future__ import annotations

import csv
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from grader.data import news, vectors
from grader.data.layout import PARTS, USUAL, lay_out, mentioned
from grader.data.translation import pairs


def laid(folder: Path, code: str) -> list[str]:
    names = mentioned(code)
    lay_out(names, code, folder)
    return sorted(path.name for path in folder.iterdir())


def test_the_corpus_is_the_corpus(tmp_path: Path) -> None:
    """Eight columns that our own loader of the real file reads, plain and zipped."""
    assert laid(tmp_path, "'./a/newsCorpora.csv' 'NewsAggregatorDataset.zip'") == [
        "NewsAggregatorDataset.zip",
        "newsCorpora.csv",
    ]
    assert len(news(tmp_path / "newsCorpora.csv").train) > PARTS["train"]
    assert zipfile.ZipFile(tmp_path / "NewsAggregatorDataset.zip").testzip() is None


@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("pd.read_csv('d/train.txt', sep='\\t')['TITLE']", "CATEGORY\tTITLE"),
        ("pd.read_csv('train.txt', sep='\\t')\ndf['title']", "category\ttitle"),
        ("pd.read_csv('train.txt', sep='\\t', header=None)", None),
        ("pd.read_table('train.txt',\n   names=['CATEGORY', 'TITLE'])", None),
        ("for line in open('train.txt'): line.split('\\t')", None),
    ],
)
def test_the_header_is_there_where_the_code_reads_one(tmp_path: Path, code: str, first: str | None) -> None:
    """pandas takes the first line for names unless told otherwise; everything else does not."""
    laid(tmp_path, code)
    lines = (tmp_path / "train.txt").read_text("utf-8").splitlines()
    assert (lines[0] == first) if first else lines[0][0] in "btem" and lines[0][1] == "\t"
    assert len(news_of(tmp_path / "train.txt")) >= PARTS["train"]


@pytest.mark.parametrize(
    ("code", "numbered"),
    [
        ("y = np.array(df['CATEGORY'])", True),
        ("y = torch.tensor(df.label.values)", True),
        ("y = df['CATEGORY'].values.astype('int')", True),
        ("y = np.array(df['CATEGORY'].map({'b': 0, 't': 1, 'e': 2, 'm': 3}))", False),
        ("y = LabelEncoder().fit_transform(np.array(df['CATEGORY']))", False),
        ("ids = {c: n for n, c in enumerate(set(df['CATEGORY']))}\ny = np.array(df['CATEGORY'].map(ids))", False),
        ("names = df['CATEGORY'].unique()\ny = np.array(df['CATEGORY'])", False),
        ("y = np.array(df['CATEGORY'])\nsize = len(set(word_to_id.values())) + 1", True),
        ("print(df['CATEGORY'])", False),
    ],
)
def test_categories_are_numbers_where_they_are_taken_for_labels(tmp_path: Path, code: str, numbered: bool) -> None:
    """And nothing in the code makes numbers of letters."""
    laid(tmp_path, f"df = pd.read_csv('train.txt', sep='\\t', names=['TITLE', 'CATEGORY'])\n{code}")
    told = {line.rpartition("\t")[2] for line in (tmp_path / "train.txt").read_text("utf-8").splitlines()}
    assert told == set("0123" if numbered else "btem")


def news_of(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text("utf-8").splitlines() if line.count("\t") == 1]


def test_names_that_are_put_together_are_found(tmp_path: Path) -> None:
    """f"{name}.csv" over train, valid and test; comma-separated where the code does not say otherwise."""
    code = "for name in ['train', 'valid', 'test']:\n    df = pd.read_csv(f'{name}.csv')"
    assert laid(tmp_path, code) == ["test.csv", "train.csv", "valid.csv"]
    rows = csv.reader((tmp_path / "train.csv").read_text("utf-8").splitlines())
    assert {len(row) for row in rows} == {2}


def test_vectors_and_pairs_are_read_by_our_loaders(tmp_path: Path) -> None:
    """GoogleNews' format plain and packed with 300 numbers a word, GloVe's, ManyThings'."""
    code = (
        "GoogleNews-vectors-negative300.bin GoogleNews-vectors-negative300.bin.gz glove.6B.100d.txt jpn.txt jpn-eng.zip"
    )
    laid(tmp_path, code)
    for name, dim in (("GoogleNews-vectors-negative300.bin", 300), ("GoogleNews-vectors-negative300.bin.gz", 300), ("glove.6B.100d.txt", 100)):  # fmt: skip
        table = vectors(tmp_path / name, only=["the", "United_States"])
        assert table.dim == dim and "the" in table and ("United_States" in table) == name.startswith("Google")
    assert len(pairs(tmp_path / "jpn.txt").train) > 500


def test_nothing_is_laid_out_that_is_there_or_not_mentioned() -> None:
    """A file of the student's own is never in the way, a name within a longer one is no mention."""
    assert mentioned("open('train.txt')", present=["train.txt"]) == ()
    assert mentioned("open('my_train.txt'); open('train.txt.bak'); x = train.texts") == ()
    assert {name for usual in USUAL for name in mentioned(usual.shown)} >= {"newsCorpora.csv", "jpn.txt"}


def test_the_title_comes_first_where_the_code_names_it_first(tmp_path: Path) -> None:
    """Columns stand in the order in which the notebook names them."""
    laid(tmp_path, "pd.read_csv('train.txt', sep='\\t', header=None, names=['TITLE', 'CATEGORY'])")
    title, category = (tmp_path / "train.txt").read_text(encoding="utf-8").split("\n")[0].split("\t")
    assert category in ("b", "t", "e", "m")
    assert " " in title


def test_labels_stand_beside_the_titles_as_numbers(tmp_path: Path) -> None:
    """One number a title, in the titles' order, whatever the file's ending."""
    code = "'../chapter08/data/y_train.txt' 'y_valid.pt' 'test_label.pkl' 'train.txt' 'Y_dev.npy'"
    assert laid(tmp_path, code) == ["Y_dev.npy", "test_label.pkl", "train.txt", "y_train.txt", "y_valid.pt"]
    categories = [row[0] for row in news_of(tmp_path / "train.txt")]
    assert ["btem"[int(number)] for number in np.loadtxt(tmp_path / "y_train.txt")] == categories
    held_out = [item.category for item in news().valid[: PARTS["valid"]]]
    assert ["btem"[number] for number in torch.load(tmp_path / "y_valid.pt")] == held_out
    assert ["btem"[number] for number in np.load(tmp_path / "Y_dev.npy")] == held_out
    assert len(pickle.loads((tmp_path / "test_label.pkl").read_bytes()).tolist()) == PARTS["test"]


def test_a_part_in_the_middle_of_a_name_that_is_put_together_is_found() -> None:
    """f"../chapter06/{part}.feature.txt", and a second try at the same file."""
    code = "for part in ['train', 'valid']: open(f'../chapter06/{part}.feature.txt')\nopen('train2.feature.txt')"
    assert mentioned(code) == ("train.feature.txt", "train2.feature.txt", "valid.feature.txt")
    assert mentioned("def read(part): open('../06/{}.txt'.format(part))\nread('train')") == ("train.txt",)


def test_parts_have_the_names_that_the_code_gives_them() -> None:
    """def data_import(name): ... name + ".txt", called with "dev"."""
    code = "def data_import(name): return open(os.path.join('data', name + '.txt'))\ndata_import('train'); data_import('dev')"
    assert mentioned(code) == ("dev.txt", "train.txt")


def test_all_titles_lie_in_one_file_too(tmp_path: Path) -> None:
    """What problem 50 divides afterwards, in the same columns."""
    assert laid(tmp_path, "for line in open('data/full_data_tokened.txt'): text, label = line.split('\\t')") == [
        "full_data_tokened.txt"
    ]
    rows = (tmp_path / "full_data_tokened.txt").read_text(encoding="utf-8").splitlines()
    assert len(rows) == sum(PARTS.values()) and rows[0].split("\t")[1] in "btem"


def test_the_dictionary_of_problem_80_is_laid_out(tmp_path: Path) -> None:
    """A number from 1 for each word, as a pickle or as JSON."""
    assert laid(tmp_path, "'../ch09/name_to_id.pkl' 'vocab.json' 'my_word.pkl' 'word2id'") == [
        "name_to_id.pkl",
        "vocab.json",
    ]
    found = pickle.loads((tmp_path / "name_to_id.pkl").read_bytes())
    assert list(found.values()) == list(range(1, len(found) + 1)) and len(found) > 100
    assert json.loads((tmp_path / "vocab.json").read_text(encoding="utf-8")) == found


def test_numbers_stand_in_front_where_a_line_is_taken_apart_so(tmp_path: Path) -> None:
    """As pandas writes them unless told otherwise."""
    laid(tmp_path, "for line in open('train.txt'):\n    _, title, category = line.strip().split('\\t')\n")
    number, title, category = (tmp_path / "train.txt").read_text(encoding="utf-8").split("\n")[3].split("\t")
    assert (number, category in ("b", "t", "e", "m"), " " in title) == ("3", True, True)


def test_running_text_is_laid_out_for_language_models(tmp_path: Path) -> None:
    """`open("input.txt").read()`: enough for windows, in ASCII."""
    names = mentioned("text = open('data/input.txt').read()")
    lay_out(names, "", tmp_path)
    assert names == ("input.txt",) and len((tmp_path / "input.txt").read_text("ascii")) > 20_000
