"""run_modal - has node.sh work in a container of Modal's

usage: run_modal.py TOOLS BLOBS JOB WORD...

TOOLS is a tar of the programs, BLOBS lists files with their hashes, as sha256sum
does, JOB is a tar for `node.sh put`, or empty. Prints what node.sh WORD... does,
and exits with its status; 75 when Modal failed, 2 when it would again.
"""

import hashlib
import pathlib
import signal
import sys

TROUBLE, RETRY = 2, 75


def leave(status, words):
    print(f"run-modal: {words}", file=sys.stderr)
    sys.exit(status)


try:
    import modal
except ImportError:
    leave(TROUBLE, f"{sys.executable} has no package modal: pip install modal")


def on_signals(handler):
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def interrupt(*_):
    """Leaving app.run() is what ends the container: not to be interrupted."""
    on_signals(signal.SIG_IGN)
    raise KeyboardInterrupt


def ship(store, files):
    """Files by their hashes: those that are not there."""
    there = {entry.path.lstrip("/") for entry in store.listdir("/")}
    with store.batch_upload(force=True) as batch:
        for sha256 in files.keys() - there:
            batch.put_file(files[sha256], f"/{sha256}")


def call(tools, blobs, job, words):
    from modal_app import app, store, work

    sha256 = hashlib.sha256(pathlib.Path(tools).read_bytes()).hexdigest()
    files = dict(line.split(maxsplit=1) for line in blobs)
    with app.run():
        ship(store, {**files, sha256: tools})
        return work.remote(sha256, list(files), job, *words)


def main(tools, blobs, job, *words):
    on_signals(interrupt)
    lasting = (modal.exception.AuthError, modal.exception.InvalidError)
    try:
        status, output, log = call(
            tools,
            pathlib.Path(blobs).read_text().splitlines(),
            pathlib.Path(job).read_bytes(),
            words,
        )
    except KeyboardInterrupt:
        sys.exit(RETRY)
    except lasting as error:
        leave(TROUBLE, f"Modal: {error}")
    except Exception as error:  # its client raises many
        leave(RETRY, f"Modal: {type(error).__name__}: {error}: not judged")
    sys.stderr.buffer.write(log)
    sys.stdout.buffer.write(output)
    sys.stdout.flush()
    sys.exit(status)


main(*sys.argv[1:])
