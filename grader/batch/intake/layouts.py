"""Whose file is it? Which layout a source has, and everybody's files in it.

The layout that most of the tops follow is that of the source.
"""

from __future__ import annotations

from dataclasses import replace

from grader.batch.intake.hand_in import Bundle, Member, SourceListing
from grader.batch.intake.layout_facts import Layout
from grader.batch.intake.name_readers import READERS, WORK, alone, below, named_as_repositories, plain
from grader.batch.names import clean

# As they are tried: a name of an earlier one may also look like one of a later one.
TRIED = (
    Layout.MOODLE,
    Layout.CANVAS,
    Layout.BLACKBOARD,
    Layout.BRIGHTSPACE,
    Layout.GITHUB,
    Layout.GOOGLE,
    Layout.ILIAS,
)
DEEPEST = 3  # folders around everything


def detect(found: SourceListing) -> Layout:
    """The first layout that more than half of the tops with work in them follow; PLAIN where none is."""
    working = {top: files for top, files in found.tops.items() if any(file.suffix in WORK for file in files)}
    for layout in TRIED:
        if layout is Layout.GITHUB and not (found.clones or named_as_repositories(found)):
            continue
        read = [READERS[layout](top, files, found) for top, files in working.items()]
        if 2 * sum(bundle is not None and bundle.clear for bundle in read) > len(working):
            return layout
    return Layout.PLAIN


def unwrapped(found: SourceListing, zipped: bool) -> SourceListing:
    """Without the folders that everything lies in, such as those of `Sheet 1/Submissions/Berg_Anna_aberg_301/hw.ipynb`."""
    found = without_outermost(found, zipped)
    for _ in range(DEEPEST - 1):
        inner = without_outermost(found, zipped)
        if detect(inner) is Layout.PLAIN:  # a student's own folder in a folder
            break
        found = inner
    return teams_in_ilias(found)


def teams_in_ilias(found: SourceListing) -> SourceListing:
    """ILIAS puts the folders of a team's members into one of the team: `Team 12/Berg_Anna_aberg_301/hw.ipynb`."""
    around = found
    for _ in range(DEEPEST):
        inner = replace(around, members=tuple(in_team(m) if len(m.parts) > 2 else m for m in around.members))
        if detect(around) is Layout.PLAIN and detect(inner) is Layout.ILIAS:
            return inner
        if len(around.tops) != 1:
            break
        around = replace(around, members=tuple(replace(m, name=below(m)) for m in around.members))
    return found


def in_team(member: Member) -> Member:
    """Without the team's folder, and with the team."""
    return replace(member, name=below(member), identity={**member.identity, "group": clean(member.parts[0])})


def without_outermost(found: SourceListing, zipped: bool) -> SourceListing:
    """Without the one folder that all work lies in, where that is no student's: it holds names of an LMS, or, in a zip, it
    is called like the zip or holds nothing but folders with work in them."""
    names = [top for top, files in found.tops.items() if any(file.suffix in WORK for file in files)]
    if len(names) != 1 or names[0] in found.clones or alone(names[0], found.tops[names[0]]):
        return found
    if detect(found) is not Layout.PLAIN:
        return found
    (top,) = names
    members = tuple(replace(m, name=below(m)) if m.parts[0] == top else m for m in found.members)
    inner = replace(found, top=top, members=members)
    if detect(inner) is not Layout.PLAIN:
        return inner
    return inner if zipped and len(found.tops) == 1 and is_class(inner, called=found.top) else found


def is_class(inner: SourceListing, called: str) -> bool:
    """Whether a folder in a zip is a class and no student: it is called like the zip, or has folders with work and nothing beside."""
    folders = [top for top, files in inner.tops.items() if not alone(top, files)]
    holds = [top for top in folders if any(m.suffix in WORK for m in inner.tops[top])]
    direct = any(m.suffix in WORK for m in inner.members if "/" not in m.name)
    return inner.top == called or (bool(holds) and not direct)


def bundles(found: SourceListing, layout: Layout) -> tuple[list[Bundle], list[str]]:
    """Everybody's hand-ins, one for each student, and the names of what is nobody's.

    What does not follow the layout is read as PLAIN, and not clear.
    """
    read: dict[str, list[Bundle]] = {}
    nobodys: list[str] = []
    for top, files in found.tops.items():
        bundle = READERS[layout](top, files, found)
        if bundle is None and (rest := plain(top, files, found)) is not None:
            bundle = replace(rest, clear=layout is Layout.PLAIN)
        if bundle is None:
            nobodys.append(top)
        else:
            read.setdefault(bundle.unique, []).append(bundle)
    return [together(several) for several in read.values()], nobodys


def together(several: list[Bundle]) -> Bundle:
    """All that one student handed in; known by what has work in it."""
    first = next((one for one in several if any(file.suffix in WORK for file in one.files)), several[0])
    files = tuple(file for one in several for file in one.files)
    return replace(first, files=files, clear=all(one.clear for one in several))
