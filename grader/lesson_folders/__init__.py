"""Where lessons lie: a lesson is a folder with a `lesson.toml`, and these are the folders that are searched.

    ours           beside the package, in `grader/lessons`
    installed      folders that a package names by an entry point of the group `notebook_grader.lessons`
    chosen         `--lessons DIR`, the variable GRADE_LESSONS, the key `lessons` of class.toml: the command line hands them on

A folder that is searched is a lesson itself or holds lessons. All are read, loaded, built, tested and digested in the same way.
None is ever looked for in what is graded. Nothing is imported here: what a lesson is called and whether it changed is known without torch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from grader.errors import AuthoringError, UsageError
from grader.lesson_folders.read import FILE, LessonFolder, read_folder

GROUP = "notebook_grader.lessons"
VARIABLE = "GRADE_LESSONS"  # of the environment: several folders are separated as in PATH
OURS = Path(__file__).resolve().parents[1] / "lessons"
NO_PART = ("__pycache__", ".ipynb_checkpoints")  # of what decides a mark
State = tuple[tuple[Path, str], ...]

_chosen: list[tuple[Path, str]] = []


def use(*folders: Path) -> None:
    """Search these folders too, in this process, as they are now. Raises UsageError for one that holds no lesson."""
    for folder in folders:
        place = folder.expanduser().resolve()
        if not place.is_dir():
            raise UsageError(f"There is no folder {folder}.", ja=f"フォルダ {folder} がありません。")
        if not lessons_in(place):
            raise UsageError(
                f"{folder} is no lesson and holds none: a lesson is a folder with a {FILE} (`grade author new NAME` makes one).",
                ja=f"{folder} は課題フォルダではなく、課題フォルダを含んでもいません。課題フォルダには {FILE} があります（`grade author new 名前` で作れます）。",
            )
        _chosen[:] = [*((old, said) for old, said in _chosen if old != place), (place, digest_of(place))]


def use_only(*folders: Path) -> None:
    """Search these besides ours and the installed ones, and forget what was chosen before."""
    _chosen.clear()
    use(*folders)


def chosen() -> tuple[Path, ...]:
    return tuple(folder for folder, _ in _chosen)


def state() -> State:
    """What is searched, and how it was when it was chosen: what is kept about lessons is kept under this."""
    return tuple(_chosen)


def found() -> Mapping[str, LessonFolder]:
    """Every lesson's folder, by id. Raises AuthoringError for a `lesson.toml` that is wrong, and for two lessons of one id."""
    return found_in(state())


@cache
def found_in(at: State) -> Mapping[str, LessonFolder]:
    everywhere = [*lessons_in(OURS), *(one for place, _ in installed() for one in lessons_in(place))]
    known: dict[str, LessonFolder] = {}
    for folder in dict.fromkeys([*everywhere, *(one for place, _ in at for one in lessons_in(place))]):
        lesson = read_folder(folder)
        lesson = lesson if folder.parent == OURS else replace(lesson, digest=digest_of(folder))
        if lesson.id in known:
            one, other = known[lesson.id].file, lesson.file
            raise AuthoringError(
                f"Two lessons are called {lesson.id}: {one} and {other}, line {lesson.line('id')}. Change the id of one.",
                ja=f"{lesson.id} という課題が 2 つあります: {one} と {other} の {lesson.line('id')} 行目。どちらかの id を変えてください。",
            )
        known[lesson.id] = lesson
    return dict(sorted(known.items()))


def lessons_in(place: Path) -> list[Path]:
    """The folder itself where it is a lesson, else the lessons in it."""
    if (place / FILE).is_file():
        return [place]
    return sorted(folder for folder in place.iterdir() if (folder / FILE).is_file())


@cache
def installed() -> tuple[tuple[Path, Path], ...]:
    """The folders that packages name, each with the topmost folder of its package. The package is found, not run."""
    places: dict[Path, Path] = {}
    for entry in metadata.entry_points(group=GROUP):
        places |= dict.fromkeys(folders_of(entry.module), top_of(entry.module))
    return tuple(places.items())


def top_of(module: str) -> Path:
    return next(iter(folders_of(module.partition(".")[0])))


def folders_of(module: str) -> tuple[Path, ...]:
    """Where a package lies. Raises AuthoringError where it is not there, or is no package."""
    top, *below = module.split(".")
    spec = find_spec(top)
    roots = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    places = tuple(path for root in roots if (path := root.joinpath(*below).resolve()).is_dir())
    if not places:
        raise AuthoringError(
            f"An installed package names the lessons {module} ({GROUP}), but there is no folder of that name.",
            ja=f"インストール済みのパッケージが課題 {module} を挙げています（{GROUP}）が、そのフォルダがありません。",
        )
    return places


def outside() -> Iterator[LessonFolder]:
    """The lessons that did not come with this package."""
    yield from (lesson for lesson in found().values() if lesson.folder.parent != OURS)


def is_outside(lesson: str) -> bool:
    """Whether a lesson is one that did not come with this package."""
    return any(lesson == one.id for one in outside())


def of_chosen() -> tuple[LessonFolder, ...]:
    """The lessons in the folders that were chosen."""
    return tuple(one for one in found().values() if any(one.folder.is_relative_to(folder) for folder in chosen()))


def lessons_of(place: Path) -> tuple[LessonFolder, ...]:
    """The lessons in a folder that was chosen."""
    inside = place.expanduser().resolve()
    return tuple(one for one in found().values() if one.folder.is_relative_to(inside))


def hidden_places() -> tuple[Path, ...]:
    """Folders that no student's code may see, besides this package: lessons from elsewhere, and packages that bring some."""
    places = [top for _, top in installed()]
    for lesson in outside():
        places += [lesson.folder, *(path.parent for path in (lesson.solution,) if path)]
    return tuple(sorted(set(places)))


def files_of(lesson: str) -> Iterator[Path]:
    """Everything that a lesson is made of and that may decide a mark, in a fixed order."""
    place = found()[lesson]
    yield from sources(place.folder)
    solution = place.solution
    if solution is not None and not solution.is_relative_to(place.folder):
        yield solution


def sources(place: Path) -> Iterator[Path]:
    """A file, or the files below a folder: programs and data, not what is built from them."""
    if place.is_file():
        yield place
        return
    for path in sorted(place.rglob("*")):
        if path.is_file() and path.suffix != ".ipynb" and not any(part in NO_PART for part in path.parts):
            yield path


def digest_of(folder: Path) -> str:
    total = hashlib.sha256()
    for path in sources(folder):
        total.update(f"\0{path.relative_to(folder)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


__all__ = ["FILE", "LessonFolder", "chosen", "found", "state", "use", "use_only"]
