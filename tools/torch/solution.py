"""solution - what is run of a definition in Python, for worker.py and bridge.py

Both follow this text, in one program: it uses their torch, their definition,
and their solution, which is None where the definition's own reference is meant.
"""
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys

NAME = "<reference>"
PACKAGE = "ratchet_solution"


def dtype(name):
    found = getattr(torch, name, None)
    if name == "float4_e2m1" or found is None:
        raise TypeError(f"PyTorch has no tensors of {name}")
    return found


def prepared(spec, value):
    """A scalar that run returned, as a tensor."""
    if spec["shape"] is None and isinstance(value, (bool, int, float)):
        return torch.tensor(value, dtype=dtype(spec["dtype"]))
    return value


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
    if not solution and kind.is_floating_point and \
            value.to(torch.float32).isnan().any():
        raise ValueError(f"output {name}: NaN is no answer to judge by")


class Sources(importlib.abc.MetaPathFinder, importlib.abc.ExecutionLoader):
    """A solution's files as modules: x.py is x, and PACKAGE.x."""

    def __init__(self, sources):
        self.sources = sources

    def file_of(self, name):
        stem = name.removeprefix(PACKAGE + ".").replace(".", "/")
        for file in stem + ".py", stem + "/__init__.py":
            if file in self.sources:
                return file
        return None

    def find_spec(self, name, path=None, target=None):
        if self.file_of(name):
            return importlib.util.spec_from_loader(name, self)
        folder = name.removeprefix(PACKAGE + ".").replace(".", "/") + "/"
        if name == PACKAGE or any(file.startswith(folder)
                                  for file in self.sources):
            return importlib.machinery.ModuleSpec(name, None, is_package=True)
        return None

    def get_filename(self, name):
        return self.file_of(name)

    def get_source(self, name):
        return self.sources[self.file_of(name)]

    def is_package(self, name):
        return self.file_of(name).endswith("/__init__.py")


def entry():
    """The solution's run; its text is begun."""
    file, symbol = solution["entry_point"].split("::")
    sys.meta_path.insert(0, Sources(solution["sources"]))
    module = file.removesuffix(".py").replace("/", ".")
    return getattr(importlib.import_module(f"{PACKAGE}.{module}"), symbol)


def begin():
    """The reference's text, once."""
    space = {"__name__": "reference"}
    exec(compile(definition["reference"], NAME, "exec"), space)
    return space["run"]


def words_of(error, most):
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
    return text[:most - len(where)] + where
