"""Hand-ins to a lesson of two exercises, in parts, as stubs and as whole notebooks; none of them needs to be run to be settled."""

from __future__ import annotations

import json
from typing import Any

POSITIONAL = (
    "def positional_encoding(max_len, d_model):\n    table = torch.zeros(max_len, d_model)\n"
    "    position = torch.arange(max_len, dtype=torch.float32)[:, None]\n"
    "    rate = 10000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float32) / d_model)\n"
    "    table[:, 0::2] = torch.sin(position * rate)\n"
    "    table[:, 1::2] = torch.cos(position * rate)[:, : d_model // 2]\n    return table"
)
MASK = "def causal_mask(size):\n    return torch.ones(size, size, dtype=torch.bool).tril()"
WRONG_MASK = "def causal_mask(size):\n    return torch.ones(size, size, dtype=torch.bool)"
STUBS = {
    "positional_encoding": "def positional_encoding(max_len, d_model):\n    # write your code here\n    raise NotImplementedError",
    "causal_mask": "def causal_mask(size):\n    # write your code here\n    raise NotImplementedError",
}
HEADINGS = {"positional_encoding": "## Positional encoding (positional_encoding)", "causal_mask": "## The causal mask (causal_mask)"}  # fmt: skip


def cell(kind: str, source: str) -> dict[str, Any]:
    code = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": source, **code}


def notebook(remark: str = "", **answers: str) -> bytes:
    """A notebook with these sections, answered so. remark: what makes it another file than one of the same answers."""
    cells = [cell("markdown", f"# A language model with a Transformer {remark}"), cell("code", "import torch")]
    for exercise, source in answers.items():
        cells += [cell("markdown", HEADINGS[exercise]), cell("code", source)]
    metadata = {"grader": {"lesson": "transformer_lm", "lang": "en"}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()


WHOLE = notebook(positional_encoding=POSITIONAL, causal_mask=MASK)
MISTAKEN = notebook(positional_encoding=POSITIONAL, causal_mask=WRONG_MASK)
STUB = notebook(**STUBS)
FIRST = notebook(positional_encoding=POSITIONAL)
SECOND = notebook(causal_mask=MASK)
SECOND_WRONG = notebook(causal_mask=WRONG_MASK)
SCRIPT = f"import torch\n\n# The causal mask (causal_mask)\n{MASK}\n".encode()
BROKEN = b'{"cells": [{"cell_type": "co'
