"""Hostile notebooks, as data: what each tries, and what must come of it.

The cells find what the judge planted in `planted.json`: where its secrets lie, which port it listens on. A cell that
gets what it wants prints LOST and what it got. After each of them the harness also looks at the neighbours, the warm
process and the machine, so an attack need not say more than what is particular to it.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.box.warm import How

PLANTED = "import json, os\nP = json.load(open('planted.json'))"

TRY_TO_READ = """
def read(*paths):
    for path in paths:
        try:
            print("LOST", path, (os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(200)))
        except OSError as error:
            print("held", type(error).__name__)
"""

TRY = """
def attempt(name, action):
    try:
        print("LOST", name, action())
    except OSError as error:
        print("held", name, error.errno)
"""

LIBC = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    if libc.syscall(ctypes.c_long(number), *arguments) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return "allowed"
"""


@dataclass(frozen=True)
class Attack:
    """cells: what is run. ends: how the kernel ends; STOPPED means that it lived until the judge was done with it.

    says: must be in the output. Whatever the attack, LOST must not be. in_time: whether the cells end by themselves.
    jail_only: what a kernel without walls does not promise to hold, or what must not be tried without them.
    """

    name: str
    cells: tuple[str, ...]
    ends: How | tuple[How, ...] = How.STOPPED
    says: str = ""
    in_time: bool = True
    jail_only: bool = True


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

READING = (
    Attack(
        "the answers and the checks",
        (PLANTED, TRY_TO_READ, "g = P['grader']\nread(g + '/lessons', g + '/judge.py', g + '/cli.py', g + '/_solutions', "
         "P['project'] + '/solutions', P['project'] + '/tests', P['project'] + '/exercises', P['project'] + '/pyproject.toml')"),
        says="held",
    ),
    Attack("other people's work and the gradebook", (PLANTED, TRY_TO_READ, "read(*P['secrets'])"), says="held"),
    Attack(
        "the runs of others",
        (PLANTED, "print('seen', os.listdir(P['runs']))", TRY_TO_READ, "read(P['neighbour'])"),
        says="held",
    ),
    Attack("the home folder and the accounts", (PLANTED, TRY_TO_READ,
           "read(P['home'] + '/.ssh', P['home'] + '/.bashrc', '/etc/shadow', '/etc/passwd', '/var', '/srv', '/home')"),
           says="held"),
    Attack(
        "the environment of the judge",
        ("import os\nprint('LOST' if 'JUDGE' + '-SECRET' in str(dict(os.environ)) else 'held')",
         "for pid in filter(str.isdigit, os.listdir('/proc')):\n    try: text = open(f'/proc/{pid}/environ', 'rb').read()\n"
         "    except OSError: continue\n    print('LOST' if b'JUDGE-' + b'SECRET' in text else 'held')"),
        says="held",
    ),
    Attack(
        "other processes",
        (PLANTED, "pids = [p for p in os.listdir('/proc') if p.isdigit()]\nprint('held' if pids == ['1'] else 'LOST', pids)"),
        says="held",
    ),
    Attack(
        "the memory of the warm process, for what the judge knows",
        ("import re\nsecret = re.compile(bytes(reversed(b'TERCES-EGDUJ')) + rb'-[0-9a-f]{32}')\nsize = 0\n"
         "with open('/proc/self/mem', 'rb') as memory:\n    for line in open('/proc/self/maps'):\n"
         "        span, rights = line.split()[:2]\n        low, high = (int(x, 16) for x in span.split('-'))\n"
         "        if not rights.startswith('rw') or high >= 1 << 47: continue\n"
         "        for place in range(low, high, 1 << 24):\n"
         "            try: memory.seek(place); data = memory.read(min(1 << 24, high - place))\n"
         "            except OSError: continue\n            size += len(data)\n"
         "            if secret.search(data): print('LOST')\nprint('looked', size > 10_000_000)",),
        says="looked True",
    ),
)  # fmt: skip

WRITING = (
    Attack(
        "writing where it does not belong",
        (PLANTED, TRY, "for folder in (P['run'], P['runs'], P['grader'] + '/data', '/', '/usr/lib', '/etc', '/dev', '/proc', "
         "os.path.dirname(json.__file__), os.path.dirname(os.__file__)):\n"
         "    attempt(folder, lambda: open(folder + '/hostile', 'w').close())"),
        says="held",
    ),
    Attack(
        "replacing its own sockets and connection file",
        (PLANTED, TRY, "for name in os.listdir(P['run']):\n    path = os.path.join(P['run'], name)\n"
         "    attempt(name, lambda: os.unlink(path))\n    attempt(name, lambda: os.rename(path, path + 'x'))"),
        says="held",
    ),
    Attack(
        "leaving sockets behind on the machine's disk",
        (PLANTED, TRY, "import socket\ndef leave():\n    socket.socket(socket.AF_UNIX).bind(P['run'] + '/hostile')\nattempt('bind', leave)"),
        says="held",
    ),
    Attack(
        "changing the kernel's settings",
        (PLANTED, TRY, "for root, _, names in os.walk('/proc/sys'):\n    for name in names:\n        path = f'{root}/{name}'\n"
         "        if os.access(path, os.W_OK): print('LOST', path)\n"
         "attempt('net', lambda: open('/proc/sys/net/ipv4/ip_forward', 'w').write('1'))"),
        says="held",
    ),
    Attack(
        "descriptors that were left open",
        ("import os\nallowed = ('socket:', 'pipe:', 'anon_inode:[event', '/dev/null', '/dev/urandom', '/proc/1/fd')\n"
         "for fd in os.listdir('/proc/self/fd'):\n    try: path = os.readlink(f'/proc/self/fd/{fd}')\n    except OSError: continue\n"
         "    print('held' if path.startswith(allowed) else 'LOST', fd, path)",),
        says="held",
    ),
    Attack("changing the clock and the host's name", (PLANTED, TRY, "import socket, time\n"
           "attempt('clock', lambda: time.clock_settime(time.CLOCK_REALTIME, 0))\n"
           "attempt('name', lambda: socket.sethostname('hostile'))"), says="held"),
)  # fmt: skip

NETWORK = (
    Attack(
        "a service of the judge on loopback",
        (PLANTED, TRY, "import socket\nattempt('tcp', lambda: socket.create_connection(('127.0.0.1', P['port']), 2))"),
        says="held",
    ),
    Attack(
        "the world outside",
        (PLANTED, TRY, "import socket\nattempt('tcp', lambda: socket.create_connection(('192.0.2.1', 80), 2))\n"
         "attempt('dns', lambda: socket.getaddrinfo('example.org', 80))\n"
         "attempt('udp', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53)))"),
        says="held",
    ),
    Attack(
        "an abstract socket of the judge",
        (PLANTED, TRY, "import socket\nattempt('abstract', lambda: socket.socket(socket.AF_UNIX).connect('\\0' + P['abstract']))"),
        says="held",
    ),
    Attack("raw and odd sockets", (PLANTED, TRY, "import socket\n"
           "for family, kind in ((17, socket.SOCK_RAW), (socket.AF_INET, socket.SOCK_RAW), (38, 5), (40, 1), (21, 1)):\n"
           "    attempt(family, lambda: socket.socket(family, kind))"), says="held"),
)  # fmt: skip

ESCAPING = (
    Attack(
        "new namespaces and mounts",
        (PLANTED, TRY, LIBC,
         "for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000):\n"
         "    attempt('unshare', lambda: libc.unshare(flag) and (_ for _ in ()).throw(OSError(ctypes.get_errno(), '')) or 'ok')\n"
         "    attempt('clone', lambda: call(56, flag | 17, 0, 0, 0, 0))\n"
         "attempt('clone3', lambda: call(435, 0, 0))\n"
         "attempt('mount', lambda: call(165, b'none', b'/tmp', b'tmpfs', 0, None))\n"
         "attempt('umount', lambda: call(166, P['runs'].encode(), 2))\n"
         "attempt('chroot', lambda: os.chroot('/tmp'))\n"
         "attempt('setns', lambda: call(308, os.open('/proc/self/ns/pid', os.O_RDONLY), 0))"),
        says="held",
    ),
    Attack(
        "becoming somebody else",
        (PLANTED, TRY, LIBC, "print('uid', os.getuid())\nattempt('setuid', lambda: os.setuid(0))\nattempt('setgid', lambda: os.setgid(0))\n"
         "attempt('groups', lambda: os.setgroups([0]))\nattempt('capset', lambda: call(126, "
         "b'\\x22\\x05\\x08\\x20' + bytes(4), b'\\xff' * 24))\nattempt('chown', lambda: (open('c', 'w').close(), os.chown('c', 0, 0)))\n"
         "import resource\ntry: resource.setrlimit(resource.RLIMIT_NPROC, (9999, 9999)); print('LOST rlimit')\n"
         "except (ValueError, PermissionError): print('held')\nattempt('nice', lambda: os.nice(-5))"),
        says="uid 1000",
    ),
    Attack(
        "capabilities and privileges left over",
        ("status = dict(l.split(':', 1) for l in open('/proc/self/status') if ':' in l)\n"
         "caps = {k: int(status[k], 16) for k in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb')}\n"
         "print('held' if not any(caps.values()) else 'LOST', caps)\n"
         "print('held' if status['NoNewPrivs'].strip() == '1' and status['Seccomp'].strip() == '2' else 'LOST')",),
        says="held",
    ),
    Attack(
        "rarely used parts of the kernel",
        (PLANTED, TRY, LIBC,
         "for name, number in dict(ptrace=101, io_uring=425, bpf=321, userfaultfd=323, keyctl=250, perf=298, add_key=248,\n"
         "                         fsopen=430, open_tree=428, memfd_secret=447, vm_read=310, handle=304, kexec=246,\n"
         "                         fanotify=300, x32=0x40000000 + 39, unknown=600, shmget=29).items():\n"
         "    attempt(name, lambda: call(number, 0, 0, 0, 0, 0))"),
        says="held",
    ),
    Attack("device files", (PLANTED, TRY, "import stat\nattempt('mknod', lambda: os.mknod('d', stat.S_IFBLK | 0o600, os.makedev(254, 0)))\n"
           "print('LOST' if any(stat.S_ISBLK(os.stat('/dev/' + n).st_mode) for n in os.listdir('/dev')) else 'held')"), says="held"),
    Attack(
        "a set-uid program",
        ("import subprocess\nfor name in ('su', 'mount', 'passwd', 'newgrp'):\n"
         "    try: done = subprocess.run([name], stdin=subprocess.DEVNULL, capture_output=True, timeout=5)\n"
         "    except (OSError, subprocess.TimeoutExpired): print('held'); continue\n"
         "    print('held', done.returncode)\n"
         "who = subprocess.run(['sh', '-c', 'exec 2>&1; id -u'], capture_output=True, text=True).stdout\nprint('LOST' if who == '0\\n' else 'held')",),
        says="held",
    ),
    Attack(
        "a grandchild that hides and outlives",
        ("import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        os.closerange(0, 100)\n"
         "        while True: time.sleep(1)\n    os._exit(0)\nprint('hidden')",),
        says="hidden",
    ),
    Attack("typing into the judge's terminal", (PLANTED, TRY, "import fcntl, termios\n"
           "attempt('tty', lambda: fcntl.ioctl(os.open('/dev/tty', os.O_RDWR), termios.TIOCSTI, b'x'))\n"
           "attempt('stdin', lambda: fcntl.ioctl(0, termios.TIOCSTI, b'x'))"), says="held"),
)  # fmt: skip

POISONING = (
    Attack(
        "poisoning torch and json for those who come after",
        ("import torch, random, builtins\ntorch.add = torch.Tensor.__add__ = lambda *a, **k: torch.zeros(1)\n"
         "random.seed = print\nbuiltins.sum = lambda *a: 0\nprint('poisoned')",),
        says="poisoned",
        jail_only=False,
    ),
    Attack(
        "breaking its own kernel's voice",
        ("import json\njson.dumps = lambda *a, **k: '{}'", "print('heard?')"),
        in_time=False,
        jail_only=False,
    ),
    Attack(
        "forged and malformed messages on its own sockets",
        ("import json, os\nfrom ipykernel.kernelapp import IPKernelApp\nfrom ipykernel.comm import Comm\n"
         "app = IPKernelApp.instance()\nparent = app.kernel.get_parent()\n"
         "def say(kind, content, parent=parent): app.session.send(app.iopub_socket, kind, content, parent=parent)\n"
         "for content in ({}, [], None, 7, {'name': 3}, {'data': 5}, {'execution_state': []}, {'data': {'text/plain': {}}}):\n"
         "    for kind in ('status', 'stream', 'display_data', 'update_display_data', 'execute_result', 'error', 'comm_open',\n"
         "                 'clear_output', 'nonsense', 'execute_reply'):\n        say(kind, content)\n"
         "deep = leaf = {}\nfor _ in range(600): leaf['x'] = leaf = {}\nsay('display_data', {'data': {'application/json': deep}, 'metadata': deep})\n"
         "say('display_data', {'data': {}, 'metadata': {}, 'transient': {'display_id': ['unhashable']}})\n"
         "app.iopub_socket.send_multipart([b'junk'])\n"
         "app.iopub_socket.send_multipart([b'x', b'<IDS|MSG>', b'', b'{', b'[', b'\\xff', b'NaN'])\n"
         "say('status', {'execution_state': 'idle'})",
         "print('the next cell')"),
        says="the next cell",
        jail_only=False,
    ),
    Attack(
        "a message larger than the judge's memory should hold",
        ("from IPython.display import display\ndisplay({'text/plain': 'x' * 80_000_000}, raw=True)", "print('heard?')"),
        in_time=False,
        jail_only=False,
    ),
    Attack(
        "a flood of images",
        ("import base64, os\nfrom IPython.display import display\nimage = base64.b64encode(os.urandom(3_000_000)).decode()\n"
         "for _ in range(60): display({'image/png': image}, raw=True)", "print('the next cell')"),
        says="",
        jail_only=False,
    ),
    Attack(
        "leaving a module where the next one looks",
        ("import sys\nfor folder in ['.', *sys.path]:\n    try: open(f'{folder}/torch.py', 'w').write('print(\"LOST\")')\n"
         "    except OSError: pass\nprint('left')",),
        says="left",
    ),
)  # fmt: skip

ATTACKS = (*HANGING, *CRASHING, *BOMBS, *READING, *WRITING, *NETWORK, *ESCAPING, *POISONING)
