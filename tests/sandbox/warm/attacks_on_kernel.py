"""Notebooks that try each family of system calls, each door of /proc, /sys and /dev, and each way to outlive or reach others.

Numbers of calls are those of x86-64.
"""

from __future__ import annotations

from tests.sandbox.warm.attack import Attack
from tests.sandbox.warm.attacks_on_others import LIBC, PLANTED, TRY, TRY_TO_READ


def calls(name: str, **numbers: tuple[int, ...]) -> Attack:
    """An attack that makes system calls: the number, then the arguments."""
    tries = "\n".join(f"attempt({what!r}, lambda: call({', '.join(map(str, made))}))" for what, made in numbers.items())
    return Attack(name, (PLANTED, TRY, LIBC, tries), says="held")


def attempts(name: str, cell: str, says: str = "held") -> Attack:
    return Attack(name, (PLANTED, TRY, LIBC, cell), says=says)


CALLS = (
    calls("switching the machine off", reboot=(169, 0xFEE1DEAD, 672274793, 0x4321FEDC, 0), swapon=(167, 0, 0), acct=(163, 0)),
    calls("modules and another kernel", init=(175, 0, 0, 0), finit=(313, 0, 0, 0), delete=(176, 0, 0), kexec_file=(320, 0, 0, 0, 0, 0)),
    calls("ports of the processor", iopl=(172, 3), ioperm=(173, 0, 1, 1), modify_ldt=(154, 0, 0, 0), uselib=(134, 0), personality=(135, 0xFFFFFFFF)),
    calls("the kernel's log and its parts", syslog=(103, 3, 0, 0), kcmp=(312, 1, 1, 0, 0, 0), lookup=(212, 0, 0, 0), ustat=(136, 0, 0)),
    calls("keys of the session", join=(250, 1, 0), search=(250, 10, -3, 0, 0, 0), add=(248, 0, 0, 0, 0, -3), request=(249, 0, 0, 0, -3)),
    calls("io_uring in all its calls", setup=(425, 1, 0), enter=(426, 0, 0, 0, 0, 0, 0), register=(427, 0, 0, 0, 0)),
    calls("the new calls for mounts", open_tree=(428, -100, 0, 1), move=(429, -1, 0, -1, 0, 0), fsopen=(430, 0, 0), fsconfig=(431, -1, 0, 0, 0, 0),
          fsmount=(432, -1, 0, 0), fspick=(433, -100, 0, 0), setattr=(442, -100, 0, 0, 0, 0)),
    calls("page faults of its own", userfaultfd=(323, 1), memfd_secret=(447, 0), process_madvise=(440, 0, 0, 0, 0, 0)),
    calls("pages of other processes", move_pages=(279, 1, 0, 0, 0, 0, 0), migrate=(256, 1, 0, 0, 0), mbind=(237, 0, 0, 0, 0, 0, 0), vmsplice=(278, 1, 0, 0, 0)),
    calls("looking at files from outside", handle=(303, -100, 0, 0, 0, 0), by_handle=(304, -1, 0, 0), fanotify=(300, 0, 0), quota=(179, 0, 0, 0, 0)),
    calls("programs within the kernel", bpf=(321, 0, 0, 0), perf=(298, 0, 0, -1, -1, 0)),
    attempts("a program that lies in memory only", "attempt('memfd', lambda: call(319, b'x', 0))\n"
             "attempt('execveat', lambda: call(322, -1, b'', 0, 0, 0x1000))"),
    attempts("the calls of another processor", "import mmap\ncode = mmap.mmap(-1, 4096, prot=7)\ncode.write(b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3')\n"
             "held = ctypes.addressof(ctypes.c_char.from_buffer(code))\nif os.fork() == 0:\n    ctypes.CFUNCTYPE(ctypes.c_int)(held)()\n    print('LOST', flush=True); os._exit(0)\n"
             "print('held', os.waitpid(-1, 0)[1])"),
    attempts("undoing its own limits", "for option, value in ((38, 0), (22, 0), (8, 1), (28, 0), (47, 2)):\n"
             "    if libc.prctl(option, value, 0, 0, 0) == 0 and option in (38, 28): print('LOST', option)\nprint('held')\n"
             "import resource\nfor limit in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE):\n"
             "    soft, hard = resource.getrlimit(limit)\n    if hard == resource.RLIM_INFINITY: continue\n"
             "    try: resource.setrlimit(limit, (hard, hard + 1)); print('LOST', limit)\n    except (ValueError, OSError): print('held')"),
    attempts("before all others on the processor", "attempt('fifo', lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)))\n"
             "attempt('nice', lambda: os.setpriority(os.PRIO_PROCESS, 0, -20))\nattempt('deadline', lambda: call(314, 0, 0, 0))\n"
             "attempt('oom', lambda: os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1000'))"),
)  # fmt: skip

OTHERS = (
    attempts("the judge by its number", "import signal\nfor n in (0, signal.SIGSTOP, signal.SIGKILL, signal.SIGINT):\n    attempt('kill', lambda: os.kill(P['judge'], n))\n"
             "attempt('pidfd', lambda: os.pidfd_open(P['judge']))\nattempt('queue', lambda: call(129, P['judge'], 10, 0))\nattempt('tgkill', lambda: call(234, P['judge'], P['judge'], 9))"),
    attempts("memory of the judge and of a neighbour", "for pid in (P['judge'], P['judge'] + 1, P['judge'] - 1):\n    attempt('readv', lambda: call(310, pid, 0, 0, 0, 0, 0))\n"
             "    attempt('writev', lambda: call(311, pid, 0, 0, 0, 0, 0))\n    attempt('ptrace', lambda: call(101, 16, pid, 0, 0))\n"
             "    attempt('mem', lambda: open(f'/proc/{pid}/mem', 'rb'))\n    attempt('seize', lambda: call(101, 0x4206, pid, 0, 0))"),
    attempts("a descriptor of another process", "own = os.pidfd_open(1)\nfor number in range(3): attempt('getfd', lambda: call(438, own, number, 0))\n"
             "for pid in (P['judge'], P['judge'] + 1): attempt('fd', lambda: os.listdir(f'/proc/{pid}/fd'))"),
    attempts("its own child, traced", "if os.fork() == 0:\n    attempt('traceme', lambda: call(101, 0, 0, 0, 0)); os._exit(0)\nos.wait()\nattempt('traceme', lambda: call(101, 0, 0, 0, 0))"),
    attempts("who is at the other end", "import socket, struct\nfor fd in map(int, os.listdir('/proc/self/fd')):\n    try: s = socket.socket(fileno=os.dup(fd)); peer = struct.unpack('3i', s.getsockopt(1, 17, 12))[0]\n"
             "    except OSError: continue\n    print('held' if peer in (0, 1, os.getpid()) else 'LOST', fd, peer)\nprint('held')"),
    attempts("every group and everybody", "import signal\nfor whom in (-1, -P['judge'], 0):\n    try: os.kill(whom, 0); print('held', 'own only')\n    except OSError as error: print('held', error.errno)\n"
             "attempt('killpg', lambda: os.killpg(P['judge'], 0))\nprint('held' if os.getppid() == 0 or os.getpid() != 1 else 'LOST')"),
    attempts("timers without number", "import signal\nborn = 0\ntry:\n    for _ in range(100_000):\n        call(222, 1, 0, ctypes.byref(ctypes.c_int())); born += 1\n"
             "except OSError as error: print('held', error.errno, born)\nsignal.setitimer(signal.ITIMER_REAL, 100)\nprint('held')"),
    attempts("a daemon with a new name", "import signal, time\nif os.fork() == 0:\n    os.setsid()\n    for n in (1, 2, 13, 15): signal.signal(n, signal.SIG_IGN)\n    if os.fork() == 0:\n"
             "        libc.prctl(15, b'kworker/0:1', 0, 0, 0)\n        for n in range(3, 200):\n            try: os.close(n)\n            except OSError: pass\n        time.sleep(10**6)\n    os._exit(0)\nprint('hidden')", says="hidden"),
    attempts("threads that never end", "import threading\ndef spin():\n    while True: pass\nfor _ in range(6): threading.Thread(target=spin).start()\nprint('held')"),
    attempts("children that are never waited for", "born = 0\ntry:\n    for _ in range(500):\n        if os.fork() == 0: os._exit(0)\n        born += 1\nexcept OSError: pass\nprint('held', born < 200)", says="held True"),
    attempts("watchers of files without number", "born = 0\ntry:\n    while True: call(294, 0); born += 1\nexcept OSError as error: print('held', error.errno, born)"),
    attempts("locks on what everybody reads", "import fcntl, torch\nfor path in (torch.__file__, os.__file__, json.__file__):\n    fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)\nprint('held')"),
    attempts("shared memory and semaphores left behind", "for number, arguments in ((64, (7, 5, 0o1666)), (68, (7, 0o1666)), (29, (7, 4096, 0o1666))):\n"
             "    try: call(number, *arguments); print('held', 'its own')\n    except OSError as error: print('held', error.errno)\nopen('/dev/shm/left', 'w').write('x')\n"
             "from multiprocessing import shared_memory, resource_tracker\nheld = shared_memory.SharedMemory('left2', create=True, size=4096)\nresource_tracker.unregister(held._name, 'shared_memory')"),
)  # fmt: skip

PLACES = (
    attempts("round the root", TRY_TO_READ + "read('/proc/1/root/etc/shadow', '/proc/self/root' + P['home'] + '/.bashrc', '/proc/self/cwd/../../../../../..' + P['secrets'][0], '/proc/thread-self/root/home',\n"
             "     P['run'] + '/../../../..' + P['secrets'][0], '/..' + P['secrets'][0])"),
    attempts("doors of /proc", TRY_TO_READ + "read('/proc/kcore', '/proc/kmsg', '/proc/timer_list', '/proc/sched_debug', '/proc/vmallocinfo')\n"
             "attempt('sysrq', lambda: open('/proc/sysrq-trigger', 'w').write('c'))\nattempt('core', lambda: open('/proc/sys/kernel/core_pattern', 'w').write('|/bin/sh'))"),
    attempts("doors of /sys and the control group", "for path in ('/sys/fs/cgroup/cgroup.procs', '/sys/fs/cgroup/release_agent', '/sys/kernel/uevent_helper', '/sys/power/state'):\n"
             "    attempt(path, lambda: open(path, 'w').write('0'))\nattempt('mkdir', lambda: os.mkdir('/sys/fs/cgroup/mine'))"),
    attempts("devices that are doors", "for name in ('mem', 'kmem', 'kmsg', 'fuse', 'kvm', 'net/tun', 'loop-control', 'mapper/control', 'port', 'sda', 'vda', 'uinput', 'vhost-net'):\n"
             "    attempt(name, lambda: os.open('/dev/' + name, os.O_RDWR))"),
    attempts("terminals", "attempt('ptmx', lambda: os.open('/dev/ptmx', os.O_RDWR) and os.listdir('/dev/pts')[10])if False else print('held')\n"
             "for name in ('tty', 'tty0', 'tty1', 'console', 'pts/0', 'ttyS0'): attempt(name, lambda: os.open('/dev/' + name, os.O_RDWR))"),
    attempts("a copy of root's identity", "import shutil\nshutil.copy('/bin/sh', 'sh')\nos.chmod('sh', 0o6755)\nimport subprocess\n"
             "who = subprocess.run(['./sh', '-p', '-c', 'id -u'], capture_output=True, text=True).stdout.strip()\nprint('LOST' if who == '0' else 'held', who)"),
    attempts("marks on its own files", "import fcntl\nopen('f', 'w').close()\nfor flags in (0x10, 0x20):\n    attempt('immutable', lambda: fcntl.ioctl(os.open('f', os.O_RDONLY), 0x40086602, (flags).to_bytes(8, 'little')))\n"
             "attempt('capability', lambda: os.setxattr('f', 'security.capability', b'\\1\\0\\0\\2' + b'\\xff' * 16))\nattempt('trusted', lambda: os.setxattr('f', 'trusted.x', b'1'))"),
    attempts("hard links to what others read", "import torch\nfor path in (torch.__file__, os.__file__, '/etc/hostname', P['run'] + '/kernel.json'):\n    attempt(path, lambda: os.link(path, 'mine'))"),
    attempts("links that lead out", "for n, path in enumerate((P['secrets'][0], P['secrets'][1], P['home'] + '/.ssh', P['neighbour'] + '/files', P['project'] + '/tests')):\n    os.symlink(path, f'l{n}')\n"
             "    try: print('LOST', os.listdir(f'l{n}'))\n    except OSError as error: print('held', error.errno)"),
    attempts("pipes and sockets where files are looked for", "import socket\nfor name in ('data.csv', 'model.pt', 'lesson.toml', 'x.ipynb'):\n    os.mkfifo(name)\nsocket.socket(socket.AF_UNIX).bind('notes.py')\nprint('held')"),
    attempts("the deepest folder", "for _ in range(3000):\n    try: os.mkdir('d' * 100); os.chdir('d' * 100)\n    except OSError as error: print('held', error.errno); break\nprint('held')"),
    attempts("files with holes larger than the disk", "for size in (1 << 40, 1 << 62):\n    try: os.truncate(os.open('hole', os.O_RDWR | os.O_CREAT), size); print('held', 'a hole')\n    except OSError as error: print('held', error.errno)\n"
             "attempt('fallocate', lambda: os.posix_fallocate(os.open('full', os.O_RDWR | os.O_CREAT), 0, 1 << 40))"),
    attempts("modules left for whoever comes next", "for folder in ('.', '/tmp', '/dev/shm', P['grader'], os.path.expanduser('~')):\n    for name in ('sitecustomize.py', 'usercustomize.py', 'conftest.py', 'torch.pth', 'lesson.toml', 'class.toml'):\n"
             "        try: open(f'{folder}/{name}', 'w').write('print(\"LOST\")')\n        except OSError: pass\nprint('left')", says="left"),
)  # fmt: skip

LINES = (
    attempts("every family of sockets", "import socket\nfor family in range(3, 46):\n    if family == 10: continue\n    for kind in (1, 2, 3):\n"
             "        try: s = socket.socket(family, kind)\n        except OSError: continue\n        print('held' if family == 16 else 'LOST', family, kind)\nprint('held')"),
    attempts("netlink in all its kinds", "import socket\nfor protocol in (2, 4, 5, 6, 9, 10, 11, 12, 15, 16, 18, 20, 21):\n    attempt(protocol, lambda: socket.socket(16, socket.SOCK_RAW, protocol))"),
    attempts("who else is on the machine's networks", "for name in ('tcp', 'udp', 'unix', 'netlink', 'packet', 'raw'):\n    try: text = open(f'/proc/net/{name}').read()\n    except OSError: print('held'); continue\n"
             "    print('LOST' if P['abstract'] in text or format(P['port'], '04X') in text else 'held', name, len(text.splitlines()))"),
    attempts("another kernel's connection", TRY_TO_READ + "read(P['neighbour'], P['neighbour'] + '/kernel.json')\nimport socket\nfor n in range(1, 6):\n"
             "    attempt(n, lambda: socket.socket(socket.AF_UNIX).connect(f\"{P['neighbour']}/s-{n}\"))"),
    attempts("a message to a neighbour's kernel", "import zmq\ncontext = zmq.Context()\nfor n in range(1, 6):\n    s = context.socket(zmq.DEALER); s.linger = 0\n"
             "    s.connect(f\"ipc://{P['neighbour']}/s-{n}\")\n    s.send_multipart([b'<IDS|MSG>', b'', b'{}', b'{}', b'{}', b'{}'], zmq.NOBLOCK)\n    print('held' if not s.poll(50) else 'LOST')\n    s.close()"),
    attempts("ports of this machine, one by one", "import socket\nfor port in (P['port'], 22, 80, 443, 5432, 6379, 8787, 8888):\n    for host in ('127.0.0.1', '::1', '0.0.0.0', 'localhost'):\n"
             "        s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET); s.settimeout(0.2)\n        attempt(port, lambda: s.connect((host, port)))"),
    attempts("an interface of its own", "import fcntl, socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nattempt('up', lambda: fcntl.ioctl(s, 0x8914, b'eth0'.ljust(16, b'\\0') + b'\\x41\\0' + bytes(22)))\n"
             "attempt('address', lambda: fcntl.ioctl(s, 0x8916, b'lo'.ljust(16, b'\\0') + bytes(24)))\nattempt('tun', lambda: os.open('/dev/net/tun', os.O_RDWR))"),
    Attack("forged errors, each of them huge",
           ("from ipykernel.kernelapp import IPKernelApp\napp = IPKernelApp.instance()\nparent = app.kernel.get_parent()\n"
            "for _ in range(12): app.session.send(app.iopub_socket, 'error', {'ename': 'E', 'evalue': 'x', 'traceback': ['x' * 8_000_000]}, parent=parent)", "print('next')"),
           jail_only=False),
    Attack("a message that is small on the line and huge in memory",
           ("from ipykernel.kernelapp import IPKernelApp\napp = IPKernelApp.instance()\nparent = app.session.pack(app.kernel.get_parent()['header'])\n"
            "for kind in (b'[' + b'[],' * 8_000_000 + b'0]', b'[' * 3_000_000, b'{\"a\":' * 500_000, b'9' * 3_000_000):\n"
            "    head = app.session.pack(app.session.msg_header('stream'))\n    frames = [head, parent, b'{}', kind]\n"
            "    app.iopub_socket.send_multipart([b'x', b'<IDS|MSG>', app.session.sign(frames), *frames])\nprint('said')",),
           says="said", jail_only=False),
    Attack("a question to whoever sits there",
           ("try: input('password: ')\nexcept BaseException as error: print('held', type(error).__name__)\nimport getpass\n"
            "try: getpass.getpass()\nexcept BaseException as error: print('held', type(error).__name__)",), says="held", jail_only=False),
    Attack("a kernel that introduces itself as another",
           ("from ipykernel.kernelapp import IPKernelApp\napp = IPKernelApp.instance()\nparent = app.kernel.get_parent()\n"
            "for version in ('9' * 5000, '', '../', 'x', '0.0'):\n    app.session.send(app.iopub_socket, 'kernel_info_reply', {'status': 'ok', 'protocol_version': version, 'language_info': {'name': 'R'}}, parent=parent)\n"
            "for kind in ('shutdown_reply', 'interrupt_reply', 'comm_close', 'input_request', 'complete_reply'):\n    app.session.send(app.iopub_socket, kind, {'restart': True, 'prompt': 'x', 'password': True}, parent=parent)\nprint('said')", "print('next')"),
           says="next", jail_only=False),
)  # fmt: skip
