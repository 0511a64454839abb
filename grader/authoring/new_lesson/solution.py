# %% [markdown]
# # NAME!
#
# This file is the notebook: a cell begins at each line that starts with `# %%`. Say here what the learner will be able to do
# at the end, and what is needed for it. `grade author build .` makes the students' notebook out of it.
# %% role="setup"
# What every exercise may use: imports, small data. It stays in the students' notebook as it is.


# %% [markdown] exercise="EXERCISE"
# ## A moving average
#
# A curve that jumps is easier to read when each value is replaced by the mean of the last few: of the value itself and of
# the `width - 1` values before it. The first values have fewer before them, so their mean is over what is there.
#
# For `[1, 2, 6]` and a width of 2 that is `[1.0, 1.5, 4.0]`.
# %% exercise="EXERCISE" role="answer"
def moving_average(values, width):
    """list of numbers, a width -> list of floats, as long as values"""
    # BEGIN SOLUTION
    averages = []
    for place in range(len(values)):
        window = values[: place + 1][-width:]
        averages.append(sum(window) / len(window))
    return averages
    # END SOLUTION


# %% exercise="EXERCISE" role="demo"
if __name__ == "__main__":
    print(moving_average([1, 2, 6, 3, 3], 2))
