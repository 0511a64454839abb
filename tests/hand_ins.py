"""The body of hand-ins that the grader is measured on, each with what is known of it beforehand.

    catalogue   reference, accepted answers and misconceptions of every exercise and form, in the sandbox without walls
    variants    tests/variants, each in an otherwise right notebook
    corpus      tests/corpus, hand-ins in the manner of real ones
    course      the solved and untouched lessons, the examples, and the course's own notebooks, right and wrong

Other folders of notebooks, scripts and folders can be given besides; nothing is known of these beforehand.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import nbformat.v4

from grader import lessons
from grader.grading import grade
from grader.judge.judging import judge
from grader.lessons import source
from grader.model import Exercise, Lesson, Report, Submission, Variant
from grader.notebook.scripts import cells_of_script
from grader.packaging.build import parse
from grader.sandbox.doctor import Tier, examine
from grader.sandbox.kernel_factory import KernelFactory, WarmKernelFactory
from grader.sandbox.local import LocalSandbox
from grader.sandbox.warm import open_warm
from tests.notebooks import save, solved, stub
from tests.variant_notebooks import AnswerVariant, notebook_with, read_variants

TESTS = Path(__file__).parent
CORPUS = TESTS / "corpus"
COURSE = CORPUS / "course"
EXAMPLES = TESTS.parent / "examples"
# The course's notebooks, and the lesson that each belongs to.
COURSE_LESSONS = {
    "knock80_89": "knock80_89",
    "attention_translation": "attention_translation",
    "transformer_lm": "transformer_lm",
    "cnn_rnn_transformer": "knock80_89",
}


@dataclass(frozen=True)
class HandIn:
    """Something to grade. right: whether all of it is right, None where nobody said; names: the right names of its mistake."""

    id: str
    graded: Callable[[int, KernelFactory | None], Report]
    right: bool | None = None
    names: frozenset[str] = frozenset()


@contextmanager
def warm_host() -> Iterator[KernelFactory | None]:
    """Kernels forked from one warm process; None, which means a new interpreter for each, where this machine has none."""
    if examine().tier not in (Tier.JAIL, Tier.WARM):
        yield None
        return
    with open_warm(Tier.WARM) as engine:
        yield WarmKernelFactory(engine)


def hand_ins(more: tuple[Path, ...] = ()) -> Iterator[HandIn]:
    """All of them; `more` are folders whose entries are graded as they are, or hold variants in `right` and `wrong`."""
    yield from in_the_catalogue()
    yield from map(of_variant, read_variants())
    yield from in_the_corpus()
    yield from of_the_course()
    for folder in more:
        if (folder / "right").is_dir() or (folder / "wrong").is_dir():
            yield from map(of_variant, read_variants(folder))
        else:
            yield from in_folder(folder)


# --- the catalogue -----------------------------------------------------------------------------


def in_the_catalogue() -> Iterator[HandIn]:
    for lesson in lessons.catalogue():
        for exercise in lesson.exercises:
            for form, asked in (("", exercise), *((f"-{form.id}", form.asks) for form in exercise.forms)):
                for variant in (Variant("reference", ()), *asked.accepted, *asked.misconceptions):
                    wrong = variant.explanation is not None
                    yield HandIn(
                        f"catalogue/{exercise.id}{form}/{variant.id}",
                        partial(without_walls, lesson, asked, variant),
                        right=not wrong,
                        names=frozenset({variant.id}) if wrong else frozenset(),
                    )


def without_walls(
    lesson: Lesson, exercise: Exercise, variant: Variant, seed: int, _host: KernelFactory | None
) -> Report:
    """The report on what the edited solution file defines."""
    scope = source.namespace(exercise.answered_in, exercise.id, variant.edits)
    assert scope is not None, f"the edits of {variant.id} do not find their place"
    with LocalSandbox(scope) as sandbox:
        return judge(
            Submission(variant.id, "0" * 64, "en", lesson.id, ()), sandbox, lesson, seed=seed, only=(exercise.id,)
        )


# --- notebooks ---------------------------------------------------------------------------------


def of_variant(variant: AnswerVariant) -> HandIn:
    def graded(seed: int, host: KernelFactory | None) -> Report:
        with TemporaryDirectory(prefix="variant-") as folder:
            path = save(notebook_with(variant), Path(folder))
            return grade(path, seed=seed, only=(variant.exercise,), host=host)

    named = variant.names | variant.half_names
    return HandIn(f"variants/{variant.id}", graded, right=variant.right or variant.lenient, names=named)


def in_the_corpus() -> Iterator[HandIn]:
    for entry in sorted(CORPUS.iterdir()):
        if entry.name not in ("snippets", "course"):
            yield HandIn(f"corpus/{entry.name}", partial(graded_in_a_folder, partial(corpus_file, entry.name), None))


def of_the_course() -> Iterator[HandIn]:
    for lesson in lessons.names():
        made: tuple[tuple[str, bool | None, Callable[[Path], Path]], ...] = (
            ("solved", True, lambda folder, lesson=lesson: save(solved(lesson), folder)),
            ("untouched", None, lambda folder, lesson=lesson: save(stub(lesson, "ja"), folder)),
        )
        for name, right, make in made:
            yield HandIn(f"course/{name}/{lesson}", partial(graded_in_a_folder, make, None), right=right)
    for path in sorted(EXAMPLES.glob("*.ipynb")):
        yield HandIn(f"course/examples/{path.name}", partial(graded_as_it_is, path))
    for name, lesson in COURSE_LESSONS.items():
        make = partial(course_file, name)
        yield HandIn(f"course/filled/{name}", partial(graded_in_a_folder, make, lesson))


def in_folder(folder: Path) -> Iterator[HandIn]:
    """Each notebook, script, zip and sub-folder of a folder."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() or path.suffix in (".ipynb", ".py", ".zip"):
            yield HandIn(f"{folder.name}/{path.name}", partial(graded_as_it_is, path))


def graded_as_it_is(path: Path, seed: int, host: KernelFactory | None) -> Report:
    return grade(path, seed=seed, host=host)


def graded_in_a_folder(
    make: Callable[[Path], Path], lesson: str | None, seed: int, host: KernelFactory | None
) -> Report:
    with TemporaryDirectory(prefix="hand-in-") as folder:
        return grade(make(Path(folder)), seed=seed, lesson=lesson, host=host)


def corpus_file(name: str, folder: Path) -> Path:
    """An entry of tests/corpus as a student would hand it in."""
    entry = CORPUS / name
    if entry.is_dir():
        shutil.copytree(entry, folder / name)
        for path in (folder / name).rglob("*.py"):
            path.write_text(with_snippets(path.read_text("utf-8")), "utf-8")
        return folder / name
    text = with_snippets(entry.read_text("utf-8"))
    if entry.suffix == ".py":
        (folder / name).write_text(text, "utf-8")
        return folder / name
    return notebook_of([(cell.kind, cell.source) for cell in cells_of_script(text)], folder / f"{entry.stem}.ipynb")


def course_file(name: str, folder: Path, *edits: tuple[str, str]) -> Path:
    """A notebook of tests/corpus/course after some edits, each of which finds its place exactly once."""
    text = (COURSE / f"{name}.nb").read_text("utf-8")
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return notebook_of([(cell.cell_type, cell.source) for cell in parse(text)], folder / f"{name}.ipynb")


def notebook_of(cells: list[tuple[str, str]], path: Path) -> Path:
    """A notebook of (kind, source) at this path, without any metadata of ours."""
    made = [
        nbformat.v4.new_markdown_cell(text) if kind == "markdown" else nbformat.v4.new_code_cell(text)
        for kind, text in cells
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)
    return path


def with_snippets(text: str) -> str:
    """`<<rnn>>` stands for the text of tests/corpus/snippets/rnn.py, which several entries share."""
    return re.sub(r"<<(\w+)>>", lambda m: (CORPUS / "snippets" / f"{m[1]}.py").read_text("utf-8").rstrip(), text)
