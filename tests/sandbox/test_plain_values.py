"""What plain Python, NumPy, pandas and matplotlib make, as the judge gets it: data, compared by value."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.checks import Draw, Figure, Student, Table, compare, normalise
from grader.errors import Failure
from grader.sandbox.copies import copied
from grader.sandbox.guest.codec import MAX_NODES, Members, Quoted, Record, TooLarge, pack, unpack
from grader.sandbox.guest.figures import watched
from grader.sandbox.local import LocalSandbox

pd = pytest.importorskip("pandas", reason="the extra `notebooks` brings it")
matplotlib = pytest.importorskip("matplotlib", reason="the extra `notebooks` brings it")


class Suit(enum.Enum):
    HEARTS = 1


@dataclasses.dataclass
class Point:
    x: int
    y: float


def frame(**columns: Any) -> Any:
    return pd.DataFrame(columns)


VALUES: dict[str, Any] = {
    "numbers": np.arange(6.0).reshape(2, 3), "one number": np.array(3.5), "an empty array": np.zeros((0, 3)),
    "bytes the other way round": np.array([1, 2], dtype=">i4"), "unsigned": np.array([1], np.uint16),
    "longer than a double": np.array([1.5], np.longdouble), "one that is": np.longdouble(2), "words": np.array([["a", "b"]]),
    "anything": np.array([{"a": 1}, None], dtype=object), "days": np.array(["2024-01-01"], dtype="datetime64[D]"),
    "rows of fields": np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]), "complex numbers": np.array([1 + 2j]),
    "a set": {3, 1, 2}, "a frozen set": frozenset("ab"), "a record": Point(1, 2.0), "one of several": Suit.HEARTS,
    "a decimal": decimal.Decimal("0.10"), "a day": datetime.date(2024, 1, 31), "bytes": b"ab", "a complex number": 1j,
    "a frame": frame(a=[1, 2], b=["x", None], c=[1.0, None], d=[True, False]), "an empty frame": frame(),
    "days in a frame": frame(d=pd.to_datetime(["2024-01-01", None])), "two columns of one name": pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "two levels of names": frame(a=[1, 2, 1], b=[1, 2, 3]).groupby("a").agg(["sum", "mean"]),
    "two levels of labels": frame(a=[1, 2], b=[1, 2], c=[3, 4]).groupby(["a", "b"]).sum(),
    "a series": pd.Series([1, 2], name="q", index=["u", "v"]), "an empty series": pd.Series(dtype=float),
    "whole numbers with a gap": pd.Series([1, None], dtype="Int64"), "a category": pd.Series(["a", "b"], dtype="category"),
    "lists in a series": pd.Series([[1], [2, 3]]), "types": frame(a=[1]).dtypes, "labels": pd.Index(["a"]),
    "words once each": pd.Series(["a", "b"]).unique(), "months": pd.period_range("2024-01", periods=2, freq="M"),
    "spans": pd.interval_range(0, 2), "a moment": pd.Timestamp("2024-01-01"), "a missing value": pd.NA,
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_it_crosses_and_is_itself(name: str) -> None:
    """Packed twice it is the same value, and the copy for our own answers is no other."""
    value = unpack(pack(VALUES[name]))
    assert compare.same(unpack(pack(VALUES[name])), value) and compare.distance(value, value) == 0
    assert compare.same(copied(VALUES[name]), value)
    assert not compare.same(value, "something else") and not compare.same("something else", value)
    assert " at 0x" not in compare.show(value)


DIFFERENT: dict[str, tuple[Any, Any]] = {
    "an entry": (np.array([1.0, 2.0]), np.array([1.0, 2.1])), "a shape": (np.zeros((2, 1)), np.zeros(2)),
    "a word": (np.array(["a"]), np.array(["b"])), "a list for an array": ([1.0, 2.0], np.array([1.0, 2.0])),
    "a member": ({1, 2}, {1, 3}), "a list for a set": ([1, 2], {1, 2}), "a field": (Point(1, 2.0), Point(1, 3.0)),
    "a decimal": (decimal.Decimal("0.1"), decimal.Decimal("0.2")), "a cell": (frame(a=[1, 2]), frame(a=[1, 3])),
    "a column's name": (frame(a=[1]), frame(b=[1])), "the order of rows": (frame(a=[1, 2]), frame(a=[2, 1])),
    "a label": (pd.Series([1], index=["a"]), pd.Series([1], index=["b"])), "a gap": (frame(a=[1, None]), frame(a=[1, 0])),
    "a frame for a series": (frame(a=[1]), pd.Series([1], name="a")), "nothing for an array": (None, np.zeros(3)),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_differs_is_not_the_same(name: str) -> None:
    actual, expected = (unpack(pack(value)) for value in DIFFERENT[name])
    assert not compare.same(actual, expected)


ALIKE: dict[str, tuple[Any, Any]] = {
    "whole numbers and others": (frame(a=[1, 2]), frame(a=[1.0, 2.0])),
    "pandas' own whole numbers": (pd.Series([1, 2], dtype="Int64"), pd.Series([1, 2])),
    "categories and words": (pd.Series(["a"], dtype="category"), pd.Series(["a"])),
    "a number of no dimension": (np.array(3.0), 3.0),
    "a name that nobody asked for": (pd.Series([1], name="a"), pd.Series([1])),
    "single precision": (np.array([0.1], np.float32), np.array([0.1])),
}


@pytest.mark.parametrize("name", ALIKE)
def test_what_says_the_same_is_the_same(name: str) -> None:
    """Nobody loses a point for the width of a number or for a dtype that holds the same values."""
    actual, expected = (unpack(pack(value)) for value in ALIKE[name])
    assert compare.same(actual, expected) and compare.same(expected, actual)


def test_a_module_that_is_only_called_pandas_hurts_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A student's own pandas.py has no frames; what has no plain form is told by its type as ever."""
    for name in ("pandas", "matplotlib.figure", "matplotlib.axes"):
        monkeypatch.setitem(sys.modules, name, types.SimpleNamespace(DataFrame=3, Axes=None))  # type: ignore[arg-type]
    assert compare.show(unpack(pack(object()))) == "<builtins.object>"


def test_a_set_crosses_in_an_order_of_its_own() -> None:
    """Python's order of words differs from process to process; a reply's does not."""
    assert unpack(pack({"b", "a", "c"})) == ["a", "b", "c"]
    assert isinstance(unpack(pack({1})), Members) and unpack(pack({1}), order=True) == {1}


def test_a_table_becomes_a_frame_where_it_is_sent() -> None:
    """The judge sends a table, the student's code gets a frame as pandas itself would make it."""
    sent = unpack(pack(Table.of({"city": ["Oslo", "Lima"], "year": [1990, None]})), order=True)
    pd.testing.assert_frame_equal(sent, frame(city=["Oslo", "Lima"], year=[1990, None]))
    told = unpack(pack(sent))
    assert isinstance(told, Table) and told["city"] == ["Oslo", "Lima"] and next(told.rows()) == ("Oslo", 1990)


FORGED = (
    {"table": {"list": [{"list": ["a"]}, {"list": [{"list": [1]}, {"list": [2]}]}, {"list": [0]}]}},
    {"table": {"list": [{"list": ["a"]}, {"list": [{"list": [1, 2]}]}, {"list": [0]}]}},
    {"column": {"list": ["a", {"list": [1, 2]}, {"list": [0]}]}}, {"column": {"list": ["a", "text", "text"]}},
    {"items": [{"list": [2, 2]}, {"list": [1]}]}, {"items": [{"list": [-1]}, {"list": [1]}]}, {"items": [{"list": [1]}, "a"]},
    {"figure": {"dict": []}}, {"figure": {"dict": [["title", 3], ["axes", {"list": []}]]}},
)  # fmt: skip


@pytest.mark.parametrize("tree", FORGED)
def test_what_is_no_table_is_refused(tree: dict[str, Any]) -> None:
    """A reply that says it is a table, an array or a figure and is none raises as any malformed reply does."""
    from tests.fuzz.targets.replies import message

    with pytest.raises((ValueError, KeyError, TypeError)):
        unpack(message(tree))


def test_what_is_too_large_is_said() -> None:
    for value in (
        frame(a=["x"] * (MAX_NODES + 1)),
        np.array(["x"] * (MAX_NODES + 1)),
        np.zeros(5 << 20),
        {*range(MAX_NODES + 1)},
    ):
        with pytest.raises(TooLarge):
            pack(value)


# --- plots and prints --------------------------------------------------------------------------

PLOTS = """
import matplotlib.pyplot as plt

def shown(names, values):
    plt.bar(names, values)
    plt.title("Sales")
    plt.xlabel("city")
    plt.show()
    plt.close("all")

def returned(names, values):
    figure, axes = plt.subplots()
    axes.barh(names, values, label="sales")
    axes.legend()
    return figure, axes

def by_frame(names, values):
    import pandas
    return pandas.DataFrame({"city": names, "sales": values}).plot.bar(x="city", y="sales")

def pie(names, values):
    plt.pie(values, labels=names)

def several(names, values):
    figure, axes = plt.subplots(1, 2)
    axes[0].plot(values, label="sales")
    axes[1].scatter(values, values)
    return axes

def nothing(names, values):
    print("no", end=" ")
    print("plot")
"""


@pytest.fixture(scope="module")
def plots() -> Iterator[dict[str, Any]]:
    before = matplotlib.get_backend()
    matplotlib.use("agg")
    scope: dict[str, Any] = {"__name__": "__main__"}
    exec(PLOTS, scope)
    yield scope
    matplotlib.use(before)


def asked(scope: dict[str, Any], name: str, want: str = "figure") -> Any:
    with LocalSandbox(scope) as sandbox, sandbox.branch() as branch:
        student = Student(branch, "x", 0)
        return getattr(student, want)(name, ["Oslo", "Lima"], [3.0, 1.0])


@pytest.mark.parametrize("name", ["shown", "returned", "by_frame"])
def test_bars_are_told_by_their_words(plots: dict[str, Any], name: str) -> None:
    """Upright or lying, shown, returned or drawn by pandas: the same heights for the same words."""
    (bars,) = normalise.drawn("bars")(asked(plots, name))
    assert bars.named() == {"Oslo": 3.0, "Lima": 1.0}


def test_words_and_legend_are_told(plots: dict[str, Any]) -> None:
    first, second = asked(plots, "shown"), asked(plots, "returned")
    assert (first.axes[0].title, first.axes[0].x_label, second.axes[0].legend) == ("Sales", "city", ("sales",))


def test_several_axes_and_shares_are_told(plots: dict[str, Any]) -> None:
    line, points = asked(plots, "several").drawn()
    assert (line.kind, line.label, line.y.tolist()) == ("line", "sales", [3.0, 1.0])
    assert (points.kind, points.x.tolist()) == ("points", [3.0, 1.0])
    assert asked(plots, "pie").drawn("wedges")[0].named() == pytest.approx({"Oslo": 0.75, "Lima": 0.25})


def test_who_draws_nothing_is_told_so(plots: dict[str, Any]) -> None:
    assert asked(plots, "nothing") is None
    with pytest.raises(Failure, match=r"should be a figure, but is nothing \(None\)"):
        normalise.drawn("line")(None)
    with pytest.raises(Failure, match="does not show line"):
        normalise.drawn("line")(asked(plots, "pie"))


def test_prints_are_told(plots: dict[str, Any]) -> None:
    assert asked(plots, "nothing", "printed") == "no plot\n" and normalise.lines("\n a \n\n b") == ["a", "b"]


def test_matplotlib_is_as_it_was_afterwards() -> None:
    """Also where the block raised."""
    from matplotlib.figure import Figure as Theirs

    before = Theirs.__init__
    with pytest.raises(ValueError), watched():  # noqa: PT011  # matplotlib's own words
        Theirs(figsize=(-1, 0))
    assert Theirs.__init__ is before


# --- readings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", [[[1, 2]], np.array([[1, 2]]), np.array([[1.0, 2.0]], np.float32), [np.array([1, 2])]]
)
def test_numbers_are_read_whatever_holds_them(value: Any) -> None:
    assert normalise.numbers(1, 2)(unpack(pack(value))).tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize(
    "value", [None, "3", [[1], [2, 3]], {"a": 1}, ["a"], np.array(["a"]), Record("x.P", {}), [10**400]]
)
def test_what_is_no_number_is_told(value: Any) -> None:
    with pytest.raises(Failure, match="should be numbers"):
        normalise.numbers(1)(value)


def test_a_table_is_read_by_its_columns() -> None:
    """Row labels and further columns do not matter, and their order only where nothing is said."""
    value = unpack(pack(frame(b=[1, 2], a=["y", "x"], c=[0, 0])))
    assert [*normalise.table("a", "b", by="a")(value).rows()] == [("x", 2), ("y", 1)]
    with pytest.raises(Failure, match=r"has no column 'd'; its columns are \['b', 'a', 'c'\]"):
        normalise.table("d")(value)


def test_labels_are_read_from_dicts_and_series() -> None:
    for value in ({"a": 1}, unpack(pack(pd.Series([1], index=["a"])))):
        assert normalise.by_label()(value) == {"a": 1}


def test_made_up_words_differ() -> None:
    assert len({*Draw(1).words(30)}) == 30 and Draw(2).words(3) == Draw(2).words(3) != Draw(3).words(3)
    assert isinstance(Draw(1).array(2, 3), np.ndarray) and isinstance(unpack(pack(1j)), Quoted) and Figure().axes == ()
