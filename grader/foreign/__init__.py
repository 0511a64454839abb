"""Assignments of other graders made into lessons: read by a file for each, written as a lesson's folder.

Their tests run in the student's own process, where the student's code can make them pass and read them. So they are told as weaker
evidence wherever they count (`grader.checks.written_tests`).
"""
