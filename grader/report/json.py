"""The report as JSON, and the JSON Schema that it follows (docs/report.schema.json, version in `version`)."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from grader.errors import DataError
from grader.model import Report

SCHEMA_ID = "urn:notebook-grader:report:1"


def render(report: Report) -> str:
    return msgspec.json.format(msgspec.json.encode(report), indent=1).decode() + "\n"


def read(text: str | bytes) -> Report:
    """The report again, from what `render` wrote. Raises DataError."""
    try:
        return msgspec.json.decode(text, type=Report)
    except msgspec.MsgspecError as error:
        raise DataError(f"This is not a report of this version: {error}.") from error


def schema() -> str:
    """The published schema, as text."""
    made: dict[str, Any] = msgspec.json.schema(Report)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    return json.dumps({**head, **made}, indent=1, sort_keys=True) + "\n"
