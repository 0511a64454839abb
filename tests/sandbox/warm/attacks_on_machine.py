"""Notebooks that hang, crash and grow: attacks on the machine, the judge's patience and its memory."""

from __future__ import annotations

from grader.sandbox.warm import How
from tests.sandbox.warm.attack import Attack

HANGING = (
    Attack("an endless loop", ("while True: pass",), in_time=False, jail_only=False),
    Attack(
        "an endless loop that swallows interrupts",
        ("while True:\n    try:\n        while True: pass\n    except BaseException: pass",),
        in_time=False,
        jail_only=False,
    ),
    Attack(
        "an endless loop that ignores every signal it can",
        ("import signal\nfor n in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(n, signal.SIG_IGN)\n"
         "while True: pass",),
        in_time=False,
        jail_only=False,
    ),
    Attack("an endless loop in C", ("sum(iter(int, 1))",), in_time=False, jail_only=False),
    Attack("a sleep for ever", ("import time\ntime.sleep(10**6)",), in_time=False, jail_only=False),
    Attack("waiting for input that never comes", ("open('/dev/stdin').read()\nprint('went on')",), says="went on",
           jail_only=False),
)  # fmt: skip

CRASHING = (
    Attack("leaving at once", ("import os\nos._exit(0)",), ends=How.EXITED, jail_only=False),
    Attack("a segmentation fault", ("import ctypes\nctypes.string_at(8)",), ends=How.CRASHED, jail_only=False),
    Attack("an abort", ("import os\nos.abort()",), ends=How.CRASHED, jail_only=False),
    Attack("recursion without end", ("def f(n): return f(n + 1)\nf(0)",), says="RecursionError", jail_only=False),
    Attack(
        "recursion without end and without Python's limit",
        ("import sys\nsys.setrecursionlimit(10**9)\nclass A:\n    def __repr__(self): return repr(self)\nrepr(A())",),
        ends=(How.CRASHED, How.STOPPED),
        jail_only=False,
    ),
    Attack(
        "closing every descriptor",
        ("import os\nos.closerange(0, 1000)",),
        ends=(How.CRASHED, How.EXITED, How.STOPPED),
        in_time=False,
        jail_only=False,
    ),
    Attack("killing itself", ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\nprint('pid', os.getpid())",),
           says="pid 1"),
    Attack("stopping itself", ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nprint('pid', os.getpid())",),
           says="pid 1"),
    Attack(
        "killing everybody it can see",
        ("import os, signal\nfor n in (signal.SIGKILL, signal.SIGSTOP):\n    try: os.kill(-1, n)\n"
         "    except OSError as error: print('held', error.errno)\nos.kill(os.getppid() or 1, signal.SIGKILL)",
         "print('still here')"),
        says="still here",
    ),
)  # fmt: skip

BOMBS = (
    Attack(
        "a fork bomb",
        ("import os, time\nborn = 0\ntry:\n    while True:\n        if os.fork() == 0: time.sleep(100)\n        born += 1\n"
         "except OSError as error: print('held', error.errno, born < 200)",),
        says="True",
    ),
    Attack(
        "a fork bomb whose children fork",
        ("import os, time\nif os.fork() == 0:\n    while True:\n        try: os.fork()\n        except OSError: time.sleep(0.2)\n"
         "time.sleep(1)\nprint('the parent goes on')",),
        says="the parent goes on",
    ),
    Attack(
        "a thread bomb",
        ("import threading, time\nborn = 0\ntry:\n    while True:\n"
         "        threading.Thread(target=time.sleep, args=(100,), daemon=True).start(); born += 1\n"
         "except RuntimeError as error: print('held', born < 200)",),
        says="held True",
    ),
    Attack(
        "more memory than there is for one process",
        ("kept = []\ntry:\n    while True: kept.append(bytearray(20_000_000))\n"
         "except MemoryError: print('MemoryError', len(kept) < 60); kept.clear()",),
        ends=(How.STOPPED, How.MEMORY),
    ),
    Attack(
        "more memory than torch may allocate",
        ("import torch\ntorch.ones(10**10)",),
        says="RuntimeError",
    ),
    Attack(
        "memory in many processes at once",
        ("import os, time\nfor i in range(20):\n    if os.fork() == 0:\n        kept = bytearray(os.urandom(1) * 60_000_000)\n"
         "        time.sleep(20)\n        os._exit(0)\ntime.sleep(2)\nprint('the parent goes on')",),
        ends=(How.STOPPED, How.MEMORY),
        in_time=True,
    ),
    Attack(
        "shared memory",
        ("import mmap\nkept = []\nwhile True:\n    kept.append(mmap.mmap(-1, 20_000_000))\n"
         "    kept[-1].write(b'x' * 20_000_000)",),
        ends=How.MEMORY,
        in_time=False,
    ),
    Attack(
        "memory in descriptors that no mapping shows",
        ("import os\ntry: print('LOST', os.memfd_create('x'))\nexcept OSError as error: print('held', error.errno)",),
        says="held",
    ),
    Attack(
        "filling the disk",
        ("import glob\nn = 0\ntry:\n    while True: open(f'f{n}', 'wb').write(bytes(4_000_000)); n += 1\n"
         "except OSError as error: print('held', error.errno, n < 40)",),
        says="True",
    ),
    Attack(
        "one endless file",
        ("n = 0\ntry:\n    with open('f', 'wb') as file:\n        while True: n += file.write(bytes(1_000_000))\n"
         "except OSError as error: print('held', error.errno, n < 100_000_000)",),
        says="True",
    ),
    Attack(
        "using up the inodes",
        ("n = 0\ntry:\n    while True: open(f'f{n}', 'w').close(); n += 1\nexcept OSError as error: print('held', n < 5000)",),
        says="held True",
    ),
    Attack(
        "filling /tmp and /dev/shm",
        ("for folder in ('/tmp', '/dev/shm'):\n    n = 0\n    try:\n"
         "        while True: open(f'{folder}/f{n}', 'wb').write(bytes(4_000_000)); n += 1\n"
         "    except OSError as error: print('held', n < 40)",),
        says="held True",
    ),
    Attack(
        "opening files without end",
        ("kept = []\ntry:\n    while True: kept.append(open('/dev/null'))\nexcept OSError as error:\n    n = len(kept); kept.clear()\n"
         "    print('held', n < 5000)",),
        says="held True",
    ),
    Attack(
        "descriptors on their way, more than a user may have",
        ("import os, socket\npairs, sent = [], 0\ntry:\n    while True:\n        pairs.append(socket.socketpair())\n"
         "        socket.send_fds(pairs[-1][0], [b'x'], [0] * 250)\n        sent += 250\n"
         "except OSError as error: print('held', error.errno, sent)",
         "import time\ntime.sleep(0.5)"),
        says="held",
    ),
    Attack(
        "a flood of text",
        ("import sys\nfor _ in range(200):\n    sys.stdout.write('x' * 100_000)",),
        jail_only=False,
    ),
    Attack("a flood of messages", ("from IPython.display import display\nfor n in range(3000): display(n)",),
           jail_only=False),
    Attack(
        "a flood on the descriptors below Python",
        ("import os\nfor _ in range(50): os.write(1, b'x' * 100_000)\nprint('done')",),
        jail_only=False,
    ),
    Attack(
        "CPU seconds in many processes",
        ("import os\nfor _ in range(8):\n    if os.fork() == 0:\n        while True: pass\nprint('left behind')",),
        says="left behind",
    ),
)  # fmt: skip
