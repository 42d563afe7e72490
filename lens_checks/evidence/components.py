"""Read how the models of one problem fared alone, and scan the code here for imports of what lies inside another."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from lens_checks.evidence.place import Malformed, Place, read_record
from lens_checks.evidence.records.components import ComponentTrials, Couplings

HOW = "docs/upkeep.md says what it holds"
NOT_OURS = ("tests", "data", "reports", "mlruns")


def trials(place: Place) -> ComponentTrials:
    """Read the trials; where nobody wrote of any, that is a record too."""
    path = place.root / "reports/components.json"
    return read_record(ComponentTrials, path, HOW) if path.exists() else ComponentTrials()


def couplings(place: Place) -> Couplings:
    """Scan every module here, if there are several components: each may import another's package, and nothing in it."""
    packages = {name: one.package for name, one in place.settings.charter.components.items()}
    if not packages:
        return Couplings()
    files = [*_modules(place.root)]
    mine = place.settings.charter.project
    found = [f"{file.as_posix()}: {module}" for file in files for module in _inside(place.root, file, packages, mine)]
    return Couplings(files=len(files), found=tuple(found))


def _modules(root: Path) -> Iterator[Path]:
    """Name every Python file of the project but its tests, relative to the root."""
    yield from (file.relative_to(root) for file in sorted(root.glob("*.py")))
    for room in sorted(root.iterdir()):
        if room.is_dir() and not room.name.startswith(".") and room.name not in NOT_OURS:
            yield from (file.relative_to(root) for file in sorted(room.rglob("*.py")))


def _inside(root: Path, file: Path, packages: Mapping[str, str], mine: str) -> Iterator[str]:
    """Give what a file imports from inside another component's package; a file in none of them is this project's."""
    home = ".".join(file.with_suffix("").parts)
    owner = next((name for name, package in packages.items() if f"{home}.".startswith(f"{package}.")), mine)
    others = [package for name, package in packages.items() if name != owner]
    for module in _imports(root / file):
        yield from (module for package in others if module.startswith(f"{package}."))


def _imports(file: Path) -> Iterator[str]:
    """Give every module that is imported, and every private name or module taken out of one."""
    try:
        tree = ast.parse(file.read_bytes(), filename=file.as_posix())
    except SyntaxError as error:
        raise Malformed(f"{file.as_posix()} is no Python: {error.msg}") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name.startswith("_"))
