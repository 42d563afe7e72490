"""Start the scoring server on one package: `python -m serving --model-dir FOLDER`."""

import argparse
import contextlib
import ctypes
import ipaddress
import json
import os
import signal
import socket
import sys
from pathlib import Path

from config import environment
from config.errors import ConfigError, LifecycleError

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 15
MOST_AT_ONCE = 64


def main(arguments: list[str] | None = None) -> int:
    """Verify, load and serve a package until told to stop; say the port on standard output, one line of JSON."""
    environment.prepare()
    options = _options(arguments)
    try:
        if options.parent:
            _die_with(options.parent)
        with _listen(options.host, options.port) as listener:
            _serve(listener, options)
    except LifecycleError as error:
        print(f"{error.seen}\nexpected: {error.expected}\nnext: {error.next_step}", file=sys.stderr)
        return error.exit_code
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m serving", description=__doc__)
    parser.add_argument("--model-dir", type=Path, required=True, help="folder of a signed package")
    parser.add_argument("--keys", type=Path, default=Path(".lifecycle/keys"), help="folder of the public key")
    parser.add_argument("--digest", help="digest that the model's files must have")
    parser.add_argument("--model-version", type=int, help="version in the registry")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--parent", type=int, help="process id whose end ends this server")
    return parser.parse_args(arguments)


def _serve(listener: socket.socket, options: argparse.Namespace) -> None:
    import uvicorn

    from serving.app import Served, answer, create_app
    from tasks import packaging
    from tasks.files import read_json
    from tasks.scoring import Contract, Golden

    package = packaging.verify(options.model_dir, digest=options.digest, keys_folder=options.keys)
    contract = Contract.read(read_json(package.folder / packaging.CONTRACT))
    golden = Golden.read(read_json(package.folder / packaging.GOLDEN))
    served = Served(packaging.open_model(package.folder), contract, package.digest, options.model_version)
    answer(served, golden.records)  # warm, before the first request
    server = uvicorn.Config(
        create_app(served), log_level="warning", access_log=False, limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=GRACE_SECONDS, lifespan="off",
    )  # fmt: skip
    print(json.dumps({"port": listener.getsockname()[1], "pid": os.getpid()}), flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(server).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    if not _is_loopback(host):
        raise ConfigError(
            f"--host {host} would open the model to the network", expected="a loopback address, such as 127.0.0.1",
            next_step="serve on 127.0.0.1 behind a proxy that authenticates and encrypts",
        )  # fmt: skip
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise ConfigError(f"port {port} cannot be used: {error.strerror}", expected="a free port, or 0") from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _die_with(parent: int) -> None:
    """Let the kernel end this process when its parent ends, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before we asked
        raise LifecycleError(f"process {parent}, which started this server, is gone")


if __name__ == "__main__":
    sys.exit(main())
