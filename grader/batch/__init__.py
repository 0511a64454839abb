"""Many submissions: what was handed in, the queue (this machine or a cluster), the gradebook.

plain      a folder -> what was handed in
evening    what was handed in -> graded, recorded, written out; goes on where it was stopped
queue      tasks -> results, over a crew of worker processes that may die, join and leave
local, cluster   the two crews; both are executors of concurrent.futures
tasks      what a worker process does: one warm host, one submission after the other
gradebook  the one SQLite file; a result is durable before it is announced
digest     what a grading depends on, so that what did not change is not run again
analysis   the class and its checks as plain data
"""
