"""Calls that libraries removed run the old way. In a process of its own: what is given back would stay here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def ran(code: str) -> str:
    start = "from grader.sandbox.guest.compat import given_back\ngiven_back()\n"
    found = subprocess.run([sys.executable, "-c", start + code], capture_output=True, text=True, check=False)
    return found.stdout + found.stderr


@pytest.mark.slow
def test_numpy_and_torch_have_what_they_had() -> None:
    """np.float is float again, data loaders have .next(), torch.load reads more than weights."""
    code = """
import io, numpy as np, torch
from collections import Counter
print(np.array([1], dtype=np.float).dtype, np.int(3))
print(iter(torch.utils.data.DataLoader([1, 2], batch_size=2)).next().tolist())
file = io.BytesIO()
torch.save({"words": Counter("aab")}, file)
file.seek(0)
print(torch.load(file)["words"]["a"])
"""
    assert ran(code).split("\n")[:3] == ["float64 3", "[1, 2]", "2"]


def test_rows_of_different_lengths_make_an_array_of_rows() -> None:
    """As before numpy 1.24; rows of one length make a table, and where a type is asked for there is none."""
    code = """
import numpy as np
rows = np.array([[1, 2], [3]])
print(rows.dtype, rows.shape, rows[1], np.asarray([[1], [2]]).shape, np.Inf)
try:
    np.array([[1, 2], [3]], dtype=float)
except ValueError as error:
    print("inhomogeneous" in str(error))
"""
    assert ran(code).splitlines()[-2:] == ["object (2,) [3] (2, 1) inf", "True"]


def test_a_module_is_mended_when_it_is_imported() -> None:
    """What is not installed stays so, and what is imported goes through its own loader."""
    code = """
import sys, types, importlib.machinery, importlib.abc
class Source(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name in ("sklearn", "sklearn.feature_extraction", "sklearn.feature_extraction.text") else None
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        if module.__name__.endswith("text"):
            class CountVectorizer:
                def get_feature_names_out(self):
                    return ("a", "b")
            module.CountVectorizer = module.TfidfVectorizer = CountVectorizer
sys.meta_path.insert(1, Source())
from sklearn.feature_extraction.text import CountVectorizer
print(CountVectorizer().get_feature_names())
"""  # fmt: skip
    assert ran(code).strip() == "['a', 'b']"


@pytest.mark.slow
def test_nltk_cuts_words_without_its_data() -> None:
    """word_tokenize and the English stop words, which nltk.download would fetch; of other languages nothing is invented."""
    code = """
import nltk
nltk.data.path[:] = []
nltk.download("punkt")
from nltk.tokenize import word_tokenize
from nltk.corpus import stopwords
print(nltk.word_tokenize("Don't stop, U.S. banks"), word_tokenize("It's") == ["It", "'s"])
print("the" in set(stopwords.words("english")), len(stopwords.words("english")) > 50)
try:
    stopwords.words("japanese")
except LookupError as error:
    print("LookupError", "NLTK Downloader" in str(error))
"""
    said = ["['Do', \"n't\", 'stop', ',', 'U.S.', 'banks'] True", "True True", "LookupError True"]
    assert ran(code).splitlines()[-3:] == said


def test_vectors_answer_to_the_names_that_they_had() -> None:
    """`model.vocab`, `model.wv` and `model.index2word` of before gensim 4, of the stand-in as of gensim itself."""
    code = """
import sys
from pathlib import Path
from grader.sandbox.guest.vectors import small_gensim
small_gensim()
given_back()
import numpy as np
from gensim.models import KeyedVectors
model = KeyedVectors(["a", "b"], np.eye(2))
print([model.vocab[word].index for word in "ab"], bool(model.vocab.get("a")), model.vocab["a"].count, np.eye(2)[model.vocab["b"]])
print("a" in model.vocab, "c" in model.wv.vocab, model.index2word, model.wv["b"].tolist(), model.syn0.shape)
"""
    said = ["[0, 1] True 2 [0. 1.]", "True False ['a', 'b'] [0.0, 1.0] (2, 2)"]
    assert ran(code).strip().splitlines() == said


@pytest.mark.slow
def test_transformers_has_what_it_had(tmp_path: Path) -> None:
    """Its optimiser with `correct_bias`, and tokenizers that encode_plus and fill up to a length, as before version 5."""
    pytest.importorskip("transformers")
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb")
    code = f"""
import torch
from transformers import AdamW, BertTokenizer
print(AdamW([torch.zeros(1, requires_grad=True)], lr=0.1, correct_bias=False).defaults["lr"])
tokenizer = BertTokenizer({str(tmp_path / "vocab.txt")!r})
print(tokenizer.encode_plus("a b a b", max_length=4, pad_to_max_length=True)["input_ids"])
print(tokenizer("a", max_length=5, pad_to_max_length=True)["attention_mask"])
try:
    from transformers import BertAdam
except ImportError:
    print("never there")
"""
    assert ran(code).splitlines()[-4:] == ["0.1", "[2, 5, 6, 3]", "[1, 1, 1, 0, 0]", "never there"]
