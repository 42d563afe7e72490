"""Every installed package is asked for its licence."""

from datetime import UTC, datetime
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import licences
from lens_checks.evidence.place import Place


@pytest.mark.parametrize("name", [pytest.param("Great_Expectations", id="installed"), pytest.param("churn", id="not")])
def test_every_package_is_asked_for_its_licence_but_the_project_itself(
    tmp_path: Path, example: Settings, name: str
) -> None:
    place = Place(tmp_path, example, datetime.now(UTC))
    everything = licences.licences(place).licences
    (place.root / "pyproject.toml").write_text(f'[project]\nname = "{name}"\n')
    left = licences.licences(place).licences
    assert everything["great_expectations"] and everything["numpy"]
    assert everything.keys() - left.keys() == ({"great_expectations"} if name != "churn" else set())


def test_the_packages_are_read_once() -> None:
    licences._inventory.cache_clear()
    licences.remember()
    assert licences._inventory.cache_info().misses == 1
    assert licences._inventory() is licences._inventory()
    assert licences._inventory.cache_info().misses == 1


def test_a_package_that_lists_no_files_tells_nothing_by_them(tmp_path: Path) -> None:
    package = tmp_path / "alpha-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.4\nName: alpha\nVersion: 1.0\n")
    (package / "LICENCE").write_text("MIT")
    assert licences._licence(PathDistribution(package)) == ()


OSI = "Classifier: License :: OSI Approved"
TOLD = {
    "an expression": ("License-Expression: MIT", "", (("MIT",),)),
    "alternatives": ("License-Expression: MIT OR Apache-2.0", "", (("MIT",), ("Apache",))),
    "several that hold together": ("License-Expression: MIT AND PSF-2.0", "", (("MIT", "PSF"),)),
    "one of them that nobody knows": ("License-Expression: MIT AND LicenseRef-Ours", "", (("MIT", "other"),)),
    "an expression counts before classifiers": (f"License-Expression: MIT\n{OSI} :: BSD License", "", (("MIT",),)),
    "a classifier": (f"{OSI} :: BSD License", "", (("BSD",),)),
    "two classifiers": (f"{OSI} :: BSD License\n{OSI} :: ISC License (ISCL)", "", (("BSD",), ("ISC",))),
    "a classifier of something else": ("Classifier: Environment :: Web :: Mozilla\nLicense: MIT", "", (("MIT",),)),
    "a classifier that names no licence": (f"{OSI}\nLicense: BSD-3-Clause", "", (("BSD",),)),
    "a classifier that names one, and one that names none": (f"{OSI}\n{OSI} :: BSD License", "", (("BSD",),)),
    "a file": ("", "Permission is hereby granted, free of charge; of BSD", (("BSD",),)),
    "nothing": ("", "", ()),
    "words that name no licence": ("License: see the web", "", ()),
}
NAMES = {
    "AGPL": "GNU Affero General Public License v3", "LGPL": "GNU Lesser General Public License v3",
    "GPL": "GNU General Public License v2", "MPL": "MPL-2.0", "EPL": "EPL-2.0", "Apache": "Apache Software License",
    "BSD": "0BSD", "ISC": "ISC", "MIT": "The MIT License", "PSF": "Python Software Foundation License",
    "Python": "CNRI-Python", "CC0": "CC0-1.0", "Unlicense": "The Unlicense", "ZPL": "ZPL-2.1", "Zlib": "Zlib",
    "Artistic": "Artistic-2.0",
}  # fmt: skip


@pytest.mark.parametrize(
    ("metadata", "text", "told"),
    [
        *(pytest.param(*row, id=sentence) for sentence, row in TOLD.items()),
        *(pytest.param(f"License: {name}", "", ((family,),), id=family) for family, name in NAMES.items()),
    ],
)
def test_the_licence_is_read_from_what_a_package_says(
    tmp_path: Path, metadata: str, text: str, told: tuple[tuple[str, ...], ...]
) -> None:
    package = tmp_path / "alpha-1.0.dist-info"
    (package / "licenses").mkdir(parents=True)
    (package / "METADATA").write_text(f"Metadata-Version: 2.4\nName: alpha\nVersion: 1.0\n{metadata}\n")
    (package / "licenses/LICENCE").write_text(text)
    (package / "NOTICE").write_text("GPL")
    (package / "RECORD").write_text("".join(f"{package.name}/{file},,\n" for file in ("NOTICE", "licenses/LICENCE")))
    assert licences._licence(PathDistribution(package)) == told
