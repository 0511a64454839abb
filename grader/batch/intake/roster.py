"""The roster: who should have handed in, from a CSV as Excel, Moodle, Canvas or a registrar's office writes it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path

from grader.batch.encodings import Decoded, decoded
from grader.batch.intake.late import Allowance, allowance, lateness
from grader.batch.names import clean, folded, key
from grader.errors import UsageError
from grader.model import Text

LARGEST = 16 << 20  # bytes
DELIMITERS = ",;\t"
# What a column is, by what people write above it: without spaces, width, case, accents and punctuation. In English and
# Japanese, then as Moodle and registrars write it in German, French, Spanish, Italian, Portuguese, Dutch, Polish, Chinese, Korean.
HEADERS: dict[str, tuple[str, ...]] = {
    "id": ("id", "studentid", "orgdefinedid", "studentnumber", "studentno", "idnumber", "sisuserid", "sisid", "matriculationnumber",
           "学籍番号", "学生番号", "学生証番号", "学修番号", "idナンバー", "id番号", "学生id",
           "matrikelnummer", "matrikelnr", "matrnr", "matrikel", "idnummer", "numéroétudiant", "numérod'étudiant", "numérod'identification",
           "númerodeid", "matrícula", "matricola", "numerodimatricola", "númerodeidentificación", "númerodeidentificação", "studentnummer",
           "numeralbumu", "nralbumu", "学号", "學號", "학번"),
    "name": ("name", "fullname", "student", "studentname", "氏名", "名前", "学生氏名", "学生名", "フルネーム", "漢字氏名", "氏名漢字",
             "vollständigername", "nomcomplet", "nometprénom", "nombrecompleto", "nomecompleto", "volledigenaam", "naam",
             "imięinazwisko", "pełnanazwa", "姓名", "이름", "성명"),
    "family": ("lastname", "surname", "familyname", "姓", "名字", "氏",
               "nachname", "familienname", "nom", "nomdefamille", "apellido", "apellidos", "cognome", "apelido", "sobrenome",
               "achternaam", "nazwisko"),
    "given": ("firstname", "givenname", "名",
              "vorname", "vornamen", "prénom", "nombre", "nombres", "nome", "primeironome", "voornaam", "imię"),
    "email": ("email", "emailaddress", "mail", "mailaddress", "メール", "メールアドレス", "電子メール", "eメール", "eメールアドレス",
              "emailadresse", "mailadresse", "courriel", "adressedecourriel", "adressemail", "adresseemail", "correo", "correoelectrónico",
              "direccióndecorreo", "indirizzoemail", "endereçodeemail", "emailadres", "adresemail", "邮箱", "电子邮件", "이메일"),
    "login": ("login", "loginid", "username", "userid", "sisloginid", "github", "githubusername", "githublogin", "account",
              "ユーザ名", "ユーザー名", "ユーザid", "ユーザーid", "ログイン名", "ログインid", "アカウント",
              "anmeldename", "benutzername", "nutzername", "nomd'utilisateur", "nombredeusuario", "usuario", "nomeutente",
              "nomedeutilizador", "gebruikersnaam", "nazwaużytkownika", "用户名"),
    "alias": ("alias", "aliases", "alsoknownas", "nickname", "kana", "romaji", "別名", "フリガナ", "ふりがな", "カナ", "カナ氏名",
              "氏名カナ", "氏名フリガナ", "ローマ字", "ローマ字氏名", "英字氏名", "spitzname", "rufname"),
    "participant": ("identifier", "participant", "識別子", "teilnehmer", "kennung", "identifiant", "identificador", "identificativo"),
    "due": ("due", "duedate", "deadline", "締切", "締め切り", "期限", "提出期限",
            "frist", "abgabefrist", "abgabetermin", "fälligkeit", "échéance", "datelimite", "fechalímite", "scadenza"),
    "extension": ("extension", "extensions", "extratime", "延長", "期限延長",
                  "verlängerung", "fristverlängerung", "prolongation", "prórroga", "proroga"),
    "late": ("late", "lateness", "dayslate", "howlate", "遅れ", "遅延", "遅延日数",
             "verspätung", "verspätet", "retard", "retraso", "ritardo", "atraso"),
    "group": ("group", "team", "groupname", "teamname", "グループ", "班", "チーム",
              "gruppe", "groupe", "équipe", "grupo", "gruppo", "groep", "grupa"),
    "section": ("section", "sections", "class", "クラス", "組", "セクション", "sektion", "klasse", "classe", "sección", "sezione"),
}  # fmt: skip
COLUMNS = {folded(header): column for column, headers in HEADERS.items() for header in headers}
NAMING = ("name", "family", "given", "alias")  # somebody may be called No
IN_JAPANESE = ("学籍番号", "氏名", "メール")  # what the sentence names beside id, name, email
# What people write into a cell to say that there is nothing: no group, no number.
NOTHING = re.compile(r"[\W_]*|n/?a|none|no|nil|keine?r?|aucune?|ninguno|nessuno|なし|無し?", re.IGNORECASE)
TEST_STUDENT = "Student, Test"  # whom Canvas lets a teacher be, and exports with the class
PARTICIPANT = re.compile(r"^\D*(\d+)$")


@dataclass(frozen=True)
class Enrolled:
    """One student of the roster. student: the name in the gradebook, different for everybody. alias: other names, by a person.

    own: what the student has instead of the class's due time. group: with whom the student hands in. section: the part of
    the class. late: how late a person says this assignment was, in seconds; 0 where not how much.
    """

    student: str
    identity: Mapping[str, str] = field(default_factory=dict)
    alias: tuple[str, ...] = ()
    own: Allowance = field(default_factory=Allowance)
    group: str = ""
    section: str = ""
    late: float | None = None


@dataclass(frozen=True)
class Roster:
    """Everybody, in the order of the file. notes: what had to be assumed to read it."""

    people: tuple[Enrolled, ...]
    notes: tuple[Text, ...] = ()


def read(path: Path) -> list[Enrolled]:
    """Everybody, in the order of the file. Raises UsageError with a sentence for what cannot be read as a roster."""
    return list(load(path).people)


def load(path: Path, hints: Collection[str] = (), encoding: str | None = None, zone: tzinfo | None = None) -> Roster:
    """hints: names of those who handed in. encoding: as a person says. zone: of due times without one. Raises UsageError."""
    found = text_of(path, hints, encoding)
    lines = list(table(found.text, path.name))
    if not lines:
        raise UsageError(
            f"{path.name} is empty: a roster needs a line of headers and a line for each student.",
            ja=f"{path.name} は空です。名簿には、見出しの行と学生ごとの行が必要です。",
        )
    columns = columns_of(lines[0][1], path.name)
    people = [
        entry for number, cells in lines[1:] if (entry := person(cells, columns, f"{path.name}, line {number}", zone))
    ]
    if not people:
        raise UsageError(
            f"{path.name} has headers and no students.", ja=f"{path.name} には見出しだけで、学生の行がありません。"
        )
    people = once_each(people)
    refuse_doubles(people, path.name)
    return Roster(tuple(named(people)), (found.note,) if found.note else ())


def text_of(path: Path, hints: Collection[str] = (), encoding: str | None = None) -> Decoded:
    """The text of a CSV, in whatever encoding. Raises UsageError for what is none."""
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
    found = decoded(raw, path.name, hints, encoding, known_headers)
    if "\0" in found.text:
        line = found.text[: found.text.index(chr(0))].count(chr(10)) + 1
        raise UsageError(
            f"{path.name} has a NUL byte in line {line}: it is no CSV.",
            ja=f"{path.name} の {line} 行目に NUL 文字があり、CSV として読めません。",
        )
    return found


def known_headers(line: str) -> int:
    """How many headers of a line are known, of those that are not the same in every encoding."""
    return sum(folded(cell) in COLUMNS for cell in re.split(f"[{DELIMITERS}]", line) if not cell.isascii())


def table(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold anything, each with its number. The delimiter is the one that the line of headers has most of."""
    first, skipped = next((line for line in text.splitlines() if line.strip()), ""), 0
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # a note to Excel
        before, _, text = text.partition(first)
        skipped = before.count("\n") + 1
        delimiter = first.strip()[-1]
    else:
        delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num + skipped, cells
    except csv.Error as error:
        raise UsageError(
            f"{name}, line {reader.line_num}, is no CSV: {error}.",
            ja=f"{name} の {reader.line_num} 行目を CSV として読めません（{error}）。",
        ) from error


def columns_of(header: list[str], name: str) -> list[str]:
    """What each column is; empty for those that say nothing here. In a Canvas gradebook, ID is Canvas's own number."""
    columns = [COLUMNS.get(folded(cell), "") for cell in header]
    if "sisuserid" in map(key, header):
        columns = ["canvas_user" if key(cell) == "id" else column for cell, column in zip(header, columns, strict=True)]
    if any(key(cell).startswith("github") for cell in header):  # GitHub Classroom's identifier is the teacher's own
        columns = ["id" if column == "participant" else column for column in columns]
    if not {"id", "name", "family", "given", "email", "login", "participant"} & set(columns):
        said = ", ".join(clean(cell)[:40] for cell in header[:8])
        raise UsageError(
            f"{name} has no column that says who a student is; its first line is: {said}. It needs headers such as "
            f"id, name, email ({', '.join(IN_JAPANESE)}).",
            ja=f"{name} に学生を表す列がありません（先頭の行: {said}）。"
            f"id、name、email（{'、'.join(IN_JAPANESE)}）のような見出しが必要です。",
        )
    return columns


def person(cells: list[str], columns: list[str], place: str, zone: tzinfo | None) -> Enrolled | None:
    """A line as a student who has no name in the gradebook yet. None for a line without a name, number or address (Canvas's second
    line), and for Canvas's test student.

    place: of the line, for sentences.
    """
    parts: dict[str, list[str]] = {}
    for column, cell in zip(columns, cells, strict=False):
        empty = not cell.strip() or (column not in NAMING and NOTHING.fullmatch(cell.strip()))
        value = "" if empty else clean(cell)
        if column and value:
            parts.setdefault(column, []).append(value)
    first = {column: values[0] for column, values in parts.items()}
    identity = identity_of(first)
    if not identity or ("canvas_user" in columns and identity.get("name") == TEST_STUDENT and "id" not in identity):
        return None
    alias = [part.strip() for one in parts.get("alias", []) for part in re.split(r"[;；|]", one) if part.strip()]
    own = allowance(first.get("due", ""), first.get("extension", ""), place, zone)
    late = lateness(first["late"], place) if "late" in first else None
    return Enrolled("", identity, tuple(alias), own, first.get("group", ""), first.get("section", ""), late)


def identity_of(first: Mapping[str, str]) -> dict[str, str]:
    """What a line says of who it is: `entries.IDENTITY` -> value."""
    split = " ".join(first[part] for part in ("family", "given") if part in first)
    name = first.get("name") or split
    identity = {k: first[k] for k in ("id", "email", "login", "canvas_user") if k in first}
    for column in ("id", "login"):  # Brightspace writes #s7001, and some spreadsheets 7001.0
        if column in identity:
            identity[column] = re.sub(r"^#(?=.)|(?<=\d)\.0$", "", identity[column])
    if name and name != "Points Possible":
        identity["name"] = name
    if match := PARTICIPANT.match(unicodedata.normalize("NFKC", first.get("participant", ""))):
        identity["moodle_participant"] = match[1]
        identity.setdefault("name", first["participant"])  # where marking is blind, Moodle's worksheet has no other
    elif "participant" in first:
        identity.setdefault("id", first["participant"])
    return identity


def once_each(found: list[Enrolled]) -> list[Enrolled]:
    """Without the second line of a student who is in two sections: a number, address or login, and nothing else that differs."""
    kept: dict[object, Enrolled] = {}
    for place, one in enumerate(found):
        numbered = any(key in one.identity for key in ("id", "email", "login"))
        line = (frozenset(one.identity.items()), one.alias, one.own, one.group, one.late) if numbered else place
        before = kept.get(line)
        sections = dict.fromkeys(other.section for other in (before, one) if other and other.section)
        kept[line] = replace(one, section="; ".join(sections))
    return list(kept.values())


def refuse_doubles(found: list[Enrolled], name: str) -> None:
    """A number or address that two students have would give one of them the other's marks."""
    for column in ("id", "email", "login"):
        counts = Counter(one.identity[column].casefold() for one in found if column in one.identity)
        double = [value for value, count in counts.items() if count > 1]
        if double:
            raise UsageError(
                f"{name} has {column} {double[0]} more than once: each student needs an own one.",
                ja=f"{name} で {column} の {double[0]} が重複しています。学生ごとに別の値にしてください。",
            )


def named(found: list[Enrolled]) -> list[Enrolled]:
    """Everybody's name in the gradebook: the name; with the number where two share one; else number, login or address."""
    names = Counter(one.identity.get("name", "") for one in found)
    taken: Counter[str] = Counter()
    people = []
    for one in found:
        keys = ("id", "login", "email", "canvas_user", "moodle_participant")
        other = next((one.identity[k] for k in keys if k in one.identity), "")
        name = one.identity.get("name", "")
        student = f"{name} ({other})" if name and names[name] > 1 and other else name or other
        taken[student] += 1
        people.append(replace(one, student=student if taken[student] == 1 else f"{student} ({taken[student]})"))
    return people
