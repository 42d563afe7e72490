"""The registered model in MLflow: a store and a hint; what may be served is decided by the ledger."""

import contextlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.errors import IntegrityAlarm, LifecycleError
from config.settings import Settings
from tasks import aliases, files, locks
from tasks.ledger import Entry
from tasks.tracking import database_file, in_words

if TYPE_CHECKING:
    from mlflow import MlflowClient

HEAD_TAG = "ledger_head"
PATIENCE_SECONDS = 60.0  # while another process compares and renames


@dataclass(frozen=True)
class Version:
    """A version of the registered model."""

    number: int
    run_id: str
    source: str
    tags: dict[str, str]

    @property
    def digest(self) -> str | None:
        """The digest of the model's files that it was registered with."""
        return self.tags.get("digest")


@dataclass(frozen=True)
class Registry:
    """One registered model, and the client that reaches it."""

    client: "MlflowClient"
    model: str
    uri: str

    def ensure(self) -> None:
        """Make the registered model if it is not there."""
        with in_words(self.uri):
            if self._model() is None:
                self.client.create_registered_model(self.model)

    def _model(self) -> Any:
        from mlflow.exceptions import MlflowException

        try:
            return self.client.get_registered_model(self.model)
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
            return None

    def aliases(self) -> dict[str, int]:
        """Give every alias there is, and the version that each names now."""
        with in_words(self.uri):
            model = self._model()
        return {name: int(version) for name, version in model.aliases.items()} if model else {}

    def alias(self, name: str) -> int | None:
        """Give the version that an alias names now, if any."""
        return self.aliases().get(name)

    def point(self, alias: str, version: int | None) -> None:
        """Let an alias name a version, or nothing."""
        with in_words(self.uri):
            if version is None:
                self.client.delete_registered_model_alias(self.model, alias)
            else:
                self.client.set_registered_model_alias(self.model, alias, str(version))

    def swap(self, alias: str, *, before: int | None, after: int | None) -> bool:
        """Let an alias name another version if it still names `before`; False where somebody moved it meanwhile.

        With SQLite that is one statement. A tracking server has no such call: a gap of milliseconds is left there.
        """
        if before == after:
            return self.alias(alias) == after
        if (database := database_file(self.uri)) is not None:
            with in_words(self.uri):
                return aliases.swap(database, self.model, alias, before=before, after=after)
        if self.alias(alias) != before:
            return False
        self.point(alias, after)
        return True

    def owed(self) -> dict[str, Any]:
        """Say what a move leaves to be made good: nothing, for it was made here."""
        return {}

    def versions(self) -> list[Version]:
        """List all versions, oldest first."""
        with in_words(self.uri):
            found = self.client.search_model_versions(f"name = '{self.model}'", max_results=10_000)
        return sorted((_version(item) for item in found), key=lambda item: item.number)

    def version(self, number: int) -> Version:
        """Give one version; LifecycleError where it is not there."""
        found = next((item for item in self.versions() if item.number == number), None)
        if found is None:
            raise LifecycleError(
                f"{self.model} has no version {number}", expected="a version of `lifecycle status`",
                next_step="run `lifecycle run`",
            )  # fmt: skip
        return found

    def register(self, *, run_id: str, source: str, model_id: str | None, tags: dict[str, str]) -> Version:
        """Register a package once: the same run and the same bytes give the version that is there already.

        Two machines may make one each at the same instant: both answer the first, and nothing ever names the other.
        """
        self.ensure()
        if not (same := self._same(run_id, tags["package"])):
            with in_words(self.uri):
                self.client.create_model_version(
                    self.model, source, run_id, tags=tags, model_id=model_id, await_creation_for=0
                )
            same = self._same(run_id, tags["package"])
        return same[0]

    def _same(self, run_id: str, package: str) -> list[Version]:
        return [v for v in self.versions() if v.run_id == run_id and v.tags.get("package") == package]

    def tag(self, version: int, name: str, value: str) -> None:
        """Tag a version."""
        with in_words(self.uri):
            self.client.set_model_version_tag(self.model, str(version), name, value)

    def remembered_head(self) -> str | None:
        """Give the head of the ledger as it was last mirrored here."""
        with in_words(self.uri):
            model = self._model()
        return None if model is None else model.tags.get(HEAD_TAG)

    def remember_head(self, entry: Entry) -> None:
        """Mirror the head of the ledger, so that a cut tail shows; an older entry never replaces a newer one."""
        self.ensure()
        number = (self.remembered_head() or "0").partition(":")[0]
        if not number.isdigit() or int(number) < entry.number:
            with in_words(self.uri):
                self.client.set_registered_model_tag(self.model, HEAD_TAG, entry.head)

    def fetch(self, source: str, destination: Path) -> Path:
        """Download an artefact folder afresh: whole at its destination, or not there.

        Where the same bytes lie there already they stay: a batch, a monitoring or a live check may be reading them.
        """
        import mlflow

        destination.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=destination.parent, prefix=".fetch-") as workplace, in_words(self.uri):
            try:
                got = mlflow.artifacts.download_artifacts(
                    artifact_uri=source, dst_path=workplace, tracking_uri=self.uri
                )
            except OSError as error:
                raise LifecycleError(f"{source} cannot be read: {error}", next_step="run `lifecycle run`") from error
            with locks.held(
                destination.with_name(f".{destination.name}.lock"), patience_seconds=PATIENCE_SECONDS,
                by=f"another fetch to {destination}",
            ):  # fmt: skip
                if not _are_same(Path(got), destination):
                    shutil.rmtree(destination, ignore_errors=True)
                    Path(got).rename(destination)
        return destination

    def run_tags(self, run_id: str) -> dict[str, str]:
        """Give the tags of a run."""
        with in_words(self.uri):
            return dict(self.client.get_run(run_id).data.tags)

    def tag_run(self, run_id: str, name: str, value: str) -> None:
        """Tag a run."""
        with in_words(self.uri):
            self.client.set_tag(run_id, name, value)

    def publish(self, folder: Path, *, run_id: str, path: str) -> str:
        """Store a folder among a run's artefacts and give its address."""
        with in_words(self.uri):
            self.client.log_artifacts(run_id, str(folder), path)
        return self.address(run_id, path)

    def address(self, run_id: str, path: str) -> str:
        """Give the address of a run's artefact."""
        with in_words(self.uri):
            return f"{self.client.get_run(run_id).info.artifact_uri}/{path}"

    def store_file(self, path: Path, *, run_id: str, folder: str) -> str:
        """Store a file among a run's artefacts and give the link by which MLflow's pages show it."""
        with in_words(self.uri):
            self.client.log_artifact(run_id, str(path), folder)
            experiment = self.client.get_run(run_id).info.experiment_id
        return f"#/experiments/{experiment}/runs/{run_id}/artifacts/{folder}/{path.name}"

    def describe(self, run_id: str, text: str) -> None:
        """Describe the versions that were made from a run, in Markdown."""
        for version in self.versions():
            if version.run_id == run_id:
                with in_words(self.uri):
                    self.client.update_model_version(self.model, str(version.number), description=text)

    def store_json(self, value: Any, *, run_id: str, path: str) -> None:
        """Store a value among a run's artefacts."""
        with in_words(self.uri):
            self.client.log_text(run_id, files.pretty(value).decode(), path)


def _are_same(one: Path, other: Path) -> bool:
    with contextlib.suppress(IntegrityAlarm, OSError):  # a link, or what cannot be read: not the same
        return other.is_dir() and files.tree_digest(one) == files.tree_digest(other)
    return False


def _version(found: Any) -> Version:
    return Version(int(found.version), str(found.run_id), str(found.source), dict(found.tags))


def connect(settings: Settings) -> Registry:
    """Open the registry of this project (LifecycleError where it does not answer)."""
    from tasks import tracking

    opened = tracking.connect(settings)
    return Registry(opened.client, settings.charter.project, opened.uri)
