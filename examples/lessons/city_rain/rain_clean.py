"""clean(frame) -> a new frame, with pandas."""

from grader.checks import Draw, Student, Table, Text, accepts, check, edit, misconception, normalise, recompute

TITLE = Text(en="One spelling, no gaps, nothing twice")
NAMES = ("clean",)
HEADINGS = ("one spelling, no gaps, nothing twice",)
STARTERS = (
    Text(en='Print `frame["city"].unique()`. How many different cities are these for the computer, and how many for you?'),
    Text(en="`.str.strip()` and `.str.capitalize()` work on a whole column; `dropna` and `drop_duplicates` take `subset=[...]`."),
    Text(en="Do the three steps one after the other, and print the number of rows after each."),
)
FRAME = Text(en="the clean frame")
STEPS = Text(
    en="Print the frame after each of the three steps, for these rows: (' oslo ', day 1, nothing), ('Oslo', day 1, 3.5), ('OSLO', day 1, 4.0). One is left: 3.5."
)
COLUMNS = ("city", "day", "rain")
TIDY = normalise.table(*COLUMNS, what=FRAME)
DAYS = [f"2024-05-{day:02d}" for day in range(1, 29)]


def frame(rows: list[tuple[str, str, float | None]]) -> Table:
    return Table(COLUMNS, [[*column] for column in zip(*rows)])


def measured(draw: Draw) -> list[tuple[str, str, float | None]]:
    """Rows of three cities on different days, as they should be."""
    names = [name.capitalize() for name in draw.words(3, 6)]
    return [(name, day, draw.number(0, 300) / 10) for name in names for day in draw.sample(DAYS, 3)]


@check(points=1)
def clean_rows_stay(student: Student, draw: Draw) -> None:
    """Rows that are as they should be are all kept, in their order."""
    student.call("clean", frame(measured(draw)), view=TIDY)
    student.must_agree(FRAME, help=STEPS)


@check(points=1, after=clean_rows_stay)
def one_spelling(student: Student, draw: Draw) -> None:
    """Every city has one spelling, without spaces around it: a capital and small letters."""
    rows = measured(draw)
    spellings = (str.upper, str.lower, lambda name: f" {name} ", str.swapcase)
    student.call("clean", frame([(spellings[n % 4](city), *rest) for n, (city, *rest) in enumerate(rows)]), view=TIDY)
    student.must_agree(FRAME, help=STEPS)


@check(points=1, after=clean_rows_stay)
def gaps_go(student: Student, draw: Draw) -> None:
    """Rows without a measurement are gone; those with a measured 0 stay."""
    rows = measured(draw)
    (city, day, _), (other, later, _) = rows[1], rows[5]
    rows[1], rows[5] = (city, day, None), (other, later, 0.0)
    student.call("clean", frame(rows), view=TIDY)
    student.must_agree(FRAME, help=STEPS)


@check(points=2, after=(one_spelling, gaps_go))
def nothing_twice(student: Student, draw: Draw) -> None:
    """Of several measurements for one city and day, however it is spelt, the first is kept."""
    rows = measured(draw)
    (city, day, rain), (other, later, _) = rows[0], rows[4]
    more = float(rain or 0) + 1.5
    for first, again in (
        ([], [(city, day, more), *rows[:2]]),  # the same name
        ([], [(city.upper(), day, more), (f" {other}", later, 2.5)]),  # another spelling
        ([(other, later, None)], [(city, day, more)]),  # the first of its day has no number
    ):
        student.call("clean", frame([*first, *rows, *again]), view=TIDY)
        student.must_agree(FRAME, help=STEPS)


@check(points=1, after=clean_rows_stay)
def the_original_stays(student: Student, draw: Draw) -> None:
    """The frame that was passed in is the same afterwards."""
    rows = measured(draw)
    given = frame([(rows[0][0].upper(), *rows[0][1:]), (rows[1][0], rows[1][1], None), *rows[2:], rows[3]])
    _, after = student.call_and_inputs("clean", given, view=TIDY)
    recompute.untouched((given,), after, ("frame",), {"frame": "original_is_changed"})


by_assign = accepts(
    edit('    tidy = frame.copy()\n    tidy["city"] = tidy["city"].str.strip().str.capitalize()\n',
         '    tidy = frame.assign(city=frame["city"].map(lambda name: name.strip().capitalize()))\n'),
    edit('tidy.dropna(subset=["rain"])', 'tidy[tidy["rain"].notna()]'),
)
counted_anew = accepts(edit("    return tidy\n", "    return tidy.reset_index(drop=True)\n"))
by_title = accepts(edit(".str.capitalize()", ".str.title()"))
first_of_each = accepts(
    edit('tidy.drop_duplicates(subset=["city", "day"])', 'tidy[~tidy.duplicated(["city", "day"])]'),
)
grouped = accepts(
    edit('tidy.drop_duplicates(subset=["city", "day"])', 'tidy.groupby(["city", "day"], sort=False, as_index=False).first()'),
)

spaces_stay = misconception(
    edit(".str.strip()", ""),
    en="Spaces around a city's name stay, so it is another city still. Take them away with `.str.strip()`.",
)
letters_stay = misconception(
    edit(".str.capitalize()", ""),
    en='"LIMA" and "Lima" are still two cities. Give them one spelling with `.str.capitalize()`.',
)
gaps_stay = misconception(
    edit('    tidy = tidy.dropna(subset=["rain"])\n', ""),
    en="Rows without a measurement are still there. `dropna` takes them away.",
)
gaps_are_zero = misconception(
    edit('tidy.dropna(subset=["rain"])', 'tidy.fillna({"rain": 0.0})'),
    en="Gaps were filled with 0. That turns days without a measurement into dry days; take these rows away.",
)
zeros_go = misconception(
    edit('tidy.dropna(subset=["rain"])', 'tidy[tidy["rain"] > 0]'),
    en="Dry days are gone with the gaps. A measured 0 is a measurement; ask for `notna()`.",
)
whole_rows = misconception(
    edit('drop_duplicates(subset=["city", "day"])', "drop_duplicates()"),
    en="Only rows that are equal in all columns are taken for the same. Look at city and day: `subset=[\"city\", \"day\"]`.",
)
last_is_kept = misconception(
    edit('subset=["city", "day"])', 'subset=["city", "day"], keep="last")'),
    en="Of several rows for one day the last is kept. Keep the first.",
)
one_row_a_city = misconception(
    edit('subset=["city", "day"])', 'subset=["city"])'),
    en="One row is left of each city. The same city on another day is another measurement: look at city and day.",
)
too_early = misconception(
    edit('    tidy["city"] = tidy["city"].str.strip().str.capitalize()\n    tidy = tidy.dropna(subset=["rain"])\n    tidy = tidy.drop_duplicates(subset=["city", "day"])\n',
         '    tidy = tidy.dropna(subset=["rain"])\n    tidy = tidy.drop_duplicates(subset=["city", "day"])\n    tidy["city"] = tidy["city"].str.strip().str.capitalize()\n'),
    en="What is there twice is looked for before the names have one spelling. Spell first, then look.",
)
gaps_hide_numbers = misconception(
    edit('    tidy = tidy.dropna(subset=["rain"])\n    tidy = tidy.drop_duplicates(subset=["city", "day"])\n',
         '    tidy = tidy.drop_duplicates(subset=["city", "day"])\n    tidy = tidy.dropna(subset=["rain"])\n'),
    en="A row without a number is kept as the first of its day, and the number after it is lost. Take the gaps away first.",
)
original_is_changed = misconception(
    edit("tidy = frame.copy()", "tidy = frame"),
    en="The frame that was passed in is changed. Begin with `frame.copy()`.",
)
