"""What the sandbox answers to `survey`, `describe` and `names`: the rows that are believed, and the forms they are taken for.

An input is JSON: what the sandbox says.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from grader.judge import editions
from grader.judge.known.parameters.names import likeness
from grader.lessons import catalogue
from grader.matching.bind import bind, parameters_of
from grader.matching.vocabulary import is_one_of, squeezed
from grader.model import Reply
from grader.sandbox.channel import LONGEST_NAME, MOST_NAMES, read_names
from tests.fuzz.mutation import as_json
from tests.fuzz.targets.matching import rows, rows_
from tests.fuzz.words import dumps, texts, values

INTERFACES = [i for lesson in catalogue() for i in lesson.exercises[0].interfaces if i.called]
FORMED = [exercise for lesson in catalogue() for exercise in lesson.exercises if exercise.forms]


class Room:
    """A branch that gives one answer."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def ask(self, _request: dict[str, Any]) -> Reply:
        return Reply(self.value)


def target(data: bytes) -> None:
    """Rows come out in the agreed form, or not at all; what reads them takes all of them."""
    value = as_json(data)
    found = read_names(value)
    assert len(found) <= MOST_NAMES
    for row in found[:20]:
        row["name"].encode()
        assert len(row["name"]) <= LONGEST_NAME
        parameters = parameters_of(row["parameters"], None)
        for wanted in INTERFACES[len(data) % 5 :: 5]:
            is_one_of(row["name"], (wanted.name, *wanted.called))
            bind(parameters, wanted.roles)
        squeezed(row["name"])
        likeness(row["name"], "encoder.layers.0.self_attn.in_proj_weight")
    for said in (value, value[0] if isinstance(value, list) and value else None):
        exercise = FORMED[len(data) % len(FORMED)]
        for form in exercise.forms:
            for signature in form.signatures:
                editions.fits_signature(signature, exercise.id, Room(said))  # type: ignore[arg-type]  # all of a branch that is asked for


# --- inputs ------------------------------------------------------------------------------------

described = st.fixed_dictionaries(
    {"kind": st.sampled_from(["class", "function", "value"])},
    optional={
        "parameters": st.one_of(st.lists(st.tuples(texts, texts, st.booleans()), max_size=4), rows_, values),
        "own": values,
    },
)
inputs = dumps(st.one_of(st.lists(st.one_of(rows, values), max_size=5), described, values))
