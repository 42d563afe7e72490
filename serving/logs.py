"""The server's log on standard error, in which nothing that others wrote begins a record or is a command."""

import logging

from config.words import inert


class Inert(logging.Formatter):
    """One record a line; a traceback, or a message that goes on, is set in below it, each control character a sign."""

    def format(self, record: logging.LogRecord) -> str:
        """Put a record into words."""
        return inert(super().format(record)).replace("\n", "\n  ")


def begin() -> None:
    """Let warnings and errors of all that runs in this process be written so."""
    handler = logging.StreamHandler()
    handler.setFormatter(Inert("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
