"""How a server starts: what is imported and loaded then stays, so no garbage is looked for meanwhile."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def unswept() -> Iterator[None]:
    """Collect no garbage while a server starts, and none of what it holds then: a quarter of the start went there."""
    gc.disable()
    try:
        import scipy.special  # noqa: F401 - first, as skops looks its functions up in every module of before

        yield
        gc.freeze()
    finally:
        gc.enable()
