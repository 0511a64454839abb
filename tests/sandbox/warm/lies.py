"""Answers that no honest function gives: what a student's code may return to the judge instead of a tensor.

Each is an expression in a kernel that has run PREAMBLE. `beyond` is what a reply may hold, `raw` the bytes of a reply that the
student sends in the probe's place.
"""

from __future__ import annotations

PREAMBLE = """
import collections, ctypes, datetime, decimal, fractions, io, json, os, pathlib, pickle, struct, sys, threading, types
import numpy as np
import torch
from torch import nn
probe = sys.modules["grader_agent"]
class Reducer:
    def __reduce__(self): return (os.system, ("touch CANARY",))
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None): return True
    @property
    def shape(self): return torch.Size([2, 3])
class Chameleon:
    __class__ = property(lambda self: torch.Tensor)
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __len__(self): return 10 ** 9
    def __getitem__(self, key): return self
class Endless(dict):
    def items(self):
        while True: yield "x", 1
class Turning(float):
    def __float__(self): return float(os.urandom(1)[0])
class Wordy(str):
    def __len__(self): return 3
    def __getitem__(self, key): return Wordy("y" * 10 ** 7)
class Shifty(list):
    def __iter__(self): return iter([Shifty()] * 3)
class Loud:
    def __repr__(self): raise SystemExit("loud")
class Long:
    def __repr__(self): return "x" * 10 ** 8
class Named: pass
Named.__module__, Named.__qualname__ = "\\ud800" * 10, "\\x1b[2J" + "n" * 10 ** 6
class Nameless(type):
    def __getattribute__(cls, name):
        if name in ("__qualname__", "__module__"): os._exit(3)
        return super().__getattribute__(name)
class Odd(metaclass=Nameless): pass
class Whole(int):
    def __int__(self): return 10 ** 5000
    def __index__(self): return -1
ring = []; ring.append(ring)
loop = {}; loop["x"] = loop
deep = None
for _ in range(100_000): deep = [deep]
module = nn.Linear(2, 3)
module.weight = nn.Parameter(torch.zeros(0, 2 ** 40), requires_grad=False)
def send_raw(data, then=lambda: None):
    probe.pack = lambda value, limit=0: data
    real = probe.answer
    probe.answer = lambda room, request, limit, send=None: data
    return None
"""

BEYOND = {
    "not a number": "torch.full((2, 3), float('nan'))",
    "both infinities": "torch.tensor([[float('inf'), -float('inf'), 0.0]] * 2)",
    "a number of 5,000 digits": "10 ** 5000",
    "an int that says something else": "Whole(3)",
    "a float that turns": "[Turning(1.0)] * 5",
    "a text that is longer than it says": "Wordy('yes')",
    "half a character": "'\\ud83d' + chr(0xdfff)",
    "control sequences": "'\\x1b[2J\\x1b]0;x\\x07\\u202e'",
    "a list in itself": "ring",
    "a dict in itself": "loop",
    "100,000 lists, one in the other": "deep",
    "a million lists": "[[] for _ in range(10 ** 6)]",
    "a dict that never ends": "Endless(a=1)",
    "a list that never ends": "Shifty([1])",
    "a generator that never ends": "(n for n in iter(int, 1))",
    "a range of the largest size": "range(10 ** 12)",
    "a set of texts": "{'a', '\\ud800', 'b'}",
    "a dict with tensors for keys": "{torch.ones(2): torch.ones(3), (torch.zeros(1),): 1, None: {}}",
    "300,000 tensors": "[torch.zeros(0)] * 300_000",
    "the widest view of one number": "torch.ones(1).expand(10 ** 6, 10 ** 6)",
    "negative and overlapping strides": "torch.as_strided(torch.arange(4.0), (4, 4), (1, 1)).T",
    "nothing but a shape": "torch.empty(2, 3, device='meta')",
    "nothing, of an enormous shape": "torch.empty(0, 2 ** 40)",
    "complex numbers": "torch.ones(2, 3, dtype=torch.complex64)",
    "eight bits": "torch.ones(2, 3).to(torch.float8_e4m3fn)",
    "eight bits of the other kind": "torch.full((2, 3), 57344.0).to(torch.float8_e5m2)",
    "sixteen bits": "torch.full((2, 3), 3e38, dtype=torch.bfloat16)",
    "quantized numbers": "torch.quantize_per_tensor(torch.ones(2, 3), 0.1, 0, torch.quint8)",
    "a sparse tensor": "torch.sparse_coo_tensor(torch.tensor([[0], [1]]), torch.tensor([1.0]), (2, 3))",
    "a sparse tensor of an enormous shape": "torch.sparse_coo_tensor(torch.tensor([[0], [1]]), torch.tensor([1.0]), (2 ** 20, 2 ** 20))",
    "a sparse tensor whose indices lie": "torch.sparse_coo_tensor(torch.tensor([[9], [9]]), torch.tensor([1.0]), (2, 3), check_invariants=False)",
    "sparse rows": "torch.eye(3).to_sparse_csr()",
    "a nested tensor": "torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])",
    "a tensor that says yes to everything": "torch.zeros(2, 3).as_subclass(Liar)",
    "a parameter": "nn.Parameter(torch.ones(2, 3))",
    "a tensor with a history": "(torch.ones(2, 3, requires_grad=True) * 2).sum(0, keepdim=True)",
    "a tensor with a hook": "(lambda t: (t.register_hook(lambda g: os._exit(1)), t)[1])(torch.ones(2, 3, requires_grad=True))",
    "a tensor of unsigned numbers": "torch.tensor([2 ** 63 - 1], dtype=torch.int64).view(torch.uint64)",
    "a module": "module",
    "something that is whatever is asked": "Chameleon()",
    "an array of objects": "np.array([Reducer(), None, [1]], dtype=object)",
    "an array with fields": "np.zeros(3, dtype=[('a', 'f4'), ('b', 'O')])",
    "an array of dates": "np.array(['2026-11-27'], dtype='datetime64[D]')",
    "the longest float of numpy": "np.longdouble(1) / 3",
    "an array backwards": "np.arange(6.0)[::-1].reshape(2, 3)[:, ::-1]",
    "an array on a disk": "np.memmap('m.bin', dtype='f4', mode='w+', shape=(2, 3))",
    "an array with a mask": "np.ma.masked_array([1.0, 2.0], mask=[True, False])",
    "a pickle": "pickle.dumps(Reducer())",
    "a saved tensor that runs code": "(lambda b: (torch.save({'x': Reducer()}, b), b.getvalue())[1])(io.BytesIO())",
    "something that runs code when unpickled": "Reducer()",
    "a repr that ends the process": "Loud()",
    "a repr of a hundred million letters": "Long()",
    "a class with the longest name": "Named()",
    "a class without a name": "Odd()",
    "a handle of the judge's": "probe.Handle(10 ** 6)",
    "an order to make something": "probe.Made('def make(*a): open(\"CANARY\", \"w\")', (), 'x')",
    "an object of the judge's": "probe.Opaque('\\ud800', 'x' * 10 ** 7)",
    "exotic numbers": "[decimal.Decimal('NaN'), fractions.Fraction(1, 3), 1j, datetime.date.max, types.SimpleNamespace(), Ellipsis]",
    "a file": "open('/dev/zero', 'rb')",
    "memory": "memoryview(bytearray(10 ** 6))",
}  # fmt: skip

RAW = {
    "no bytes at all": "b''",
    "half a length": "b'\\0\\0'",
    "a length beyond the message": "struct.pack('>Q', 2 ** 62) + b'{}'",
    "no JSON": "struct.pack('>Q', 3) + b'no!' + b'\\x02' + bytes(7) + b'{}'",
    "a bare list": "struct.pack('>Q', 2) + b'[]' + b'\\x02' + bytes(7) + b'{}'",
    "an order in a reply": "(lambda t: struct.pack('>Q', len(t)) + t + b'\\x02' + bytes(7) + b'{}')(b'{\"dict\": [[\"value\", {\"made\": [\"def make(): open(1)\", {\"tuple\": []}, \"\"]}]]}')",
    "a fault in pieces": "(lambda t: struct.pack('>Q', len(t)) + t + b'\\x02' + bytes(7) + b'{}')(b'{\"dict\": [[\"fault\", {\"dict\": [[\"type\", 3]]}]]}')",
    "a table of a million tensors": "(lambda h: struct.pack('>Q', 4) + b'null' + struct.pack('<Q', len(h)) + h)(b'{' + b','.join(b'\"%d\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}' % n for n in range(400_000)) + b'}')",
    "a tensor that overlaps another": "(lambda h: struct.pack('>Q', 15) + b'{\"tensor\": \"a\"}' + struct.pack('<Q', len(h)) + h + bytes(8))(b'{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}')",
    "tensors of no known type": "(lambda h: struct.pack('>Q', 15) + b'{\"tensor\": \"a\"}' + struct.pack('<Q', len(h)) + h + bytes(8))(b'{\"a\":{\"dtype\":\"Q9\",\"shape\":[2],\"data_offsets\":[0,8]}}')",
    "a shape whose product overflows": "(lambda h: struct.pack('>Q', 15) + b'{\"tensor\": \"a\"}' + struct.pack('<Q', len(h)) + h)(b'{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}')",
    "60 MB of lists": "(lambda t: struct.pack('>Q', len(t)) + t + b'\\x02' + bytes(7) + b'{}')(b'[' + b'[],' * 20_000_000 + b'0]')",
    "more than may be sent": "bytes(80 << 20)",
    "a pickle in place of a message": "pickle.dumps(Reducer())",
}  # fmt: skip
