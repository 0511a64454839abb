"""--points, --weight, --show and --hide: what an exercise is worth, and what students see, wherever reports are made."""

from __future__ import annotations

import click

from grader.cli.batch_settings import hidden_known, points_known
from grader.cli.class_values import DeferredText, NameValuePairs

points_option = click.option(
    "--points",
    type=NameValuePairs(points_known),
    multiple=True,
    metavar="EXERCISE=POINTS",
    help="What an exercise is worth in the end; may be repeated.",
)
weight_option = click.option(
    "--weight",
    type=NameValuePairs(points_known),
    multiple=True,
    metavar="EXERCISE=SHARE",
    help="The share of an exercise in what the lesson is worth; one for each exercise.",
)
show_option = click.option(
    "--show",
    type=click.Choice(["all", "mistakes", "points"]),
    default="all",
    show_default=True,
    help="What students see in their reports: everything, the mistakes without values, or the points.",
)
hide_option = click.option(
    "--hide",
    type=DeferredText(hidden_known),
    multiple=True,
    metavar="EXERCISE[.CHECK]",
    help="Of this exercise, or this check, students see the points alone; may be repeated.",
)
