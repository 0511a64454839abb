"""Calls that libraries removed run the old way. In a process of its own: what is given back would stay here."""

from __future__ import annotations

import subprocess
import sys


def ran(code: str) -> str:
    start = "from grader.sandbox.guest.compat import given_back\ngiven_back()\n"
    found = subprocess.run([sys.executable, "-c", start + code], capture_output=True, text=True, check=False)
    return found.stdout + found.stderr


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
