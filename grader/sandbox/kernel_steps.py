"""What is laid into a kernel before the first cell: stand-ins for what other machines have, and the submission's own scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.sandbox.payload import source_of

# File, function: what is put in the place of what other machines have. See `guest/`.
STAND_INS = (
    ("colab", "google_colab"),
    ("colab", "nobody_to_ask"),
    ("colab", "exit_ends_the_cell"),
    ("missing_packages", "trackers"),
    ("missing_packages", "plain_bars"),
    ("missing_packages", "plain_types"),
    ("missing_packages", "loggers"),
    ("missing_packages", "no_workers"),
    ("vectors", "small_gensim"),
    ("studies", "small_optuna"),
    ("tokens", "small_spacy"),
    ("small_packages", "small_packages"),
    ("lightning", "small_lightning"),
    ("hugging_face", "small_transformers"),
    ("compat", "given_back"),
    ("paths", "lead_home"),
    ("accelerations", "plainly"),
    ("compiler", "leave_unloaded"),
)


def steps(stand_ins: bool, without_gpu: bool, script: str, modules: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """File, function and arguments of each step, in their order; the arguments mean what they mean in `KernelSandbox`."""
    laid: list[tuple[Any, ...]] = [*STAND_INS] if stand_ins else []
    laid += [("gpu", "without_gpu")] if without_gpu else []
    laid += [("missing_packages", "as_script", script)] if script else []
    laid += [("missing_packages", "own_scripts", list(modules))] if modules else []
    return laid


def order(entry: Callable[..., None], *args: Any) -> str:
    """The code that has the kernel call a function of `guest/opening.py` with these plain values."""
    return f"{source_of(entry)}make(*{args!r})\n"
