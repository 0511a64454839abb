"""Rosters as the spreadsheets and LMSs of other countries save them, and who handed in nothing that can be graded."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest

from grader.batch.exports import feedback
from grader.batch.exports.people import people
from grader.batch.gradebook.store import open_book
from grader.batch.intake import ClassIntake, take_in
from grader.batch.intake.roster import Enrolled, load
from grader.errors import UsageError
from tests.batch.intake.archives import put
from tests.batch.intake.test_late import DUE, evening, handed
from tests.batch.intake.test_people import by_folder, roster
from tests.batch.intake.timed import zipped

MOODLE = "_assignsubmission_file_/"


@pytest.mark.parametrize("cell", ["23.11.2026 23:59", "2026/11/23 23:59", "11/23/2026 11:59 PM", "23/11/2026 23:59:00"])
def test_a_due_time_that_a_spreadsheet_wrote_again(tmp_path: Path, cell: str) -> None:
    """The ways in which spreadsheets of several countries save 2026-11-23 23:59; where day and month are in doubt it is refused."""
    (ann,) = roster(tmp_path, f"id;name;due\n1;Ann;{cell}\n").people
    assert ann.own.due == datetime(2026, 11, 23, 14, 59, tzinfo=UTC)
    with pytest.raises(UsageError, match=r"class\.csv, line 2: due '03/04/2026'"):
        roster(tmp_path, "id;name;due\n1;Ann;03/04/2026\n")


@pytest.mark.parametrize("cell", ["-", "–", "none", "N/A", "なし", " "])
def test_a_cell_that_says_nothing_is_no_group(tmp_path: Path, cell: str) -> None:
    """Two students without a group are not one group, and somebody may be called No."""
    found = roster(tmp_path, f"id;name;group\n1;Ann No;{cell}\n2;No;{cell}\n").people
    assert [one.student for one in found] == ["Ann No", "No"] and not any(one.group for one in found)


ALONE = {
    "cp1252": ("Häberle", "Zoë Lefèvre", "Nuñez", "Søren Øster", "Åse Bjørn", "João Simões", "Guðrún Þórsdóttir", "Niccolò"),
    "cp1250": ("Jiří Dvořák", "Łucja Wójcik", "Zdeněk Šimůnek", "Čapek", "Kőrösi", "Đorđe Perić", "Agnieszka Dąbrowska", "Ştefan"),
    "cp1254": ("Ayşe Yıldız", "Göksel Şahin", "İbrahim Çelik"),
    "cp1251": ("Анна Иванова", "Пётр Смирнов"),
    "cp1253": ("Γιώργος Παπαδόπουλος", "Νίκος Αλεξίου"),
}  # fmt: skip


@pytest.mark.parametrize("encoding", ALONE)
def test_an_encoding_is_told_by_how_names_are_spelled(tmp_path: Path, encoding: str) -> None:
    """Where only logins were handed in: one name alone, any two, and all of them come out whole, and `look at the names` is said."""
    names = ALONE[encoding]
    for some in (names, *((name,) for name in names), *combinations(names, 2)):
        text = "identifier,github_username,name\n" + "".join(f"s{n},gh{n},{name}\n" for n, name in enumerate(some))
        found = load(put(tmp_path / "roster.csv", text.encode(encoding)), ("gh0", "gh1"))
        assert [one.student for one in found.people] == list(some)
        assert all("Look at the names" in note.en for note in found.notes)


HEADS = [
    "Matrikelnummer;Nachname;Vorname;E-Mail-Adresse;Gruppe",
    "Numéro étudiant;Nom;Prénom;Adresse de courriel;Groupe",
    "Matrícula;Apellido(s);Nombre;Dirección de correo;Grupo",
    "Matricola;Cognome;Nome;Indirizzo email;Gruppo",
    "学号;姓名;;邮箱;班",
]


@pytest.mark.parametrize("head", HEADS)
def test_headers_in_the_language_of_the_lms(tmp_path: Path, head: str) -> None:
    """Each column is known, also with its accents in a code page."""
    line = "7001;Berg;Anna;a@u.ac;7" if "姓名" not in head else "7001;Berg Anna;;a@u.ac;7"
    saved = f"{head}\n{line}\n".encode("utf-8" if "姓名" in head else "cp1252")
    (anna,) = load(put(tmp_path / "class.csv", saved)).people
    assert anna.identity == {"id": "7001", "name": "Berg Anna", "email": "a@u.ac"} and anna.group == "7"


def test_a_number_that_a_spreadsheet_changed(tmp_path: Path) -> None:
    """Zeros before it are dropped and `.0` is added: it is the same number, unless it is two people's."""
    known = roster(tmp_path, "id,name\n7001,Ann\n7002.0,Ben\n").people
    assert [by_folder(tmp_path, n, list(known)).student for n in ("007001", "7002")] == ["Ann", "Ben"]
    two = roster(tmp_path, "id,name\n7001,Ann\n07001,Ben\n").people
    assert [by_folder(tmp_path, n, list(two)).student for n in ("007001", "07001")] == ["007001", "Ben"]


def test_who_handed_in_a_pdf_is_told_where_the_lms_finds_it(tmp_path: Path) -> None:
    """In the zip of reports stands a sentence in the student's folder; once there is a notebook, it is not there any more."""
    with take_in(
        put(tmp_path / "hw.zip", zipped((f"Tom Ray_13{MOODLE}hw.pdf", b"%PDF"), (f"Ann Lee_14{MOODLE}hw.ipynb", b"{}")))
    ) as taken:
        found = ClassIntake.of(
            taken, [Enrolled("Ray Tom", {"name": "Ray Tom", "id": "7"}), Enrolled("Ann Lee", {"name": "Ann Lee"})]
        )
        with open_book(tmp_path / "book") as book:
            evening(book, list(found.handed), empty=found.empty)
            feedback.write(book, people(book), tmp_path / "f.zip", "en")
            evening(book, [*found.handed, handed(tmp_path, "Ray Tom", DUE)])
            feedback.write(book, people(book), tmp_path / "g.zip", "en")
    first, second = (zipfile.ZipFile(tmp_path / name) for name in ("f.zip", "g.zip"))
    assert b"You handed in hw.pdf, and no notebook" in first.read(f"Tom Ray_13{MOODLE}report.txt".replace("//", "/"))
    assert not any(name.endswith(".txt") for name in second.namelist()) and len(second.namelist()) == 2
