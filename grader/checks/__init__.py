"""The vocabulary that a lesson is written with."""
