"""Names as people and LMSs write them: decoded, made harmless, and compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256

from grader.model import Text

LONGEST = 120  # characters of a name that is kept
SENTENCE = 10_000  # characters of what is put into a sentence
JOINERS = "\u200c\u200d"  # invisible, and part of how some languages are written
ENCODINGS = ("utf-8", "cp932")
BARE = re.compile(r"LATIN (?:SMALL|CAPITAL) LETTER (\w) WITH ")  # LATIN SMALL LETTER L WITH STROKE
UNDEFINED = "\xa0\uf8f0\uf8f1\uf8f2\uf8f3"  # what Python reads A0 and FD to FF as


def decoded(names: Sequence[bytes]) -> list[str]:
    """The names of an archive that does not say how they are written: UTF-8 or cp932, else each as well as it can be.

    One archive is written by one program, so an encoding that fits all names is preferred to one that fits some.
    """
    for encoding in ENCODINGS:
        try:
            return [text(name, encoding) for name in names]
        except UnicodeDecodeError:
            continue
    return [alone(name) for name in names]


def alone(name: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return text(name, encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("cp437")


def text(name: bytes, encoding: str) -> str:
    """Raises UnicodeDecodeError also where Python makes up a character for a byte that cp932 does not have."""
    found = name.decode(encoding)
    if encoding == "cp932" and any(character in UNDEFINED for character in found):
        raise UnicodeDecodeError(encoding, name, 0, len(name), "undefined")
    return found


def clean(name: str, longest: int = LONGEST) -> str:
    """A name that can be shown and stored: composed (NFC), on one line, nothing invisible, nothing that turns the text around.

    Never empty: a name of which nothing is left is `?`.
    """
    kept = "".join(seen(character) for character in unicodedata.normalize("NFC", name))
    return " ".join(kept.split())[:longest].strip() or "?"


def file_name(name: str) -> str:
    """The name of a file, made harmless and short enough for any disk. What it ends in stays."""
    stem, dot, suffix = name.replace("/", "_").rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    kept = clean(stem).encode()[:LONGEST].decode("utf-8", "ignore")
    return f"{kept}.{clean(suffix[:20])}" if suffix else kept


def seen(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":  # a byte of a file name that is no text
        return "?"
    if category in ("Zs", "Zl", "Zp") or character in "\t\n\r\v\f":
        return " "
    return "" if category in ("Cc", "Cf", "Cn", "Co") and character not in JOINERS else character


def said(en: str, ja: str, /, **values: object) -> Text:
    """A sentence with names in it. The names are a stranger's: none of them reaches a terminal as it is."""
    harmless = {key: clean(str(value), SENTENCE) for key, value in values.items()}
    return Text(en=en.format(**harmless), ja=ja.format(**harmless))


def listed(names: Sequence[str], most: int = 8) -> str:
    """The first few, and how many more."""
    shown = [clean(name)[:40] for name in names[:most]]
    return ", ".join(shown) + (f" (+{len(names) - most})" if len(names) > most else "")


def key(text: str) -> str:
    """What is left of a name when width, case, spaces and punctuation do not matter."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum() or unicodedata.combining(c))


def folded(text: str) -> str:
    """The key without what some lists leave away: `Łukasz Wójcik` and `Lukasz Wojcik` are one."""
    return "".join(bare(c) for c in unicodedata.normalize("NFC", key(text)))


def bare(character: str) -> str:
    match = BARE.match(unicodedata.name(character, ""))
    return match[1].lower() if match else character


def keys(name: str) -> frozenset[str]:
    """The keys of a name in every order that its words may be turned to: given name first or last."""
    words = [word for word in re.split(r"[\s,、・]+", unicodedata.normalize("NFKC", name)) if key(word)]
    return frozenset(key("".join(words[turn:] + words[:turn])) for turn in range(len(words))) or frozenset({key(name)})


def flat(text: str) -> str:
    """A number, a login or an address as it is but for width, case and the blanks around it."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def short(text: str) -> str:
    """Six characters that tell two names apart that look the same."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
