"""modal - stands in for Modal's client: calls are made here, by this process

$FAKE_MODAL is a folder: `store` holds the volume, `options` what the function
asked for, `calls` a line a call, `environ` what the client saw; `fault`, if
there, is run instead of the call's return, with `answer` in hand.
"""

import os
import pathlib
import shutil
import tempfile
import types

HERE = pathlib.Path(os.environ["FAKE_MODAL"])


class Error(Exception):
    pass


exception = types.SimpleNamespace(
    AuthError=type("AuthError", (Error,), {}),
    InvalidError=type("InvalidError", (Error,), {}),
    ConnectionError=type("ConnectionError", (Error,), {}),
)


class Image:
    @staticmethod
    def debian_slim():
        return "debian_slim"


class Volume:
    @staticmethod
    def from_name(name, create_if_missing):
        (HERE / "store").mkdir(exist_ok=True)
        return Volume()

    def read_only(self):
        return "read only"

    def listdir(self, path):
        return [types.SimpleNamespace(path=name) for name in os.listdir(HERE / "store")]

    def batch_upload(self, force):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def put_file(self, local, remote):
        with open(HERE / "puts", "a") as puts:
            print(remote, file=puts)
        shutil.copy(local, HERE / "store" / remote.lstrip("/"))


class Function:
    def __init__(self, body):
        self.body = body

    def remote(self, *args):
        with open(HERE / "calls", "a") as calls:
            print(*args[3:], file=calls)
        (HERE / "environ").write_text("\n".join(os.environ))
        fault = HERE / "fault"
        self.body.__globals__["STORE"] = HERE / "store"
        with tempfile.TemporaryDirectory() as container:
            tempfile.tempdir = container
            answer = self.body(*args)
        names = {"answer": answer, "exception": exception}
        exec(fault.read_text() if fault.exists() else "", names)
        return names["answer"]


class App:
    def __init__(self, name):
        pass

    def function(self, **options):
        (HERE / "options").write_text("".join(f"{k} = {v}\n" for k, v in options.items()))
        return Function

    def run(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        (HERE / "stopped").touch()
