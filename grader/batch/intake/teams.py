"""Hand-ins of groups: one for all of its members, whoever of them uploaded it.

Three ways lead to a group: Moodle puts the team before each member's name (`Team 3-Anna Berg`), Canvas names the file after the
group, and the roster has a column `group`. A hyphen alone proves nothing: `Anna-Lena Berg` is no team.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.batch.intake.contents import sha256_of
from grader.batch.intake.hand_in import Handed
from grader.batch.intake.roster import Enrolled
from grader.batch.names import key, listed, said
from grader.model import Text

# Team 3, Default group, Gruppe A, グループ1, 3班: no name of a person has a number or one of these words.
TEAM = re.compile(
    r"\d|\b(?:teams?|groups?|gruppen?|groupes?|grupos?|gruppi|gruppo|grupa|skupina|csoport|groep|grupp|lag|pair|paar|default)\b"
    r"|グループ|チーム|班|組",
    re.IGNORECASE,
)
MOST_TOGETHER = 8  # people who hand in as one; more with one word in the column are a part of the class


def splits(name: str) -> Iterator[tuple[str, str]]:
    """Every way to read a name as a team and a member, the shortest team first."""
    for match in re.finditer("-", name):
        team, member = name[: match.start()].strip(), name[match.end() :].strip()
        if team and member:
            yield team, member


def team_of(name: str, teams: Sequence[str] = ()) -> tuple[str, str] | None:
    """The team and the member in `Team 3-Anna Berg`; None for a person's name. teams: those that the roster knows."""
    known = {key(team) for team in teams}
    pairs = [pair for pair in splits(name) if not any(character.isdigit() for character in pair[1])]
    return next((pair for pair in pairs if key(pair[0]) in known or TEAM.search(pair[0])), None)


def without_team(handed: Sequence[Handed], teams: Sequence[str] = ()) -> tuple[Handed, ...]:
    """Moodle's hand-ins under their members' names, with the team as the group."""
    found = [parted(one, teams) for one in handed]
    people: dict[str, set[str]] = {}
    for one in found:
        people.setdefault(one.student, set()).add(one.identity.get("moodle_participant", ""))
    return tuple(numbered(one) if one.group and len(people[one.student]) > 1 else one for one in found)


def numbered(one: Handed) -> Handed:
    """Told apart from somebody of the same name in another team."""
    return replace(one, student=f"{one.student} ({one.identity['moodle_participant']})")


def parted(one: Handed, teams: Sequence[str]) -> Handed:
    pair = team_of(one.identity.get("name", ""), teams) if "moodle_participant" in one.identity else None
    if pair is None:
        return one
    team, member = pair
    identity = {**one.identity, "name": member, "group": team}
    return replace(one, student=one.called.replace(one.identity["name"], member, 1), group=team, identity=identity)


@dataclass(frozen=True)
class GroupHandIns:
    """Everybody's hand-ins, with those of a group for each of its members, and what a person should know about it."""

    handed: tuple[Handed, ...]
    notes: tuple[Text, ...] = ()


def shared(handed: Sequence[Handed], roster: Sequence[Enrolled]) -> GroupHandIns:
    """Give what a member of a group handed in to those members who handed in nothing. The roster says who is in which group.

    Where two members handed in different work, each keeps their own: nobody can know which is the group's.
    """
    groups: dict[str, list[Enrolled]] = {}
    for entry in roster:
        if entry.group:
            groups.setdefault(key(entry.group), []).append(entry)
    mine: dict[str, list[Handed]] = {}
    for one in handed:
        mine.setdefault(one.student, []).append(one)
    found, notes = list(handed), list[Text]()
    for members in groups.values():
        if len(members) < 2:
            continue
        if len(members) > MOST_TOGETHER:
            notes.append(said(*SECTION, group=members[0].group, count=len(members)))
            continue
        more, told = of_group(members, mine)
        found += more
        notes += told
    known = {e.student: e.group for members in groups.values() if 1 < len(members) <= MOST_TOGETHER for e in members}
    return GroupHandIns(tuple(grouped(one, known) for one in found), tuple(notes))


def differing(handed: Sequence[Handed], roster_groups: Sequence[str]) -> tuple[Text, ...]:
    """Of the LMS's own teams, those whose members handed in different work. roster_groups: those of which `shared` tells it."""
    known, teams = {key(group) for group in roster_groups}, dict[str, dict[str, set[str]]]()
    for one in handed:
        if one.group and key(one.group) not in known:
            teams.setdefault(one.group, {}).setdefault(one.student, set()).add(sha256_of(one))
    return tuple(
        said(*DIFFERENT, group=team, came=listed(list(works)))
        for team, works in teams.items()
        if len({frozenset(one) for one in works.values()}) > 1
    )


def grouped(one: Handed, known: Mapping[str, str]) -> Handed:
    group = known.get(one.student, one.group)
    return replace(one, group=group, identity={**one.identity, "group": group}) if group else one


def of_group(members: Sequence[Enrolled], mine: Mapping[str, list[Handed]]) -> tuple[list[Handed], list[Text]]:
    """What members who handed in nothing get, and what is to be told."""
    came = [entry for entry in members if entry.student in mine]
    others = [entry for entry in members if entry.student not in mine]
    if not came or len(came) == len(members) == 1:
        return [], []
    works = {tuple(sorted(sha256_of(one) for one in mine[entry.student])) for entry in came}
    names = {
        "group": members[0].group,
        "came": listed([e.student for e in came]),
        "others": listed([e.student for e in others]),
    }
    if len(works) > 1:
        return [], [said(*(DIFFERENT_LEFT if others else DIFFERENT), **names)]
    given = [copied(one, entry) for entry in others for one in mine[came[0].student]]
    return given, [said(*GIVEN, **names)] if given else []


def copied(one: Handed, entry: Enrolled) -> Handed:
    """The same hand-in for another member, who is not in the LMS's names."""
    return replace(
        one, student=entry.student, called="", identity={**entry.identity, "file": one.identity.get("file", one.file)}
    )


GIVEN = (
    "Group {group}: the hand-in of {came} counts for {others} too.",
    "グループ {group}: {came} の提出物を {others} の提出物としても採点します。",
)
DIFFERENT = (
    "Group {group}: {came} handed in different work; each keeps their own.",
    "グループ {group}: {came} の提出物が異なるため、それぞれ自分の提出物で採点します。",
)
DIFFERENT_LEFT = (
    "Group {group}: {came} handed in different work; each keeps their own, and {others} get none of it. If one is the group's, "
    "grade with that one alone.",
    "グループ {group}: {came} の提出物が異なるため、それぞれ自分の提出物で採点し、{others} には割り当てません。グループの提出物が"
    "1 つなら、それだけを残して採点してください。",
)
SECTION = (
    "{count} students have the group {group}: taken for a part of the class, so nothing is shared. (A column section says so.)",
    "グループ {group} には {count} 名います。クラスの区分とみなし、提出物は共有しません。（区分は section 列に書けます）",
)
