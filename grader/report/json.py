"""The report as JSON, and the JSON Schema that it follows (docs/report.schema.json, version in `version`).

JSON has no NaN and no infinity: among the numbers of evidence both are written as null, and read as NaN.
"""

from __future__ import annotations

import inspect
import json
from typing import Any

import msgspec

from grader.errors import DataError
from grader.model import Report
from grader.model.printable import made_legible
from grader.report.strict_json import NotThisJson, decoded

SCHEMA_ID = "urn:notebook-grader:report:1"


def render(report: Report) -> str:
    return msgspec.json.format(msgspec.json.encode(made_legible(report)), indent=1).decode() + "\n"


def read(text: str | bytes) -> Report:
    """The report again, from what `render` wrote. Raises DataError."""
    try:
        return msgspec.convert(with_nan(decoded(text, object)), type=Report)
    except (NotThisJson, msgspec.ValidationError, RecursionError) as error:
        raise DataError(
            f"This is not a report of this version: {error}.", ja=f"この版のレポートではありません（{error}）。"
        ) from error


def with_nan(tree: Any) -> Any:
    """The tree with NaN for each null among `values`."""
    if isinstance(tree, list):
        return [with_nan(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    read = {name: with_nan(item) for name, item in tree.items()}
    if isinstance(read.get("values"), list):
        read["values"] = [float("nan") if value is None else value for value in read["values"]]
    return read


def schema() -> str:
    """The published schema, as text."""
    made: dict[str, Any] = msgspec.json.schema(Report)
    made["$defs"]["Array"]["properties"]["values"]["items"] = {"type": ["number", "null"]}
    for described in (*made["$defs"].values(), made):
        if "description" in described:  # msgspec before 0.23 leaves a docstring's indentation in it
            described["description"] = inspect.cleandoc(described["description"])
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    return json.dumps({**head, **made}, indent=1, sort_keys=True) + "\n"
