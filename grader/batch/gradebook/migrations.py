"""The shape of the gradebook, step by step: one function for each version, one transaction for each function.

A migration that was published is never changed; a new one is added below it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite3 import Connection

Migration = Callable[["Connection"], None]
MIGRATIONS: list[Migration] = []


def migration(function: Migration) -> Migration:
    """The next version of the gradebook."""
    MIGRATIONS.append(function)
    return function


@migration
def what_was_handed_in_and_found(db: Connection) -> None:
    """Submissions, their runs, and what each check found."""
    db.execute(
        "CREATE TABLE batches (id INTEGER PRIMARY KEY, seed INTEGER NOT NULL, policy TEXT NOT NULL, source TEXT NOT NULL,"
        " grader TEXT NOT NULL, by TEXT NOT NULL, started TEXT NOT NULL, ended TEXT)"
    )
    db.execute(
        "CREATE TABLE submissions (id INTEGER PRIMARY KEY, student TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL,"
        " handed_in TEXT, lesson TEXT, batch INTEGER NOT NULL REFERENCES batches(id), UNIQUE (student, sha256))"
    )
    db.execute(
        "CREATE TABLE runs (id INTEGER PRIMARY KEY, submission INTEGER NOT NULL REFERENCES submissions(id),"
        " batch INTEGER NOT NULL REFERENCES batches(id), checks TEXT NOT NULL, seed INTEGER NOT NULL,"
        " status TEXT NOT NULL CHECK (status IN ('graded', 'unreadable', 'broken')), lesson TEXT,"
        " earned REAL, possible REAL, pending REAL, report TEXT, problem TEXT NOT NULL, worker TEXT NOT NULL,"
        " seconds REAL NOT NULL, graded TEXT NOT NULL, UNIQUE (submission, batch, checks),"
        " CHECK ((status = 'graded') = (report IS NOT NULL)))"
    )
    db.execute(
        "CREATE TABLE scores (run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, exercise TEXT NOT NULL,"
        " earned REAL, possible REAL NOT NULL, pending REAL NOT NULL, PRIMARY KEY (run, exercise)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE findings (run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE, position INTEGER NOT NULL,"
        " exercise TEXT NOT NULL, check_id TEXT NOT NULL, outcome TEXT NOT NULL, points REAL NOT NULL, earned REAL NOT NULL,"
        " misconception TEXT, seconds REAL NOT NULL, PRIMARY KEY (run, position)) WITHOUT ROWID"
    )


@migration
def what_people_decide(db: Connection) -> None:
    """Marks belong to a submission, not to a run, so a regrading keeps them. The record of changes only grows."""
    db.execute(
        "CREATE TABLE marks (submission INTEGER NOT NULL REFERENCES submissions(id), exercise TEXT NOT NULL,"
        " check_id TEXT NOT NULL, points REAL NOT NULL CHECK (points >= 0), by TEXT NOT NULL, comment TEXT NOT NULL,"
        " at TEXT NOT NULL, PRIMARY KEY (submission, exercise, check_id)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE changes (id INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, what TEXT NOT NULL,"
        " submission INTEGER NOT NULL REFERENCES submissions(id), before TEXT NOT NULL, after TEXT NOT NULL)"
    )
    for verb in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER changes_no_{verb.lower()} BEFORE {verb} ON changes"
            " BEGIN SELECT RAISE(ABORT, 'the record of changes only grows'); END"
        )
    db.execute("CREATE INDEX changes_of ON changes (submission)")


@migration
def who_students_are_elsewhere(db: Connection) -> None:
    """What the LMS or the roster calls a student; what the LMS gives anew with each assignment has the batch it came with.

    batch: 0 where it was told outside of a batch.
    """
    db.execute(
        "CREATE TABLE identities (student TEXT NOT NULL, key TEXT NOT NULL, batch INTEGER NOT NULL, layout TEXT NOT NULL,"
        " value TEXT NOT NULL, PRIMARY KEY (student, key, batch)) WITHOUT ROWID"
    )


@migration
def who_is_enrolled_and_who_was_late(db: Connection) -> None:
    """late: seconds after the due time, 0 where only the LMS says so, NULL in time. rate: the share of the points that is taken.

    What a run earned stays as it is: the penalty is worked out beside it.
    """
    db.execute("CREATE TABLE roster (student TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID")
    db.execute("ALTER TABLE submissions ADD COLUMN late REAL")
    db.execute("ALTER TABLE submissions ADD COLUMN rate REAL NOT NULL DEFAULT 0 CHECK (rate BETWEEN 0 AND 1)")


@migration
def why_there_is_no_score_in_japanese_too(db: Connection) -> None:
    """problem: the English sentence, empty where there is none. problem_ja: empty too where only the English one is known."""
    db.execute("ALTER TABLE runs ADD COLUMN problem_ja TEXT NOT NULL DEFAULT ''")


@migration
def which_hand_in_counts(db: Connection) -> None:
    """attempt: the place among what a student handed in with a batch; the highest counts. doubt: nothing tells which of two is
    the later, and it counts until a person says otherwise. decided: the hand-in that a person chose.

    due, extension (seconds), team, section: as the roster has them.
    """
    db.execute("ALTER TABLE submissions ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE submissions ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0")
    db.execute(
        "CREATE TABLE decided (submission INTEGER PRIMARY KEY REFERENCES submissions(id), by TEXT NOT NULL, at TEXT NOT NULL)"
    )
    for column, kind in (("due", "TEXT"), ("extension", "REAL"), ("team", "TEXT"), ("section", "TEXT")):
        db.execute(f"ALTER TABLE roster ADD COLUMN {column} {kind}")


@migration
def what_a_course_decides(db: Connection) -> None:
    """Aliases, extensions, the settings of a batch and what it said, and the grades that were written for an LMS.

    settings: what decides marks beside the checks (`rules.Rules`), as JSON. due: the due time that an extension is for.
    notes: the sentences of a batch, in both languages. exported: the grade as it was written; another one in the LMS's sheet
    was typed there by a person.
    """
    db.execute("CREATE TABLE aliases (student TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE) WITHOUT ROWID")
    db.execute(
        "CREATE TRIGGER aliases_follow AFTER UPDATE OF student ON submissions WHEN OLD.student <> NEW.student"
        " BEGIN UPDATE OR IGNORE aliases SET student = NEW.student WHERE student = OLD.student; END"
    )
    db.execute(
        "CREATE TABLE extensions (student TEXT NOT NULL, due TEXT NOT NULL, until TEXT NOT NULL, by TEXT NOT NULL,"
        " at TEXT NOT NULL, PRIMARY KEY (student, due)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TRIGGER extensions_follow AFTER UPDATE OF student ON submissions WHEN OLD.student <> NEW.student"
        " BEGIN UPDATE OR IGNORE extensions SET student = NEW.student WHERE student = OLD.student; END"
    )
    db.execute("CREATE INDEX submissions_of ON submissions (lesson, batch)")
    db.execute("ALTER TABLE batches ADD COLUMN settings TEXT NOT NULL DEFAULT '{}'")
    db.execute(
        "CREATE TABLE notes (batch INTEGER NOT NULL REFERENCES batches(id), position INTEGER NOT NULL, en TEXT NOT NULL,"
        " ja TEXT NOT NULL, PRIMARY KEY (batch, position)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE published (folder TEXT NOT NULL, file TEXT NOT NULL, PRIMARY KEY (folder, file)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE exported (student TEXT NOT NULL, lesson TEXT NOT NULL, format TEXT NOT NULL, place TEXT NOT NULL,"
        " value TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (student, lesson, format, place)) WITHOUT ROWID"
    )


@migration
def what_people_write_beside_the_work(db: Connection) -> None:
    """What a mark is made of, rubric items that are used again, comments at cells, and what students ask.

    assessments: points that were typed, NULL where the chosen items are summed; the mark that follows from it is in `marks`.
    versions: counts every change of a mark, whoever makes it, so that nobody overwrites what they have not seen.
    """
    db.execute(
        "CREATE TABLE rubric (id INTEGER PRIMARY KEY, lesson TEXT NOT NULL, exercise TEXT NOT NULL, check_id TEXT NOT NULL,"
        " points REAL NOT NULL, text TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL,"
        " version INTEGER NOT NULL DEFAULT 1, retired INTEGER NOT NULL DEFAULT 0)"
    )
    db.execute(
        "CREATE TABLE counting (lesson TEXT NOT NULL, exercise TEXT NOT NULL, check_id TEXT NOT NULL, down INTEGER NOT NULL,"
        " PRIMARY KEY (lesson, exercise, check_id)) WITHOUT ROWID"
    )
    place = "submission INTEGER NOT NULL REFERENCES submissions(id), exercise TEXT NOT NULL, check_id TEXT NOT NULL"
    db.execute(
        f"CREATE TABLE assessments ({place}, points REAL, comment TEXT NOT NULL,"
        " PRIMARY KEY (submission, exercise, check_id)) WITHOUT ROWID"
    )
    db.execute(
        f"CREATE TABLE chosen ({place}, item INTEGER NOT NULL REFERENCES rubric(id),"
        " PRIMARY KEY (submission, exercise, check_id, item)) WITHOUT ROWID"
    )
    db.execute(
        f"CREATE TABLE versions ({place}, version INTEGER NOT NULL,"
        " PRIMARY KEY (submission, exercise, check_id)) WITHOUT ROWID"
    )
    for table in ("marks", "assessments"):
        for verb, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            db.execute(
                f"CREATE TRIGGER {table}_{verb.lower()}_counts AFTER {verb} ON {table} BEGIN"
                f" INSERT INTO versions VALUES ({row}.submission, {row}.exercise, {row}.check_id, 1)"
                " ON CONFLICT DO UPDATE SET version = version + 1; END"
            )
    db.execute(
        "CREATE TABLE comments (id INTEGER PRIMARY KEY, submission INTEGER NOT NULL REFERENCES submissions(id),"
        " exercise TEXT NOT NULL, cell INTEGER NOT NULL, line INTEGER, quote TEXT NOT NULL, text TEXT NOT NULL,"
        " by TEXT NOT NULL, at TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1)"
    )
    db.execute("CREATE INDEX comments_of ON comments (submission)")
    db.execute(
        f"CREATE TABLE requests (id INTEGER PRIMARY KEY, {place}, words TEXT NOT NULL, came TEXT NOT NULL,"
        " answer TEXT NOT NULL DEFAULT '', by TEXT NOT NULL DEFAULT '', at TEXT, version INTEGER NOT NULL DEFAULT 1,"
        " UNIQUE (submission, exercise, check_id, words))"
    )
