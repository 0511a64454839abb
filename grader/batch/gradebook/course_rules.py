"""What a course decides about marks beside the checks: which attempt counts, and what an exercise is worth.

It is kept with the batch, as text, together with everything else that was chosen, so that a later batch can say what is
different. A lesson follows the latest batch in which it was handed in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Attempt = Literal["last", "best"]
Show = Literal["all", "mistakes", "points"]


@dataclass(frozen=True)
class Rules:
    """points: what an exercise is worth in the end, by its id; others are worth what their checks are. show: to students. hide: exercises
    and checks (`EXERCISE.CHECK`) of which they see the points alone."""

    attempt: Attempt = "last"
    points: Mapping[str, float] = field(default_factory=dict)
    show: Show = "all"
    hide: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: str) -> Rules:
        """From what is kept with a batch."""
        kept: dict[str, Any] = json.loads(settings)
        return cls(
            kept.get("attempt", "last"), kept.get("worth", {}), kept.get("show", "all"), tuple(kept.get("hide", ()))
        )

    def kept(self) -> dict[str, Any]:
        return {"attempt": self.attempt, "worth": dict(self.points), "show": self.show, "hide": list(self.hide)}


def as_text(settings: Mapping[str, Any]) -> str:
    """What is kept with a batch: the chosen values by their flags, and `worth`, the points that follow from them."""
    return json.dumps(settings, ensure_ascii=False, sort_keys=True)
