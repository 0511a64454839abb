"""Every target by its name."""

from __future__ import annotations

from types import ModuleType

from tests.fuzz.targets import intake, matching, messages, reader, renderers, replies, review, sources, survey

TARGETS: dict[str, ModuleType] = {
    module.__name__.rpartition(".")[2]: module
    for module in (reader, messages, replies, survey, matching, sources, intake, renderers, review)
}
