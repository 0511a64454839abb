"""Notebooks that read, write, call and climb where they should not: attacks on the judge and on other people.

The cells find what the judge planted in `planted.json`: where its secrets lie, which port it listens on.
"""

from __future__ import annotations

from tests.sandbox.warm.attack import Attack

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

READING = (
    Attack(
        "the answers and the checks",
        (PLANTED, TRY_TO_READ, "g = P['grader']\nread(g + '/lessons', g + '/judge/judging.py', g + '/cli/grade_file.py', g + '/_solutions', "
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
