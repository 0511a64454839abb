"""Tables as plain data: a pandas frame in the sandbox is a `Table` for the judge, a series is a `Column`.

It stands alone, as the codec does. The judge never imports pandas for a reply; the sandbox makes frames of the tables that the
judge sends, with the pandas that the student's code has.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

Values = (
    Any  # np.ndarray of numbers or of truth values; a list of whatever else there is, None where a value is missing
)
MISSING = ("NAType", "NaTType")  # pandas.NA, pandas.NaT
WRITTEN = ("Timestamp", "Timedelta", "Period", "Interval")  # pandas' own kinds of cells, which are told as text


class Column:
    """A named column with its row labels. values: an array of numbers or truth values, or a list."""

    def __init__(self, name: Any, values: Sequence[Any] | Values, index: Sequence[Any] | Values | None = None) -> None:
        self.name = name
        self.values = settled(values)
        self.index = np.arange(len(self.values)) if index is None else settled(index)
        if len(self.index) != len(self.values):
            raise ValueError("a column has a label for each value")

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"Column({self.name!r}, {list(self.values)[:8]})"


class Table:
    """Rows and named columns, in their order. columns: the names; values: what stands below each; index: the row labels."""

    def __init__(
        self, columns: Sequence[Any], values: Sequence[Any], index: Sequence[Any] | Values | None = None
    ) -> None:
        self.columns = list(columns)
        self.values = [settled(one) for one in values]
        height = len(self.values[0]) if self.values else len(index) if index is not None else 0
        self.index = np.arange(height) if index is None else settled(index)
        if len(self.columns) != len(self.values) or any(len(one) != len(self.index) for one in self.values):
            raise ValueError("a table has a name for each column, and columns of one height")

    @classmethod
    def of(cls, content: dict[str, Sequence[Any]]) -> Table:
        """`Table.of({"city": ["Oslo", "Lima"], "year": [1990, 2000]})`."""
        return cls(list(content), list(content.values()))

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, name: Any) -> Values:
        """What stands below a name. Raises KeyError."""
        if name not in self.columns:
            raise KeyError(name)
        return self.values[self.columns.index(name)]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """One row after the other, without its label."""
        return zip(*self.values, strict=True)

    def __repr__(self) -> str:
        return f"Table of {len(self)} rows: {', '.join(map(str, self.columns))}"


def settled(values: Any) -> Values:
    """Numbers as an array of them, whatever they came in: whole, nullable, with gaps. Anything else is a list."""
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "biuf":
        return values
    if isinstance(values, str | bytes | dict) or not hasattr(values, "__len__") or getattr(values, "ndim", 1) != 1:
        raise ValueError("a column is a row of values")
    found = [value.item() if isinstance(value, np.generic) else value for value in values]
    if found and all(isinstance(value, bool) for value in found):
        return np.array(found)
    numbers = [value for value in found if value is not None]
    if numbers and all(type(value) in (int, float) for value in numbers):
        whole = len(numbers) == len(found) and all(type(v) is int and -(2**63) <= v < 2**63 for v in numbers)
        return np.array(found) if whole else np.array([np.nan if v is None else clipped(v) for v in found])
    return found


def clipped(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number of 400 digits
        return float("inf") if value > 0 else float("-inf")


# -- in the sandbox ------------------------------------------------------------------------------


def plain_table(value: Any) -> Table | Column | Values | None:
    """What pandas made, without pandas: a frame, a series, an index or one of its arrays; None for anything else."""
    if isinstance(value, kinds("pandas", "DataFrame")):
        names = [plain_cell(name) for name in value.columns.tolist()]
        columns = [plain_values(value.iloc[:, place]) for place in range(len(names))]
        return Table(names, columns, plain_values(value.index))
    if isinstance(value, kinds("pandas", "Series")):
        return Column(plain_cell(value.name), plain_values(value), plain_values(value.index))
    if isinstance(value, (*kinds("pandas", "Index"), *kinds("pandas.api.extensions", "ExtensionArray"))):
        found = plain_values(value)
        return found if isinstance(found, np.ndarray) else as_items(found)
    return None


def kinds(module: str, *names: str) -> tuple[type[Any], ...]:
    """These classes of a module that is loaded; none where it is not, or is a file of the student's that is called the same."""
    found = (getattr(sys.modules.get(module), name, None) for name in names)
    return tuple(kind for kind in found if isinstance(kind, type))


def plain_values(values: Any) -> Values:
    """A series, an index or an array of pandas."""
    kind = getattr(values, "dtype", None)
    if isinstance(kind, np.dtype) and kind.kind in "biuf":
        return np.asarray(values)
    return [plain_cell(value) for value in values]


def plain_cell(value: Any) -> Any:
    if type(value).__name__ in MISSING or (isinstance(value, float) and value != value):
        return None
    if type(value).__name__ in WRITTEN:  # Timestamp("2024-01-31")
        return value.isoformat() if hasattr(value, "isoformat") else str(value)
    if isinstance(value, tuple):  # a row of a MultiIndex
        return tuple(plain_cell(part) for part in value)
    return value.item() if isinstance(value, np.generic) else value


def as_items(values: list[Any]) -> np.ndarray[Any, Any]:
    """An array of whatever there is, one-dimensional even where the things have a length."""
    found = np.empty(len(values), dtype=object)
    found[:] = values if all(isinstance(value, str) for value in values) else [None] * len(values)
    for place, value in enumerate(values):
        found[place] = value
    return found


def as_frame(table: Table) -> Any:
    """The pandas frame of a table that the judge sends."""
    import pandas

    frame = pandas.DataFrame(dict(enumerate(table.values)), index=labels(table.index))
    frame.columns = pandas.Index(table.columns)
    return frame


def as_series(column: Column) -> Any:
    import pandas

    return pandas.Series(column.values, index=labels(column.index), name=column.name)


def labels(index: Values) -> Any:
    """The row labels; None where they only count the rows, as a new frame's do."""
    counts = isinstance(index, np.ndarray) and index.dtype.kind in "iu" and np.array_equal(index, np.arange(len(index)))
    return None if counts else index
