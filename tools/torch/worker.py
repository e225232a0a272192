"""worker - runs a definition's own reference, or a solution in Python

Started by the judge alone, in the jail, in the native worker's place:
cpu/doorbell.h says how they talk. The text that it runs is a stranger's, who
may do what he likes to this process; so torch's version is told before a
reference's text is begun, and what the judge believes of the outputs is the
memory that it gave.

usage: python3 -I -c TEXT FUTEX, the number of that system call
"""
import ctypes
import importlib.abc
import importlib.machinery
import importlib.util
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
NAME = "<reference>"
PACKAGE = "ratchet_solution"


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


def dtype(name):
    found = getattr(torch, name, None)
    if name == "float4_e2m1" or found is None:
        raise TypeError(f"PyTorch has no tensors of {name}")
    return found


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


def in_order(result, names):
    """What run returned: tensors by name, in order, or the only one."""
    if isinstance(result, dict):
        if sorted(result) != sorted(names):
            raise ValueError(f"want the outputs {', '.join(names)}, "
                             f"got {', '.join(map(str, result))}")
        return [result[name] for name in names]
    values = list(result) if isinstance(result, (tuple, list)) else [result]
    if len(values) != len(names):
        raise ValueError(f"want {len(names)} outputs, got {len(values)}")
    return values


def check(name, value, shape, kind):
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"output {name}: want a tensor, "
                        f"got {type(value).__name__}")
    if value.dtype != kind:
        raise TypeError(f"output {name}: want {str(kind)[6:]}, "
                        f"got {str(value.dtype)[6:]}")
    if list(value.shape) != shape:
        raise ValueError(f"output {name}: want the shape {shape}, "
                         f"got {list(value.shape)}")
    if not solution and kind.is_floating_point and value.to(torch.float32).isnan().any():
        raise ValueError(f"output {name}: NaN is no answer to judge by")


def keep(name, spec, value, arg):
    kind, shape = dtype(spec["dtype"]), arg.shape[:arg.ndim]
    if spec["shape"] is None and isinstance(value, (bool, int, float)):
        value = torch.tensor(value, dtype=kind)
    check(name, value, shape, kind)
    data = value.cpu().contiguous().view(-1).view(torch.uint8)
    if data.numel():
        torch.frombuffer(outputs, dtype=torch.uint8, count=data.numel(),
                         offset=arg.offset).copy_(data)


class Sources(importlib.abc.MetaPathFinder, importlib.abc.ExecutionLoader):
    """A solution's files as modules: x.py is x, and PACKAGE.x."""

    def file_of(self, name):
        stem = name.removeprefix(PACKAGE + ".").replace(".", "/")
        for file in stem + ".py", stem + "/__init__.py":
            if file in solution["sources"]:
                return file
        return None

    def find_spec(self, name, path=None, target=None):
        if self.file_of(name):
            return importlib.util.spec_from_loader(name, self)
        folder = name.removeprefix(PACKAGE + ".").replace(".", "/") + "/"
        if name == PACKAGE or any(file.startswith(folder)
                                  for file in solution["sources"]):
            return importlib.machinery.ModuleSpec(name, None, is_package=True)
        return None

    def get_filename(self, name):
        return self.file_of(name)

    def get_source(self, name):
        return solution["sources"][self.file_of(name)]

    def is_package(self, name):
        return self.file_of(name).endswith("/__init__.py")


def load():
    global run
    if not solution:
        say(f"python {sys.version.split()[0]}, torch {torch.__version__}")
        return
    file, symbol = solution["entry_point"].split("::")
    sys.meta_path.insert(0, Sources())
    module = file.removesuffix(".py").replace("/", ".")
    run = getattr(importlib.import_module(f"{PACKAGE}.{module}"), symbol)


def begin():
    """The reference's text, once."""
    space = {"__name__": "reference"}
    exec(compile(definition["reference"], NAME, "exec"), space)
    return space["run"]


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


def words_of(error):
    """One line of it, and where in the stranger's text it was."""
    where, at = "", error.__traceback__
    while at:
        file = at.tb_frame.f_code.co_filename
        if file == NAME:
            where = f" (line {at.tb_lineno} of the reference)"
        elif solution and file in solution["sources"]:
            where = f" (line {at.tb_lineno} of {file[-60:]})"
        at = at.tb_next
    text = " ".join(f"{type(error).__name__}: {error}".split()).rstrip(": ")
    return text[:MESSAGE - 1 - len(where)] + where


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
            say(words_of(error))
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
except BaseException as error:
    sys.exit(words_of(error))
# What is printed is for nobody, and would fill the judge's pipe.
sys.stdout = sys.stderr = open(os.devnull, "w")
serve()
