"""What runs on the far side of the wall: the warm process and the kernels it forks.

Nothing here imports anything of the grader: the package travels alone into the jail, where the grader is not to be
seen. Everything the warm process knows can be read by every kernel, so it knows nothing: no check, no key, no other
submission.
"""
