"""The nouns. Frozen values, standard library only; everything else is functions over these.

A `Submission` is run in a sandbox, which gives a `Run`; each `Check` of each `Exercise` gives a `Finding`; their sum is a
`Score`; all of it together is the `Report`.
"""

from grader.model.interface import Interface, Probe, Trait
from grader.model.lesson import Check, Edit, Edition, Exercise, Lesson, Notes, Sign, Signature, Trace, Variant
from grader.model.report import (
    LEAST_POINT,
    Array,
    Comment,
    Evidence,
    ExerciseReport,
    Finding,
    Late,
    Mark,
    Named,
    Outcome,
    Provenance,
    Report,
    Score,
    total,
)
from grader.model.run import CellRun, Ending, Fault, Limits, Place, Reply, Run
from grader.model.submission import Cell, Submission, handed_out, has_roles
from grader.model.text import Language, Text

__all__ = [
    "Language",
    "Text",
    "Interface",
    "Probe",
    "Trait",
    "Outcome",
    "Ending",
    "Edit",
    "Variant",
    "Check",
    "Exercise",
    "Sign",
    "Signature",
    "Trace",
    "Edition",
    "Notes",
    "Lesson",
    "Cell",
    "Submission",
    "handed_out",
    "has_roles",
    "CellRun",
    "Run",
    "Array",
    "Evidence",
    "Named",
    "Place",
    "Mark",
    "Finding",
    "LEAST_POINT",
    "Score",
    "ExerciseReport",
    "Provenance",
    "Late",
    "Comment",
    "Report",
    "total",
    "Limits",
    "Fault",
    "Reply",
]
