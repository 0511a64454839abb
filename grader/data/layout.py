"""The files that notebooks on these exercises usually read, small and in their true format, from our own data.

Only what a notebook mentions is laid out (`mentioned`), so that its cells run where the files themselves are not handed
in. Everything in them is synthetic.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import pickle
import re
import struct
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from grader.data.columns import is_title_first
from grader.data.newscorpora import news, write_uci
from grader.data.synthetic import Headline
from grader.model import Text

# Of the corpus; a tenth more come from other publishers. Enough for a batch of 256, few enough for many epochs.
TITLES = 480
PARTS = {"train": 320, "valid": 40, "test": 40}
PART_NAMES = (*PARTS, "val", "dev")
CATEGORIES = "btem"  # problem 51's table has them in this order, and so most people's labels are 0 to 3
PAIRS = 1_500
DIM = 300
# What problems 60 to 64 look up, and many a notebook once more to see that its vectors are there.
LOOKED_UP = ("United_States", "U.S.", "Spain", "Madrid", "Athens", "Greece")
INDEXED = re.compile(r"read_(?:csv|table)\([^\n]*index_col\s*=\s*0\b")
# _, title, category = line.strip("\n").split("\t"): pandas' own numbers stand in front there too
NUMBERED = re.compile(
    r"(?:^|[\s(])(?:_|i|idx|index|id|num|no)\s?,\s?\w{0,20}(?:title|text|categor|label)\w{0,20}\s?,"
    r"\s?\w{0,20}(?:title|text|categor|label)\w{0,20}\s?=[^\n]{0,60}\.split\(",
    re.IGNORECASE,
)
# y = np.array(df["CATEGORY"]);  labels = torch.tensor(train["CATEGORY"].values);  df["CATEGORY"].astype(int)
AS_LABELS = re.compile(
    r"(?:np\.array|np\.asarray|torch\.(?:tensor|LongTensor|from_numpy))\(\s*\w{1,20}(?:\[['\"]|\.)(?:category|label)s?\b"
    r"|\[['\"](?:category|label)s?['\"]\](?:\.values)?\.astype\(\s*['\"]?(?:np\.|torch\.)?int",
    re.IGNORECASE,
)
# {"b": 0, "t": 1}, ["b", "t", "e", "m"], "btem".index(c); LabelEncoder(), pd.factorize(c), set(labels): something numbers them
OF_LETTERS = re.compile(
    r"['\"][btem]['\"]|['\"][btem]{4}['\"]|LabelEncoder|factorize|\.codes\b|get_dummies|OneHot|LabelField"
    # set(df["CATEGORY"]), np.unique(labels); df["CATEGORY"].unique()
    r"|\b(?:unique|set)\([^()\n]{0,40}(?i:categ|label)|(?i:categ|label)\w{0,10}(?:['\"]\])?\.unique\(",
)
# f"{name}.txt", name + ".txt", "../chapter06/{}.feature.txt".format(part)
PUT_TOGETHER = re.compile(r"""(?:\{[\w.]*\}|\+\s*f?['"])((?:\.features?)?\.(?:txt|tsv|csv))\b""")
# y_train.txt, Y_valid.pt, train_label.pkl, test_y.npy
OF_LABELS = (
    r"(?:[yY]_?{part}|labels?_?{part}|{part}_?(?:[yY]|labels?))\.(?:txt|csv|npy|pt|pth|pkl|pickle|dump|joblib)".replace(
        "{part}", r"(?:train|valid|val|dev|test)"
    )
)
# full_data_tokened.txt, all_titles.tsv: problem 50's titles before they were divided
OF_ALL = re.compile(r"(?:full|all|whole)(?=_|data|title|news)\w*\.(?:txt|tsv|csv)")
# word2id.pkl, name_to_id.pickle, vocab_dict.pkl, word_id_dict.pkl, vocab.json
OF_WORDS = (
    r"(?:(?:word|name|token|vocab)s?_?(?:to|2)?_?(?:id|ids|index|idx|dict|dic)(?:_?(?:dict|dic))?|vocab(?:ulary)?|stoi|w2i)"
    r"\.(?:pkl|pickle|json)"
)


@dataclass(frozen=True, slots=True)
class UsualFile:
    """A file people read. pattern: of its name; write(path, code): puts it there, as this code expects it."""

    shown: str
    pattern: re.Pattern[str]
    write: Callable[[Path, str], None]
    what: Text


def mentioned(code: str, present: Iterable[str] = ()) -> tuple[str, ...]:
    """The names of the usual files that `code` mentions, without those that are `present` already."""
    names = {found.group(0) for usual in USUAL for found in usual.pattern.finditer(code)}
    for found in PUT_TOGETHER.finditer(code):
        names |= {word + found.group(1) for word in PART_NAMES if re.search(rf"['\"]{word}['\"]", code)}
    return tuple(sorted(names - set(present)))


def lay_out(names: Iterable[str], code: str, folder: Path) -> None:
    """Write these files into `folder`. Raises OSError when the disk does not take them."""
    for name in names:
        usual = next(usual for usual in USUAL if usual.pattern.fullmatch(name))
        usual.write(folder / name, code)


# --- headlines ---------------------------------------------------------------------------------


def corpus(path: Path, _code: str) -> None:
    write_uci(path, TITLES)


def corpus_zip(path: Path, code: str) -> None:
    whole = path.with_name(path.name + ".csv")
    corpus(whole, code)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(whole, "newsCorpora.csv")
        archive.writestr("readme.txt", "Synthetic headlines in the format of the News Aggregator Dataset.\n")
    whole.unlink()


def part(path: Path, code: str) -> None:
    """CATEGORY and TITLE; with a header where the code reads one, separated as the code says."""
    names_it = not numbers_categories(code)
    told = [item.category if names_it else str(CATEGORIES.index(item.category)) for item in titles(path.name)]
    rows = [[category, item.title] for category, item in zip(told, titles(path.name), strict=True)]
    if is_title_first(code):
        rows = [row[::-1] for row in rows]
    if has_header(path.name, code):
        small = re.search(r"['\"]title['\"]|\.title\b(?!\()", code)
        names = ["category", "title"] if small else ["CATEGORY", "TITLE"]
        rows.insert(0, names[::-1] if rows[0][1] == told[0] else names)
    if INDEXED.search(code) and rows[0][0].isupper():  # written with pandas' own numbers in front
        rows = [[str(n - 1) if n else "", *row] for n, row in enumerate(rows)]
    elif NUMBERED.search(code) and not rows[0][0].isupper():
        rows = [[str(n), *row] for n, row in enumerate(rows)]
    written = io.StringIO()
    if path.suffix == ".csv" and not re.search(r"(?:sep|delimiter)\s*=\s*['\"]\\t", code):
        csv.writer(written, lineterminator="\n").writerows(rows)
    else:  # problem 50 writes them plain
        written.writelines("\t".join(row) + "\n" for row in rows)
    path.write_text(written.getvalue(), encoding="utf-8")


def numbers_categories(code: str) -> bool:
    """Whether the categories in the files were numbers: labels that nothing makes of letters."""
    return bool(AS_LABELS.search(code)) and not OF_LETTERS.search(code)


def titles(name: str) -> tuple[Headline, ...]:
    """Of the part that the name of a file says."""
    data = news()
    if OF_ALL.match(name):
        return tuple(item for part in PARTS for item in titles(part))
    if "train" in name:
        return data.train[: PARTS["train"]]
    return data.test[: PARTS["test"]] if "test" in name else data.valid[: PARTS["valid"]]


def labels(path: Path, _code: str) -> None:
    """The categories of a part as numbers, in its order: a line each, or an array or tensor as the name's ending says."""
    numbers = np.array([CATEGORIES.index(item.category) for item in titles(path.name)])
    if path.suffix in (".txt", ".csv"):
        path.write_text("".join(f"{number}\n" for number in numbers), encoding="utf-8")
    elif path.suffix == ".npy":
        np.save(path, numbers)
    elif path.suffix in (".pt", ".pth"):
        torch.save(torch.from_numpy(numbers), path)
    else:
        path.write_bytes(pickle.dumps(numbers))


def vocabulary(path: Path, _code: str) -> None:
    """A number from 1 for each word of the training titles. Which number a word has decides nothing where this is read."""
    known = {word for item in titles("train") for word in item.title.split()}
    found = {word: number for number, word in enumerate(sorted(known), 1)}
    if path.suffix == ".json":
        path.write_text(json.dumps(found), encoding="utf-8")
    else:
        path.write_bytes(pickle.dumps(found))


def has_header(name: str, code: str) -> bool:
    """Whether the call that reads this file takes its first line for names: pandas does, unless told otherwise."""
    calls = re.findall(rf"read_(?:csv|table)\([^\n]*{re.escape(name)}[^\n]*(?:\n[ \t]+[^\n]*)*", code)
    calls = calls or re.findall(r"read_(?:csv|table)\([^\n]*(?:\n[ \t]+[^\n]*)*", code)
    return any(not re.search(r"header\s*=\s*None|names\s*=", call) for call in calls)


# --- vectors -----------------------------------------------------------------------------------


def word2vec(path: Path, _code: str) -> None:
    """word2vec's binary format, 300 numbers a word: the embedded vectors, laid over each other six times."""
    from grader.data.wordvectors import load

    table = load()
    words = [word for word in table.words if " " not in word]
    names = dict(zip(LOOKED_UP, words, strict=False))  # each with the vector of some word
    words += [name for name in names if name not in words]
    packed = io.BytesIO()
    packed.write(f"{len(words)} {DIM}\n".encode())
    for word in words:
        row = table[names.get(word, word)].repeat(-(-DIM // table.dim))[:DIM].tolist()
        packed.write(word.encode() + b" " + struct.pack(f"<{DIM}f", *row) + b"\n")
    content = packed.getvalue()
    path.write_bytes(gzip.compress(content, 1, mtime=0) if path.suffix == ".gz" else content)


def glove(path: Path, _code: str) -> None:
    from grader.data.wordvectors import load

    table = load()
    dim = int(path.name.split(".")[-2].rstrip("d"))
    rows = ((word, table[word].repeat(-(-dim // table.dim))[:dim].tolist()) for word in table.words if " " not in word)
    lines = (f"{word} {' '.join(f'{x:.5f}' for x in row)}\n" for word, row in rows)
    path.write_text("".join(lines), encoding="utf-8")


# --- sentence pairs ----------------------------------------------------------------------------


def pairs_text() -> str:
    """ManyThings' format: English, tab, Japanese, tab, attribution."""
    from grader.data import translation

    found = translation.pairs().train[:PAIRS]
    return "".join(f"{pair.en}\t{pair.ja}\tCC-BY 2.0 (France) Attribution: synthetic\n" for pair in found)


def pairs(path: Path, code: str) -> None:
    text = pairs_text()
    two_columns = not re.search(r"usecols|\[:2\]|_,?\s*=|split\(['\"]\\t['\"]\)\[", code) and "eng-jpn" in path.name
    path.write_text(re.sub(r"\tCC-BY[^\n]*", "", text) if two_columns else text, encoding="utf-8")


def pairs_zip(path: Path, _code: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("jpn.txt", pairs_text())
        archive.writestr("_about.txt", "Synthetic sentence pairs in the format of ManyThings.\n")


# --- running text ------------------------------------------------------------------------------


def running_text(path: Path, _code: str) -> None:
    """Plain English text, of which a model of characters or words is made: `open("input.txt").read()`."""
    from grader.data import translation

    sentences = [pair.en for pair in translation.pairs().train[:PAIRS]]
    path.write_text("\n".join(sentences) + "\n", encoding="utf-8")


def named(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){pattern}(?![\w-]|\.\w)")


USUAL = (
    UsualFile("newsCorpora.csv, newsCorpora_re.csv", named(r"newsCorpora(?:_\w+)?\.(?:csv|tsv|txt)"), corpus,
          Text(en="headlines in eight tab-separated columns", ja="8 列タブ区切りの見出し")),
    UsualFile("NewsAggregatorDataset.zip", named(r"NewsAggregatorDataset\.zip"), corpus_zip,
          Text(en="the same, zipped", ja="同じものの zip")),
    UsualFile("train.txt, valid.txt, test.txt (also .tsv, .csv, train.feature.txt, dev, val)",
          named(r"(?:_|(?:news|titles?|headlines?|text)_)?(?:train|valid|val|dev|test)\d?(?:[._](?:feature|features|re|data|processed))?\.(?:txt|tsv|csv)"), part,
          Text(en="category and title, with or without a header, as the code reads it", ja="カテゴリと見出し（ヘッダの有無はコードに合わせます）")),
    UsualFile("full_data.txt, all_titles.tsv", named(OF_ALL.pattern), part,
          Text(en="the same titles before they were divided", ja="分割する前の同じ見出し")),
    UsualFile("word2id.pkl, name_to_id.pickle, vocab.json, word_id_dict.pkl", named(OF_WORDS), vocabulary,
          Text(en="the dictionary of problem 80, from word to id", ja="80 番の、単語から ID への辞書")),
    UsualFile("y_train.txt, train_label.pkl (also valid, val, dev, test; .csv, .npy, .pt, .pkl)", named(OF_LABELS), labels,
          Text(en="the categories of problem 70 as numbers, in the order of the titles", ja="70 番のカテゴリ（番号、見出しと同じ順）")),
    UsualFile("GoogleNews-vectors-negative300.bin, .bin.gz", named(r"GoogleNews-vectors-negative300\.bin(?:\.gz)?"), word2vec,
          Text(en="word2vec's binary format, a small vocabulary, 300 numbers a word", ja="word2vec のバイナリ形式（小さな語彙、300 次元）")),
    UsualFile("glove.6B.50d.txt ... glove.6B.300d.txt", named(r"glove\.\w+\.(?:50|100|200|300)d\.txt"), glove,
          Text(en="GloVe's text format, a small vocabulary", ja="GloVe のテキスト形式（小さな語彙）")),
    UsualFile("jpn.txt, eng-jpn.txt", named(r"(?:jpn|eng-jpn|jpn-eng|eng_jpn)\.(?:txt|tsv)"), pairs,
          Text(en="English and Japanese sentence pairs, tab-separated", ja="英語と日本語の文のペア（タブ区切り）")),
    UsualFile("input.txt, shakespeare.txt, tinyshakespeare.txt", named(r"(?:input|(?:tiny[_-]?)?shakespeare)\.txt"), running_text,
          Text(en="plain text", ja="ふつうの文章")),
    UsualFile("jpn-eng.zip", named(r"(?:jpn-eng|eng-jpn)\.zip"), pairs_zip,
          Text(en="the same, zipped", ja="同じものの zip")),
)  # fmt: skip
