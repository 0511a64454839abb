"""Payloads as the text that is sent: no sandbox, no notebook."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.matching import payloads
from grader.matching.payloads import (
    metrics,
    training,
)
from grader.sandbox.payload import source_of

ROOT = Path(__file__).parents[2]


def modules() -> list[str]:
    fakes = sorted(path for path in ROOT.glob("grader/lessons/*/_fakes/*.py") if path.stem != "__init__")
    named = [f"grader.matching.payloads.{module.name}" for module in pkgutil.iter_modules(payloads.__path__)]
    return named + [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in fakes]


def entries() -> list[Any]:
    found = []
    for name in modules():
        module = importlib.import_module(name)
        own = (v for v in vars(module).values() if inspect.isfunction(v) or inspect.isclass(v))
        found += [value for value in own if value.__module__ == name]
    return found


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: f"{entry.__module__.split('.')[-1]}.{entry.__name__}")
def test_the_text_stands_alone(entry: Callable[..., Any]) -> None:
    """It runs in an empty namespace, imports nothing of grader, and tells nothing of what a docstring or comment says."""
    text = source_of(entry)
    scope: dict[str, Any] = {"__name__": "lent"}
    exec(compile(text, "<lent>", "exec"), scope)
    assert scope[entry.__name__] is scope["make"]
    assert "grader" not in text and '"""' not in text and "  # " not in text


def test_the_text_brings_what_is_read_and_no_more() -> None:
    """A helper of another payload comes along, in front; what only others use stays behind."""
    text = source_of(metrics.run_shown)
    assert text.index("def overridden(") < text.index("class Record") < text.index("def make(")
    assert "run_trainer" not in text and "several_kind" not in text


@pytest.mark.slow
def test_the_text_does_not_depend_on_the_order_of_sets() -> None:
    """Another process, with other hashes, sends the same."""
    asked = "from grader.matching.payloads.training import run_training as p; from grader.sandbox.payload import source_of; print(source_of(p), end='')"
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", asked],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PATH": "", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        )
        assert done.stdout == source_of(training.run_training), done.stderr
