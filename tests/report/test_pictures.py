"""The drawings: what is coloured, what is outlined, and what is never drawn."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import Array, Evidence, Text
from grader.report.pictures import BELOW, MARK, MOST, WIDTH, figure
from grader.report.svg import number

TITLE = Text(en="the <b>mask</b>", ja="マスク")


def matrix(rows: int, columns: int) -> Array:
    return Array((rows, columns), tuple(float(i) for i in range(rows * columns)))


def drawn(evidence: Evidence) -> list[ET.Element]:
    made = figure(evidence, "en")
    assert made is not None
    return [ET.fromstring(panel.svg) for panel in made.panels]


def cells(svg: ET.Element) -> list[ET.Element]:
    return [rect for rect in svg.iter("rect") if "fill-opacity" in rect.attrib]


def outlines(svg: ET.Element) -> list[ET.Element]:
    return [rect for rect in svg.iter("rect") if rect.get("stroke") == MARK]


def test_expected_and_actual_stand_side_by_side_on_one_scale() -> None:
    """The same number has the same colour in both maps, and the marked place is outlined in both."""
    right, wrong = Array((2, 2), (1.0, 0.5, 0.0, 4.0)), Array((2, 2), (1.0, 0.5, 0.0, -2.0))
    one, other = drawn(Evidence("compare", TITLE, wrong, right, ((1, 1),)))
    assert [c.get("fill-opacity") for c in cells(one)][:3] == [c.get("fill-opacity") for c in cells(other)][:3]
    assert cells(one)[3].get("fill") != cells(other)[3].get("fill")
    assert len(outlines(one)) == len(outlines(other)) == 1


def test_a_row_is_outlined_as_a_row() -> None:
    """A mark of one index is a row: its outline is as wide as the map."""
    (svg,) = drawn(Evidence("matrix", TITLE, matrix(3, 4), marked=((2,),)))
    (frame,) = outlines(svg)
    assert float(frame.attrib["width"]) == 4 * float(cells(svg)[0].attrib["width"])
    assert frame.get("y") == cells(svg)[8].get("y")


def test_a_mark_in_another_matrix_is_not_drawn() -> None:
    """Evidence shows the first matrix of a batch; a place in the second one has no outline here."""
    (here,) = drawn(Evidence("matrix", TITLE, matrix(3, 4), marked=((0, 1, 1),)))
    (there,) = drawn(Evidence("matrix", TITLE, matrix(3, 4), marked=((1, 1, 1), (9, 9), ())))
    assert len(outlines(here)) == 1 and not outlines(there)


def test_a_large_matrix_is_shown_around_its_mark() -> None:
    """At most 24 by 24 numbers, the marked one among them, and never wider than a phone."""
    (svg,) = drawn(Evidence("matrix", TITLE, matrix(4, 100), marked=((3, 77),)))
    (frame,) = outlines(svg)
    assert len(cells(svg)) == 4 * MOST and float(svg.attrib["width"]) <= WIDTH + 2
    (marked,) = [c for c in cells(svg) if (c.get("x"), c.get("y")) == (frame.get("x"), frame.get("y"))]
    assert marked.findtext("title") == "377"


def test_titles_are_text() -> None:
    """Markup in a title stays words."""
    made = figure(Evidence("matrix", TITLE, matrix(2, 2)), "en")
    assert made is not None and "<b>" not in made.panels[0].svg
    assert "The <b>mask</b>" in (drawn(Evidence("matrix", TITLE, matrix(2, 2)))[0].findtext("title") or "")


def test_what_is_known_of_the_last_step_stands_at_the_last_step() -> None:
    """Of a training only the end may be known: its one value lies below the last of the history's, not the first."""
    history, known = Array((3,), (1.4, 0.9, 0.5)), Array((1,), (0.7,))
    (svg,) = drawn(Evidence("series", TITLE, history, known))
    should_be, *_, last = sorted(svg.iter("circle"), key=lambda dot: dot.get("fill") != BELOW)
    assert should_be.get("cx") == last.get("cx")


@pytest.mark.parametrize("array", [Array((2, 2), (1.0,)), Array((0,), ()), Array((1, 1, 1), (1.0,))])
def test_numbers_that_contradict_their_shape_are_not_drawn(array: Array) -> None:
    """A report read from a file may say anything; what makes no picture gives none."""
    assert figure(Evidence("matrix", TITLE, array), "en") is None


@given(
    st.sampled_from(["matrix", "compare", "series"]),
    st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(-2, 45)) | st.tuples(st.integers(-2, 3), st.integers(-2, 45)), max_size=3),
)
def test_any_numbers_can_be_drawn(kind: Any, values: list[float], marked: list[tuple[int, ...]]) -> None:
    """NaN, infinities, constants and marks outside: always well-formed, with finite coordinates."""
    actual = Array((len(values),), tuple(values))
    for svg in drawn(Evidence(kind, TITLE, actual, actual if kind != "matrix" else None, tuple(marked))):
        attributes = " ".join(v for e in svg.iter() for k, v in e.attrib.items() if k not in ("stroke", "fill", "role"))
        assert "nan" not in attributes.lower() and "inf" not in attributes.lower()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-2.892, "−2.89"),
        (1.0, "1"),
        (12.34, "12.3"),
        (0.0001, "1e−04"),
        (float("nan"), "NaN"),
        (3e7, "3e+07"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    """At most six signs, with a real minus."""
    assert number(value) == text
