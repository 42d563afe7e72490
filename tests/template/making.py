"""Makes projects from this tree by four answers, as a user would."""

import shutil
import subprocess
from functools import partial
from pathlib import Path

import copier
from sklearn import datasets

ROOT = Path(__file__).parents[2]
PROBLEMS = {
    "cancer": ("binary", datasets.load_breast_cancer),
    "wine": ("multiclass", datasets.load_wine),
    "diabetes": ("regression", partial(datasets.load_diabetes, scaled=False)),  # scaled over all rows it would leak
}


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def cloned(root: Path) -> Path:
    """Copy the tree as a clone would have it, what is not committed yet included."""
    for name in git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    return root


def made(template: Path, folder: Path, name: str, source: Path | None = None, **options: object) -> Path:
    problem, load_data = PROBLEMS[name]
    if source is None:
        source = folder / f"{name}.csv"
        load_data(as_frame=True).frame.to_csv(source, index=False)
    answers = {"name": name, "data_file": str(source), "target": "target", "problem_type": problem}
    copier.run_copy(str(template), folder / name, data=answers, defaults=True, quiet=True, **options)
    return folder / name
