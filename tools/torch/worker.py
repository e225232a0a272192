"""worker - runs a definition's own reference, or a solution in Python

Started by the judge alone, in the jail, in the native worker's place:
cpu/doorbell.h says how they talk. The text that it runs is a stranger's, who
may do what he likes to this process; so torch's version is told before a
reference's text is begun, and what the judge believes of the outputs is the
memory that it gave.

usage: python3 -I -c TEXT FUTEX, the number of that system call
"""
import ctypes
import json
import math
import mmap
import os
import sys

DOORBELL, INPUTS, OUTPUTS, DEFINITION = 3, 4, 5, 6
LOAD, RUN, EMPTY = 0, 1, 2
TENSORS = INPUT, OUTPUT = 0, 1
FUTEX_WAIT, FUTEX_WAKE = 0, 1
MESSAGE = 160


class Arg(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_uint32), ("code", ctypes.c_uint8),
                ("bits", ctypes.c_uint8), ("ndim", ctypes.c_int32),
                ("shape", ctypes.c_int64 * 8), ("offset", ctypes.c_uint64),
                ("integer", ctypes.c_int64), ("number", ctypes.c_double)]


class Doorbell(ctypes.Structure):
    _fields_ = [("bell", ctypes.c_uint32), ("done", ctypes.c_uint32),
                ("op", ctypes.c_uint32), ("writable", ctypes.c_uint32),
                ("sanitizer", ctypes.c_char * 32),
                ("exports", ctypes.c_uint32), ("failed", ctypes.c_int32),
                ("message", ctypes.c_char * MESSAGE),
                ("nargs", ctypes.c_uint32), ("arg", Arg * 64)]


def futex(field, op, value):
    syscall(number, ctypes.byref(doorbell, field.offset), op, value, None,
            None, 0)


def value_of(spec, arg):
    kind = dtype(spec["dtype"])
    if arg.kind not in TENSORS:
        if kind == torch.bool:
            return bool(arg.integer)
        return arg.number if kind.is_floating_point else arg.integer
    tensor = torch.empty(arg.shape[:arg.ndim], dtype=kind)
    size = tensor.numel() * kind.itemsize
    if size:
        data = bytearray(inputs[arg.offset:arg.offset + size])
        tensor.view(-1).view(torch.uint8).copy_(
            torch.frombuffer(data, dtype=torch.uint8))
    return tensor


def argument(spec, arg):
    """As value_of, but a tensor is where the judge has it."""
    if arg.kind not in TENSORS:
        return value_of(spec, arg)
    kind, shape = dtype(spec["dtype"]), arg.shape[:arg.ndim]
    size = math.prod(shape) * kind.itemsize
    if size == 0:
        return torch.empty(shape, dtype=kind)
    memory = outputs if arg.kind == OUTPUT else inputs
    return torch.frombuffer(memory, dtype=torch.uint8, count=size,
                            offset=arg.offset).view(kind).view(shape)


def keep(name, spec, value, arg):
    kind, shape = dtype(spec["dtype"]), arg.shape[:arg.ndim]
    value = prepared(spec, value)
    check(name, value, shape, kind)
    data = value.cpu().contiguous().view(-1).view(torch.uint8)
    if data.numel():
        torch.frombuffer(outputs, dtype=torch.uint8, count=data.numel(),
                         offset=arg.offset).copy_(data)


def load():
    global run
    if not solution:
        say(f"python {sys.version.split()[0]}, torch {torch.__version__}")
        return
    run = entry()


def compute():
    global run
    names = list(definition["outputs"])
    args = doorbell.arg[:doorbell.nargs]
    specs = list(definition["inputs"].values())
    run = run or begin()
    with torch.no_grad():
        if solution and solution["destination_passing_style"]:
            specs += definition["outputs"].values()
            run(*map(argument, specs, args))
            return
        result = run(*map(argument if solution else value_of, specs, args))
        for name, value, arg in zip(names, in_order(result, names),
                                    args[len(specs):]):
            keep(name, definition["outputs"][name], value, arg)


def say(text):
    doorbell.message = text.encode("ascii", "replace")[:MESSAGE - 1]


def obey(op):
    if op == LOAD:
        load()
    elif op == RUN:
        compute()
    elif op != EMPTY:
        raise ValueError("only run is to be had of Python")


def serve():
    seen = 0
    while True:
        rung = doorbell.bell
        if rung == seen:
            futex(Doorbell.bell, FUTEX_WAIT, seen)
            continue
        seen = rung
        try:
            obey(doorbell.op)
            doorbell.failed = 0
        except BaseException as error:
            say(words_of(error, MESSAGE - 1))
            doorbell.failed = -1
        doorbell.done = seen
        futex(Doorbell.done, FUTEX_WAKE, 1)


number = ctypes.c_long(int(sys.argv[1]))
syscall = ctypes.CDLL(None).syscall
memory = mmap.mmap(DOORBELL, 0)
if len(memory) != ctypes.sizeof(Doorbell):
    sys.exit("worker.py and doorbell.h differ")
doorbell = Doorbell.from_buffer(memory)
inputs = mmap.mmap(INPUTS, 0, prot=mmap.PROT_READ | (
    mmap.PROT_WRITE if doorbell.writable else 0))
outputs = mmap.mmap(OUTPUTS, 0)
with open(DEFINITION, "rb") as file:
    definition = json.load(file)
solution = definition.get("solution")
run = None
try:
    import torch
    torch.seed()  # by default all processes draw the same
except BaseException as error:
    sys.exit(words_of(error, MESSAGE - 1))
# What is printed is for nobody, and would fill the judge's pipe.
sys.stdout = sys.stderr = open(os.devnull, "w")
serve()
