"""The tree as a template."""

from pathlib import Path

import pytest

from tests.template.making import cloned


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, scratch: Path) -> Path:
    return cloned(tmp_path_factory.mktemp("template") / "lifecycle-lens")
