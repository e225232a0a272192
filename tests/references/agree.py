"""agree - does PyTorch say of a kernel's definition what native code says?

usage: agree.py kernel.so definition.json axis=extent...

Random inputs, what is an index or a length made by its name; the outputs, or
their views where there is an evaluate, by the judge's default precision.
"""
import ctypes
import json
import math
import sys

import torch

CODE = {"float32": (2, 32), "float16": (2, 16), "bfloat16": (4, 16),
        "float8_e4m3fn": (10, 8), "int8": (0, 8), "int32": (0, 32)}
PRECISION = {torch.float32: 5e-5, torch.float16: 2 ** -11,
             torch.bfloat16: 2 ** -8 / 2}
INT, FLOAT, TENSOR = 1, 3, 7


class DLTensor(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("device", ctypes.c_int32 * 2),
                ("ndim", ctypes.c_int32), ("code", ctypes.c_uint8),
                ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16),
                ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("strides", ctypes.c_void_p), ("offset", ctypes.c_uint64)]


class Value(ctypes.Union):
    _fields_ = [("integer", ctypes.c_int64), ("number", ctypes.c_double),
                ("tensor", ctypes.POINTER(DLTensor))]


class Any(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int32), ("zero", ctypes.c_uint32),
                ("value", Value)]


def any_of(x):
    if isinstance(x, float):
        return Any(FLOAT, 0, Value(number=x))
    code, bits = CODE[str(x.dtype)[6:]]
    shape = (ctypes.c_int64 * x.dim())(*x.shape)
    tensor = DLTensor(x.data_ptr(), (1, 0), x.dim(), code, bits, 1, shape)
    return Any(TENSOR, 0, Value(tensor=ctypes.pointer(tensor)))


def call(library, name, values):
    function = getattr(library, name)
    function.argtypes = [ctypes.c_void_p, ctypes.POINTER(Any), ctypes.c_int32,
                         ctypes.POINTER(Any)]
    args = (Any * len(values))(*map(any_of, values))
    assert function(None, args, len(values), ctypes.byref(Any())) == 0, name


def indices(name, shape):
    """What random numbers cannot stand for: lists with gaps, an empty one."""
    rows = axes["num_pages"] * axes.get("page_size", 1)
    if name == "sparse_indices":
        out = torch.full(shape, -1)
        for r in out[1:]:
            n = min(len(r), rows) - 7
            r[torch.randperm(len(r))[:n]] = torch.randperm(rows)[:n]
        return out
    if name == "seq_lens":
        most = axes["max_num_pages"] * axes["page_size"]
        return torch.tensor([0, 1, most - 1, most])[-shape[0]:]
    assert name == "block_table", name
    return torch.stack([torch.randperm(axes["num_pages"])[:shape[1]]
                        for _ in range(shape[0])])


def make(name, spec):
    if spec["shape"] is None:
        return 192 ** -0.5
    kind, shape = getattr(torch, spec["dtype"]), shape_of(spec)
    if kind == torch.int32:
        return indices(name, shape).to(kind)
    if kind == torch.int8:
        return torch.randint(-128, 128, shape, dtype=kind)
    return torch.randn(shape).to(kind)


def shape_of(spec):
    return [axes[a] for a in spec["shape"]]


def compare(name, native, python):
    a, b = native.double(), python.double()
    finite = b.isfinite()
    assert torch.equal(a[~finite], b[~finite]), f"{name}: what is not finite"
    error = (a - b)[finite].square().sum().sqrt()
    ratio = float(error / b[finite].square().sum().sqrt())
    print(f"{name}: rms ratio {ratio:.2g} of {finite.sum()} numbers")
    assert ratio <= PRECISION[native.dtype], name


torch.manual_seed(7)
library = ctypes.CDLL(sys.argv[1])
definition = json.load(open(sys.argv[2]))
axes = {n: a["value"] for n, a in definition["axes"].items() if "value" in a}
axes.update((n, int(v)) for n, v in (w.split("=") for w in sys.argv[3:]))
values = [make(n, s) for n, s in definition["inputs"].items()]
if hasattr(library, "__tvm_ffi_inputs"):
    call(library, "__tvm_ffi_inputs", values)
native = [torch.zeros(shape_of(s), dtype=getattr(torch, s["dtype"]))
          for s in definition["outputs"].values()]
call(library, "__tvm_ffi_run", values + native)
space = {}
exec(definition["reference"], space)
python = space["run"](*values)
python = list(python) if isinstance(python, tuple) else [python]
if hasattr(library, "__tvm_ffi_evaluate"):
    views = [[torch.zeros(o.shape) for o in native] for _ in range(2)]
    for outputs, view in zip((native, python), views):
        call(library, "__tvm_ffi_evaluate", values + outputs + view)
    native, python = views
for name, a, b in zip(definition["outputs"], native, python, strict=True):
    compare(name, a, b)
assert not any(math.isnan(float(a.sum())) for a in native)
