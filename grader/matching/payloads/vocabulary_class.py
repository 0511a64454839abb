"""An object that keeps a vocabulary, asked as the two functions of problem 80."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any


def vocabulary_by(theirs: Any, builder: str, attribute: str) -> Callable[[Any], Any]:
    """The dictionary that an object keeps of its titles. builder: the method that is given them; "" for the constructor."""
    return lambda titles: getattr(made_of(theirs, builder, titles), attribute)


def ids_by(theirs: Any, builder: str, attribute: str, method: str) -> Callable[[Any, Any], Any]:
    """The ids that an object's method gives of a title, when it keeps this vocabulary in place of its own."""

    def tell(words: Any, vocab: Any) -> Any:
        try:
            made = made_of(theirs, builder, [" ".join(vocab)] * 2)
        except Exception:  # of lists of words, not of strings
            made = made_of(theirs, builder, [list(vocab)] * 2)
        own = getattr(made, attribute)
        if own is None or isinstance(own, (int, float, str, list, tuple, set)):
            raise TypeError(f"{attribute} is no vocabulary")  # another of its attributes is
        # a defaultdict says by itself what an unknown word is
        setattr(made, attribute, defaultdict(own.default_factory, vocab) if isinstance(own, defaultdict) else vocab)
        return getattr(made, method)(words)

    return tell


def made_of(theirs: Any, builder: str, titles: Any) -> Any:
    """An object that was given these titles."""
    if not builder:
        return theirs(titles)
    made = theirs()
    getattr(made, builder)(titles)
    return made
