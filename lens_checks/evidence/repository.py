"""Read version control: the commit, what changed since, what CI runs."""

import re
import subprocess
from pathlib import Path

from lens_checks.evidence.model import training
from lens_checks.evidence.place import NoEvidence, Place
from lens_checks.evidence.records.ground import Authorship, Repository

CI = re.compile(
    r"\.ci/.+|\.github/workflows/.+\.ya?ml|\.gitlab-ci\.yml|\.circleci/config\.yml|azure-pipelines\.yml|Jenkinsfile"
)
WRITTEN_BY_RUNS = re.compile(r"dvc\.lock|.*\.dvc|(data|reports|ledger)/.*")
SECRET_PLACES = (".lifecycle/keys/signing.pem", "mlflow.db", "mlartifacts/x", "ledger/000001.json")


def repository(place: Place) -> Repository:
    """Read the state of the git repository that holds the project."""
    commit = ask_git(place.root, "rev-parse", "--verify", "HEAD")
    if commit is None:
        raise NoEvidence("there is no git commit: run `git init`, add the project and commit it")
    changed = changed_files(place.root)
    tracked = frozenset(_told(place.root, "ls-files", "-z").split("\0")) - {""}
    ci_files = tuple(sorted(path for path in tracked if CI.fullmatch(path)))
    return Repository(
        commit=commit.strip(),
        dirty=any(not WRITTEN_BY_RUNS.fullmatch(path) for path in changed),
        changed=changed[:20],
        tracked=tracked,
        author=_told(place.root, "log", "-1", "--format=%an").strip(),
        ci_files=ci_files,
        ci_commands="\n".join(_text(place.root / path) for path in ci_files),
        ignored_secrets=_ignored(place.root, SECRET_PLACES),
    )


def authorship(place: Place) -> Authorship:
    """Ask git who wrote the commit that the candidate was trained from."""
    commit = place.once(training).source_commit
    told = _told(place.root, "log", "-1", "--format=%an%n%ae%n%cn", commit, "--") if commit else ""
    return Authorship(commit=commit, authors=tuple(sorted({name for name in told.splitlines() if name})))


def ask_git(root: Path, *arguments: str) -> str | None:
    """Ask git about the project; None where there is no git, no repository, or no answer."""
    try:
        answer = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout if answer.returncode == 0 else None


def changed_files(root: Path) -> tuple[str, ...]:
    """Name the files that differ from the commit, and those that are neither tracked nor ignored."""
    differs = _told(root, "diff", "--name-only", "--relative", "-z", "HEAD", "--", ".")
    new = _told(root, "ls-files", "-z", "--others", "--exclude-standard")
    return tuple(sorted({path for path in (differs + new).split("\0") if path}))


def _ignored(root: Path, paths: tuple[str, ...]) -> bool:
    return len(_told(root, "check-ignore", "--no-index", *paths).splitlines()) == len(paths)


def _told(root: Path, *arguments: str) -> str:
    return ask_git(root, *arguments) or ""


def _text(path: Path) -> str:
    return path.read_text(errors="replace") if path.is_file() else ""
