"""print_report(means): prints a line for each city."""

from grader.checks import Column, Draw, Student, Text, accepts, check, edit, misconception, normalise

TITLE = Text(en="The same in words")
NAMES = ("print_report",)
HEADINGS = ("the same in words",)
STARTERS = (
    Text(en="`for city, rain in means.items():` goes through a series. Print both, and look at what is missing."),
    Text(en='An f-string formats as it prints: try `print(f"{2.456:.1f}")`.'),
)
REPORT = Text(en="what was printed")
STEPS = Text(en='For `pd.Series([2.456, 12.0], index=["Oslo", "Lima"])` two lines are printed: "Oslo: 2.5 mm" and "Lima: 12.0 mm".')


@check(points=2)
def a_line_for_each_city(student: Student, draw: Draw) -> None:
    """A line for each city is printed, with its mean to one digit and the unit."""
    words = sorted(draw.words(4, 6))
    names = [words[place].capitalize() for place in draw.permutation(4).tolist()]  # never sorted already
    amounts = [12.0, *(draw.number(1, 300) / 10 + 0.067 for _ in names[1:])]  # 2.467 is nearer to 2.5, so cutting off always shows
    student.printed("print_report", Column("rain", amounts, names), view=normalise.lines)
    student.must_agree(REPORT, help=STEPS)


by_index = accepts(
    edit("for city, rain in means.items():", "for city, rain in zip(means.index, means):"),
)
in_one_print = accepts(
    edit('    for city, rain in means.items():\n        print(f"{city}: {rain:.1f} mm")\n',
         '    print("\\n".join("%s: %.1f mm" % pair for pair in means.items()))\n'),
)

returned = misconception(
    edit('    for city, rain in means.items():\n        print(f"{city}: {rain:.1f} mm")\n',
         '    return "\\n".join(f"{city}: {rain:.1f} mm" for city, rain in means.items())\n'),
    en="The report is returned and not printed. Use print.",
)
all_digits = misconception(
    edit("{rain:.1f}", "{rain}"),
    en="All digits are printed. One after the point is asked for: `{rain:.1f}`.",
)
whole_numbers = misconception(
    edit("{rain:.1f}", "{rain:.0f}"),
    en="The numbers are printed without a digit after the point. `{rain:.1f}` prints one.",
)
without_unit = misconception(
    edit("{rain:.1f} mm", "{rain:.1f}"),
    en="The unit is missing. A number without mm may be anything.",
)
cut_off = misconception(
    edit("{rain:.1f}", "{int(rain * 10) / 10}"),
    en="The numbers are cut off, not rounded: 2.48 is nearer to 2.5 than to 2.4.",
)
sorted_by_name = misconception(
    edit("means.items()", "means.sort_index().items()"),
    en="The lines are in the order of the names. Keep the order of the series.",
)
