"""A property that is worked out once, and may wait for a sandbox meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class lazy(Generic[T]):  # used as a decorator, like property
    """As functools.cached_property, without a lock.

    Python 3.11's holds a lock of the whole class while the value is made. A thread that gave its turn to judge away there
    (`judge_lock`), to wait for a sandbox, never got it back from one that waited for that lock.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self.make = make
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> lazy[T]: ...
    @overload
    def __get__(self, owner: object, kind: type) -> T: ...
    def __get__(self, owner: object | None, kind: type) -> lazy[T] | T:
        if owner is None:
            return self
        value = owner.__dict__[self.make.__name__] = self.make(owner)
        return value
