"""The page on the lens says what catalogue and checks say."""

from lens_checks import catalogue
from lens_checks.document import PAGE, document

LENS = catalogue.load()
TEXT = document(LENS)


def test_the_page_is_as_it_would_be_written_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == TEXT, "run `python -m lens_checks.document`"


def test_every_practice_of_the_lens_has_its_entry_with_both_ids() -> None:
    entries = TEXT.split("\n### ")[1:]
    lens = [practice for practice in LENS.practices.values() if practice.id_2025]
    assert len(entries) == len(lens) == 105
    for practice in lens:
        (entry,) = (text for text in entries if text.startswith(f"{practice.id} "))
        assert practice.id_2025 in entry and f"risk {practice.risk.value} · {practice.mode.value}" in entry
        assert all(f"**{name}**" in entry for name in ("Question", "What counts as evidence", "How to meet it here"))


def test_how_to_meet_a_practice_names_a_command_or_a_file() -> None:
    ways = [line for line in TEXT.splitlines() if line.startswith("- **How to meet it here**")]
    assert len(ways) == 105
    assert not [way for way in ways if "`" not in way and "/" not in way and "config" not in way]
