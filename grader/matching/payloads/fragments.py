"""Fragments of a notebook, run once more with other values in the place of the notebook's own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def overridden(namespace: dict[str, Any], values: dict[str, Any], whole: bool = True) -> Iterator[None]:
    """The namespace with these values in it, and afterwards as it was.

    whole: every name that was set in between goes back too; else only those of `values`.
    """
    before = dict(namespace) if whole else {name: namespace[name] for name in values if name in namespace}
    namespace.update(values)
    try:
        yield
    finally:
        for name in () if whole else values:
            namespace.pop(name, None)
        if whole:
            namespace.clear()
        namespace.update(before)


def execute(source: str, namespace: dict[str, Any]) -> None:
    """Run statements of the notebook.

    They are compiled as they stand: the futures of this module are none of theirs.
    """
    exec(compile(source, "<cell lifted>", "exec", dont_inherit=True), namespace)


def rerun(
    namespace: dict[str, Any],
    body: str,
    choose: Callable[[], dict[str, Any]],
    read: Callable[[], Any],
    setup: str = "",
) -> Any:
    """Run a fragment again, and give what `read` makes of it; afterwards the namespace is as it was.

    choose: the values to put in place, told once `setup`, the assignments in front of the fragment, has run.
    """
    with overridden(namespace, {}):
        execute(setup, namespace)
        namespace.update(choose())
        execute(body, namespace)
        return read()
