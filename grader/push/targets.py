"""Canvas, Moodle, and whatever speaks LTI Assignment and Grade Services: written from their published API documents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from grader.errors import DataError
from grader.push.plan import PlannedScore
from grader.push.web import Web

FORM = "application/x-www-form-urlencoded"
SCORE, RESULTS = "application/vnd.ims.lis.v1.score+json", "application/vnd.ims.lis.v2.resultcontainer+json"
NEXT = re.compile(r'<([^<>]+)>;\s*rel="next"')


def paged(web: Web, path: str, **headers: str) -> Iterator[dict[str, Any]]:
    """All pages: `Link: <https://...?page=2>; rel="next"`."""
    while path:
        found, said = web.ask("GET", path, None, **headers)
        yield from found or ()
        following = NEXT.search(said.get("Link") or "")
        path = following[1] if following else ""
        if path and not path.startswith(f"{web.base}/"):
            raise web.failed("the next page lies elsewhere")


class Canvas:
    """PUT /api/v1/courses/:course/assignments/:assignment/submissions/:user with `submission[posted_grade]`."""

    def __init__(self, web: Web, course: str, assignment: str) -> None:
        self.web = web
        self.path = f"api/v1/courses/{int(course)}/assignments/{int(assignment)}"

    @cached_property
    def possible(self) -> float:
        return float(self.web.ask("GET", self.path)[0]["points_possible"] or 0)

    def lines(self) -> Iterator[PlannedScore]:
        for row in paged(self.web, f"{self.path}/submissions?per_page=100&include[]=user"):
            user = row.get("user") or {}
            said = (("canvas_user", str(row["user_id"])), ("login", str(user.get("login_id") or "")),
                    ("id", str(user.get("sis_user_id") or "")), ("name", str(user.get("name") or "")))  # fmt: skip
            yield PlannedScore(str(row["user_id"]), said, row.get("score"), bool(row.get("excused")))

    def put(self, user: str, score: float) -> None:
        body = urlencode({"submission[posted_grade]": f"{score:g}"}).encode()
        self.web.ask("PUT", f"{self.path}/submissions/{int(user)}", body, Content_Type=FORM)


class Moodle:
    """webservice/rest/server.php: core_enrol_get_enrolled_users, mod_assign_get_grades, mod_assign_save_grade."""

    def __init__(self, web: Web, token: str, course: str, assignment: str) -> None:
        self.web, self.token, self.course, self.assignment = web, token, int(course), int(assignment)

    def call(self, function: str, **values: object) -> Any:
        """The token goes into the body, where no log keeps it. Moodle says what is wrong with status 200."""
        given = {"wstoken": self.token, "wsfunction": function, "moodlewsrestformat": "json", **values}
        found, _ = self.web.ask("POST", "webservice/rest/server.php", urlencode(given).encode(), Content_Type=FORM)
        if isinstance(found, dict) and "exception" in found:
            raise self.web.failed(str(found.get("message") or found["exception"]))
        return found

    @cached_property
    def possible(self) -> float:
        found = self.call("mod_assign_get_assignments", **{"courseids[0]": self.course})
        listed = [one for course in found["courses"] for one in course["assignments"]]
        for one in listed:
            if one["id"] == self.assignment and one["grade"] > 0:
                return float(one["grade"])
        known = ", ".join(f"{one['name']} ({one['id']})" for one in listed) or "-"
        raise DataError(
            f"The course has no assignment {self.assignment} with points; there are: {known}.",
            ja=f"このコースに、点数の付く課題 {self.assignment} はありません。あるのは {known} です。",
        )

    def lines(self) -> Iterator[PlannedScore]:
        found = self.call("mod_assign_get_grades", **{"assignmentids[0]": self.assignment})
        grades = [one for assignment in found["assignments"] for one in assignment["grades"]]
        latest = {
            one["userid"]: float(one["grade"]) for one in sorted(grades, key=lambda one: one.get("attemptnumber", 0))
        }
        for user in self.call("core_enrol_get_enrolled_users", courseid=self.course):
            said = (("id", str(user.get("idnumber") or "")), ("email", str(user.get("email") or "")),
                    ("login", str(user.get("username") or "")), ("name", str(user.get("fullname") or "")))  # fmt: skip
            grade = latest.get(user["id"], -1.0)
            yield PlannedScore(str(user["id"]), said, grade if grade >= 0 else None)  # -1 is "not graded"

    def put(self, user: str, score: float) -> None:
        self.call(
            "mod_assign_save_grade", assignmentid=self.assignment, userid=int(user), grade=score, attemptnumber=-1,
            addattempt=0, workflowstate="", applytoall=0,
        )  # fmt: skip


class Lti:
    """A line item: GET lineitem, GET lineitem/results, POST lineitem/scores. users: the LMS's `sub` of each student, which is the roster's `id`."""

    def __init__(
        self, web: Web, users: Iterable[str], query: str = "", now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.web, self.users, self.now = web, tuple(users), now
        self.query = f"?{query}" if query else ""  # Moodle's: .../lineitem?type_id=3

    @cached_property
    def possible(self) -> float:
        accept = "application/vnd.ims.lis.v2.lineitem+json"
        return float(self.web.ask("GET", f"{self.web.base}{self.query}", Accept=accept)[0]["scoreMaximum"])

    def lines(self) -> Iterator[PlannedScore]:
        """Everybody whose id is known: the service lists those only who have a result already."""
        has = {str(row["userId"]): row for row in paged(self.web, f"results{self.query}", Accept=RESULTS)}
        for user in self.users:
            row = has.get(user, {})
            score, most = row.get("resultScore"), row.get("resultMaximum") or self.possible
            yield PlannedScore(
                user, (("id", user),), None if score is None else float(score) / float(most) * self.possible
            )

    def put(self, user: str, score: float) -> None:
        body = {"userId": user, "scoreGiven": score, "scoreMaximum": self.possible, "activityProgress": "Completed",
                "gradingProgress": "FullyGraded", "timestamp": self.now().isoformat(timespec="milliseconds")}  # fmt: skip
        self.web.ask("POST", f"scores{self.query}", json.dumps(body).encode(), Content_Type=SCORE)
