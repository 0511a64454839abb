"""Fakes for the exercises 80 to 89: what is handed to the student's code in the place of real things.

They arrive as text.
"""
