"""A class of forty, thirty of them hostile: one of each kind of attack that a hand-in can hold.

The hostile ones are right answers but for the causal mask, which is flipped: whatever they do, it earns no more than that.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import nbformat.v4

from tests.batch.class_of_300 import TARGET, solved
from tests.notebooks import answer_cells

HONEST = (None, None, None, None, "flipped", "one_too_many", None, None, "flipped", None)  # the mistake in the mask
CELLS = {
    "leaves": "import os\nos._exit(0)",
    "never ends": "import signal\nfor n in set(signal.Signals) - {9, 19}: signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
    "forks": "import os\ntry:\n    while True: os.fork()\nexcept OSError: pass",
    "fills the disk": "with open('big', 'wb') as f:\n    while True: f.write(bytes(1 << 20))",
    "fills the memory": "kept = []\nwhile True: kept.append(bytearray(10 ** 8))",
    "patches torch": "import torch\ntorch.allclose = torch.equal = torch.Tensor.__eq__ = lambda *a, **k: True",
    "patches builtins": "import builtins\nbuiltins.len = lambda *a: 0\nbuiltins.isinstance = lambda *a: True\nbuiltins.id = hash",
    "hooks imports": "import sys\nclass Hook:\n    def find_spec(self, name, *rest):\n        if 'grader' in name: raise SystemExit(0)\nsys.meta_path.insert(0, Hook())",
    "replaces modules": "import sys, types\nfor name in ('json', 'struct', 'socket', 'safetensors', 'safetensors.torch', 'numpy'): sys.modules[name] = types.ModuleType(name)",
    "waits for the end": "import atexit, os, signal\natexit.register(lambda: os.write(1, b'passed'))\nsignal.signal(signal.SIGALRM, lambda *a: os._exit(0))\nsignal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)",
    "walks the frames": "import gc, sys\ndef causal_mask(size):\n    found = [o for o in gc.get_objects() if isinstance(o, torch.Tensor) and o.dtype is torch.bool and o.shape == (size, size)]\n    return found[0] if found else sys._getframe(1).f_locals.get('expected', torch.ones(size, size).bool())",
    "stops time": "import time\nfor name in ('time', 'monotonic', 'perf_counter', 'process_time', 'thread_time', 'sleep'): setattr(time, name, lambda *a: 0.0)",
    "lies in JSON": 'import json, struct\njson.dumps = lambda *a, **k: \'{"dict": [["value", true]]}\'\nstruct.pack = lambda *a: bytes(8)',
    "answers raw bytes": "import sys\nprobe = sys.modules['grader_agent']\nprobe.answer = lambda *a, **k: b'\\xff' * 8 + b'all passed'",
    "keeps its children": "import os\nos._exit = lambda *a: None\nos.fork = lambda: 0\nos.waitpid = lambda *a: (0, 0)",
    "answers for another": "import glob, os, socket, threading, time\ndef seize():\n    while True:\n        for path in glob.glob(os.path.dirname(os.path.abspath('.')) + '/*/b*') + glob.glob('/tmp/**/b*', recursive=True):\n            try:\n                s = socket.socket(socket.AF_UNIX); s.connect(path); s.sendall(bytes(7) + b'\\x10' + b'x' * 16)\n            except OSError: pass\n        time.sleep(0.01)\nthreading.Thread(target=seize, daemon=True).start()",
    "floods": "import os\nwhile True: os.write(1, b'x' * 100_000); print('x' * 100_000)",
    "forges messages": "from ipykernel.kernelapp import IPKernelApp\napp = IPKernelApp.instance()\nfor kind in ('error', 'stream', 'execute_reply', 'status'):\n    for content in ({'ename': '\\ud800', 'evalue': 'x' * 10 ** 7, 'traceback': ['x' * 10 ** 7]}, {'name': 'stdout', 'text': 'x' * 10 ** 7}, {'execution_state': 'idle'}, [], {'\\ud800': 1}):\n        app.session.send(app.iopub_socket, kind, content, parent=app.kernel.get_parent())",
    "leaves a daemon": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        os.closerange(0, 200); time.sleep(10 ** 6)\n    os._exit(0)",
}
ANSWERS = {
    "returns half a character": "def causal_mask(size): return '\\ud83d\\x1b[2J<script>alert(1)</script>'",
    "returns a bomb": "def causal_mask(size): return [[] for _ in range(10 ** 6)]",
    "returns a program": "class R:\n    def __reduce__(self): return (__import__('os').system, ('touch /tmp/CANARY',))\ndef causal_mask(size): return R()",
    "returns nothing of a shape": "def causal_mask(size): return torch.empty(size, size, device='meta', dtype=torch.bool)",
}  # fmt: skip
SHOWN = "<script>window.caught=1</script><img src=x onerror=alert(1)>\x1b[2J\x1b]0;x\x07\u202e=cmd|' /C calc'!A0 {{7*7}} {0} `x`"


def make(folder: Path, hostile: bool) -> list[str]:
    """Write the class into `folder`; the names of the honest ones."""
    folder.mkdir(parents=True)
    honest = [f"honest{n}" for n in range(len(HONEST))]
    for name, mistake in zip(honest, HONEST, strict=True):
        put(folder / name / "homework.ipynb", signed(solved(**({TARGET: mistake} if mistake else {})), name))
    if hostile:
        for name, write in hand_ins():
            place = folder / name
            place.mkdir()
            write(place)
    return honest


def hand_ins() -> Iterator[tuple[str, Any]]:
    """The thirty: what the student is called, and what writes the hand-in into a folder."""
    for name, cell in CELLS.items():
        yield name, lambda place, cell=cell: put(place / "x.ipynb", with_cell(cell))
    for name, cell in ANSWERS.items():
        yield name, lambda place, cell=cell: put(place / "x.ipynb", with_answer(cell))
    yield "minus signs", lambda place: put(place / "x.ipynb", with_cell("-" * 100_000 + "1"))
    yield (
        "a gigantic number",
        lambda place: (place / "x.ipynb").write_bytes(
            as_text(wrong()).replace(b'"nbformat_minor"', b'"digits": ' + b"9" * 5_000 + b', "nbformat_minor"', 1)
        ),
    )
    yield (
        "odd cells",
        lambda place: (place / "x.ipynb").write_text(
            json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "odd"}] * 50_000})
        ),
    )
    yield "odd metadata", lambda place: put(place / "x.ipynb", with_metadata())
    yield (
        "=cmd|' \x1b[2J",
        lambda place: put(place / f"{SHOWN[:60].replace('/', '_')}.ipynb", with_cell(f"raise ValueError({SHOWN!r})")),
    )
    yield "brings files", with_files
    yield "brings a zip", with_zip


def wrong() -> nbformat.NotebookNode:
    return solved(causal_mask="flipped")


def with_cell(source: str) -> nbformat.NotebookNode:
    notebook = wrong()
    (target,) = answer_cells(notebook, TARGET)
    cell = nbformat.v4.new_code_cell(source, metadata={"grader": {"exercise": TARGET}})
    cell.outputs = [nbformat.v4.new_output("stream", text=SHOWN)]
    notebook.cells.insert(notebook.cells.index(target) + 1, cell)
    return notebook


def with_answer(source: str) -> nbformat.NotebookNode:
    notebook = wrong()
    answer_cells(notebook, TARGET)[0].source = source
    return notebook


def with_metadata() -> nbformat.NotebookNode:
    notebook = wrong()
    notebook.metadata.kernelspec = {"name": "../../x; rm -rf /", "display_name": SHOWN, "language": "python"}
    notebook.metadata.language_info = {"name": "python", "version": "9" * 10_000, "nbconvert_exporter": SHOWN}
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {SHOWN: {"x": [[[[SHOWN]]]]}}}}
    for cell in notebook.cells:
        cell.id = "../" * 20
        cell.attachments = {SHOWN: {"text/html": SHOWN, "image/svg+xml": SHOWN}}
        cell.metadata["tags"] = [SHOWN] * 50
    return notebook


def with_files(place: Path) -> None:
    put(place / "x.ipynb", wrong())
    for name in (
        "conftest.py",
        "sitecustomize.py",
        "usercustomize.py",
        "torch.py",
        "json.py",
        "safetensors.py",
        "grader.py",
    ):
        (place / name).write_text("import os\nos._exit(0)\n")
    for name in ("lesson.toml", "class.toml", "pyproject.toml", "pytest.ini", ".env"):
        (place / name).write_text("[grader]\nscore = 100\n")
    (place / "link").symlink_to("/etc/passwd")


def with_zip(place: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.ipynb", as_text(wrong()))
        archive.writestr("../../escaped.py", "x")
        archive.writestr("/tmp/escaped.py", "x")
        archive.writestr("bomb.bin", bytes(100 << 20))
        link = zipfile.ZipInfo("link.ipynb")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    (place / "all.zip").write_bytes(made.getvalue())


def signed(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    notebook.cells.append(nbformat.v4.new_markdown_cell(f"by {name}"))
    return notebook


def as_text(notebook: nbformat.NotebookNode) -> bytes:
    return json.dumps(notebook).encode()


def put(path: Path, notebook: nbformat.NotebookNode) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_text(notebook))
