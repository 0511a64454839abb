"""What the values of a notebook's names are, told in the room by looking at them. Plain source: it arrives there as text, see `Made`.

`KINDS` tells what the names hold that a training loop reads: a model, a loader, ids, a mask, labels ...
"""

from __future__ import annotations

HELD_OUT = "val|dev|test|eval|tst|検証|評価|テスト"  # in the name of what is measured on, not learnt from

BORROWED = '''
import contextlib


@contextlib.contextmanager
def overridden(namespace, values):
    """The student's namespace with these values in it, and afterwards as it was."""
    before = dict(namespace)
    namespace.update(values)
    try:
        yield
    finally:
        namespace.clear()
        namespace.update(before)
'''

COMMON = (
    BORROWED
    + f"""
import re
import torch

OTHER = re.compile({HELD_OUT!r}, re.I)
"""
    + r'''
VALID = re.compile(r"val|dev|eval", re.I)


def whole(value):
    return isinstance(value, torch.Tensor) and not value.is_floating_point() and not value.is_complex()


def numbers(value):
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    return isinstance(kind, str) and kind in ("i", "u") and hasattr(value, "__array__")


def axes(value):
    found = getattr(value, "ndim", 0)
    return found if type(found) is int else 0


def kind_of(value):
    try:
        return what_it_is(value)
    except Exception:  # an object of the student's that answers every question in its own way
        return ""


def what_it_is(value):
    """model, optimizer, loader, batches, dataset, ids, labels, device; "" for what stays as it is."""
    data = torch.utils.data
    if isinstance(value, torch.nn.Module):
        return "criterion" if not list(value.parameters()) else "model"
    if isinstance(value, torch.optim.Optimizer):
        return "optimizer"
    if isinstance(value, data.DataLoader):
        return "loader"
    if isinstance(value, data.Dataset):
        return "dataset"
    if isinstance(value, torch.device):
        return "device"
    if axes(value) == 2 and len(value) > 8 and (isinstance(value, torch.Tensor) or hasattr(value, "__array__")):
        return rows_kind(value)
    if (whole(value) or numbers(value)) and axes(value) == 1 and len(value) > 8:
        return "labels"
    if isinstance(value, (list, tuple)) and len(value) > 8 and all(map(is_title, value[:20])):
        return "titles"
    if isinstance(value, (list, tuple)) and len(value) > 8 and all(type(v) is int for v in value[:50]):
        return "labels"
    if isinstance(value, dict) and value and all(kind_of(v) in ("loader", "dataset") for v in value.values()):
        return "several"
    return ""


def rows_kind(value):
    """ids, mask, types or onehot: what the rows of a table of numbers are; "" for other numbers."""
    table = value if isinstance(value, torch.Tensor) else torch.as_tensor(value.to_numpy() if hasattr(value, "to_numpy") else value)
    if not table.numel() or table.is_complex():
        return ""
    if bool(((table == 0) | (table == 1)).all()):
        if bool((table.sum(dim=1) == 1).all()) and table.shape[1] > 1:
            return "onehot"
        return ("mask" if bool(table.any()) else "types") if table.shape[1] > 1 and not table.is_floating_point() else ""
    return "" if table.is_floating_point() else "ids"


def flat(value):
    """A row of numbers; the one row of a table with one."""
    if axes(value) == 2 and len(value) == 1:
        return value[0]
    return value


def is_title(value):
    if whole(value) and axes(value) == 1:
        return len(value) > 0
    return isinstance(value, list) and bool(value) and all(type(v) is int for v in value)
'''
)

KINDS = (
    COMMON
    + r"""
def make(namespace, names, setup):
    def tell():
        found = {}
        with overridden(namespace, {}):
            exec(compile(setup, "<cell lifted>", "exec"), namespace)
            for name in names:
                kind = kind_of(namespace[name]) if name in namespace else ""
                if kind == "loader":
                    kind = f"loader {namespace[name].batch_size}"
                if kind:
                    found[name] = kind
        return found
    return tell
"""
)
