"""In which encoding a CSV is, by evidence: its byte order mark, UTF-8, then the names that must come out of it.

A spreadsheet saves "CSV" in the code page of its country and does not say which. Nearly every sequence of bytes is text in
several of them, and then only what the text should say can tell: the names of those who handed in, and known headers; then how
names are spelled. What is left is read as the most usual of them, or as a detector says, which knows nothing of the class.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

import charset_normalizer

from grader.batch.names import folded, key, said
from grader.batch.spelling import clashes, spelled
from grader.errors import UsageError
from grader.model import Text

USUAL = ("cp1252", "cp932", "cp1250", "cp1251", "cp1253", "cp1254", "euc_jp")
RARE = ("cp949", "gb18030", "big5", "mac_roman")  # only where names speak for them: they make text of anything
WORD = re.compile(r"[^\s,;\t\"'()/.@_-]+")
SAMPLE = 1 << 16  # bytes that the detector looks at
KINDS = ("LATIN", "CJK", "HIRAGANA", "KATAKANA", "CYRILLIC", "GREEK", "HANGUL")
JAPANESE = {"CJK", "HIRAGANA", "KATAKANA"}


@dataclass(frozen=True)
class Decoded:
    """text, without a byte order mark. mark: its bytes. note: what was assumed, None where nothing had to be."""

    text: str
    encoding: str
    mark: bytes = b""
    note: Text | None = None


def decoded(
    raw: bytes,
    name: str,
    hints: Collection[str] = (),
    encoding: str | None = None,
    known: Callable[[str], int] = lambda _line: 0,
) -> Decoded:
    """hints: names that the text may hold. encoding: as a person says. known: how many headers of a line are known ones.

    Raises UsageError with a sentence for what is in none of the encodings.
    """
    if encoding is not None:
        return as_told(raw, name, encoding)
    found = marked(raw, name) or unmarked_utf16(raw, name) or in_utf8(raw)
    return found or by_evidence(raw, name, hints, known)


def as_told(raw: bytes, name: str, encoding: str) -> Decoded:
    try:
        text = raw.decode(encoding)
    except LookupError as error:
        raise UsageError(
            f"There is no encoding {encoding!r}; --encoding takes utf-8, cp932, cp1252, cp1250, utf-16 and the like.",
            ja=f"{encoding!r} という文字コードはありません。--encoding には utf-8、cp932、cp1252、cp1250、utf-16 などを指定してください。",
        ) from error
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UsageError(
            f"{name} is not in {encoding}: line {line} has bytes that are no text in it. Leave --encoding away, or name another.",
            ja=f"{name} は {encoding} ではありません（{line} 行目が読めません）。--encoding を外すか、別のものを指定してください。",
        ) from error
    return Decoded(text.removeprefix("\ufeff"), encoding)


def marked(raw: bytes, name: str) -> Decoded | None:
    """Text that begins with a byte order mark."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if raw.startswith(mark):
            try:
                return Decoded(raw[len(mark) :].decode(encoding), encoding, mark)
            except UnicodeDecodeError as error:
                raise broken(name, encoding) from error
    return None


def unmarked_utf16(raw: bytes, name: str) -> Decoded | None:
    """UTF-16 without its mark: half of ASCII is empty."""
    big, little = raw[::2].count(0), raw[1::2].count(0)
    if max(big, little) <= max(len(raw) // 12, 10 * min(big, little)):
        return None
    encoding = "utf-16-le" if little > big else "utf-16-be"
    try:
        return Decoded(raw.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        raise broken(name, encoding) from error


def broken(name: str, encoding: str) -> UsageError:
    kind = encoding[:6].upper().removesuffix("-")
    return UsageError(
        f"{name} begins as {kind} and is not: save it as CSV in UTF-8.",
        ja=f"{name} は {kind} のように始まりますが、そうではありません。UTF-8 の CSV で保存してください。",
    )


def in_utf8(raw: bytes) -> Decoded | None:
    try:
        return Decoded(raw.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return None


def by_evidence(raw: bytes, name: str, hints: Collection[str], known: Callable[[str], int]) -> Decoded:
    """The encoding under which most names are those of the hints, then most headers are known, then most words look like words."""
    texts: dict[str, str] = {}
    for encoding in (*USUAL, *RARE):
        try:
            texts[encoding] = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    scores = {encoding: score(encoding, text, hints, known) for encoding, text in texts.items()}
    best = max(scores.values(), default=(0, 0, 0, False, 0, 0, 0))
    if not any(best[:2]) and not best[3]:
        raise UsageError(
            f"{name} is in no known encoding: save it as CSV in UTF-8, or say which one it is with --encoding.",
            ja=f"{name} の文字コードが分かりません。UTF-8 の CSV で保存するか、--encoding で指定してください。",
        )
    tied = [encoding for encoding, found in scores.items() if found == best]
    chosen = tied[0] if len({texts[encoding] for encoding in tied}) == 1 else most_usual(raw, texts, tied)
    shown = named(texts[chosen], hints, key) or named(texts[chosen], hints, folded)
    words = BY_NAMES if shown else GUESSED
    sample = ", ".join((shown or foreign(texts[chosen]))[:3])
    note = said(*words, file=name, encoding=chosen, sample=sample)
    return Decoded(texts[chosen], chosen, note=note)


def score(
    encoding: str, text: str, hints: Collection[str], known: Callable[[str], int]
) -> tuple[int, int, int, bool, int, int, int]:
    """The surest first. Words in ASCII are the same under all encodings, so they say nothing."""
    names, alike = (len(named(text, hints, form)) for form in (key, folded))
    headers = known(next((line for line in text.splitlines() if line.strip()), ""))
    words = [word for word in foreign(text) if is_word(word)]
    right = sum(spelled(encoding, word) for word in words)
    return names, alike, headers, encoding in USUAL, len(words), right, -sum(map(clashes, words))


def named(text: str, hints: Collection[str], form: Callable[[str], str]) -> list[str]:
    """The words that stand in the hints, compared in this form. `｣ukasz` is none, though its letters stand in `Lukasz`."""
    joined = "\n".join(map(form, hints))
    return [word for word in foreign(text) if is_word(word) and len(made := form(word)) > 1 and made in joined]


def foreign(text: str) -> list[str]:
    """The words that are not in ASCII, each once."""
    return [word for word in dict.fromkeys(WORD.findall(text)) if not word.isascii()]


def is_word(word: str) -> bool:
    """Letters of one kind of writing, and in Latin no capital within: `Häberle`, `山田`, but not `H臙erle`, `NuÃ±ez`."""
    if not all(unicodedata.category(character)[0] in "LM" for character in word):
        return False
    names = [unicodedata.name(character, "") for character in word]
    kinds = {next((kind for kind in KINDS if name.startswith(kind)), name) for name in names}
    small_then_large = any(a.islower() and b.isupper() for a, b in pairwise(word))
    return (len(kinds) == 1 or kinds <= JAPANESE) and not small_then_large


def most_usual(raw: bytes, texts: Mapping[str, str], among: list[str]) -> str:
    """Of those that nothing else tells apart. Turkey's and the west's differ in six letters only, `Yıldız` and `Yýldýz`, and there
    are more Turks than Icelanders. A detector always takes a few names in Latin letters for cp1250, so it is asked for others."""
    if among[0] != "cp1252":
        best = charset_normalizer.from_bytes(raw[:SAMPLE], cp_isolation=among).best()
        return best.encoding if best is not None and best.encoding in among else among[0]
    return "cp1254" if "cp1254" in among and texts["cp1254"] != texts["cp1252"] else "cp1252"


BY_NAMES = (
    "{file} is not UTF-8; it was read as {encoding}, in which its names are those of the hand-ins ({sample}). "
    "(--encoding to read it otherwise)",
    "{file} は UTF-8 ではありません。名前が提出物と一致する {encoding} として読み込みました（{sample}）。（--encoding で変更できます）",
)
GUESSED = (
    "{file} is not UTF-8, and nothing in it tells for sure what it is; it was read as {encoding}. Look at the names ({sample}), "
    "and say --encoding if they are wrong.",
    "{file} は UTF-8 ではなく、文字コードを確定できないため、{encoding} とみなして読み込みました。名前（{sample}）を確認し、"
    "違っていれば --encoding で指定してください。",
)
