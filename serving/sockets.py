"""The port that the server listens on, and who may reach it."""

import ipaddress
import socket

from config.errors import ConfigError


def listen(host: str, port: int, *, keys: bool = False) -> socket.socket:
    """Take a port; an address that others can reach needs keys (ConfigError)."""
    if not is_loopback(host) and not keys:
        raise ConfigError(
            f"host {host} would open the model to the network", expected="a loopback address, or consumers with keys",
            next_step="`lifecycle keys add NAME`, and let a proxy encrypt; or serve on 127.0.0.1",
        )  # fmt: skip
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise ConfigError(f"port {port} cannot be used: {error.strerror}", expected="a free port, or 0") from error


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
