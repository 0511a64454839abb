"""The student's package: checks and exercises, without a reference answer.

    lessons   what must hold, and what the mistakes are called; the edits that make them, pieces of the answer, are cut out
    records   what the known answers gave to the public questions (`grader.judge.known.recorded`)
    left out  the solutions, lessons whose checks are their answers (the quiz), and everything that only a teacher needs

The wheel is called `notebook-grader-checks`, imports as `grader`, and has `check`, `hint` and `%%check`.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import grader
from grader import lesson_folders, lessons
from grader.judge.judging import judge
from grader.judge.known import choose_answer_key
from grader.judge.known.protocol import AnswerKey
from grader.judge.known.recorded import SEED, Recorder, write_records
from grader.lesson_folders import LessonFolder
from grader.lesson_folders.packed import packed_folder, packed_notebooks
from grader.lessons import source
from grader.lessons.uses import direct_of
from grader.model import Edit, Exercise, Submission
from grader.packaging.layer_orders import layer_orders
from grader.sandbox.local import LocalSandbox

NAME, STEM = "notebook-grader-checks", "notebook_grader_checks"
PACKAGE = Path(__file__).parents[1]
LEFT_OUT = (
    "packaging",
    "authoring",
    "foreign",
    "batch",
    "cli",
    "server",
    "push",
    "_solutions",
    "_exercises",
    "_recorded",
)
FORMS = "_tutorial"  # how the modules of other forms begin: without solutions nobody asks for them
LINES = "_lines"  # how the modules begin that hold lines of the answers, of which known answers are edits
FAKES = "_fakes"  # folders of what is sent to the student's code: as it is, because records are found again by its text
RIGHT = "_right"  # modules that hold other right answers: `_decoder_right.py`
TEACHERS = ("__main__.py", "grading.py", "judge/manual_marks.py")
NEEDS = (
    "ipykernel",
    "jinja2",
    "msgspec",
    "nbformat",
    "numpy",
    "platformdirs",
    "psutil",
    "rich",
    "safetensors",
    "torch",
)
# Bytes for other orders of layers: where right values are large, the solution's own order is all that is recorded.
ROOM = 8 << 20
FEW = 40  # mistakes times orders of layers: so many are recorded in every order, more in the solution's own
WHEN = (2020, 1, 1, 0, 0, 0)  # of every file: the same contents make the same wheel
VARIANT = ("edit", "Edit", "accepts")  # what makes a piece of an answer
DECLARING = (*VARIANT, "misconception")  # imports that may be left over


def release(folder: Path, wanted: tuple[str, ...] = (), on_step: Callable[[str], None] = lambda _name: None) -> Path:
    """Write the wheel into `folder`, and return where it lies. wanted: ids of exercises to record, all if empty."""
    files = dict(package())
    for exercise in (e for lesson in lessons.catalogue() if not lesson.secret for e in lesson.exercises):
        if not wanted or exercise.id in wanted:
            on_step(exercise.id)
            files[f"grader/_recorded/{exercise.id}.records"] = write_records(recorded(exercise).records)
    direct = {name: direct_of(name) for name in lessons.names()}
    files["grader/_recorded/uses.json"] = json.dumps({name: found for name, found in direct.items() if found}).encode()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{STEM}-{grader.__version__}-py3-none-any.whl"
    part = target.with_name(f"{target.name}.part")
    part.write_bytes(wheel(files))
    part.replace(target)
    return target


def recorded(exercise: Exercise) -> Recorder:
    """Every answer and every mistake in the place of a student, asked the public questions."""
    recorder = Recorder(exercise)

    def key(asked: Exercise) -> AnswerKey:
        return recorder if asked.id == exercise.id else choose_answer_key(asked)  # an earlier one, which it builds on

    def record(mistake: str, edits: tuple[Edit, ...], in_other_order: bool = False) -> None:
        recorder.play(mistake, in_other_order)
        scope = source.namespace(exercise.lesson, exercise.id, edits)
        if scope is not None:
            lesson = lessons.lesson(exercise.lesson)
            nobody = Submission("public", "", "en", lesson.id, ())
            judge(nobody, LocalSandbox(dict(scope)), lesson, SEED, only=(exercise.id,), known=key)

    for edits in ((), *(variant.edits for variant in exercise.accepted)):
        record("", edits)
    orders = list(layer_orders(exercise))
    if len(write_records(recorder.records)) * len(orders) > ROOM:
        orders = []
    for edit in orders:
        record("", (edit,), in_other_order=True)
    few = len(orders) * len(exercise.misconceptions) <= FEW
    for variant in exercise.misconceptions:
        for more in ((), *((edit,) for edit in orders if few)):
            record(variant.id, (*variant.edits, *more))
    return recorder


# --- what goes in ------------------------------------------------------------------------------


def package() -> Iterator[tuple[str, bytes]]:
    """The files of the package that students may have, by their names in the wheel."""
    secret = [f"lessons/{lesson.id}/" for lesson in lessons.catalogue() if lesson.secret]
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(PACKAGE).as_posix()
        if not path.is_file() or "__pycache__" in name or name in TEACHERS or name.startswith((*LEFT_OUT, *secret)):
            continue
        content: bytes | None = path.read_bytes()
        if name.startswith("lessons/") and path.parent.name != "lessons":
            content = given(path.name, path.parent.name, path.read_bytes())
        if content is not None:
            yield f"grader/{name}", content
    for lesson in lesson_folders.outside():
        yield from brought(lesson)
    for lesson in lesson_folders.found().values():
        for name, path in packed_notebooks(lesson):
            yield f"grader/{name}", path.read_bytes()


def brought(lesson: LessonFolder) -> Iterator[tuple[str, bytes]]:
    """The files of a lesson that did not come with this package."""
    for name, path in packed_folder(lesson) if not lesson.secret else ():
        content = given(path.name, path.parent.name, path.read_bytes())
        if content is not None:
            yield f"grader/{name}", content


def given(name: str, folder: str, content: bytes) -> bytes | None:
    """A lesson's file as students may have it; None where they may not."""
    if name.startswith((FORMS, LINES)) or Path(name).stem.endswith(RIGHT):
        return None
    python = name.endswith(".py") and folder != FAKES
    return without_answers(content.decode()).encode() if python else content


def without_answers(text: str) -> str:
    """A lesson's module without the edits: mistakes keep their names and words, other right answers are gone."""
    tree = ast.parse(text)
    tree.body = [s for s in tree.body if not (isinstance(s, ast.Assign) and defined(s) == {"FORMS"})]
    tainted = drop_right(tree)
    before = loaded(tree)
    while True:
        kept = [statement for statement in tree.body if not made_of(statement, tainted)]
        dropped = [s for s in tree.body if s not in kept]
        gone = {name for s in dropped for name in defined(s)}
        tree.body = kept
        if not dropped:
            break
        tainted |= gone
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) == "misconception":
            node.args = []
    while orphans := [s for s in tree.body if plain(s) and defined(s) <= before - loaded(tree)]:
        tree.body = [s for s in tree.body if s not in orphans]  # strings that only edits were made of
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "grader.checks":
            statement.names = [a for a in statement.names if a.name in loaded(tree) or a.name not in DECLARING]
        elif isinstance(statement, ast.ImportFrom) and f".{LINES}_" in f"{statement.module}":
            statement.names = []
        elif isinstance(statement, ast.ImportFrom):
            statement.names = [alias for alias in statement.names if not alias.name.startswith(FORMS)]
    tree.body = [s for s in tree.body if not (isinstance(s, ast.ImportFrom) and not s.names)]
    return ast.unparse(tree) + "\n"


def drop_right(tree: ast.Module) -> set[str]:
    """Take modules of other right answers, and what they define, out of the imports and out of KNOWN_ANSWERS; their names."""
    gone: set[str] = set()
    for imported in [s for s in tree.body if isinstance(s, ast.ImportFrom)]:
        right = [a for a in imported.names if f"{imported.module}.".endswith(f"{RIGHT}.") or a.name.endswith(RIGHT)]
        imported.names = [alias for alias in imported.names if alias not in right]
        gone |= {alias.asname or alias.name for alias in right}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and defined(statement) == {"KNOWN_ANSWERS"}:
            modules = statement.value.elts if isinstance(statement.value, ast.Tuple) else [statement.value]
            statement.value = ast.Tuple([m for m in modules if not loaded(m) & gone], ast.Load())
    return gone


def loaded(tree: ast.AST) -> set[str]:
    """Every name that is read."""
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def plain(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign | ast.AnnAssign) and bool(defined(statement))


def made_of(statement: ast.stmt, tainted: set[str]) -> bool:
    """Whether a statement of the module makes pieces of an answer, itself or out of others that do."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        if isinstance(statement.value, ast.Call) and called(statement.value) == "misconception":
            return False
    elif not isinstance(statement, ast.FunctionDef | ast.For | ast.Expr):
        return False
    calls = {called(n) for n in ast.walk(statement) if isinstance(n, ast.Call)}
    return bool(calls & set(VARIANT) or loaded(statement) & tainted)


def defined(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


# --- the wheel ---------------------------------------------------------------------------------


def wheel(files: dict[str, bytes]) -> bytes:
    """The files as a wheel, the same bytes for the same files."""
    about = f"{STEM}-{grader.__version__}.dist-info"
    needs = "".join(f"Requires-Dist: {name}\n" for name in NEEDS)
    head = f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {grader.__version__}\n"
    head += f"Summary: Checks for the deep-learning exercises, without their answers.\nRequires-Python: >=3.11\n{needs}"
    files = {
        **files,
        f"{about}/METADATA": head.encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: notebook-grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = [f"{name},sha256={digest(content)},{len(content)}\n" for name, content in files.items()]
    files[f"{about}/RECORD"] = "".join([*lines, f"{about}/RECORD,,\n"]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, WHEN), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
