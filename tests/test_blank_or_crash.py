"""A crash is no blank: only a `raise` of the student's own, or nothing at all, is "not attempted"."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader import check
from grader.grading import grade
from grader.model import Outcome
from grader.sandbox.guest.faults import fault_of
from grader.sandbox.guest.namespace import Namespace
from grader.sandbox.kernel_factory import KernelFactory
from tests.notebooks import answer_cells, save, solved

MASK = "import torch\ndef causal_mask(size):\n"
CRASHES = {
    "an operation that torch has not for floats": "    return torch.ones(size, size) & torch.ones(size)",
    "the same, two floats deep": "    a = torch.ones(size, size)\n    return helper(a)\ndef helper(a):\n    return a & a",
    "a library's own raise": "    return torch.nn.Module()(size)",
    "a key error's parent": "    raise LookupError('no such mask')",
    "caught and raised again": "    try:\n        return torch.ones(size) & 1.5\n    except NotImplementedError:\n        raise",
    "an abstract method of the library": "    return torch.utils.data.IterableDataset().__iter__()",
}
BLANKS = {
    "the stub's": "    raise NotImplementedError",
    "called": "    raise NotImplementedError()",
    "with words, over two lines": "    raise NotImplementedError(\n        'write me')",
    "in a helper": "    return helper(size)\ndef helper(size):\n    raise NotImplementedError",
    "in a method that a library calls": "    class M(torch.nn.Module):\n        def forward(self, x):\n"
    "            raise NotImplementedError\n    return M()(torch.ones(size))",
}
CASES = [(body, Outcome.CRASHED) for body in CRASHES.values()] + [(body, Outcome.MISSING) for body in BLANKS.values()]


@pytest.mark.parametrize(("body", "outcome"), CASES, ids=[*CRASHES, *BLANKS])
def test_in_the_notebook(body: str, outcome: Outcome) -> None:
    """check() tells a crash from a blank."""
    scope: dict[str, Any] = {"__name__": "__main__", "ask": check}
    exec(MASK + body, scope)
    found = eval("ask('causal_mask', lang='en')", scope)
    assert found.exercise.findings[0].outcome is outcome, found


@pytest.mark.parametrize("outcome", [Outcome.CRASHED, Outcome.MISSING])
def test_when_graded(outcome: Outcome, tmp_path: Path, host: KernelFactory | None) -> None:
    """grade says the same, and shows the line of a crash."""
    bodies = CRASHES if outcome is Outcome.CRASHED else BLANKS
    body = next(iter(bodies.values()))
    notebook = solved("transformer_lm")
    answer_cells(notebook, "causal_mask")[0].source = MASK + body
    first = grade(save(notebook, tmp_path), 3, ("causal_mask",), host=host).exercises[0].findings[0]
    assert first.outcome is outcome
    assert first.place is not None or outcome is Outcome.MISSING
    if outcome is Outcome.CRASHED:
        assert first.place is not None and first.place.source == body.strip()
        assert first.rationale is not None and "NotImplementedError" in first.rationale.en


def test_a_name_that_is_not_there_is_missing() -> None:
    """The sandbox's own word for "there is nothing of this name" stays what it was."""
    room = Namespace({})
    with pytest.raises(LookupError) as caught:
        room.find(None, "RNN")
    fault = fault_of(caught.value)
    assert (fault["type"], fault["message"], fault["kind"]) == ("LookupError", "RNN", "missing")


AT_THE_TOP = {
    "round a whole class": "class Mask:\n    # write your code here\n    raise NotImplementedError",
    "the whole cell": "# write your code here\nraise NotImplementedError",
    "called": "raise NotImplementedError()",
    "tried below the answer": MASK + BLANKS["the stub's"] + "\n\ncausal_mask(3)",
}


@pytest.mark.parametrize("name", AT_THE_TOP)
def test_a_blank_that_ends_its_cell(name: str, tmp_path: Path, host: KernelFactory | None) -> None:
    """In a real kernel too a cell that meets the stub's own raise was not attempted: nothing of it is a crash."""
    notebook = solved("transformer_lm")
    answer_cells(notebook, "causal_mask")[0].source = AT_THE_TOP[name]
    findings = grade(save(notebook, tmp_path), 3, ("causal_mask",), host=host).exercises[0].findings
    assert {finding.outcome for finding in findings} == {Outcome.MISSING}, findings
