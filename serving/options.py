"""What `lifecycle serve` tells the server: the settings, and where champion, ledger and keys are."""

from pathlib import Path

from config.settings.base import Closed
from config.settings.release import Release
from config.settings.serving import Serving
from config.settings.usage import Usage


class Options(Closed):
    """Everything that a server which follows the champion reads; it opens no configuration itself."""

    model: str
    tracking_uri: str
    ledger: str
    keys: str = ".lifecycle/keys"
    state: str = ".lifecycle"
    port: int = 0
    sensitive: tuple[str, ...] = ()
    serving: Serving = Serving()
    usage: Usage | None = None
    memory_mib: float = 2048.0
    release: Release = Release()  # whose canary may answer a share

    @property
    def home(self) -> Path:
        """Where the server keeps the last good models."""
        return Path(self.state) / "serving"

    @classmethod
    def read(cls, path: Path) -> "Options":
        """Read the options of a file."""
        return cls.model_validate_json(path.read_bytes())
