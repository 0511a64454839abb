"""class.toml: the options of `grade batch` for one class, in a file of the instructor's.

The keys are the command's own options, read from its definition, so an option that is added has its key. A file is taken
from the working folder, or as --class names it, and never from what is graded.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from grader.cli.class_values import Misplaced, value_of
from grader.cli.lessons_option import said_by_person
from grader.errors import GraderError, UsageError
from grader.model import Text
from grader.model.text import nearest
from grader.model.toml_lines import line_of

NAME = "class.toml"
LESSONS = "lessons"  # taken first: the other keys name lessons and exercises that may lie there
OPTION = "class_file"  # the parameter that names the file; no key of it
LARGEST = 1 << 20  # bytes
META = "grader.class_file"
# Words that say the same as an option's own.
SYNONYMS = {
    "exercises": "only",
    "extensions": "extension",
    "weights": "weight",
    "late-policy": "late",
    "output": "out",
    "language": "lang",
}


@dataclass(frozen=True)
class ClassFile:
    """A class.toml that was read. named: with --class, and not just found. keys: those it has, as they are written there."""

    path: Path
    text: str
    tables: Mapping[str, Any]
    named: bool
    keys: Mapping[str, str] = field(default_factory=dict)

    def place(self, *keys: str) -> str:
        """`class.toml, line 7`."""
        return f"{self.path.name}, line {line_of(self.text, keys)}"

    def blamed(self, error: UsageError, *keys: str) -> UsageError:
        """The same with the place that it is about, where the value came from here."""
        if not keys or keys[0] not in self.keys or said_by_person(click.get_current_context(), keys[0]):
            return error
        written = (self.keys[keys[0]], *keys[1:])
        en, ja = f"{self.place(*written)}: ", f"{self.path.name} の {line_of(self.text, written)} 行目: "
        return UsageError(en + str(error), ja=ja + error.in_("ja"))


def class_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """--class, read before all others, so that the file can say what they are by default."""
    return class_file_option(())(command)


def class_file_option(names: tuple[str, ...]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The same for a command that takes these parameters from the file; what else a batch has there is for the batch. (): all."""
    return click.option(
        "--class",
        OPTION,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        is_eager=True,
        expose_value=False,
        callback=lambda ctx, _param, named: take(ctx, named, names),
        help=f"The options in a file; those given here come first. Default: {NAME} of this folder, if there is one.",
    )


def take(ctx: click.Context, named: Path | None, names: tuple[str, ...]) -> None:
    """Put what the file says where click looks for defaults."""
    path = named or Path(NAME)
    if named is None and not path.is_file():
        return
    try:
        found = read(path, named=named is not None)
        if said_by_person(ctx, LESSONS):  # other copies of the same lessons, perhaps
            found = replace(found, tables={key: value for key, value in found.tables.items() if key != LESSONS})
        if names:
            found = replace(found, tables=dict(for_parameters(found, names, batch_of(ctx))))
        found, values = understood(found, ctx.command)
    except UsageError as error:
        from grader.cli.console import Exit, language_of_locale

        raise Exit(error.in_(language_of_locale()), 2) from error
    ctx.meta[META] = found
    ctx.default_map = {**(ctx.default_map or {}), **values}


def batch_of(ctx: click.Context) -> click.Command:
    """The command whose options the keys of the file are."""
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    return group.commands["batch"]


def for_parameters(file: ClassFile, names: tuple[str, ...], batch: click.Command) -> Iterator[tuple[str, Any]]:
    """Its keys for these parameters. Raises UsageError, with the line, for a key that no command knows."""
    options = options_of(batch)
    for key, value in file.tables.items():
        if key not in options:
            wrong = told(file, (key,), unknown(key, options))
            raise UsageError(wrong.en, ja=wrong.ja)
        if options[key].name in names:
            yield key, value


def current() -> ClassFile | None:
    """The file that the running command took its defaults from."""
    context = click.get_current_context(silent=True)
    return context.meta.get(META) if context else None


def read(path: Path, named: bool = False) -> ClassFile:
    """Raises UsageError for what cannot be read or is no TOML."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        if len(raw) > LARGEST:
            raise UsageError(f"{path} is larger than any {NAME}.", ja=f"{path} は {NAME} としては大きすぎます。")
        return ClassFile(path, text, tomllib.loads(text), named)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.", ja=f"{path} を読めません（{error.strerror}）。"
        ) from error
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UsageError(
            f"{path.name}, line {line}: not in UTF-8; save it as UTF-8.",
            ja=f"{path.name} の {line} 行目: UTF-8 ではありません。UTF-8 で保存してください。",
        ) from error
    except tomllib.TOMLDecodeError as error:
        said, _, place = str(error).partition(" (at ")
        at = next(iter(re.findall(r"line (\d+)", place)), str(text.count("\n") + 1))
        raise UsageError(
            f'{path.name}, line {at}: no TOML: {said}. Text stands in quotes: late = "10%/day".',
            ja=f'{path.name} の {at} 行目: TOML として読めません（{said}）。文字列は引用符で囲みます: late = "10%/day"',
        ) from error


def options_of(command: click.Command) -> dict[str, click.Parameter]:
    """From every key to its option: `--cell-time` is `cell-time` or `cell_time`."""
    found: dict[str, click.Parameter] = {}
    for parameter in command.params:
        if parameter.name == OPTION:
            continue
        for opt in parameter.opts:
            key = opt.lstrip("-")
            found |= {key: parameter, key.replace("-", "_"): parameter}
    own = dict(found)
    return found | {word: own[key] for word, key in SYNONYMS.items() if key in own}


def understood(file: ClassFile, command: click.Command) -> tuple[ClassFile, dict[str, Any]]:
    """The values by the names of the parameters. Raises UsageError with a line for each thing that is wrong."""
    options, values, keys, wrong = options_of(command), dict[str, Any](), dict[str, str](), list[Text]()
    for key, value in sorted(file.tables.items(), key=lambda item: item[0] != LESSONS):
        parameter = options.get(key)
        try:
            if parameter is None:
                raise unknown(key, options)
            if parameter.name in keys:
                raise twice(keys[parameter.name or ""], key)
            keys[parameter.name or ""] = key
            values[parameter.name or ""] = value_of(parameter, value, file.path.parent)
        except Misplaced as error:
            wrong += [told(file, (key, name), one) for name, one in error.errors.items()]
        except GraderError as error:  # a lesson that is named may be broken
            wrong.append(told(file, (key,), error))
    if wrong:
        raise UsageError("\n".join(one.en for one in wrong), ja="\n".join(one.ja for one in wrong))
    return ClassFile(file.path, file.text, file.tables, file.named, keys), values


def told(file: ClassFile, keys: tuple[str, ...], error: GraderError) -> Text:
    line = line_of(file.text, keys)
    return Text(en=f"{file.path.name}, line {line}: {error}", ja=f"{file.path.name} の {line} 行目: {error.in_('ja')}")


def unknown(key: str, options: Mapping[str, Any]) -> UsageError:
    (en, ja), known = nearest(key, options), ", ".join(key for key in options if "_" not in key)
    return UsageError(
        f"There is no key {key}.{en} There are: {known}.",
        ja=f"{key} というキーはありません。{ja}あるのは {known} です。",
    )


def twice(one: str, other: str) -> UsageError:
    return UsageError(
        f"{other} says the same as {one}; keep one.", ja=f"{other} は {one} と同じ意味です。どちらかにしてください。"
    )
