"""The gradebook for the LMS: each file as that LMS wants it back.

A file that was downloaded is filled in, cell by cell, and everything else in it stays byte for byte as it was. Scores are those that
count: with marks by hand and the penalty for lateness. A student without a score gets an empty cell, never a zero.
"""
