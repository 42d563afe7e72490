"""Whatever a check, an own check, a collector or a bound does, the gate stays shut, and the rest is judged."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

import lens_checks.ours
from config.errors import ConfigError, GateRefused, LifecycleError
from config.settings import Settings
from lens_checks import bounds, catalogue, checkpoint, deadline, gates
from lens_checks.catalogue import Catalogue
from lens_checks.check import Check, Checkpoint, Effort, Outcome, Phase, Verdict, met
from lens_checks.evidence import collect
from lens_checks.evidence.place import Place
from lens_checks.evidence.records import Leakage, Validation
from tests.lens_checks import shapes
from tests.lens_checks.small import NOW, catalogue_of, practice, said
from tests.lens_checks.test_bounds import LEAKAGE, SUBJECT, VALIDATION

SECONDS = 0.8
Answer = tuple[bool, dict[str, str]]
Judge = Callable[[Callable[[], Any]], Answer]


def checked(function: Callable[..., Verdict], id: str = "MLSEC-01") -> Check:
    return Check(id, Phase.DATA_PROCESSING, Checkpoint.DATA, "Mend it.", Effort.SMALL, function)


def no_leak(leakage: Leakage) -> Verdict:
    """No row leaks."""
    return met(f"{len(leakage.checks)} searches found nothing")


def lens_of(*checks: Check) -> Catalogue:
    bare = catalogue_of(*(practice(check.practice) for check in checks))
    return Catalogue(bare.practices, {check.practice: check for check in checks}, bare.questions)


def ask_gate(settings: Settings, lens: Callable[[], Catalogue]) -> Answer:
    """Ask the data gate in a process of its own: whether it opened, and the verdicts and words by practice or bound."""

    def work() -> bytes:
        source = collect.Evidence(Place(Path("."), settings, NOW))
        given: dict[str, Any] = {"statements": said(), "policy": settings.policy}
        results = checkpoint.judge([Checkpoint.DATA], catalogue=lens(), evidence=source, **given)
        outcome = gates.decide(gates.GateName.DATA, results=results, source=source, subject=SUBJECT, now=NOW, **given)
        found = {r.id: f"{r.verdict}: {r.because}" for r in results}
        found |= {b.bound: f"{b.verdict}: {b.because}" for b in outcome.blocking if b.bound}
        return json.dumps([outcome.passed, found]).encode()

    passed, found = json.loads(deadline.supervised(work, seconds=SECONDS))
    return passed, found


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let collectors give sound records, and the data gate ask two bounds."""
    monkeypatch.setitem(collect.COLLECTORS, Leakage, lambda place: LEAKAGE)  # type: ignore[attr-defined]
    monkeypatch.setitem(collect.COLLECTORS, Validation, lambda place: VALIDATION)  # type: ignore[attr-defined]
    monkeypatch.setattr(bounds, "BOUNDS", dict(bounds.BOUNDS) | {"data": (bounds.contract, bounds.leakage)})


@pytest.fixture
def judges(
    sound: None, example: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[dict[str, Judge]]:
    """The four places where something may misbehave; the other three are sound."""
    monkeypatch.setattr(lens_checks.ours, "__path__", [str(tmp_path)])

    def check(shape: Callable[[], Any]) -> Answer:
        return ask_gate(example, lambda: lens_of(checked(lambda: shape()), checked(no_leak, "MLSEC-02")))

    def own(shape: Callable[[], Any]) -> Answer:
        (name,) = (name for name, known in shapes.SHAPES.items() if known is shape)
        (tmp_path / "own.py").write_text(OWN.format(name=name))
        return ask_gate(example, lambda: lens_of(*catalogue.collect(("lens_checks.ours.own",)).values()))

    def collector(shape: Callable[[], Any]) -> Answer:
        monkeypatch.setitem(collect.COLLECTORS, Leakage, lambda place: shape())  # type: ignore[attr-defined]
        return ask_gate(example, lambda: lens_of(checked(no_leak)))

    def bound(shape: Callable[[], Any]) -> Answer:
        def odd(source: object, policy: object, subject: object) -> Any:
            return shape()

        monkeypatch.setitem(bounds.BOUNDS, "data", (odd, bounds.contract))  # type: ignore[attr-defined]
        return ask_gate(example, lambda: lens_of(checked(no_leak)))

    yield {"check": check, "own check": own, "collector": collector, "bound": bound}
    sys.modules.pop("lens_checks.ours.own", None)


OWN = '''
from config.settings import Risk
from lens_checks.check import Checkpoint, Phase, Pillar, check
from tests.lens_checks.shapes import SHAPES


@check("OWN-01", phase=Phase.DATA_PROCESSING, judged_at=Checkpoint.DATA, fix="Mend it.", pillar=Pillar.SECURITY,
       risk=Risk.HIGH)
def own():
    """The world is as it should be."""
    return SHAPES[{name!r}]()
'''
PLACES = ("check", "own check", "collector", "bound")
AT = {"check": "MLSEC-01", "own check": "OWN-01", "collector": "MLSEC-01", "bound": "odd"}


@pytest.mark.parametrize(
    ("place", "shape"),
    [
        pytest.param(place, shape, id=f"{place} {shape}")
        for place in PLACES
        for shape in shapes.SHAPES
        if (place, shape) != ("collector", "warns")  # what tools warn of is not for us to judge; what ours do is, below
    ],
)
def test_what_misbehaves_is_broken_and_holds_the_gate(judges: dict[str, Judge], place: str, shape: str) -> None:
    passed, found = judges[place](shapes.SHAPES[shape])
    assert not passed
    assert found[AT[place]].startswith("broken: "), found
    if place == "check":
        assert found["MLSEC-02"].startswith("met: "), "the rest is judged"
    if shape in shapes.HANGS:
        assert "did not answer in 0.8 s" in found[AT[place]]


def test_a_gate_opens_where_all_answer(sound: None, example: Settings) -> None:
    assert ask_gate(example, lambda: lens_of(checked(no_leak)))[0] is True


def test_a_collector_of_ours_that_warns_is_broken(
    sound: None, example: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours: dict[str, Any] = {"__name__": "lens_checks.evidence.made", "LEAKAGE": LEAKAGE}
    exec("import warnings\ndef read(place):\n    warnings.warn('odd', UserWarning)\n    return LEAKAGE", ours)  # noqa: S102
    monkeypatch.setitem(collect.COLLECTORS, Leakage, ours["read"])  # type: ignore[attr-defined]
    passed, found = ask_gate(example, lambda: lens_of(checked(no_leak)))
    assert (passed, found["MLSEC-01"]) == (False, "broken: reading Leakage raised UserWarning: odd")


@pytest.mark.parametrize("line", ["import os; os._exit(0)", "import sys; sys.exit(0)", "while True: pass", "1 / 0"])
def test_an_own_module_that_cannot_be_imported_ends_the_judging_in_words(
    sound: None, example: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str
) -> None:
    monkeypatch.setattr(lens_checks.ours, "__path__", [str(tmp_path)])
    (tmp_path / "odd.py").write_text(line)
    with pytest.raises(ConfigError, match="cannot be imported"):
        ask_gate(example, lambda: lens_of(*catalogue.collect(("lens_checks.ours.odd",)).values()))


def test_what_hangs_outside_of_any_step_is_told() -> None:
    with pytest.raises(LifecycleError, match=r"did not answer in 0\.3 s"):
        deadline.supervised(shapes.HANGS["loops"], seconds=0.3)


def test_what_is_raised_is_raised_again_in_its_own_words() -> None:
    def refuse() -> bytes:
        raise GateRefused("no", expected="yes", next_step="wait")

    with pytest.raises(GateRefused) as caught:
        deadline.supervised(refuse, seconds=5)
    assert (caught.value.seen, caught.value.expected, caught.value.next_step) == ("no", "yes", "wait")
    with pytest.raises(LifecycleError, match=r"judging failed: ZeroDivisionError: .*test_deadline\.py"):
        deadline.supervised(lambda: b"%d" % (1 // 0), seconds=5)


def test_the_processes_of_what_was_cut_are_ended(tmp_path: Path) -> None:
    def leave() -> bytes:
        if (grandchild := os.fork()) == 0:
            time.sleep(60)
        (tmp_path / "pid").write_text(str(grandchild))
        time.sleep(60)
        return b""

    with pytest.raises(LifecycleError):
        deadline.supervised(leave, seconds=0.5)
    pid = int((tmp_path / "pid").read_text())
    until = time.monotonic() + 5
    while time.monotonic() < until and _alive(pid):
        time.sleep(0.05)
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_judging_leaves_no_process_and_no_open_file(sound: None, example: Settings) -> None:
    before = kept()
    for _ in range(5):
        ask_gate(example, lambda: lens_of(checked(no_leak)))
    assert kept() == before


def kept() -> tuple[int, set[int]]:
    """Count the open files of this process, and name its children; a server of other tests may be among them."""
    this = psutil.Process()
    return this.num_fds(), {child.pid for child in this.children()}


def test_a_verdict_is_the_same_in_a_process_of_its_own(sound: None, example: Settings) -> None:
    lens = lens_of(checked(no_leak))
    source = collect.Evidence(Place(Path("."), example, NOW))
    (here,) = checkpoint.judge(
        [Checkpoint.DATA], catalogue=lens, evidence=source, statements=said(), policy=example.policy
    )
    assert ask_gate(example, lambda: lens)[1]["MLSEC-01"] == f"{here.verdict}: {here.because}"
    assert here.verdict is Outcome.MET
