"""Started as a script, with the rights of the judge: give them up, then become bubblewrap.

Run as root, three things come first. As the real uid 0 a process is exempt from RLIMIT_NPROC, and bubblewrap
covers parts of /proc so that no fresh one can be mounted inside: so the uid goes. The interpreter often lies where
only root may go (/root/.pyenv, say): so, in a mount namespace of our own, the folders that the new uid could not
reach are bound to a place that it can. And bubblewrap itself may lie there: so it is opened before, and started by
its descriptor. An ordinary user only does the last step.

argv[1]: JSON with `uid` (or null), `hoist` ({folder: where it can be reached}), `bwrap` (path). The rest: its arguments.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys

CLONE_NEWNS, MS_BIND, MS_REC, MS_PRIVATE = 0x20000, 4096, 16384, 1 << 18


def main(plan: dict[str, object], arguments: list[str]) -> None:
    bwrap = os.open(str(plan["bwrap"]), os.O_RDONLY)
    uid = plan["uid"]
    if isinstance(uid, int):
        if plan["hoist"]:
            hoist(dict(plan["hoist"]))  # type: ignore[call-overload]
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    os.set_inheritable(bwrap, True)
    os.execve(bwrap, ["bwrap", *arguments], {"PATH": os.defpath})


def hoist(folders: dict[str, str]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)

    def mount(source: str, target: str, flags: int) -> None:
        if libc.mount(source.encode(), target.encode(), None, ctypes.c_ulong(flags), None):
            raise OSError(ctypes.get_errno(), f"mount {source} on {target}: {os.strerror(ctypes.get_errno())}")

    if libc.unshare(CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), f"unshare: {os.strerror(ctypes.get_errno())}")
    mount("none", "/", MS_REC | MS_PRIVATE)
    for folder, reachable in folders.items():
        mount(folder, reachable, MS_BIND)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])
