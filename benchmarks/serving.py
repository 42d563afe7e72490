"""Compares the scoring server with `mlflow models serve` and with a constant answer of FastAPI, in one run.

Run it in a project whose `lifecycle run` is done: `python -m benchmarks.serving`. Validation, keys, figures, access log
and capture are on. MLflow's server may open a skops model only where pickle is allowed too: it alone may, on loopback,
after the model was verified. One connection, one row and a hundred rows a request; then paced at half of that, for the
tail.
"""

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config import environment

SIZES = (1, 100)
KEY = "lens_benchmark"
PLACE = ["--host", "127.0.0.1"]


def main() -> None:
    """Measure the three servers, one after the other in each round, and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    asked.add_argument("--rounds", type=int, default=3, help="the best of each counts")
    asked.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    asked.add_argument("--constant", action="store_true", help=argparse.SUPPRESS)
    asked.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    options = asked.parse_args()
    environment.prepare()
    if options.serve:
        serve(options.serve, options.port)
    elif options.constant:
        serve_constant(options.port)
    else:
        measure(options.seconds, options.rounds)


def measure(seconds: float, rounds: int) -> None:
    """Start all three, ask each in turn, and show what each reached."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, contextlib.ExitStack() as stack:
        model, package, form, bodies = prepare(Path(folder))
        me = [sys.executable, "-m", "benchmarks.serving", "--port"]
        commands = {
            "constant": lambda port: [*me, str(port), "--constant"],
            "ours": lambda port: [*me, str(port), "--serve", str(package)],
            "mlflow": lambda port: [
                sys.executable, "-m", "mlflow", "models", "serve", "-m", str(model), "--env-manager", "local", *PLACE,
                "--port", str(port), "--workers", "1",
            ],
        }  # fmt: skip
        changes = {"mlflow": {"MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "true"}}
        ports = {
            name: stack.enter_context(running(command, changes.get(name, {}))) for name, command in commands.items()
        }
        rates: dict[tuple[str, int], list[float]] = {}
        tails: dict[tuple[str, int], list[tuple[float, float]]] = {}
        for _ in range(rounds):
            for name, port in ports.items():
                for rows in SIZES:
                    rates.setdefault((name, rows), []).append(throughput(port, bodies[rows], seconds))
                    tail = latencies(port, bodies[rows], seconds, max(rates[name, rows]) / 2)
                    tails.setdefault((name, rows), []).append(tail)
    show(form, rates, tails)


def prepare(folder: Path) -> tuple[Path, Path, str, dict[int, bytes]]:
    """Package the newest model of the project with its proven fast form, and make the requests."""
    import pandas as pd

    from tasks import packaging, parity, scoring
    from tasks.features import typed_frame
    from tasks.files import pretty, read_json

    model = max(Path(".lifecycle/models").glob("[0-9]*"), key=lambda path: int(path.name))
    packaging.verify(model, digest=None, keys_folder=Path(".lifecycle/keys"))
    contract = scoring.Contract.read(read_json(model / packaging.CONTRACT))
    rows = pd.read_parquet("data/prepared/promotion.parquet").head(5_000)
    estimator = packaging.open_model(model)
    frame = typed_frame(rows, {column.name: column.type for column in contract.columns})
    proven = parity.prove(estimator, {"promotion": frame}, contract, tolerance=1e-6)
    more = {packaging.PARITY: pretty(proven.parity)}
    more |= {packaging.ONNX: proven.graph} if proven.graph is not None else {}
    golden = scoring.make_golden(estimator, rows.head(8), contract, tolerance=1e-6)
    bare = folder / "model"
    bare.mkdir()
    for path in model.iterdir():
        if path.name not in packaging.ADDED:
            (bare / path.name).write_bytes(path.read_bytes())
    package = packaging.assemble(
        bare, folder / "package", contract=contract, golden=golden, keys_folder=folder / "keys", more=more
    )
    return bare, package, str(proven.parity.served), {size: request(rows, contract, size) for size in SIZES}


def request(rows: Any, contract: Any, size: int) -> bytes:
    """Make the bytes of one request."""
    from tasks import scoring

    records = scoring.to_records(rows.head(size), contract)
    split = {"columns": contract.names, "data": [list(record.values()) for record in records]}
    body = json.dumps({"dataframe_split": split}).encode()
    head = f"POST /invocations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-API-Key: {KEY}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def serve(package: Path, port: int) -> None:
    """Serve a package with everything on."""
    import hashlib

    from config.settings.serving import Capture as Keep
    from config.settings.serving import Serving
    from serving.app import Service
    from serving.capture import Capture
    from serving.connections import server_of
    from serving.served import Standing, load
    from serving.watching import Watch
    from tasks import files, packaging

    home = package.parent
    consumer = {"name": "benchmark", "sha256": hashlib.sha256(KEY.encode()).hexdigest(), "added": ""}
    listed = files.write_json(home / "consumers.json", {"consumers": [consumer]})
    settings = Serving(
        keys_file=str(listed), access_log=str(home / "access.log"), capture=Keep(folder=str(home / "captured"))
    )
    standing = Standing(load(package, digest=packaging.model_digest(package), version=1, decision=1))
    watch = Watch.of(settings, keys=True, log=True, capture=Capture.started(settings, ()), hosts=("127.0.0.1",))
    listener = socket.create_server(("127.0.0.1", port))
    server_of(Service(standing, settings, watch), settings, standing).run(sockets=[listener])


def serve_constant(port: int) -> None:
    """Answer always the same, as FastAPI does without a model."""
    import fastapi
    import uvicorn

    app = fastapi.FastAPI()

    @app.post("/invocations")
    async def invocations(request: fastapi.Request) -> dict[str, list[float]]:
        await request.body()
        return {"predictions": [0.5]}

    app.get("/ping")(lambda: {})
    uvicorn.run(app, port=port, log_level="error", access_log=False)


@contextlib.contextmanager
def running(command: Any, change: dict[str, str]) -> Iterator[int]:
    """Keep a server running in a session of its own, its environment so changed, and give its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    own_bin = str(Path(sys.executable).parent)  # where mlflow finds the uvicorn that it starts by name
    variables = os.environ | change | {"PATH": os.pathsep.join((own_bin, os.environ.get("PATH", os.defpath)))}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command(port), stdout=said, stderr=said, start_new_session=True, env=variables)
        try:
            if not listening(process, port):
                said.seek(0)
                sys.exit(f"no server at port {port}: {said.read().decode(errors='replace')[-2000:]}")
            time.sleep(3)
            yield port
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 15)
            process.wait(30)


def listening(process: "subprocess.Popen[bytes]", port: int) -> bool:
    """Wait until a server takes connections; tell whether it did before it ended, within two minutes."""
    until = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.1)
    return False


def ask(connection: socket.socket, body: bytes) -> None:
    """Send a request and read its answer."""
    connection.sendall(body)
    data = connection.recv(1 << 20)
    while b"\r\n\r\n" not in data:
        data += connection.recv(1 << 20)
    head, _, rest = data.partition(b"\r\n\r\n")
    if b" 200 " not in head[:20]:
        sys.exit(f"refused: {data[:500]!r}")
    size = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")).split(b":")[1])
    while len(rest) < size:
        rest += connection.recv(1 << 20)


def throughput(port: int, body: bytes, seconds: float) -> float:
    """Ask without pause and give requests a second."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        for _ in range(5):
            ask(connection, body)
        begin, count = time.perf_counter(), 0
        while time.perf_counter() - begin < seconds:
            ask(connection, body)
            count += 1
        return count / (time.perf_counter() - begin)


def latencies(port: int, body: bytes, seconds: float, rate: float) -> tuple[float, float]:
    """Ask at an even pace and give p50 and p99 in milliseconds."""
    taken: list[float] = []
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        begin = time.perf_counter()
        while (due := begin + len(taken) / rate) < begin + seconds:
            time.sleep(max(0.0, due - time.perf_counter()))
            start = time.perf_counter()
            ask(connection, body)
            taken.append((time.perf_counter() - start) * 1000)
    cuts = statistics.quantiles(taken, n=100) if len(taken) > 1 else [taken[0]] * 99
    return cuts[49], cuts[98]


def show(form: str, rates: dict[tuple[str, int], list[float]], tails: dict[tuple[str, int], list[Any]]) -> None:
    """Print the best of each, how they stand to each other, and how busy the machine is."""
    from rich.console import Console
    from rich.table import Table

    table = Table("rows", "server", "requests/s", "× mlflow", "p50 ms at half load", "p99 ms at half load")
    for rows in SIZES:
        for name in ("ours", "mlflow", "constant"):
            best, (p50, p99) = max(rates[name, rows]), min(tails[name, rows], key=lambda pair: pair[1])
            times = best / max(rates["mlflow", rows])
            cells = (f"{best:.0f}", f"{times:.1f}", f"{p50:.2f}", f"{p99:.2f}")
            table.add_row(
                str(rows), f"ours ({form})" if name == "ours" else name, *cells, end_section=name == "constant"
            )
    console = Console(width=120)
    console.print(table)
    console.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}: where others work too, only ratios tell")


if __name__ == "__main__":
    main()
