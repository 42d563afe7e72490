"""Keeps workers running that follow the champion: one socket for all, a new one for one that died, more under load."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import LifecycleError
from serving import alarms, scaling
from serving.options import Options
from serving.scaling import Scaler
from serving.sockets import is_loopback, listen
from serving.starting import unswept
from tasks.consumers import read_consumers

if TYPE_CHECKING:
    from serving.served import Standing
    from serving.watching import Watch

SHARED_FIGURES = "PROMETHEUS_MULTIPROC_DIR"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
FIRST_LOOK_SECONDS = 10.0
SOON_SECONDS, MOST_SOON = 5.0, 5  # a worker that dies so soon, so often in a row, will not live


def serve(options_file: Path, *, worker: int | None) -> int:
    """Serve what is champion until told to stop (LifecycleError)."""
    options = Options.read(options_file)
    if worker is not None:
        return work(options, options_file, socket.socket(fileno=worker))
    host, needed = options.serving.host, needs_keys(options)
    known = needed and bool(read_consumers(Path(options.serving.keys_file)))
    with listen(host, options.port, keys=known) as listener, tempfile.TemporaryDirectory(prefix="figures-") as figures:
        print(json.dumps({"port": listener.getsockname()[1], "pid": os.getpid()}), flush=True)
        variables = {SHARED_FIGURES: figures} if options.serving.most_workers > 1 else {}
        return Workers(options, options_file, listener, os.environ | variables).run()


def needs_keys(options: Options) -> bool:
    """Tell whether a key is asked for: outside loopback always, unless the settings say otherwise."""
    wanted = options.serving.ask_keys
    return not is_loopback(options.serving.host) if wanted is None else wanted


@dataclass(eq=False)
class Workers:
    """The processes that answer, and the one that looks after them and answers nobody."""

    options: Options
    options_file: Path
    listener: socket.socket
    environment: dict[str, str]
    ending: threading.Event = field(default_factory=threading.Event)
    leaving: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    soon: int = 0

    def run(self) -> int:
        """Start the workers, replace each that ends, add and end some as load asks, and end all when told to."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.ending.set())
        running = [self._start() for _ in range(self.options.serving.workers)]
        serving = self.options.serving
        scaler = Scaler(serving.workers, serving.scaling, time.monotonic()) if serving.most_workers > 1 else None
        try:
            while not self.ending.wait(0.1):
                running = [self._looked_after(process, began) for process, began in running]
                if scaler is not None:
                    running = self._scaled(running, scaler)
        finally:
            self._end([*(process for process, _ in running), *self.leaving])
        return 0

    def _scaled(
        self, running: "list[tuple[subprocess.Popen[bytes], float]]", scaler: Scaler
    ) -> "list[tuple[subprocess.Popen[bytes], float]]":
        """Start one worker more or let the youngest go, as the policy says; one that goes answers its work first."""
        for gone in [process for process in self.leaving if process.poll() is not None]:
            self.leaving.remove(gone)
            self._forget(gone.pid)
        used = scaling.used((process.pid for process, _ in running), Path(self.environment[SHARED_FIGURES]))
        wanted = scaler.wanted(used, len(running), time.monotonic())
        if wanted != len(running):
            print(f"{wanted} workers in place of {len(running)}", file=sys.stderr, flush=True)
        if wanted > len(running):
            return [*running, self._start()]
        for process, _ in running[wanted:]:
            process.terminate()
            self.leaving.append(process)
        return running[:wanted]

    def _forget(self, pid: int) -> None:
        """Take the figures of a worker that ended out of the sum."""
        with contextlib.suppress(KeyError):
            from prometheus_client import multiprocess

            multiprocess.mark_process_dead(pid, self.environment[SHARED_FIGURES])

    def _start(self) -> "tuple[subprocess.Popen[bytes], float]":
        command = [sys.executable, "-m", "serving", "--options", str(self.options_file), "--parent", str(os.getpid())]
        process = subprocess.Popen(
            [*command, "--worker", str(self.listener.fileno())], pass_fds=[self.listener.fileno()],
            env=self.environment, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return process, time.monotonic()

    def _looked_after(
        self, process: "subprocess.Popen[bytes]", began: float
    ) -> "tuple[subprocess.Popen[bytes], float]":
        if process.poll() is None:
            return process, began
        self.soon = self.soon + 1 if time.monotonic() - began < SOON_SECONDS else 0
        if self.soon >= MOST_SOON:
            raise LifecycleError(f"workers end as soon as they start, with {process.returncode}", next_step="see above")
        self._forget(process.pid)
        print(f"worker {process.pid} ended with {process.returncode}; another is started", file=sys.stderr, flush=True)
        return self._start()

    def _end(self, running: "list[subprocess.Popen[bytes]]") -> None:
        limits = self.options.serving.limits
        until = time.monotonic() + limits.drain_seconds + limits.grace_seconds + 5
        for process in running:
            process.terminate()
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - time.monotonic()))
            process.kill()
            process.wait()


def work(options: Options, options_file: Path, listener: socket.socket) -> int:
    """Answer on a socket until told to stop."""
    with unswept():
        from serving.app import Service
        from serving.capture import Capture
        from serving.connections import server_of
        from serving.following import Follower
        from serving.served import Standing
        from serving.watching import Watch

        settings, standing = options.serving, Standing(reason="the champion is being taken up")
        hosts = settings.allowed_hosts or (LOOPBACK if is_loopback(settings.host) else ())
        capture = Capture.started(settings, options.sensitive)
        watch = Watch.of(settings, keys=needs_keys(options), log=True, capture=capture, hosts=hosts)
        follower = Follower(options, options_file, standing, alarms.whom(os.environ))
        follower.start(patience_seconds=FIRST_LOOK_SECONDS)  # meanwhile connections wait in the socket
    scaling.begin(os.environ.get(SHARED_FIGURES))
    watching = watch_levels(options, watch, standing)
    try:
        server_of(Service(standing, settings, watch), settings, standing).run(sockets=[listener])
    finally:
        follower.ending.set()
        watching.set()
        watch.close()
    return 0


def watch_levels(options: Options, watch: "Watch", standing: "Standing") -> threading.Event:
    """Look at what this worker uses, and watch the levels, where any were agreed, until the event is set."""
    from serving.levels import LevelWatch

    watch.look_at_resources()
    if options.usage is None:
        return threading.Event()
    levels = LevelWatch.of(
        options.usage, memory_mib=options.memory_mib, notify=alarms.whom(os.environ),
        folder=options.home / "told-levels", exposition=lambda: watch.exposition(standing)[0],
    )  # fmt: skip
    levels.start(seconds=options.serving.levels_seconds)
    return levels.ending
