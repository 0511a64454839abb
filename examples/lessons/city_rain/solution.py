# %% [markdown]
# # Rain in three cities: read, clean, summarise, plot
#
# Before any model there is a file, and the file is never as it should be: a blank line, a missing number, a city that is written in
# three ways, a row that somebody entered twice. Here you take such a file from text to a picture, and to a report that can be read.
#
# | part | in a few words |
# |---|---|
# | `read_records` | lines of text become records, in plain Python |
# | `clean` | one spelling for each city, no gaps, nothing twice, with pandas |
# | `mean_rain` | one number for each city |
# | `plot_rain` | a picture that tells the truth without its author |
# | `print_report` | the same in words |
#
# - **You will be able to**: read a small text format; clean a data frame without spoiling the original; group, plot and print.
# - **You need**: strings, lists, dicts and functions of Python. pandas and matplotlib may be new to you.
# - **Time**: 45 to 60 minutes. Running all cells takes a few seconds.
# - **Check as you go**: run the cell below your answer, such as `check("rain_records")`, and it is graded on the spot.
#   When you are stuck, `hint("rain_records")` gives one hint at a time.
# %% role="setup"
import matplotlib.pyplot as plt
import pandas as pd

RAIN = """city,day,rain
Oslo,2024-05-01,3.5
 oslo ,2024-05-02,
Lima,2024-05-01,0

Lima,2024-05-02,0.2
LIMA,2024-05-02,0.2
Bergen,2024-05-01,12.5
Oslo,2024-05-03,1.5
"""


# %% [markdown] exercise="rain_records"
# ## From text to records (rain_records)
#
# The file has a first line with the names of the columns, and then a record on each line. Some lines are blank. Where nobody measured,
# nothing stands after the last comma.
#
# | text | record |
# |---|---|
# | `Oslo,2024-05-01,3.5` | `{"city": "Oslo", "day": "2024-05-01", "rain": 3.5}` |
# | `Oslo,2024-05-02,` | `{"city": "Oslo", "day": "2024-05-02", "rain": None}` |
# | `Lima,2024-05-01,0` | `{"city": "Lima", "day": "2024-05-01", "rain": 0.0}` |
#
# A missing number is `None` and never 0: a day without a measurement is not a day without rain.
#
# Write `read_records(text)`, a text to a list of dicts, in the order of the lines. Leave the names of cities as they are written; that
# is the next exercise's work.
# %% exercise="rain_records" role="answer"
def read_records(text):
    """text with a line of names and a line for each record -> list of dicts with city, day and rain"""
    # BEGIN SOLUTION
    records = []
    for line in text.splitlines()[1:]:
        if not line.strip():
            continue
        city, day, rain = line.split(",")
        records.append({"city": city, "day": day, "rain": float(rain) if rain.strip() else None})
    return records
    # END SOLUTION


# %% exercise="rain_records" role="demo"
if __name__ == "__main__":
    for record in read_records(RAIN):
        print(record)


# %% [markdown] exercise="rain_clean"
# ## One spelling, no gaps, nothing twice (rain_clean)
#
# A data frame is a table: `frame["city"]` is a column, and a column of strings has the methods of strings behind `.str`.
#
# 1. Every city gets one spelling: no spaces around it, a capital first and small letters after it (`" oslo "` becomes `"Oslo"`).
# 2. Rows without a measurement go.
# 3. Of several rows for the same city and day only the first stays. (Look at *city and day*: the third column need not be equal.)
#
# The order of these steps matters. `"LIMA"` and `"Lima"` are the same row only after the first. And of two rows for one day the first may
# be the one without a number.
#
# Write `clean(frame)`, a frame with the columns city, day and rain to a new one. The frame that was passed in stays as it was: somebody
# may still want to look at the original.
# %% exercise="rain_clean" role="answer"
def clean(frame):
    """frame with city, day, rain -> a new frame with one spelling for each city, no gaps and nothing twice"""
    # BEGIN SOLUTION
    tidy = frame.copy()
    tidy["city"] = tidy["city"].str.strip().str.capitalize()
    tidy = tidy.dropna(subset=["rain"])
    tidy = tidy.drop_duplicates(subset=["city", "day"])
    return tidy
    # END SOLUTION


# %% exercise="rain_clean" role="demo"
if __name__ == "__main__":
    tidy = clean(pd.DataFrame(read_records(RAIN)))
    print(tidy)  # five rows: Oslo twice, Lima twice, Bergen once


# %% [markdown] exercise="rain_means"
# ## One number for each city (rain_means)
#
# `frame.groupby("city")` makes a heap for each city, `["rain"].mean()` takes the mean of each heap. What comes back is a series: a column
# whose rows are labelled by the cities.
#
# Write `mean_rain(frame)`: a clean frame to the mean rain of each city, the wettest first.
# %% exercise="rain_means" role="answer"
def mean_rain(frame):
    """clean frame -> series of the mean rain, labelled by city, the wettest first"""
    # BEGIN SOLUTION
    means = frame.groupby("city")["rain"].mean()
    return means.sort_values(ascending=False)
    # END SOLUTION


# %% exercise="rain_means" role="demo"
if __name__ == "__main__":
    print(mean_rain(clean(pd.DataFrame(read_records(RAIN)))))  # Bergen 12.5, Oslo 2.5, Lima 0.1


# %% [markdown] exercise="rain_plot"
# ## A picture that needs no explanation (rain_plot)
#
# A plot is read by people who were not there. So it has a title, and it says what is drawn upwards *and in which unit*. Amounts are drawn
# as bars that begin at 0: then a bar that is twice as high stands for twice as much.
#
# Write `plot_rain(means)`: a series as above to a new figure with a bar for each city, in the order of the series, a title, and an axis of
# amounts whose label names the unit, mm. Return the figure.
# %% exercise="rain_plot" role="answer"
def plot_rain(means):
    """series of amounts labelled by city -> figure"""
    # BEGIN SOLUTION
    figure, axes = plt.subplots()
    axes.bar(means.index, means.values)
    axes.set_title("Mean rain on a day")
    axes.set_ylabel("rain (mm)")
    return figure
    # END SOLUTION


# %% exercise="rain_plot" role="demo"
if __name__ == "__main__":
    plot_rain(mean_rain(clean(pd.DataFrame(read_records(RAIN)))))
    plt.show()


# %% [markdown] exercise="rain_report"
# ## The same in words (rain_report)
#
# Write `print_report(means)`, which prints a line for each city, in the order of the series, with one digit after the point:
#
# ```
# Bergen: 12.5 mm
# Oslo: 2.5 mm
# Lima: 0.1 mm
# ```
#
# `f"{2.5:.1f}"` is `"2.5"`. Round only what is printed, never what is computed with.
# %% exercise="rain_report" role="answer"
def print_report(means):
    """series of amounts labelled by city: prints a line for each"""
    # BEGIN SOLUTION
    for city, rain in means.items():
        print(f"{city}: {rain:.1f} mm")
    # END SOLUTION


# %% [markdown] exercise="rain_report"
# Which city is the wettest? Before you believe it, count: from how many days does Bergen's mean come? Add a line to `RAIN` that turns the
# report around, and say what you would want to see beside each mean.
# %% exercise="rain_report" role="demo"
if __name__ == "__main__":
    print_report(mean_rain(clean(pd.DataFrame(read_records(RAIN)))))
