"""Gives flows a Prefect API: the configured server, or one of our own that starts first and ends with this process."""

import atexit
import contextlib
import os
import secrets
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config import environment
from config.errors import ConfigError, LifecycleError
from config.settings import Runtime, Settings

HOME = Path(".lifecycle/prefect")
OWN_USER = "lifecycle"  # of the servers that we start
ANSWER_SECONDS = 5.0
STARTUP_SECONDS = 120.0
STOP_SECONDS = 10.0
TRUSTED, AUTHORITY = "PREFECT_API_SSL_CERT_FILE", "authority.pem"
END_OF_ONE = "-----END CERTIFICATE-----\n"
PROGRAM = Path(__file__).with_name("prefect_process.py")
# What a server needs to record flows and tasks, and no more.
LIGHT = {
    "PREFECT__SERVER_FINAL": "1",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": "false",  # the process does, once for a version
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": "false",
    "PREFECT_SERVER_EVENTS_STREAM_OUT_ENABLED": "false",
    "PREFECT_SERVER_LOGS_STREAM_OUT_ENABLED": "false",
    # One event a write collides with the flows' own writes: each collision is a 503 and a client that sleeps 2 s.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "1000",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "2",
}
WITHOUT_SCHEDULES = {"PREFECT__SERVER_EPHEMERAL": "1"}


@dataclass(frozen=True)
class Server:
    """A Prefect API, and the process that serves it if we started it."""

    url: str
    process: subprocess.Popen[bytes] | None = None
    log: Path | None = None

    def ready(self) -> str:
        """Wait until the API answers and give its address (LifecycleError)."""
        if self.process is None:
            _reach(self.url)
        else:
            _await(self)
        return self.url


@contextlib.contextmanager
def prefect_server(settings: Settings, *, schedules: bool = False) -> Iterator[str]:
    """Run a block of flows with a Prefect API that answers; give its address (LifecycleError)."""
    server = start(settings.runtime, schedules=schedules)
    with _heartbeats_off() if server.process else contextlib.nullcontext():
        address = server.ready()
        with _allocated(settings):
            yield address


def _allocated(settings: Settings) -> AbstractContextManager[object]:
    """Let every flow run that begins here say who pays for it, and where it takes place."""
    from prefect import tags

    from tasks import allocation

    return tags(*allocation.words(settings.charter))


def start(runtime: Runtime, *, schedules: bool = False) -> Server:
    """Begin to start a server unless one is configured, and return at once; call it before importing prefect."""
    environment.prepare()
    _quieten(runtime.log_level)
    url = runtime.prefect_api_url or os.environ.get("PREFECT_API_URL", "")
    if not url:
        return _start_own(schedules)
    os.environ["PREFECT_API_URL"] = url
    return _STARTED.get(url) or Server(url)


_STARTED: dict[str, Server] = {}  # by address; a process has one


def _start_own(schedules: bool) -> Server:
    """Start our server on a socket that already listens: no port is guessed, and whoever calls early waits in line."""
    home = Path(os.environ.setdefault("PREFECT_HOME", str(HOME.resolve())))
    password = f"{OWN_USER}:{secrets.token_urlsafe(24)}"
    os.environ["PREFECT_API_AUTH_STRING"] = password
    own = LIGHT | ({} if schedules else WITHOUT_SCHEDULES) | {"PREFECT_SERVER_API_AUTH_STRING": password}
    with _state(home / "server.log") as log, socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        _trust_one(home / AUTHORITY)
        server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}/api", _run(listener, own, log), Path(log.name))
    _STARTED[server.url] = server
    atexit.register(_stop, server)  # before prefect is imported, so that it runs after prefect has sent its last events
    os.environ["PREFECT_API_URL"] = server.url
    _spare_loopback_the_proxy()
    return server


def _trust_one(authority: Path) -> None:
    """Let Prefect's clients load one authority, not all: each task makes a client, and our server speaks plain HTTP."""
    import certifi

    if TRUSTED not in os.environ:
        first, end, _ = Path(certifi.where()).read_text(encoding="utf-8").partition(END_OF_ONE)
        authority.write_text(first + end, encoding="utf-8")
        os.environ[TRUSTED] = str(authority)


@contextlib.contextmanager
def _state(log: Path) -> Iterator[IO[bytes]]:
    """Open the server's log in a folder that only its owner reads (LifecycleError)."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with log.open("wb") as file:
            yield file
    except OSError as error:
        raise LifecycleError(
            f"{log} cannot be written: {error.strerror}",
            expected="a folder for the state of Prefect",
            next_step="free space or fix the permissions, or set PREFECT_HOME",
        ) from error


def _run(listener: socket.socket, own: dict[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    listener.set_inheritable(True)
    return subprocess.Popen(
        [sys.executable, "-P", str(PROGRAM), str(listener.fileno()), str(os.getpid())],
        env=os.environ | own,
        pass_fds=[listener.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,  # Ctrl-C ends the flow, which then still tells the server so
    )


def _await(server: Server) -> None:
    """Ask for the server's health; the answer comes when it is up, a reset when it died (LifecycleError)."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(f"{server.url}/health", timeout=STARTUP_SECONDS).close()
    except OSError as error:
        _stop(server)
        what = "took more than two minutes to start" if isinstance(error, TimeoutError) else "died while starting"
        raise LifecycleError(
            f"the Prefect server {what}{_last_words(server.log)}",
            expected=f"a server that answers within {STARTUP_SECONDS:.0f} s",
            next_step=f"see {server.log}, or start `prefect server` yourself and set PREFECT_API_URL",
        ) from error


def _last_words(log: Path | None) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log and log.exists() else []
    return f": {lines[-1][:300]}" if lines else ""


def _stop(server: Server) -> None:
    """End our server: politely first, so that it writes down what it was told last."""
    _STARTED.pop(server.url, None)
    if os.environ.get("PREFECT_API_URL") == server.url:
        del os.environ["PREFECT_API_URL"]
    if server.log and os.environ.get(TRUSTED) == str(server.log.with_name(AUTHORITY)):
        del os.environ[TRUSTED]
    if server.process is None or server.process.poll() is not None:
        return
    server.process.terminate()
    try:
        server.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()


def _reach(url: str) -> None:
    """Ask a configured API for its health, within seconds (ConfigError, LifecycleError)."""
    if not url.startswith(("http://", "https://")):
        raise ConfigError(
            f"prefect_api_url is {url!r}",
            expected="http://HOST:PORT/api",
            next_step="correct PREFECT_API_URL or prefect_api_url in config/runtime.yaml",
        )
    try:
        urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=ANSWER_SECONDS).close()
    except urllib.error.HTTPError as error:
        if error.code not in (401, 403):  # it answers, and Prefect's client carries the key
            raise _unreachable(url, f"HTTP {error.code}") from error
    except (OSError, ValueError) as error:
        raise _unreachable(url, str(getattr(error, "reason", error))) from error


def _unreachable(url: str, why: str) -> LifecycleError:
    return LifecycleError(
        f"the Prefect server {url} does not answer: {why}",
        expected=f"Prefect's API, answering {url.rstrip('/')}/health within {ANSWER_SECONDS:.0f} s",
        next_step="start it with `prefect server start`, or unset PREFECT_API_URL and prefect_api_url in "
        "config/runtime.yaml: a server is then started for the run",
    )


def _quieten(level: str) -> None:
    """Leave the terminal to progress and one table; Prefect's own log goes to its server, or here when asked for."""
    if level in ("DEBUG", "INFO"):
        os.environ["PREFECT_LOGGING_LEVEL"] = level
    else:
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")


def _spare_loopback_the_proxy() -> None:
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join(dict.fromkeys([*hosts, "127.0.0.1", "localhost"]))


@contextlib.contextmanager
def _heartbeats_off() -> Iterator[None]:
    """Let no flow wait up to a second for its last heartbeat: a server that ends with us has no use for them."""
    from prefect.context import SettingsContext, get_settings_context
    from prefect.settings import Settings as PrefectSettings

    known = PrefectSettings()
    flows = known.flows.model_copy(update={"heartbeat_frequency": None})
    with SettingsContext(profile=get_settings_context().profile, settings=known.model_copy(update={"flows": flows})):
        yield
