"""Start the scoring server on one package (--model-dir), or on whatever is champion (--options)."""

import argparse
import contextlib
import ctypes
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from config import environment
from config.errors import LifecycleError
from config.settings.release import Release
from config.settings.serving import Serving
from serving import logs
from serving.sockets import listen
from serving.starting import unswept

if TYPE_CHECKING:
    import uvicorn

    from serving.app import Service
    from serving.served import Served

PR_SET_PDEATHSIG = 1


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; say the port on standard output, one line of JSON."""
    environment.prepare()
    logs.begin()
    options = _options(arguments)
    try:
        if options.parent:
            _die_with(options.parent)
        if options.options:
            from serving import running

            return running.serve(options.options, worker=options.worker)
        with listen(options.host, options.port) as listener:
            _serve(listener, options)
    except LifecycleError as error:
        print(f"{error.seen}\nexpected: {error.expected}\nnext: {error.next_step}", file=sys.stderr)
        return error.exit_code
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m serving", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--model-dir", type=Path, help="folder of a signed package")
    what.add_argument("--options", type=Path, help="file of options that `lifecycle serve` writes")
    parser.add_argument("--worker", type=int, help="descriptor of the socket that the workers share")
    parser.add_argument("--keys", type=Path, default=Path(".lifecycle/keys"), help="folder of the public key")
    parser.add_argument("--digest", help="digest that the model's files must have")
    parser.add_argument("--model-version", type=int, help="version in the registry")
    parser.add_argument("--serving", type=Path, help="file of the serving settings of a trial: keys are asked for")
    parser.add_argument("--beside", type=Path, help="folder of a signed package that answers a share of the requests")
    parser.add_argument("--beside-digest", help="digest that its model's files must have")
    parser.add_argument("--beside-version", type=int, help="its version in the registry")
    parser.add_argument(
        "--release", default="{}", help="`release` of policy.yaml in JSON: share and bounds of --beside"
    )
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--parent", type=int, help="process id whose end ends this server")
    return parser.parse_args(arguments)


def _serve(listener: socket.socket, options: argparse.Namespace) -> None:
    with unswept():
        app, server = _started(options)
    print(json.dumps({"port": listener.getsockname()[1], "pid": os.getpid()}), flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    app.watch.close()


def _started(options: argparse.Namespace) -> "tuple[Service, uvicorn.Server]":
    from serving.app import create_app
    from serving.connections import server_of
    from serving.watching import Watch

    served = _open(options.model_dir, options.digest, options.model_version, options.keys)
    settings, watch = Serving(), None
    if options.serving:
        settings = Serving.model_validate_json(options.serving.read_bytes())
        watch = Watch.of(settings, keys=True, log=True)
    app = create_app(served, settings, watch)
    if options.beside:
        from serving.canary import Canary

        candidate = _open(options.beside, options.beside_digest, options.beside_version, options.keys)
        app.standing.canary = Canary(candidate, served, Release.model_validate_json(options.release))
    return app, server_of(app, settings, app.standing)


def _open(folder: Path, digest: str | None, version: int | None, keys: Path) -> "Served":
    from serving.served import load
    from tasks import packaging

    package = packaging.verify(folder, digest=digest, keys_folder=keys)
    return load(package.folder, digest=package.digest, version=version, decision=None)


def _die_with(parent: int) -> None:
    """Let the kernel end this process when its parent ends, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before we asked
        raise LifecycleError(f"process {parent}, which started this server, is gone")


if __name__ == "__main__":
    sys.exit(main())
