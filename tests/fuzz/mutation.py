"""New inputs out of old ones: a few random changes that keep what an input is made of (JSON, lines, bytes)."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

from tests.fuzz import strange
from tests.fuzz.law import LARGEST

SELDOM = 300  # of so many changes one puts in a long text: it costs as much as all the others


def mutated(data: bytes, random: Random, others: tuple[bytes, ...] = ()) -> bytes:
    """The input with one to six changes. others: inputs to take pieces from."""
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        data = changed(data, random, others)
    return data[:LARGEST]


def changed(data: bytes, random: Random, others: tuple[bytes, ...]) -> bytes:
    if data[:1] in (b"{", b"[") and random.random() < 0.9:
        try:
            return strange.dumped(in_tree(strange.parsed(data), random))
        except (ValueError, RecursionError):
            pass
    return in_lines(data, random, others) if random.random() < 0.7 else in_bytes(data, random, others)


# --- JSON --------------------------------------------------------------------------------------


def in_tree(value: Any, random: Random) -> Any:
    """The value with something else in one place."""
    holder = [copy.deepcopy(value)]
    places = list(places_of(holder))
    place, key = random.choice(places)
    place[key] = other(place[key], random)
    if isinstance(place, dict) and random.random() < 0.1:
        place[str(text(random))] = place.pop(key)
    elif isinstance(place, list) and place is not holder and random.random() < 0.3:
        place.insert(random.randrange(len(place) + 1), copy.deepcopy(random.choice(place)))
    return holder[0]


def places_of(holder: Any) -> Any:
    """Every place in a value as (container, key)."""
    waiting = [holder]
    while waiting:
        here = waiting.pop()
        for key, item in here.items() if isinstance(here, dict) else enumerate(here):
            yield here, key
            if isinstance(item, dict | list):
                waiting.append(item)


def other(value: Any, random: Random) -> Any:
    """What may stand in a value's place."""
    match random.randrange(10):
        case 0 | 1 | 2 | 3:
            return in_text(value, random) if isinstance(value, str) else text(random)
        case 4 | 5:
            return random.choice(strange.NUMBERS)
        case 6:
            return copy.deepcopy(random.choice(strange.EMPTY))
        case 7:
            return [value] if random.random() < 0.5 else {str(text(random)): value}
        case 8 if isinstance(value, list) and value:
            return (value * random.choice((2, 2, 3, 50)))[:2_000]
        case 9 if random.randrange(20) == 0:
            return strange.deep(random.choice((5, 39, 41, 500)), random.choice(("list", "dict")))
    if isinstance(value, list):
        return random.sample(value, random.randrange(len(value) + 1))
    if isinstance(value, dict):
        return dict(random.sample(list(value.items()), random.randrange(len(value) + 1)))
    return random.choice(strange.NUMBERS)


def text(random: Random) -> str:
    return random.choice(strange.LONG) if random.randrange(SELDOM) == 0 else random.choice(strange.TEXTS)


def in_text(value: str, random: Random) -> str:
    """A text with another in it, doubled, or cut."""
    place = random.randrange(len(value) + 1)
    match random.randrange(4):
        case 0:
            return value[:place] + text(random) + value[place:]
        case 1:
            return value[:place] + text(random)
        case 2:
            until = min(len(value), place + random.choice((1, 5, 50)))
            return (value[:place] + value[place:until] * random.choice((2, 3, 100)) + value[until:])[:400_000]
    return value[:place] + value[place + random.choice((1, 5, 50)) :]


# --- lines and bytes ---------------------------------------------------------------------------


def in_lines(data: bytes, random: Random, others: tuple[bytes, ...]) -> bytes:
    lines = data.split(b"\n")
    place = random.randrange(len(lines))
    match random.randrange(6):
        case 0:
            lines.insert(place, text(random).encode("utf-8", "surrogatepass"))
        case 1:
            lines[place] = in_text(lines[place].decode("utf-8", "replace"), random).encode("utf-8", "surrogatepass")
        case 2 if others:
            from_ = random.choice(others).split(b"\n")
            start = random.randrange(len(from_))
            lines[place:place] = from_[start : start + random.choice((1, 3, 20))]
        case 3:
            lines[place] = random.choice((b" ", b"    ", b"\t", b"#", b"def ", b"class ")) + lines[place]
        case 4:
            del lines[place : place + random.choice((1, 2, 10))]
        case _:
            lines[place:place] = lines[place : place + random.choice((1, 3, 10))] * random.choice((1, 2, 30))
    return b"\n".join(lines)


def in_bytes(data: bytes, random: Random, others: tuple[bytes, ...]) -> bytes:
    place = random.randrange(len(data) + 1)
    match random.randrange(5):
        case 0:
            return data[:place] + bytes([random.randrange(256)]) + data[place + 1 :]
        case 1:
            return data[:place] + random.randbytes(random.choice((1, 2, 4, 8))) + data[place:]
        case 2:
            return data[:place] + data[place + random.choice((1, 4, 100)) :]
        case 3:
            number = random.choice((0, 1, 255, 2**16, 2**31, 2**32 - 1, 2**63, 2**64 - 1))
            width = random.choice((2, 4, 8))
            kept = (number % 256**width).to_bytes(width, random.choice(("big", "little")))
            return data[:place] + kept + data[place + width :]
    other = random.choice(others) if others else data
    return data[:place] + other[random.randrange(len(other) + 1) :]


def as_json(data: bytes) -> Any:
    """For targets that take values: the value, or None for bytes that are none."""
    try:
        return json.loads(data.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
