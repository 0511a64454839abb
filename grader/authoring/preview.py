"""The report that a student would get who makes certain mistakes of a lesson."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from grader.errors import UsageError
from grader.grading import grade
from grader.lessons import source
from grader.model import Language, Lesson, Report
from grader.packaging.build import build


def report_with(lesson: Lesson, mistakes: tuple[str, ...], language: Language, seed: int = 1) -> Report:
    """Grade the solved notebook with these mistakes in it, in a kernel as any other. Raises UsageError for a name there is not."""
    text = source.text_of(lesson.id)
    variants = [(e.id, v) for e in lesson.exercises for v in (*e.misconceptions, *e.accepted)]
    known = {v.id: (exercise, v) for exercise, v in variants}
    spelled = known | {f"{exercise}.{v.id}": (exercise, v) for exercise, v in variants}
    for name in mistakes:
        if name not in spelled:
            raise UsageError(
                f"There is no mistake {name}. There are: {', '.join(known)}.",
                ja=f"{name} という間違いはありません。あるのは {', '.join(known)} です。",
            )
        exercise, variant = spelled[name]
        edited = source.apply(text, exercise, variant.edits)
        if edited is None:
            raise UsageError(
                f"The mistake {name} does not fit into the answer, alone or with the others (grade author test says more).",
                ja=f"間違い {name} を解答に当てはめられません（詳しくは grade author test）。",
            )
        text = edited
    with TemporaryDirectory(prefix="preview-") as folder:
        path = Path(folder, f"{lesson.id}.ipynb")
        path.write_text(build(lesson.id, text, language, solved=True), encoding="utf-8")
        return grade(path, seed, lesson=lesson.id)
