"""read_records(text) -> list of dicts, in plain Python."""

from typing import Any

from grader.checks import Draw, Failure, Student, Text, accepts, check, edit, misconception

TITLE = Text(en="From text to records")
NAMES = ("read_records",)
HEADINGS = ("from text to records",)
STARTERS = (
    Text(en="Print `text.splitlines()`. Which of these lines are no records?"),
    Text(en='Print `"Oslo,2024-05-02,".split(",")`. What is its last part, and what does `float` say to it?'),
)
RECORDS = Text(en="the list of records")
STEPS = Text(
    en='Try it with two lines, "city,day,rain\\nOslo,2024-05-01,3.5": one record comes back. Then add a blank line, then "Lima,2024-05-02,".'
)


def line(draw: Draw, city: str, rain: str = "") -> str:
    return f"{city},2024-{draw.number(1, 13):02d}-{draw.number(1, 29):02d},{rain or draw.number(1, 400) / 10}"


def told(lines: list[str]) -> str:
    return "\n".join(["city,day,rain", *lines]) + "\n"


def records(count: int):
    """A list of so many dicts with city, day and rain."""

    def view(value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list | tuple) or len(value) != count:
            size = f"{len(value)}" if isinstance(value, list | tuple) else f"a {type(value).__name__}"
            raise Failure(Text(en=f"From {count} lines with records a list of {count} dicts should come back, but it is {size}."), STEPS)
        for one in value:
            if not isinstance(one, dict) or set(map(str, one)) != {"city", "day", "rain"}:
                raise Failure(Text(en="Every record should be a dict with city, day and rain, but one is not."), STEPS)
        return [*value]

    return view


@check(points=1)
def a_record_for_each_line(student: Student, draw: Draw) -> None:
    """Each line after the first becomes a dict with city, day and rain."""
    names = draw.words(draw.number(3, 6))
    student.call("read_records", told([line(draw, name) for name in names]), view=records(len(names)))


@check(points=2, after=a_record_for_each_line)
def the_right_records(student: Student, draw: Draw) -> None:
    """City and day are the words of the line, rain is a number, in the order of the lines."""
    names = draw.words(draw.number(3, 6))
    student.call("read_records", told([line(draw, name) for name in [*names, names[0]]]), view=records(len(names) + 1))
    student.must_agree(RECORDS, help=STEPS)


@check(points=1, after=a_record_for_each_line)
def blank_lines_are_skipped(student: Student, draw: Draw) -> None:
    """Blank lines, also such with spaces, are no records."""
    one, other, last = (line(draw, name) for name in draw.words(3))
    student.call("read_records", told(["", one, "   ", other, "", "", last, ""]), view=records(3))
    student.must_agree(RECORDS, help=STEPS)


@check(points=1, after=a_record_for_each_line)
def missing_is_none(student: Student, draw: Draw) -> None:
    """Where nothing was measured rain is None; a measured 0 is 0."""
    one, other, last = draw.words(3)
    text = told([line(draw, one), line(draw, other, " ").rstrip(), line(draw, last, "0")])
    student.call("read_records", text, view=records(3))
    student.must_agree(RECORDS, help=Text(en="Print the records of a line without a number and of a line with 0. Which condition tells them apart?"))


by_csv = accepts(
    edit("    records = []\n    for line in text.splitlines()[1:]:\n        if not line.strip():\n            continue\n        city, day, rain = line.split(\",\")\n",
         "    import csv\n\n    records = []\n    for row in csv.DictReader(line for line in text.splitlines() if line.strip()):\n        city, day, rain = row.values()\n"),
)
by_zip = accepts(
    edit("        city, day, rain = line.split(\",\")\n", "        record = dict(zip([\"city\", \"day\", \"rain\"], line.split(\",\")))\n"),
    edit('        records.append({"city": city, "day": day, "rain": float(rain) if rain.strip() else None})\n',
         '        record["rain"] = float(record["rain"]) if record["rain"].strip() else None\n        records.append(record)\n'),
)

header_is_a_record = misconception(
    edit("float(rain) if rain.strip() else None", "float(rain) if rain.strip().replace(\".\", \"\").isdigit() else None"),
    edit("text.splitlines()[1:]", "text.splitlines()"),
    en="The line with the names of the columns is taken for a record. Leave the first line out.",
)
rain_stays_text = misconception(
    edit("float(rain) if rain.strip()", "rain if rain.strip()"),
    en="The rain is still a text. `float` makes a number of it; two texts are added up to a longer text.",
)
missing_is_zero = misconception(
    edit("else None", "else 0.0"),
    en="A missing number became 0. A day without a measurement is not a day without rain: use None.",
)
zero_is_missing = misconception(
    edit("float(rain) if rain.strip() else None", "(float(rain) or None) if rain.strip() else None"),
    en="A measured 0 became None. Ask whether the text is empty, not whether the number is 0.",
)
blank_is_not_empty = misconception(
    edit("if not line.strip():", "if line == \"\":"),
    en="A line with nothing but spaces is taken for a record. `line.strip()` is empty for it.",
)
cut_to_whole_numbers = misconception(
    edit("float(rain) if", "int(float(rain)) if"),
    en="The rain is cut to a whole number. `float` keeps what stands after the point.",
)
last_line_lost = misconception(
    edit("text.splitlines()[1:]", "text.splitlines()[1:-1]"),
    en="The last line is left out. `[1:]` goes to the end.",
)
