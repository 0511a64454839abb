"""The application: the pages, and what their script sends. All of it runs in one thread, beside the gradebook's connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from grader.batch.class_page import CatalogueNames
from grader.batch.gradebook.queries import identities
from grader.batch.gradebook.review import assessments, comments, requests, rubric
from grader.batch.gradebook.review.assessments import Assessment, EditConflict
from grader.batch.gradebook.store import Gradebook
from grader.errors import GraderError, UsageError
from grader.model import Cell, Language, Text
from grader.report import review_page
from grader.report.review import ListedHandIn, Overview, ReviewLinks, ReviewSheet, RoundRow
from grader.report.strict_json import NotThisJson, decoded
from grader.server.desk import HIDDEN, HandInFiles, hiding
from grader.server.state import Visit, state, visit
from grader.server.walk import ReviewStop, Round, Walk

QUOTED = 200  # characters of the line that a comment is about
T = TypeVar("T")
Whole = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]  # what the gradebook can hold, and a script can count to


class ScriptMessage(msgspec.Struct, forbid_unknown_fields=True):
    """What everything that the script sends begins with."""

    submission: Whole
    lesson: str
    exercise: str


class SaveAssessment(ScriptMessage, forbid_unknown_fields=True):
    check: str
    typed: float | None
    items: list[Whole]
    comment: str
    version: Whole


class SaveRubricItem(ScriptMessage, forbid_unknown_fields=True):
    """id: None for a new one."""

    check: str
    id: Whole | None
    points: float
    text: str
    version: Whole


class RetireRubricItem(ScriptMessage, forbid_unknown_fields=True):
    check: str
    id: Whole
    version: Whole


class SetCounted(ScriptMessage, forbid_unknown_fields=True):
    check: str
    down: bool


class SaveComment(ScriptMessage, forbid_unknown_fields=True):
    """id: None for a new one; an empty text takes one away."""

    id: Whole | None
    cell: Whole
    line: Whole | None
    text: str
    version: Whole


class AnswerRequest(ScriptMessage, forbid_unknown_fields=True):
    id: Whole
    text: str
    version: Whole


@dataclass
class Review:
    """What the handlers share. hide: students' names are shown nowhere."""

    book: Gradebook
    walk: Walk
    desk: HandInFiles
    language: Language
    hide: bool = False

    def app(self) -> Starlette:
        routes = [
            Route("/", self.home),
            Route("/review.css", self.style),
            Route("/review.js", self.script),
            Route("/sheet", self.sheet),
            Route("/api/state", self.look),
            Route("/api/assess", self.posted(SaveAssessment, self.assess), methods=["POST"]),
            Route("/api/item", self.posted(SaveRubricItem, self.item), methods=["POST"]),
            Route("/api/retire", self.posted(RetireRubricItem, self.retire), methods=["POST"]),
            Route("/api/count", self.posted(SetCounted, self.count), methods=["POST"]),
            Route("/api/comment", self.posted(SaveComment, self.comment), methods=["POST"]),
            Route("/api/answer", self.posted(AnswerRequest, self.answer), methods=["POST"]),
        ]
        return Starlette(routes=routes, exception_handlers={GraderError: self.sorry})

    # -- pages ----------------------------------------------------------------------------------

    async def style(self, _request: Request) -> Response:
        return Response(review_page.style_sheet(), media_type="text/css")

    async def script(self, _request: Request) -> Response:
        return Response(review_page.script(), media_type="text/javascript")

    async def home(self, request: Request) -> Response:
        base = request.state.base
        rows = tuple(self.row(one, base) for one in self.walk.rounds())
        troubles = tuple(Text(en=str(error), ja=error.in_("ja")) for error in self.desk.troubles)
        return HTMLResponse(review_page.overview(Overview(base, request.state.by, rows, troubles), self.language))

    def row(self, one: Round, base: str) -> RoundRow:
        words = CatalogueNames.of(one.lesson)
        first = one.next_open(-1) or one.stops[0]
        hands = tuple(ListedHandIn(stop.who, address(base, one, stop), stop.done, stop.asked) for stop in one.stops)
        return RoundRow(words.title, words.exercise(one.exercise), address(base, one, first), one.open, hands)

    async def sheet(self, request: Request) -> Response:
        here, base = self.visit_of(request), request.state.base
        standing = here.round.stops[here.index].standing
        page = ReviewSheet(
            base=base,
            by=request.state.by,
            who=here.round.stops[here.index].who,
            lesson=CatalogueNames.of(here.round.lesson).title,
            exercise=here.exercise(),
            cells=self.cells(standing.student, standing.sha256, here.round.lesson),
            way=way(here, base),
            state=state(here, base, self.language),
        )
        return HTMLResponse(review_page.sheet(page, self.language))

    def cells(self, student: str, sha256: str, lesson: str) -> tuple[Cell, ...] | None:
        """What was handed in; without the student's names in it where these are hidden."""
        found = self.desk.cells(sha256, lesson)
        if found is None or not self.hide:
            return found
        names = hiding([student, *identities(self.book, lesson).get(student, {}).values()])
        if names is None:
            return found
        return tuple(
            replace(cell, source=names.sub(HIDDEN, cell.source), output=names.sub(HIDDEN, cell.output))
            for cell in found
        )

    def visit_of(self, request: Request) -> Visit:
        query = request.query_params
        number = query.get("submission", "")
        if not (number.isascii() and number.isdigit()):
            number = "0"
        return visit(self.walk, query.get("lesson", ""), query.get("exercise", ""), int(number[:18]))

    async def sorry(self, _request: Request, error: Exception) -> Response:
        assert isinstance(error, GraderError)
        return PlainTextResponse(error.in_(self.language), 404)

    # -- what the script sends ------------------------------------------------------------------

    async def look(self, request: Request) -> Response:
        return JSONResponse({"state": state(self.visit_of(request), request.state.base, self.language)})

    def posted(self, kind: type[T], does: Callable[[Visit, T, str], int]) -> Callable[[Request], Awaitable[Response]]:
        """A handler for one kind of message. The answer always says how things stand then; 409: somebody else was first."""

        async def handle(request: Request) -> Response:
            try:
                given: Any = decoded(await request.body(), kind)
            except NotThisJson as error:
                return JSONResponse({"error": str(error)}, 400)
            here = visit(self.walk, given.lesson, given.exercise, given.submission)
            said: dict[str, Any] = {}
            status = 200
            try:
                said["others"] = does(here, given, request.state.by)
            except (EditConflict, UsageError) as error:
                said["error"], status = error.in_(self.language), 409 if isinstance(error, EditConflict) else 422
            again = visit(self.walk, given.lesson, given.exercise, given.submission)
            return JSONResponse({**said, "state": state(again, request.state.base, self.language)}, status)

        return handle

    def assess(self, here: Visit, given: SaveAssessment, by: str) -> int:
        wanted = Assessment(None, given.typed, tuple(given.items), given.comment, by, "", given.version)
        assessments.assess(self.book, here.question(given.check), here.submission, wanted, by)
        return 0

    def item(self, here: Visit, given: SaveRubricItem, by: str) -> int:
        question = here.question(given.check)
        if given.id is None:
            rubric.add(self.book, question, given.points, given.text, by)
            return 0
        return assessments.revise(self.book, question, given.id, given.points, given.text, given.version, by)

    def retire(self, here: Visit, given: RetireRubricItem, by: str) -> int:
        return assessments.retire(self.book, here.question(given.check), given.id, given.version, by)

    def count(self, here: Visit, given: SetCounted, by: str) -> int:
        return assessments.count(self.book, here.question(given.check), given.down, by)

    def comment(self, here: Visit, given: SaveComment, by: str) -> int:
        text = given.text.strip()
        if given.id is not None:
            comments.rewrite(self.book, here.submission, given.id, text, given.version, by)
        elif text:
            comments.write(self.book, here.submission, self.spot(here, given), text, by)
        return 0

    def spot(self, here: Visit, given: SaveComment) -> comments.CommentPlace:
        """Raises UsageError for a cell or a line that is not there."""
        standing = here.round.stops[here.index].standing
        cells = self.desk.cells(standing.sha256, here.round.lesson) or ()
        cell = next((one for one in cells if one.index == given.cell), None)
        lines = cell.source.split("\n") if cell else []
        if cell is None or (given.line is not None and not 1 <= given.line <= len(lines)):
            raise UsageError("There is no such cell or line.", ja="そのセルまたは行はありません。")
        quoted = lines[given.line - 1] if given.line else next((line for line in lines if line.strip()), "")
        exercise = "notes" if cell.role == "notes" else cell.exercise or ""
        return comments.CommentPlace(cell.index, given.line, exercise, quoted[:QUOTED])

    def answer(self, here: Visit, given: AnswerRequest, by: str) -> int:
        requests.answer(self.book, here.submission, given.id, given.text, given.version, by)
        return 0


def way(here: Visit, base: str) -> ReviewLinks:
    stops, at = here.round.stops, here.index
    following = here.round.next_open(at)
    return ReviewLinks(
        number=at + 1,
        of=len(stops),
        open=here.round.open,
        previous=address(base, here.round, stops[at - 1]) if at else "",
        next=address(base, here.round, stops[at + 1]) if at + 1 < len(stops) else "",
        next_open=address(base, here.round, following) if following else "",
    )


def address(base: str, one: Round, stop: ReviewStop) -> str:
    query = {"lesson": one.lesson, "exercise": one.exercise, "submission": stop.standing.submission}
    return f"{base}/sheet?{urlencode(query)}"
