"""The signature of a student's function or class, and the contract's arguments: rows of [name, kind, has a default]."""

from __future__ import annotations

from typing import Any


def fits(parameters: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a signature takes these arguments by the contract's names, and asks for no others."""
    rows = [p for p in parameters if isinstance(p, list | tuple) and len(p) >= 3]
    if any(p[1] == "VAR_KEYWORD" for p in rows) or any(p[1] == "VAR_POSITIONAL" for p in rows):
        return True
    names = [p[0] for p in rows]
    required = {p[0] for p in rows[len(args) :] if not p[2]}
    return set(kwargs) <= set(names) and required <= set(kwargs) and len(args) <= len(names)


def bind(
    parameters: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """By name where the student's signature has all the names of the contract, else in the contract's order."""
    names = {p[0] for p in parameters} - {"self"}
    open_ended = any(p[1] == "VAR_KEYWORD" for p in parameters)
    if open_ended or set(kwargs) <= names:
        return args, kwargs
    return (*args, *kwargs.values()), {}
