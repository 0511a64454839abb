"""Which file of a submission an import means: `from .single import Attention` in `attention/heads.py` is `attention/single.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath


def modules_of(place: PurePosixPath) -> list[str]:
    """The names a script can be imported by: `dataset`, and `utils.dataset` for one in a folder, `utils` for `utils/__init__`.

    None of these is `__main__`, which is where everything runs.
    """
    if place.suffix.lower() != ".py":
        return []
    parts = place.with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    names = {".".join(parts[start:]) for start in range(len(parts))}
    return sorted(names - {"__main__"})


def by_module(places: Iterable[PurePosixPath]) -> dict[str, PurePosixPath]:
    """The file that each of these names means; of several the last."""
    return {module: place for place in places for module in modules_of(place)}


def meant(module: str, place: PurePosixPath, known: Mapping[str, PurePosixPath]) -> PurePosixPath | None:
    """The file that the script at `place` means by a module; None where it is none of the submission's. known: see `by_module`."""
    names = list(readings(module, place))
    exactly = next((known[name] for name in names if name in known), None)
    if exactly is not None:
        return exactly
    loosely = {spelt(name): file for name, file in known.items()}
    return next((loosely[spelt(name)] for name in names if spelt(name) in loosely), None)


def spelt(module: str) -> str:
    """A module's name as it may be spelt in another way: `from Data import load` finds data.py on Windows, and a package
    transformer_lm lies in the folder transformer-lm of its repository.
    """
    return module.lower().replace("-", "_")


def readings(module: str, place: PurePosixPath) -> Iterator[str]:
    """The full names that a module may have, likeliest first: beside the script, then anywhere."""
    name = module.lstrip(".")
    above = max(0, len(module) - len(name) - 1)  # `..utils` is one folder up
    around = place.parent.parts[: len(place.parent.parts) - above]
    yield ".".join([*around, *([name] if name else [])])
    if name:
        yield name
