"""The names that LMSs give, read: a function for each layout.

Each takes the files under one name at the top (a folder's, or one file alone) and makes a `Bundle` of them, or None where the
names are not of that layout. The first place in a name that fits counts: what comes after it is the student's own choice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from pathlib import PurePosixPath

from grader.batch.intake.hand_in import CODE, Bundle, Member, SourceListing
from grader.batch.intake.layout_facts import Layout
from grader.batch.names import clean, folded

# Anna Berg_11_assignsubmission_file_/hw.ipynb
MOODLE = re.compile(r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?$", re.DOTALL)
# bergann_55_901_hw.ipynb, bergann_LATE_55_901_hw.ipynb (late in older versions)
CANVAS = re.compile(r"^(?P<name>.+?)(?P<late>_LATE|_late)?_(?P<user>\d+)_(?P<submission>\d+)_(?P<file>.+)$", re.DOTALL)
# anon_ABcd1_901_hw.ipynb, LATE_anon_ABcd1_901_hw.ipynb
ANONYMOUS = re.compile(
    r"^(?P<late>LATE_|late_)?(?P<name>anon_(?P<user>[A-Za-z0-9]{5}))_(?P<submission>\d+)_(?P<file>.+)$"
)
# HW3_s7001_attempt_2026-11-20-10-11-12_hw.ipynb, and what Blackboard says of the attempt in HW3_s7001_attempt_2026-11-20-10-11-12.txt
BLACKBOARD = re.compile(
    r"^(?P<who>.+?)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>.+)|(?P<about>\.txt))$", re.DOTALL
)
# Name: Anna Berg (s7001)
BLACKBOARD_NAME = re.compile(r"^[^:：\n]{1,20}[:：](?P<name>[^()\n]+) \((?P<login>[^()\n]+)\)\s*$")
# 1234-5678 - Anna Berg - Nov 20, 2026 1011 AM/hw.ipynb, or "... 1011 AM - hw.ipynb"
BRIGHTSPACE = re.compile(
    r"^(?P<user>\d+)-\d+ ?- (?P<name>.+?) ?- (?P<when>[^\W\d]{3,9}\.? \d{1,2}, \d{4} \d{3,4} ?(?:[AP]M)?|"
    r"\d{1,2}\.? (?:de )?[^\W\d]{3,12}\.?,?(?: de)? \d{4} \d{3,4} ?(?:[AP]M)?|\d{4}年\d{1,2}月\d{1,2}日 \d{3,4})(?: ?- (?P<file>.+))?$",
    re.IGNORECASE | re.DOTALL,
)
# Late Submission - hw.ipynb, Verspaetete Abgabe - hw.ipynb
ILIAS_LATE = re.compile(
    r"^(?:late submission|versp(?:ä|ae)tete abgabe|soumission tardive) - (?P<file>.+)$", re.IGNORECASE | re.DOTALL
)
# Berg_Anna_aberg_301/hw.ipynb
ILIAS = re.compile(r"^(?P<family>[^\W\d][^\d_]*)_(?P<given>[^\W\d][^\d_]*)_(?P<login>[^\s_]+)_(?P<id>\d+)$")
# Ann Lee - hw.ipynb
GOOGLE = re.compile(r"^(?P<name>.+?) - (?P<file>.+)$", re.DOTALL)
# lab-1-ann-main/hw.ipynb, as GitHub's own zip of a repository has it
BRANCH = re.compile(r"-(?:main|master|[0-9a-f]{40})$")
LOGIN = re.compile(r"^[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}$")
WORK = (*CODE, ".zip")
# What a month begins with, without accents, in English, German, French, Spanish, Italian, Portuguese, Dutch and Polish.
MONTHS = (
    ("jan", "ene", "gen", "sty"), ("feb", "fev", "lut"), ("mar", "maa", "mrt"), ("apr", "avr", "abr", "kwi"),
    ("may", "mai", "mag", "mei", "maj"), ("jun", "juin", "giu", "cze"), ("jul", "juil", "lug", "lip"), ("aug", "aou", "ago", "sie"),
    ("sep", "set", "wrz"), ("oct", "okt", "ott", "out", "paz"), ("nov", "lis"), ("dec", "dez", "dic", "des", "gru"),
)  # fmt: skip

Reader = Callable[[str, list[Member], SourceListing], Bundle | None]


def alone(top: str, files: list[Member]) -> bool:
    return all(member.name == top for member in files)


def below(member: Member) -> str:
    """The name within its folder; its own where a zip has a file that is called like a folder."""
    return "/".join(member.parts[1:]) or member.base


def moodle(top: str, files: list[Member], _found: SourceListing) -> Bundle | None:
    """`Full Name_123_assignsubmission_file_/anything`, or `Full Name_123_assignsubmission_file_name.ipynb`."""
    match = MOODLE.match(top)
    if match is None or (alone(top, files) and not match["file"]):
        return None
    flat = alone(top, files)
    prefix = top[: match.start("file")] if flat else top
    identity = {"name": clean(match["name"]), "moodle_participant": match["id"], "folder": prefix}
    named = tuple(replace(m, name=match["file"] if flat else below(m), identity=identity) for m in files)
    return Bundle(clean(match["name"].replace("_", " ")), match["id"], named, identity)


def canvas(top: str, files: list[Member], _found: SourceListing) -> Bundle | None:
    """`lastfirst_12_34_name.ipynb`, with `_LATE` after the name where Canvas says so. The files have the time of the download."""
    anonymous = ANONYMOUS.match(top)
    match = anonymous or CANVAS.match(top)
    if match is None or not alone(top, files):
        return None
    who = "canvas_anonymous" if anonymous else "canvas_user"
    identity = {who: match["user"], "canvas_submission": match["submission"], "folder": top[: match.start("file")]}
    if not anonymous:
        identity["name"] = clean(match["name"])
    number = int(match["submission"])
    named = tuple(
        replace(m, name=match["file"], when=None, assumed=False, attempt=number, late=bool(match["late"]), identity=identity)
        for m in files
    )  # fmt: skip
    return Bundle(clean(match["name"]), match["user"], named, identity)


def blackboard(top: str, files: list[Member], found: SourceListing) -> Bundle | None:
    """`Assignment_login_attempt_2026-11-20-10-11-12_name.ipynb`, and a .txt for each attempt, which is Blackboard's own."""
    match = BLACKBOARD.match(top)
    if match is None or "_" not in match["who"] or not alone(top, files):
        return None
    login = match["who"].removeprefix(assignment_in(tuple(found.tops)))
    said = about_attempt(f"{match['who']}_attempt_{match['when']}.txt", found)
    identity = {"login": clean(said["login"] if said else login), "folder": top[: match.start("when")]}
    if said:
        identity["name"] = clean(said["name"])
    when = in_zone([int(part) for part in match["when"].split("-")], found.zone)
    number = int(match["when"].replace("-", ""))
    named = tuple(
        replace(m, name=match["file"], when=when, assumed=True, attempt=number, identity=identity)
        for m in files if match["file"]
    )  # fmt: skip
    return Bundle(identity.get("name", identity["login"]), identity["login"], named, identity)


@lru_cache(maxsize=4)
def assignment_in(names: tuple[str, ...]) -> str:
    """What `Assignment_login` begins with for everybody, up to an underscore; of one alone, up to the last."""
    several = [match["who"] for match in map(BLACKBOARD.match, names) if match]
    first, last = min(several), max(several)  # what these two share, all share
    shared = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[: first.rfind("_", 0, shared) + 1]


def about_attempt(name: str, found: SourceListing) -> re.Match[str] | None:
    """What Blackboard's own file on an attempt says of its student, in its first line."""
    file = next((m for m in found.tops.get(name, ()) if m.name == name), None)
    if file is None:
        return None
    with file.path.open("rb") as opened:
        return BLACKBOARD_NAME.match(opened.read(4096).decode("utf-8-sig", "replace").partition("\n")[0])


def brightspace(top: str, files: list[Member], found: SourceListing) -> Bundle | None:
    """`1234-5678 - Full Name - Nov 20, 2026 1011 AM/anything`, or the same before ` - name.ipynb`."""
    match = BRIGHTSPACE.match(top)
    flat = alone(top, files)
    if match is None or flat is not bool(match["file"]):
        return None
    parts = moment_of(match["when"])
    when = in_zone(parts, found.zone) if parts else None
    number = int("".join(f"{part:02d}" for part in parts)) if parts else None
    identity = {"name": clean(match["name"]), "folder": top[: match.start("file")] if flat else top}
    named = tuple(
        replace(m, name=match["file"] if flat else below(m), when=when, assumed=True, attempt=number, identity=identity)
        for m in files
    )
    return Bundle(identity["name"], f"{match['user']} {match['name']}", named, identity)


def moment_of(text: str) -> list[int] | None:
    """`Nov 20, 2026 1011 AM`, `20 März 2026 1011`, `2026年11月20日 1011` as year, month, day, hour and minute."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    words = [folded(word) for word in re.findall(r"[^\W\d]{3,}", text)]
    month = next((n for word in words for n, begins in enumerate(MONTHS, 1) if word.startswith(begins)), None)
    if "年" in text:
        year, month, day = numbers[:3]
    elif month is not None:
        day, year = numbers[:2]
    else:
        return None
    hour, minute = divmod(numbers[-1], 100)
    half = text[-2:].upper()
    hour = hour % 12 + 12 * (half == "PM") if half in ("AM", "PM") else hour
    return [year, month, day, hour, minute]


def in_zone(parts: list[int], zone: tzinfo | None) -> datetime | None:
    """A time of this zone, or of this machine's, in UTC. None for what is no time."""
    try:
        moment = datetime(*parts)  # type: ignore[arg-type]
        return (moment.replace(tzinfo=zone) if zone else moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def ilias(top: str, files: list[Member], _found: SourceListing) -> Bundle | None:
    """`Family_Given_login_301/anything`, of a team where `teams_in_ilias` says so. The files have the time of the download."""
    match = ILIAS.match(top)
    if match is None or alone(top, files):
        return None
    name = clean(f"{match['given']} {match['family']}")
    identity = {**files[0].identity, "name": name, "login": clean(match["login"]), "folder": top}
    named = []
    for member in files:
        late = ILIAS_LATE.match(below(member))
        file = late["file"] if late else below(member)
        named.append(replace(member, name=file, when=None, assumed=False, late=late is not None, identity=identity))
    return Bundle(name, match["id"], tuple(named), identity)


def github(top: str, files: list[Member], found: SourceListing) -> Bundle | None:
    """`assignment-username/`, a clone, or what was unpacked from GitHub's zip, which has no commit to tell a time."""
    if alone(top, files):
        return None
    cloned = top in found.clones
    login = clean(username(top, found)) if cloned or not found.clones else clean(top)
    named = tuple(replace(m, name=below(m)) if cloned else replace(m, name=below(m), when=None) for m in files)
    return Bundle(login, top, named, {"login": login, "folder": top}, clear=cloned or not found.clones)


def username(top: str, found: SourceListing) -> str:
    return (top if found.clones else BRANCH.sub("", top)).removeprefix(assignment(found))


def assignment(found: SourceListing) -> str:
    """What the names of the repositories begin with, up to a hyphen: the folder's own name says it, else what all share."""
    names = list(found.clones) or sorted(repositories(found))
    said = called_after(found)
    if all(name.startswith(said) and name != said for name in names):
        return said
    first, last = min(names), max(names)  # what these two share, all share
    shared = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    return first[: first.rfind("-", 0, shared) + 1]


def repositories(found: SourceListing) -> list[str]:
    return [BRANCH.sub("", top) for top, files in found.tops.items() if not alone(top, files)]


def called_after(found: SourceListing) -> str:
    """`lab-1-` of a folder or zip that is called `lab-1-submissions` or `lab-1`."""
    return f"{found.top.removesuffix('-submissions')}-"


def named_as_repositories(found: SourceListing) -> bool:
    """Whether folders that are no clones are called like GitHub Classroom's repositories: all after the assignment that the source
    is called after; or, of three or more, all after one assignment and then as a login. Numbers (`2026-001`) are students' own."""
    names = repositories(found)
    if len(names) < 2 or any(alone(top, files) and files[0].suffix in WORK for top, files in found.tops.items()):
        return False
    begins = assignment(found)
    logins = [name.removeprefix(begins) for name in names]
    fitting = all(map(LOGIN.match, logins)) and not all(login.isdigit() for login in logins)
    return bool(begins) and fitting and (begins == called_after(found) or len(names) > 2)


def google(top: str, files: list[Member], _found: SourceListing) -> Bundle | None:
    """`Full Name - name.ipynb`."""
    match = GOOGLE.match(top)
    if match is None or not alone(top, files):
        return None
    identity = {"name": clean(match["name"]), "folder": top[: match.start("file")]}
    named = tuple(replace(member, name=match["file"], identity=identity) for member in files)
    return Bundle(identity["name"], identity["name"], named, identity)


def plain(top: str, files: list[Member], _found: SourceListing) -> Bundle | None:
    """`STUDENT.ipynb`, `STUDENT.zip` or `STUDENT/anything`."""
    if alone(top, files):
        if files[0].suffix not in WORK:
            return None
        stem = PurePosixPath(top).stem
        return Bundle(clean(stem), stem, tuple(files), {"folder": stem})
    return Bundle(clean(top), top, tuple(replace(member, name=below(member)) for member in files), {"folder": top})


READERS: dict[Layout, Reader] = {
    Layout.MOODLE: moodle,
    Layout.CANVAS: canvas,
    Layout.BLACKBOARD: blackboard,
    Layout.BRIGHTSPACE: brightspace,
    Layout.ILIAS: ilias,
    Layout.GITHUB: github,
    Layout.GOOGLE: google,
    Layout.PLAIN: plain,
}
