"""Clients that ask a scoring server without pause while something happens to it."""

import threading
from dataclasses import dataclass, field
from typing import Self


@dataclass(kw_only=True)
class Clients:
    """So many threads, each of which runs `ask` until the block ends; `ask` gives up once `ending` is set."""

    clients: int = 1
    ending: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self.threads = [threading.Thread(target=self.ask, args=(number,)) for number in range(self.clients)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        for thread in self.threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in self.threads)

    def ask(self, number: int) -> None:
        """Ask as one of the clients."""
        raise NotImplementedError
