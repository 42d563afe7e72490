"""What a process of the server holds and has used, and the space left where it writes."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Resources:
    """Resident memory, CPU time since the process began, and free space."""

    memory_bytes: int
    cpu_seconds: float
    disk_free_bytes: int

    @classmethod
    def now(cls, folder: Path | None = None) -> "Resources":
        """Look at this process, and at a folder that may not be there yet; none: the current one."""
        import psutil

        process, place = psutil.Process(os.getpid()), (folder or Path()).absolute()
        while not place.exists():
            place = place.parent
        times = process.cpu_times()
        return cls(process.memory_info().rss, times.user + times.system, shutil.disk_usage(place).free)
