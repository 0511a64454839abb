"""An autograder for deep-learning notebooks in which the judge never enters the room where the student's code runs."""

__version__ = "0.1.0"
