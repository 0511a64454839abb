"""Fake models, handed to the student's code in the place of real ones. They arrive as text."""
