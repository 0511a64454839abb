"""Scores to an LMS by its API: first as a plan that changes nothing, then one student at a time."""
