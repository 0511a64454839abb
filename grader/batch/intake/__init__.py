"""What a class handed in: a folder or a zip, as an LMS gives it -> everybody's notebooks, and who they are.

take      a source -> what everybody handed in, with a word about whatever was not plain
source    a folder or zip opened, links and hidden files left out
unzip     an archive read as a stranger's letter
knows     what each layout tells of times, attempts and people
layouts   which layout it is; readers has a function for the names of each
settle    which of a student's files are one submission, and which counts
kinds     what was handed in instead of a notebook
clones    when a git clone was last committed to
names     decoded, made harmless, compared
roster    who should have handed in; matching finds who did; teams gives a group's hand-in to its members
contents  what was handed in, as bytes and as a digest
late      what the due date and the late policy make of a time
"""

from grader.batch.intake.hand_in import Handed, TakenIn
from grader.batch.intake.layout_facts import Layout
from grader.batch.intake.matching import ClassIntake
from grader.batch.intake.take_in import take_in

__all__ = ["Handed", "Layout", "ClassIntake", "TakenIn", "take_in"]
