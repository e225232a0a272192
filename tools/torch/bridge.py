"""bridge - has our own programs call a run that is Python, on a GPU

Started by the judge alone, in the jail, in the place of capture or of a
launcher. What these do is in LIBRARY, cuda/bridge.h; a kernel is a
function by TVM-FFI's C ABI, kernels/include/ratchet_abi.h, and that is what
Python is made to look like here. What it runs is a stranger's text.

usage: python3 -I -c TEXT LIBRARY capture | host | host-writable |
       reference JOB
"""
import ctypes
import functools
import json
import math
import os
import sys
import types

KERNEL = 5  # the descriptor that has a solution
FLOAT, TENSORS = 3, (7,)
MESSAGE = 200


class Value(ctypes.Union):
    _fields_ = [("integer", ctypes.c_int64), ("number", ctypes.c_double),
                ("pointer", ctypes.c_void_p)]


class Any(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int32), ("padding", ctypes.c_uint32),
                ("value", Value)]


class Tensor(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("device", ctypes.c_int32 * 2),
                ("ndim", ctypes.c_int32), ("dtype", ctypes.c_uint8 * 4),
                ("shape", ctypes.POINTER(ctypes.c_int64)),
                ("strides", ctypes.POINTER(ctypes.c_int64)),
                ("offset", ctypes.c_uint64)]


RUN = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(Any),
                       ctypes.c_int32, ctypes.c_void_p)


@functools.cache
def tensor_at(address, kind, shape):
    size = math.prod(shape) * kind.itemsize
    if size == 0:
        return torch.empty(shape, dtype=kind, device="cuda")
    memory = types.SimpleNamespace(__cuda_array_interface__={
        "shape": (size,), "typestr": "|u1", "data": (address, False),
        "version": 3})
    return torch.as_tensor(memory, device="cuda").view(kind).view(shape)


def argument(spec, arg):
    kind = dtype(spec["dtype"])
    if arg.type in TENSORS:
        tensor = Tensor.from_address(arg.value.pointer)
        return tensor_at(tensor.data, kind, tuple(tensor.shape[:tensor.ndim]))
    if arg.type == FLOAT:
        return arg.value.number
    return bool(arg.value.integer) if kind == torch.bool else arg.value.integer


def own(value):
    """A copy, which a reference may write to."""
    return value.clone() if isinstance(value, torch.Tensor) else value


def compute(args):
    global run
    names = list(definition["outputs"])
    specs = list(definition["inputs"].values())
    values = [*map(argument, specs, args)]
    outputs = [*map(argument, definition["outputs"].values(),
                    args[len(specs):])]
    if run is None:
        run = entry() if solution else begin()
    if solution and solution["destination_passing_style"]:
        run(*values, *outputs)
        return
    result = run(*values) if solution else run(*map(own, values))
    for name, value, out in zip(names, in_order(result, names), outputs):
        value = prepared(definition["outputs"][name], value)
        check(name, value, list(out.shape), out.dtype)
        out.copy_(value)


@RUN
def call(_, args, count, result):
    try:
        stream = torch.cuda.ExternalStream(library.bridge_stream())
        with torch.no_grad(), torch.cuda.stream(stream):
            compute(args[:count])
        return 0
    except BaseException as error:
        kind, _, text = words_of(error, MESSAGE).partition(": ")
        library.bridge_fail(
            kind.encode("ascii", "replace"), text.encode("ascii", "replace"))
        return -1


def keep_module(module, function, name, files, key):
    """Tells of device code that Triton has loaded."""
    path = next(files[i] for i in files if i.endswith(".cubin"))
    with open(path, "rb") as file:
        code = file.read()
    if library.bridge_module(ctypes.c_void_p(module), code,
                              ctypes.c_size_t(len(code))):
        raise ValueError("too much device code")


def capture():
    """Memory is the call's scratch(); device code is what Triton loads."""
    import triton
    triton.knobs.runtime.kernel_load_end_hook.add(keep_module)
    torch.cuda.memory.change_current_allocator(
        torch.cuda.memory.CUDAPluggableAllocator(
            sys.argv[1], "bridge_allocate", "bridge_release"))
    library.bridge_capture(call, words)


# What is printed is for nobody; these are the judge's words.
words = os.dup(2)
for i in 1, 2:
    os.dup2(os.open(os.devnull, os.O_WRONLY), i)
# Triton compiles, with the system's compiler.
os.environ.update(HOME="/tmp", PATH="/usr/bin:/bin:/usr/sbin:/sbin",
                  TRITON_CACHE_DIR="/tmp/triton")
run = None
try:
    import torch
    library = ctypes.CDLL(sys.argv[1])
    library.bridge_stream.restype = ctypes.c_void_p
    what, job = sys.argv[2], sys.argv[3:]
    with open(job[0] + "/reference.json" if job else KERNEL, "rb") as file:
        definition = json.load(file)
    solution = definition.get("solution")
    if what == "capture":
        capture()
    if what == "reference":
        library.bridge_reference(call, job[0].encode(), words)
    library.bridge_host(call, what == "host-writable", words)
except BaseException as error:
    text = f"{type(error).__name__}: {error}"[:MESSAGE]
    os.write(words, text.encode("ascii", "replace"))
    sys.exit(1)
