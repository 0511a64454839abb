"""What a class handed in: a folder or a zip, as an LMS gives it -> everybody's notebooks, and who they are.

take      a source -> what everybody handed in, with a word about whatever was not plain
source    a folder or zip opened, links and hidden files left out
unzip     an archive read as a stranger's letter
layouts   whose file is it: the names that LMSs give, read
clones    when a git clone was last committed to
names     decoded, made harmless, compared
roster    who should have handed in; matching finds who did
late      what the due date and the late policy make of a time
"""

from grader.batch.intake.handed import Handed, Layout, Taken
from grader.batch.intake.matching import Received
from grader.batch.intake.take import take_in

__all__ = ["Handed", "Layout", "Received", "Taken", "take_in"]
