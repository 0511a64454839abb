"""What stands around a definition may keep from it what it cannot answer by itself."""

from __future__ import annotations

import pytest

from grader.matching.protected import is_protected
from grader.matching.source_index import SourceIndex
from grader.model import Cell

HELPER = "def ids(words, table):\n    return [table[w] for w in words]\n"
AROUND = {
    "a function": HELPER + "def encode(title):\n    return ids(title.split(), TABLE)",
    "a method": "class Words:\n    def ids(self, words):\n        return words\n    def encode(self, t):\n        return self.ids(t)",
    "a choice": HELPER + "print(ids([w if w in TABLE else '<unk>' for w in title.split()], TABLE))",
    "a choice under a name": HELPER
    + "for t in titles:\n    words = [w for w in t.split() if w in TABLE]\n    ids(words, TABLE)",
}
BARE = {
    "a call": HELPER + "print(ids(title.split(), TABLE))",
    "a list": HELPER + "rows = [ids(t.split(), TABLE) for t in titles]",
    "itself": "def ids(words):\n    return words[:1] + ids(words[1:]) if words else []",
}


def protected(source: str, section: str = "knock80") -> bool:
    return is_protected(SourceIndex((Cell(0, "code", source, section),)), "Words.ids", "knock80")


@pytest.mark.parametrize("source", AROUND.values(), ids=AROUND)
def test_a_part_is_protected(source: str) -> None:
    """By what calls it, or by what chooses its words."""
    assert protected(source)


@pytest.mark.parametrize("source", BARE.values(), ids=BARE)
def test_a_whole_is_not(source: str) -> None:
    """Where it is called as it is, it has to answer."""
    assert not protected(source)


def test_another_section_protects_nothing() -> None:
    """A later problem uses the answer of this one."""
    assert not protected(AROUND["a function"], section="knock83")
