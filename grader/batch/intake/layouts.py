"""Whose file is it? The names that LMSs give, read.

The first place in a name that fits counts: what comes after it is the student's own choice of a name. Each layout is a function from the files under one name at the top (a folder's, or one file alone) to a `Bundle`, or to None where
the names are not of that layout. The layout that most of the tops follow is that of the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from grader.batch.intake.handed import NOTEBOOKS, Bundle, Found, Layout, Member
from grader.batch.intake.names import clean

MOODLE = re.compile(r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?$", re.DOTALL)
CANVAS = re.compile(r"^(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<submission>\d+)_(?P<file>.+)$", re.DOTALL)
GOOGLE = re.compile(r"^(?P<name>.+?) - (?P<file>.+)$", re.DOTALL)
WORK = (*NOTEBOOKS, ".zip")

Tops = Mapping[str, list[Member]]
Reader = Callable[[str, list[Member], Found], Bundle | None]


def tops(found: Found) -> dict[str, list[Member]]:
    """The files by the first part of their names. A file alone is under its own name."""
    sorted_out: dict[str, list[Member]] = {}
    for member in found.members:
        sorted_out.setdefault(member.parts[0], []).append(member)
    return sorted_out


def alone(top: str, files: list[Member]) -> bool:
    return all(member.name == top for member in files)


def moodle(top: str, files: list[Member], _found: Found) -> Bundle | None:
    """`Full Name_123_assignsubmission_file_/anything`, or `Full Name_123_assignsubmission_file_name.ipynb`."""
    match = MOODLE.match(top)
    if match is None or (alone(top, files) and not match["file"]):
        return None
    flat = alone(top, files)
    named = [replace(m, name=match["file"] if flat else below(m)) for m in files]
    prefix = top[: match.start("file")] if flat else top
    return Bundle(
        clean(match["name"].replace("_", " ")), match["id"], tuple(named),
        {"name": clean(match["name"]), "moodle_participant": match["id"], "folder": prefix},
    )  # fmt: skip


def canvas(top: str, files: list[Member], _found: Found) -> Bundle | None:
    """`lastfirst_12_34_name.ipynb`, with `_LATE` after the name where Canvas says so."""
    match = CANVAS.match(top)
    if match is None or not alone(top, files):
        return None
    identity = {"name": clean(match["name"]), "canvas_user": match["user"], "canvas_submission": match["submission"]}
    named = tuple(replace(member, name=match["file"]) for member in files)
    prefix = top[: match.start("file")]
    return Bundle(clean(match["name"]), match["user"], named, {**identity, "folder": prefix}, bool(match["late"]))


def github(top: str, files: list[Member], found: Found) -> Bundle | None:
    """`assignment-username/`, a clone."""
    if alone(top, files):
        return None
    login = clean(top.removeprefix(assignment(found))) if top in found.clones or not found.clones else clean(top)
    named = tuple(replace(member, name=below(member)) for member in files)
    return Bundle(login, top, named, {"login": login, "folder": top}, clear=top in found.clones)


def assignment(found: Found) -> str:
    """What the names of the clones begin with, up to a hyphen: the folder's own name says it, else what all share."""
    names = list(found.clones) or sorted(tops(found))
    said = f"{found.top.removesuffix('-submissions')}-"
    if all(name.startswith(said) and name != said for name in names):
        return said
    first, last = min(names), max(names)  # what these two share, all share
    shared = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    return first[: first.rfind("-", 0, shared) + 1]


def google(top: str, files: list[Member], _found: Found) -> Bundle | None:
    """`Full Name - name.ipynb`."""
    match = GOOGLE.match(top)
    if match is None or not alone(top, files):
        return None
    named = tuple(replace(member, name=match["file"]) for member in files)
    prefix = top[: match.start("file")]
    return Bundle(clean(match["name"]), clean(match["name"]), named, {"name": clean(match["name"]), "folder": prefix})


def plain(top: str, files: list[Member], _found: Found) -> Bundle | None:
    """`STUDENT.ipynb`, `STUDENT.zip` or `STUDENT/anything`."""
    if alone(top, files):
        if files[0].suffix not in WORK:
            return None
        stem = PurePosixPath(top).stem
        return Bundle(clean(stem), stem, tuple(files), {"folder": stem})
    return Bundle(clean(top), top, tuple(replace(member, name=below(member)) for member in files), {"folder": top})


def below(member: Member) -> str:
    """The name within its folder; its own where a zip has a file that is called like a folder."""
    return "/".join(member.parts[1:]) or member.base


READERS: dict[Layout, Reader] = {
    Layout.MOODLE: moodle,
    Layout.CANVAS: canvas,
    Layout.GITHUB: github,
    Layout.GOOGLE: google,
    Layout.PLAIN: plain,
}


def detect(found: Found) -> Layout:
    """The first layout that more than half of the tops with work in them follow; PLAIN where none is."""
    working = {top: files for top, files in tops(found).items() if any(file.suffix in WORK for file in files)}
    for layout in (Layout.MOODLE, Layout.CANVAS, Layout.GITHUB, Layout.GOOGLE):
        if layout is Layout.GITHUB and not found.clones:
            continue
        read = [READERS[layout](top, files, found) for top, files in working.items()]
        if 2 * sum(bundle is not None and bundle.clear for bundle in read) > len(working):
            return layout
    return Layout.PLAIN


def unwrapped(found: Found, zipped: bool) -> Found:
    """Without the one folder that everything lies in, where that is no student's: it holds names of an LMS, or, in a zip, it
    is called like the zip or holds nothing but folders with work in them."""
    names = list(tops(found))
    if len(names) != 1 or names[0] in found.clones or alone(names[0], list(found.members)):
        return found
    if detect(found) is not Layout.PLAIN:
        return found
    inner = replace(found, top=names[0], members=tuple(replace(m, name=below(m)) for m in found.members))
    folders = [top for top, files in tops(inner).items() if not alone(top, files)]
    holds = [top for top in folders if any(m.suffix in WORK for m in tops(inner)[top])]
    direct = any(m.suffix in WORK for m in inner.members if "/" not in m.name)
    packed = zipped and (names[0] == found.top or (bool(holds) and not direct))
    return inner if packed or detect(inner) is not Layout.PLAIN else found


def bundles(found: Found, layout: Layout) -> tuple[list[Bundle], list[str]]:
    """Everybody's hand-ins, one for each student, and the names of what is nobody's.

    What does not follow the layout is read as PLAIN, and not clear.
    """
    read: dict[str, list[Bundle]] = {}
    nobodys: list[str] = []
    for top, files in tops(found).items():
        bundle = READERS[layout](top, files, found)
        if bundle is None and (rest := plain(top, files, found)) is not None:
            bundle = replace(rest, clear=layout is Layout.PLAIN)
        if bundle is None:
            nobodys.append(top)
        else:
            bundle = replace(bundle, clear=bundle.clear or (layout is Layout.GITHUB and not found.clones))
            read.setdefault(bundle.unique, []).append(bundle)
    return [together(several) for several in read.values()], nobodys


def together(several: list[Bundle]) -> Bundle:
    """All that one student handed in; known by what has work in it."""
    first = next((one for one in several if any(file.suffix in WORK for file in one.files)), several[0])
    files = tuple(file for one in several for file in one.files)
    return replace(first, files=files, late=any(one.late for one in several), clear=all(one.clear for one in several))
