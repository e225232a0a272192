"""modal_app - where RUNNER=modal judges: a job in, its parcel out

A container is made for one call and reached by no other; it has no network and
cannot write what is shipped once. What it takes from there it knows by hash.
"""

import hashlib
import os
import pathlib
import subprocess
import tarfile
import tempfile

import modal

STORE = "/store"
LOG_MAX = 65536

app = modal.App("ratchet")
store = modal.Volume.from_name("ratchet-store", create_if_missing=True)


def take(sha256, to):
    """Copies what the store has under this hash."""
    data = pathlib.Path(STORE, sha256).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"{sha256}: the store has something else")
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(data)


def node(tools, blobs, *words, stdin=b""):
    """Has node.sh do something in a cache folder that holds what it needs."""
    cache = pathlib.Path(tempfile.gettempdir(), "ratchet")
    home = cache / "tools" / tools
    if not home.exists():
        take(tools, cache / "tools.tar")
        with tarfile.open(cache / "tools.tar") as tar:
            tar.extractall(home)
    for sha256 in blobs:
        take(sha256, cache / "blobs" / sha256)
    names = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")
    return subprocess.run(
        [home / "node.sh", *words],
        input=stdin,
        capture_output=True,
        env={name: os.environ[name] for name in names if name in os.environ},
    )


@app.function(
    image=modal.Image.debian_slim(),
    gpu=os.environ.get("MODAL_GPU") or None,
    cpu=4,
    volumes={STORE: store.read_only()},
    timeout=4 * 3600,
    single_use_containers=True,
    block_network=True,
    restrict_modal_access=True,
)
def work(tools, blobs, job, *words):
    """node.sh's exit status, output and words: of WORDS, with the job there."""
    if job:
        put = node(tools, blobs, "put", words[1], stdin=job)
        if put.returncode:
            return put.returncode, b"", put.stderr[-LOG_MAX:]
    done = node(tools, [], *words)
    return done.returncode, done.stdout, done.stderr[-LOG_MAX:]
