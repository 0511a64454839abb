"""The rules of a solution file's cells, and where it breaks them: what is said wrong there would hand the answer out, or drop it.

    # %% exercise="squares" role="answer"     a header: whose the cell is
    # BEGIN SOLUTION ... # END SOLUTION        what the student writes, in pairs, in answer cells only

Whoever mistypes one of these still has a script that runs and passes every check. So each is read once more, word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader import lesson_folders, lessons
from grader.errors import AuthoringError
from grader.lesson_folders.read import LANGUAGES, LessonFolder
from grader.lessons import source
from grader.lessons.outline import outlines
from grader.model import Language, Text
from grader.packaging.given_whole import given_whole
from grader.packaging.script_cells import MARK, MEANT, WORD, BrokenRule, ScriptCell, script_cells

GUARD = 'if __name__ == "__main__":\n'  # how a demonstration begins, so that it is run in a notebook only
ROLES = ("answer", "demo", "setup", "notes")
SPELLED = {"begin": "# BEGIN SOLUTION", "end": "# END SOLUTION"}
CUT = re.compile(r"^[ \t]*#[ \t]*%%+(?=[ \t]|$)")  # "#%% x", "# %%%": where jupytext begins a cell; we do at "# %%"


def require_rules(lesson: str, text: str) -> None:
    """Raise AuthoringError with file and line for the first rule that a lesson's solution file breaks."""
    for broken in broken_rules(lesson, text):
        place = source.place_of(lesson)
        raise AuthoringError(
            f"{place}, line {broken.line}: {broken.text.en}",
            ja=f"{place} の {broken.line} 行目: {broken.text.ja}",
        )


def broken_rules(lesson: str, text: str) -> list[BrokenRule]:
    """Every rule that a lesson's solution file breaks, in the order of its lines."""
    lessons.require_lesson(lesson)
    asked = {exercise.id: exercise.names for exercise in outlines(lesson_folders.found()[lesson])}
    cells = script_cells(text)
    found = [broken for cell in cells for broken in (*broken_header(cell, asked), *broken_marks(cell))]
    found += [*broken_cuts(text), *broken_notes(lesson_folders.found()[lesson], cells)]
    if not found:  # else it is not known what stands in an answer
        found = [*given_whole(cells, text, asked, source.place_of(lesson) or Path(lesson))]
    return sorted(found, key=lambda broken: broken.line)


def broken_cuts(text: str) -> Iterator[BrokenRule]:
    for number, line in enumerate(text.splitlines(), 1):
        if bool(CUT.match(line)) != line.startswith("# %%") or line.startswith("# %%%"):
            yield BrokenRule(
                number,
                Text(
                    en=f"a cell begins with `# %%` and a space; a line `{line[:12]}` is read in two ways.",
                    ja=f"セルの先頭は `# %%` と空白です。`{line[:12]}` で始まる行は 2 通りに読めてしまいます。",
                ),
            )


def broken_notes(folder: LessonFolder, cells: list[ScriptCell]) -> Iterator[BrokenRule]:
    """Points that nobody could earn, because no cell is there to write in; a cell that nobody would read."""
    places = [cell for cell in cells if cell.role == "notes"]
    if folder.notes is None:
        yield from (BrokenRule(cell.first, UNREAD) for cell in places)
        return
    for language in folder.languages:
        if not any(cell.said.get("lang", language) == language for cell in places):
            yield BrokenRule(max(1, cells[-1].last if cells else 1), nowhere(folder.notes.points, language, folder))


def nowhere(points: float, language: Language, folder: LessonFolder) -> Text:
    lang = f' lang="{language}"' if len(folder.languages) > 1 else ""
    return Text(
        en=f"lesson.toml has reading notes worth {points:g} points, and students have no cell to write them in: add one that begins with "
        f'`# %% [markdown]{lang} role="notes"`.',
        ja=f"lesson.toml に {points:g} 点の読解メモがありますが、書き込むセルがありません。"
        f'`# %% [markdown]{lang} role="notes"` で始まるセルを加えてください。',
    )


UNREAD = Text(
    en='nobody would read what is written here: a cell with role="notes" needs [notes] with title and points in lesson.toml.',
    ja='このセルに書かれたものを読む人がいません。role="notes" を使うには、lesson.toml に [notes]（title と points）を書いてください。',
)


# --- headers -----------------------------------------------------------------------------------


def broken_header(cell: ScriptCell, asked: Mapping[str, tuple[str, ...]]) -> Iterator[BrokenRule]:
    for meant in MEANT.finditer(cell.header):
        if not WORD.match(cell.header, meant.start()):
            word = meant[1].lower()
            yield BrokenRule(
                cell.first,
                Text(
                    en=f'{word} is written {word}="...", in double quotes and without spaces.',
                    ja=f'{word} は {word}="..." と、二重引用符で、空白を入れずに書きます。',
                ),
            )
    yield from (
        broken
        for broken in (wrong_role(cell), wrong_language(cell), wrong_exercise(cell, asked), unguarded(cell))
        if broken
    )


def wrong_role(cell: ScriptCell) -> BrokenRule | None:
    if "role" not in cell.said or cell.role in ROLES:
        return None
    known = ", ".join(ROLES)
    return BrokenRule(
        cell.first,
        Text(
            en=f'there is no role="{cell.role}". There are: {known}; text and other code have none.',
            ja=f'role="{cell.role}" はありません。あるのは {known} です。文章やほかのコードには書きません。',
        ),
    )


def unguarded(cell: ScriptCell) -> BrokenRule | None:
    body = "\n".join(cell.lines[1:]) + "\n"
    if cell.role != "demo" or not cell.is_code or body.lstrip().startswith(GUARD):
        return None
    return BrokenRule(
        cell.first,
        Text(
            en=f"a demonstration begins with `{GUARD.strip()}`, so that it does not run when the solution is read.",
            ja=f"実演のセルは `{GUARD.strip()}` で始めます。解答ファイルを読み込むときに動かないようにするためです。",
        ),
    )


def wrong_language(cell: ScriptCell) -> BrokenRule | None:
    if cell.said.get("lang", "en") in LANGUAGES:
        return None
    return BrokenRule(
        cell.first,
        Text(
            en=f'lang="{cell.said["lang"]}" is no language of a lesson, so the cell would be in no notebook: "en" or "ja".',
            ja=f'lang="{cell.said["lang"]}" のセルはどのノートブックにも入りません。"en" か "ja" を書いてください。',
        ),
    )


def wrong_exercise(cell: ScriptCell, asked: Mapping[str, tuple[str, ...]]) -> BrokenRule | None:
    name, known = cell.said.get("exercise"), ", ".join(asked)
    if name is None and cell.role == "answer":
        return BrokenRule(
            cell.first,
            Text(
                en=f'this answer does not say of which exercise it is: exercise="..." with one of {known}.',
                ja=f'どの演習の解答かが書かれていません。exercise="..." に {known} のどれかを書いてください。',
            ),
        )
    if name is None or name in asked:
        return None
    return BrokenRule(
        cell.first,
        Text(
            en=f'exercise="{name}" is no exercise of this lesson. There are: {known}.',
            ja=f'exercise="{name}" という演習はこの課題にありません。あるのは {known} です。',
        ),
    )


# --- BEGIN SOLUTION and END SOLUTION -----------------------------------------------------------


def broken_marks(cell: ScriptCell) -> Iterator[BrokenRule]:
    """Marks that are misspelled, stand alone or in one another, or outside of an answer; an answer without any."""
    if not cell.is_code and cell.role != "notes":
        return
    opened, count = 0, 0  # the line of the BEGIN that is open
    for number, line in enumerate(cell.lines, cell.first):
        found = MARK.match(line)
        if not found:
            continue
        kind, count = found[1].lower(), count + 1
        if line.strip() != SPELLED[kind]:
            yield BrokenRule(number, misspelled(line.strip(), SPELLED[kind]))
        if kind == "begin" and opened:
            yield BrokenRule(number, begun_again(opened))
        if kind == "end" and not opened:
            yield BrokenRule(number, ended_unbegun())
        opened = number if kind == "begin" else 0
    if opened:
        yield BrokenRule(opened, never_ended())
    if count and cell.role not in ("answer", "notes"):
        yield BrokenRule(cell.first, no_role(cell.role))
    if not count and cell.role == "answer":
        yield BrokenRule(cell.first, no_marks())


def misspelled(line: str, right: str) -> Text:
    return Text(en=f"`{line}` is not read; write `{right}`.", ja=f"`{line}` は認識されません。`{right}` と書きます。")


def begun_again(opened: int) -> Text:
    return Text(
        en=f"BEGIN SOLUTION stands within the one of line {opened}; close that one with END SOLUTION first.",
        ja=f"{opened} 行目の BEGIN SOLUTION が END SOLUTION で閉じられる前に、もう一度始まっています。",
    )


def ended_unbegun() -> Text:
    return Text(
        en="END SOLUTION has no BEGIN SOLUTION before it in this cell.",
        ja="この END SOLUTION の前に、同じセルの BEGIN SOLUTION がありません。",
    )


def never_ended() -> Text:
    return Text(
        en="BEGIN SOLUTION has no END SOLUTION after it in this cell.",
        ja="この BEGIN SOLUTION の後に、同じセルの END SOLUTION がありません。",
    )


def no_role(role: str) -> Text:
    said = f'role="{role}"' if role else "no role"
    said_ja = f'role="{role}"' if role else "role なし"
    return Text(
        en=f'this cell has {said}, so students would get the answer in it: its header needs exercise="..." role="answer".',
        ja=f'このセルは{said_ja}なので、解答がそのまま配られてしまいます。ヘッダーに exercise="..." role="answer" を書いてください。',
    )


def no_marks() -> Text:
    return Text(
        en="this answer has no BEGIN SOLUTION and END SOLUTION, so students would get it whole.",
        ja="この解答には BEGIN SOLUTION と END SOLUTION がなく、解答がそのまま配られてしまいます。",
    )
