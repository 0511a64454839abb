"""For all tests: what is imported once stays for good, so the garbage collector need not walk through torch again and again."""

from __future__ import annotations

import gc

import torch  # noqa: F401  # the largest of what is imported

gc.collect()
gc.freeze()
