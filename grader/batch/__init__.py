"""Many submissions: what was handed in, the queue (this machine or a cluster), the gradebook.

intake     a folder or a zip as an LMS gives it, and a roster -> what was handed in, and by whom
evening    what was handed in -> graded, recorded, written out; goes on where it was stopped
queue      tasks -> results, over a crew of worker processes that may die, join and leave
local, cluster   the two crews; both are executors of concurrent.futures
tasks      what a worker process does: one warm host, one submission after the other
gradebook  the one SQLite file; a result is durable before it is announced
attendance who should have handed in, who did not, who was late: kept in the gradebook
closing    what an instructor should know at the end
digest     what a grading depends on, so that what did not change is not run again
analysis   the class and its checks as plain data
"""
