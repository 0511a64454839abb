"""Payloads of matching: what is sent into the sandbox to ask the student's code in the contract's form.

Each module is ordinary Python, and arrives as text, see `grader.sandbox.payload`.
"""
