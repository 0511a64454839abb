"""How much a reading of some bytes looks like names: letters that one language has, and vowels where vowels can stand.

The same bytes are `Lefèvre` in the code page of western Europe and `Lefčvre` in that of its east, `Yıldız` in Turkey's and `Yýldýz` in
the west's. Both are words; but no language spells with ý and Turkish letters, and four consonants in a row are rare.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

# What each language has beside a to z, by code page. Languages that share a code page with others are told apart because a name is
# in one of them: `Šimùnek` is in none, `Šimůnek` is Czech.
LETTERS: dict[str, tuple[str, ...]] = {
    "cp1252": ("äöüß", "àâæçéèêëîïôœûüÿ", "áéíñóúü", "ãáâàçéêíóôõú", "åäöæøéü", "áðéíóúýþæö", "áéèëïóöü", "àçéèíïóòúü"),
    "cp1250": ("äöüß", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "ąćęłńóśźż", "áéíóöőúüű", "čćđšž", "ăâîşţ"),
    "cp1254": ("äöüß", "çğıiöşüâîû"),
}  # fmt: skip
AT_THE_END = "àèéìòù"  # Italian has accents on the last letter only: Niccolò, Forlì
VOWELS = frozenset("aeiouyæøœıаеёиоуыэюяіїєαεηιουω")


def spelled(encoding: str, word: str) -> bool:
    """Whether one language of a code page has all letters of a word. Of other code pages nothing is known, and all is well."""
    languages = LETTERS.get(encoding)
    strange = {letter for letter in word.replace("İ", "i").lower() if not letter.isascii()}
    if languages is None or any(strange <= set(letters) for letters in languages):
        return True
    return encoding == "cp1252" and word[-1].lower() in AT_THE_END and word[:-1].isascii()


def clashes(word: str) -> int:
    """Two vowels or two consonants side by side, one of them not in ASCII: `Lefčvre` has two, `Lefèvre` none."""
    return sum(
        (one in VOWELS) == (other in VOWELS)
        for (a, b), (one, other) in zip(pairwise(word), pairwise(map(base, word)), strict=True)
        if not (a + b).isascii()
    )


def base(letter: str) -> str:
    """A letter without its accent: `è` is an e, `ř` an r."""
    return unicodedata.normalize("NFD", letter.lower())[0]
