"""`lesson.toml` -> LessonFolder: what a lesson says of itself before any of it is run.

    title = { en = "Softmax regression", ja = "..." }    or one text, in the one language
    exercises = ["softmax", "loss"]                      the modules of the exercises, in the order to learn
    languages = ["en"]                                   of its texts; default: those of the title
    solution = "solution.py"                             one place or several, the first one there is taken; this is the default
    notebooks = "notebooks"                              where `grade author build` puts the students' notebooks
    minutes = [60, 90]   order = 2   optional = true     for `grade list`: reading and writing, and its place there
    answers = "after-attempt"                            `grade answer` shows them to who has tried; default: "never"
    id, cues, series, secret, [notes]                    see docs/authors.md

The id is the folder's name unless it is said.
"""

from __future__ import annotations

import keyword
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import AuthoringError
from grader.model import Language, Notes, Text
from grader.model.text import nearest
from grader.model.toml_lines import line_of

FILE = "lesson.toml"
KEYS = (
    "title", "id", "exercises", "languages", "solution", "notebooks", "cues", "series", "secret", "notes", "minutes", "order", "optional",
    "answers",
)  # fmt: skip
KEYS_OF_NOTES = ("title", "asks", "points", "rubric")
LANGUAGES: tuple[Language, ...] = ("ja", "en")
LAST = 1000  # the place of a lesson that says none


@dataclass(frozen=True)
class LessonFolder:
    """A lesson as its `lesson.toml` tells it. Places are absolute.

    solutions, notebooks: places that may hold them, likeliest first. shows_answers: to who has tried. digest: of all its files;
    "" for the lessons of this package, which do not change while it runs.
    """

    folder: Path
    id: str
    title: Text
    exercises: tuple[str, ...]
    languages: tuple[Language, ...]
    solutions: tuple[Path, ...]
    notebook_folders: tuple[Path, ...]
    cues: tuple[str, ...] = ()
    series: bool = False
    secret: bool = False
    notes: Notes | None = None
    minutes: tuple[int, int] | None = None
    order: int = LAST
    optional: bool = False
    shows_answers: bool = False
    digest: str = ""

    @property
    def file(self) -> Path:
        return self.folder / FILE

    @property
    def solution(self) -> Path | None:
        """The solution file; None in a package for students, which has none."""
        return next((path for path in self.solutions if path.is_file()), None)

    @property
    def notebooks(self) -> Path:
        """The folder of the built notebooks: `en/ID.ipynb`, `ja/ID.ipynb`."""
        return next((path for path in self.notebook_folders if path.is_dir()), self.notebook_folders[-1])

    def notebook(self, language: Language) -> Path:
        """The built notebook in a language, or in the one that the lesson has."""
        spoken = language if language in self.languages else self.languages[0]
        return self.notebooks / spoken / f"{self.id}.ipynb"

    def line(self, *keys: str) -> int:
        return line_of(self.file.read_text(encoding="utf-8"), keys)


@dataclass
class Reader:
    """Takes one key after the other; raises AuthoringError with the line for a value of another kind. within: the table it is in."""

    path: Path
    text: str
    table: Mapping[str, Any]
    within: tuple[str, ...] = ()

    def wrong(self, key: str, en: str, ja: str) -> AuthoringError:
        line = line_of(self.text, (*self.within, key)) if key in self.table else line_of(self.text, self.within)
        return AuthoringError(f"{self.path}, line {line}: {key} {en}", ja=f"{self.path} の {line} 行目: {key} {ja}")

    def get(self, key: str, kind: type, default: Any, en: str, ja: str) -> Any:
        value = self.table.get(key, default)
        if key in self.table and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            raise self.wrong(key, f"must be {en}.", f"には{ja}を書いてください。")
        return value

    def refuse_others(self, keys: tuple[str, ...], of: str) -> None:
        """Before anything else: a misspelled key would be missed where it is needed, and the line would be another."""
        for key in self.table:
            if key not in keys:
                (en, ja), known = nearest(key, keys), ", ".join(sorted(keys))
                raise self.wrong(
                    key,
                    f"is no key of {of}.{en} There are: {known}.",
                    f"というキーはありません。{ja}あるのは {known} です。",
                )

    def flag(self, key: str) -> bool:
        return bool(self.get(key, bool, False, "true or false", " true か false "))

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """One text, or a list of them."""
        value = self.table.get(key, default)
        many = (value,) if isinstance(value, str) else value
        if not isinstance(many, list | tuple) or not all(isinstance(one, str) and one for one in many):
            raise self.wrong(
                key, 'must be a list of texts: ["one", "two"].', 'には文字列の配列を書いてください: ["one", "two"]'
            )
        return tuple(many)

    def words(self, key: str, value: Any) -> Text:
        """`"Softmax"`, or `{ en = "Softmax", ja = "ソフトマックス" }`."""
        said = {"en": value} if isinstance(value, str) else value
        known = isinstance(said, dict) and said and set(said) <= set(LANGUAGES)
        if not known or not all(isinstance(one, str) and one.strip() for one in said.values()):
            raise self.wrong(
                key,
                'must be a text, or a text in each language: { en = "...", ja = "..." }.',
                'には文字列か、言語ごとの文字列 { en = "...", ja = "..." } を書いてください。',
            )
        return Text(en=said.get("en", ""), ja=said.get("ja", ""))


def read_folder(folder: Path) -> LessonFolder:
    """Raises AuthoringError with file and line for what is no lesson."""
    reader = opened(folder / FILE)
    reader.refuse_others(KEYS, "a lesson")
    title = reader.table.get("title", "")
    spoken = reader.words("title", title)
    return LessonFolder(
        folder,
        named(reader, folder),
        spoken,
        exercises_of(reader),
        languages_of(reader, title),
        tuple(placed(folder, one) for one in reader.texts("solution", ("solution.py",))),
        tuple(placed(folder, one) for one in reader.texts("notebooks", ("notebooks",))),
        cues_of(reader),
        reader.flag("series"),
        reader.flag("secret"),
        notes_of(reader),
        minutes_of(reader),
        reader.get("order", int, LAST, "a whole number", "整数"),
        reader.flag("optional"),
        shows_answers(reader),
    )


def opened(path: Path) -> Reader:
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        return Reader(path, text, tomllib.loads(text))
    except UnicodeDecodeError as error:
        raise AuthoringError(f"{path} is not in UTF-8.", ja=f"{path} は UTF-8 ではありません。") from error
    except OSError as error:
        raise AuthoringError(f"{path} cannot be read: {error.strerror}.", ja=f"{path} を読めません。") from error
    except tomllib.TOMLDecodeError as error:
        said, _, place = str(error).partition(" (at ")
        line = next(iter(re.findall(r"line (\d+)", place)), str(text.count("\n") + 1))
        raise AuthoringError(
            f"{path}, line {line}: no TOML: {said}. Text stands in quotes.",
            ja=f"{path} の {line} 行目: TOML として読めません（{said}）。文字列は引用符で囲みます。",
        ) from error


def placed(folder: Path, name: str) -> Path:
    return Path(folder, *Path(name).parts).resolve()


def named(reader: Reader, folder: Path) -> str:
    name = str(reader.get("id", str, folder.name, "a text", "文字列"))
    if not is_name(name):
        raise reader.wrong(
            "id",
            f"is {name!r}, but it must be made of letters, digits and _ and begin with a letter. Without it, it is the folder's name.",
            f"が {name!r} になっています。英字で始まり、英数字と _ だけでできた名前にしてください。書かなければフォルダの名前です。",
        )
    return name


def is_name(text: str) -> bool:
    return text.isascii() and text.isidentifier() and not text.startswith("_") and not keyword.iskeyword(text)


def exercises_of(reader: Reader) -> tuple[str, ...]:
    names = reader.texts("exercises", ())
    if not names:
        raise reader.wrong(
            "exercises", 'must name at least one: exercises = ["softmax"].', "には 1 つ以上書いてください。"
        )
    for name in names:
        if not is_name(name) or names.count(name) > 1:
            raise reader.wrong(
                "exercises",
                f"has {name!r}, which is no name of a module, or twice.",
                f"の {name!r} は使えない名前か、重複しています。",
            )
    return names


def languages_of(reader: Reader, title: Any) -> tuple[Language, ...]:
    said = reader.texts("languages", tuple(title) if isinstance(title, dict) else ("en",))
    if not said or not set(said) <= set(LANGUAGES):
        raise reader.wrong("languages", 'may hold "en" and "ja".', 'に書けるのは "en" と "ja" です。')
    return tuple(one for one in LANGUAGES if one in said)


def cues_of(reader: Reader) -> tuple[str, ...]:
    cues = reader.texts("cues", ())
    for cue in cues:
        try:
            re.compile(cue)
        except re.error as error:
            raise reader.wrong(
                "cues",
                f"has {cue!r}, no regular expression: {error}.",
                f"の {cue!r} は正規表現ではありません（{error}）。",
            ) from error
    return cues


def shows_answers(reader: Reader) -> bool:
    said = reader.get("answers", str, "never", "a text", "文字列")
    if said not in ("never", "after-attempt"):
        raise reader.wrong(
            "answers", 'may be "never" or "after-attempt".', 'に書けるのは "never" と "after-attempt" です。'
        )
    return bool(said == "after-attempt")


def minutes_of(reader: Reader) -> tuple[int, int] | None:
    said = reader.table.get("minutes")
    if said is None:
        return None
    both = said if isinstance(said, list) else [said, said]
    if len(both) != 2 or not all(isinstance(one, int) and not isinstance(one, bool) and one > 0 for one in both):
        raise reader.wrong(
            "minutes", "must be a number or a range: [60, 90].", "には分数か範囲 [60, 90] を書いてください。"
        )
    return min(both), max(both)


def notes_of(reader: Reader) -> Notes | None:
    table = reader.get("notes", dict, None, "a table: [notes]", "表 [notes]")
    if table is None:
        return None
    inner = Reader(reader.path, reader.text, table, within=("notes",))
    points, rubric = table.get("points"), table.get("rubric", [])
    inner.refuse_others(KEYS_OF_NOTES, "[notes]")
    if isinstance(points, bool) or not isinstance(points, int | float) or not 0 < points < float("inf"):
        raise inner.wrong("points", "must be a number above zero: 6.", "には 6 のような正の数を書いてください。")
    if not isinstance(rubric, list):
        raise inner.wrong(
            "rubric",
            'must be a list of texts: ["names both logs"].',
            'には文字列の配列を書いてください: ["2 つのログを挙げている"]',
        )
    asks = inner.words("asks", table["asks"]) if "asks" in table else None
    return Notes(
        inner.words("title", table.get("title", "")), points, tuple(inner.words("rubric", one) for one in rubric), asks
    )
