"""`check`, `hint` and `%%check` where the notebook that holds them is being graded: one sentence, and nothing else.

Stands alone like everything in here. A cell that begins with `%%check` still runs.
"""

from __future__ import annotations

import sys
from typing import Any


class Aside(str):
    """A sentence that a notebook shows without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


SENTENCE = Aside(
    "This notebook is being graded, so check and hint do nothing here. / 採点中なので、check と hint は何もしません。"
)


def check(*_names: object, **_options: object) -> Aside:
    return SENTENCE


def hint(*_names: object, **_options: object) -> Aside:
    return SENTENCE


def require_lesson(_name: str) -> None:
    """Nothing is needed where nothing is checked."""


def load_ipython_extension(shell: Any) -> None:
    def run_the_cell(_line: str, cell: str) -> Aside:
        shell.run_cell(cell).raise_error()
        return SENTENCE

    shell.register_magic_function(run_the_cell, magic_kind="cell", magic_name="check")


_shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
if _shell is not None:
    load_ipython_extension(_shell)
