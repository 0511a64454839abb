"""The roster: who should have handed in, from a CSV as Excel, Moodle, Canvas or a registrar's office writes it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.batch.intake.names import clean, key
from grader.errors import UsageError

LARGEST = 16 << 20  # bytes
DELIMITERS = ",;\t"
# What a column is, by what people write above it: without spaces, width, case and punctuation.
HEADERS: dict[str, tuple[str, ...]] = {
    "id": ("id", "studentid", "studentnumber", "studentno", "idnumber", "sisuserid", "sisid", "matriculationnumber",
           "学籍番号", "学生番号", "学生証番号", "学修番号", "idナンバー", "id番号", "学生id"),
    "name": ("name", "fullname", "student", "studentname", "氏名", "名前", "学生氏名", "学生名", "フルネーム", "漢字氏名", "氏名漢字"),
    "family": ("lastname", "surname", "familyname", "姓", "名字", "氏"),
    "given": ("firstname", "givenname", "名"),
    "email": ("email", "emailaddress", "mail", "mailaddress", "メール", "メールアドレス", "電子メール", "eメール", "eメールアドレス"),
    "login": ("login", "loginid", "username", "userid", "sisloginid", "github", "githubusername", "githublogin", "account",
              "ユーザ名", "ユーザー名", "ユーザid", "ユーザーid", "ログイン名", "ログインid", "アカウント"),
    "alias": ("alias", "aliases", "alsoknownas", "nickname", "kana", "romaji", "別名", "フリガナ", "ふりがな", "カナ", "カナ氏名",
              "氏名カナ", "氏名フリガナ", "ローマ字", "ローマ字氏名", "英字氏名"),
    "participant": ("identifier", "participant", "識別子"),
}  # fmt: skip
COLUMNS = {header: column for column, headers in HEADERS.items() for header in headers}
IN_JAPANESE = ("学籍番号", "氏名", "メール")  # what the sentence names beside id, name, email
PARTICIPANT = re.compile(r"^\D*(\d+)$")


@dataclass(frozen=True)
class Enrolled:
    """One student of the roster. student: the name in the gradebook, different for everybody. alias: other names, by a person."""

    student: str
    identity: Mapping[str, str] = field(default_factory=dict)
    alias: tuple[str, ...] = ()


def read(path: Path) -> list[Enrolled]:
    """Everybody, in the order of the file. Raises UsageError with a sentence for what cannot be read as a roster."""
    lines = list(table(text_of(path), path.name))
    if not lines:
        raise UsageError(
            f"{path.name} is empty: a roster needs a line of headers and a line for each student.",
            ja=f"{path.name} は空です。名簿には、見出しの行と学生ごとの行が必要です。",
        )
    columns = columns_of(lines[0], path.name)
    found = [entry for entry in (person(line, columns) for line in lines[1:]) if entry[0]]
    if not found:
        raise UsageError(
            f"{path.name} has headers and no students.", ja=f"{path.name} には見出しだけで、学生の行がありません。"
        )
    refuse_doubles(found, path.name)
    return named(found)


def text_of(path: Path) -> str:
    """The text of a CSV in UTF-8, UTF-16 or cp932, with or without a BOM; else as western Excel writes it."""
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(
                f"{path.name} is larger than any roster; give a CSV with a line for each student.",
                ja=f"{path.name} は名簿としては大きすぎます。学生ごとに 1 行の CSV を指定してください。",
            )
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"The roster {path} cannot be read: {error.strerror}.", ja=f"名簿 {path} を読めません（{error.strerror}）。"
        ) from error
    if raw.startswith(b"PK\x03\x04"):
        raise UsageError(
            f"{path.name} is an Excel workbook or a zip, not a CSV: save it as CSV.",
            ja=f"{path.name} は CSV ではなく Excel ブックか zip です。CSV で保存してください。",
        )
    text = decoded(raw, path.name)
    if "\0" in text:
        raise UsageError(
            f"{path.name} has a NUL byte in line {text[: text.index(chr(0))].count(chr(10)) + 1}: it is no CSV.",
            ja=f"{path.name} の {text[: text.index(chr(0))].count(chr(10)) + 1} 行目に NUL 文字があり、CSV として読めません。",
        )
    return text


def decoded(raw: bytes, name: str) -> str:
    try:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            return raw.decode("utf-16")
        big, little = raw[::2].count(0), raw[1::2].count(0)
        if max(big, little) > max(
            len(raw) // 12, 10 * min(big, little)
        ):  # UTF-16 without its mark: half of ASCII is empty
            return raw.decode("utf-16-le" if little > big else "utf-16-be")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{name} begins as UTF-16 and is not: save it as CSV in UTF-8.",
            ja=f"{name} は UTF-16 のように始まりますが、そうではありません。UTF-8 の CSV で保存してください。",
        ) from error
    for encoding in ("utf-8-sig", "cp932", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(
        f"{name} is in no known encoding: save it as CSV in UTF-8.",
        ja=f"{name} の文字コードが分かりません。UTF-8 の CSV で保存してください。",
    )


def table(text: str, name: str) -> Iterator[list[str]]:
    """The lines that hold anything. The delimiter is the one that the line of headers has most of."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # a note to Excel
        text = text.partition(first)[2]
        delimiter = first.strip()[-1]
    else:
        delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield cells
    except csv.Error as error:
        raise UsageError(
            f"{name}, line {reader.line_num}, is no CSV: {error}.",
            ja=f"{name} の {reader.line_num} 行目を CSV として読めません（{error}）。",
        ) from error


def columns_of(header: list[str], name: str) -> list[str]:
    """What each column is; empty for those that say nothing here. In a Canvas gradebook, ID is Canvas's own number."""
    columns = [COLUMNS.get(key(cell), "") for cell in header]
    if "sisuserid" in map(key, header):
        columns = ["canvas_user" if key(cell) == "id" else column for cell, column in zip(header, columns, strict=True)]
    if any(key(cell).startswith("github") for cell in header):  # GitHub Classroom's identifier is the teacher's own
        columns = ["id" if column == "participant" else column for column in columns]
    if not {"id", "name", "family", "given", "email", "login"} & set(columns):
        said = ", ".join(clean(cell)[:40] for cell in header[:8])
        raise UsageError(
            f"{name} has no column that says who a student is; its first line is: {said}. It needs headers such as "
            f"id, name, email ({', '.join(IN_JAPANESE)}).",
            ja=f"{name} に学生を表す列がありません（先頭の行: {said}）。"
            f"id、name、email（{'、'.join(IN_JAPANESE)}）のような見出しが必要です。",
        )
    return columns


def person(cells: list[str], columns: list[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """A line as identity and other names. Empty for a line without a name, number or address (Canvas's second line)."""
    parts: dict[str, list[str]] = {}
    for column, cell in zip(columns, cells, strict=False):
        value = clean(cell) if cell.strip() else ""
        if column and value:
            parts.setdefault(column, []).append(value)
    first = {column: values[0] for column, values in parts.items()}
    split = " ".join(first[part] for part in ("family", "given") if part in first)
    name = first.get("name") or split
    identity: dict[str, str] = {k: first[k] for k in ("id", "email", "login", "canvas_user") if k in first}
    if name and name != "Points Possible":
        identity["name"] = name
    if match := PARTICIPANT.match(unicodedata.normalize("NFKC", first.get("participant", ""))):
        identity["moodle_participant"] = match[1]
    elif "participant" in first:
        identity.setdefault("id", first["participant"])
    return identity, tuple(
        part for alias in parts.get("alias", []) for part in re.split(r"[;；|]", alias) if part.strip()
    )


def refuse_doubles(found: list[tuple[dict[str, str], tuple[str, ...]]], name: str) -> None:
    """A number or address that two students have would give one of them the other's marks."""
    for column in ("id", "email", "login"):
        counts = Counter(identity[column].casefold() for identity, _ in found if column in identity)
        double = [value for value, count in counts.items() if count > 1]
        if double:
            raise UsageError(
                f"{name} has {column} {double[0]} more than once: each student needs an own one.",
                ja=f"{name} で {column} の {double[0]} が重複しています。学生ごとに別の値にしてください。",
            )


def named(found: list[tuple[dict[str, str], tuple[str, ...]]]) -> list[Enrolled]:
    """Everybody's name in the gradebook: the name; with the number where two share one; else number, login or address."""
    names = Counter(identity.get("name", "") for identity, _ in found)
    taken: Counter[str] = Counter()
    people = []
    for identity, alias in found:
        other = next((identity[k] for k in ("id", "login", "email", "moodle_participant") if k in identity), "")
        name = identity.get("name", "")
        student = f"{name} ({other})" if name and names[name] > 1 and other else name or other
        taken[student] += 1
        people.append(Enrolled(student if taken[student] == 1 else f"{student} ({taken[student]})", identity, alias))
    return people
