"""The way of the data from its source, and what happens to who changes it."""

from dataclasses import replace

import pytest

from config.settings import Column, Data, Privacy, Resource, Role
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.security import data_processing as checks
from tests.lens_checks.delivered import LONG_AGO, drilled, tagged, written_by_hand
from tests.lens_checks.guarded import DOORS, ROLES, TRIED, address, given, mode, stored
from tests.lens_checks.made import NOW, ROWS, lineage
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome

WHOLE = lineage()
FIRST = GOOD.get(r.Registry).versions[0]
OTHER = replace(FIRST, version=7, aliases=(), tags={})

VERDICTS: dict[Check, dict[str, tuple[Outcome, Changes]]] = {
    checks.data_is_traced_and_tampering_is_noticed: {
        "traced to its sources, and tampering was noticed": (MET, {}),
        "other rows on disk than were traced": (NOT_MET, {r.Landing: {"sha256_on_disk": "0" * 64}}),
        "an edge whose reader saw other bytes": (
            NOT_MET,
            {r.Lineage: {"edges": (replace(WHOLE.edges[0], read="0" * 64), *WHOLE.edges[1:])}},
        ),
        "an edge without code": (NOT_MET, {r.Lineage: {"edges": (replace(WHOLE.edges[0], code={}), *WHOLE.edges[1:])}}),
        "a gap between the source and the version": (NOT_MET, {r.Lineage: {"edges": WHOLE.edges[1:]}}),
        "a lineage of a version that nobody registered": (NOT_MET, {r.Lineage: {"version": 9}}),
        "a lineage of other bytes than registered": (NOT_MET, {r.Lineage: {"digest": "0" * 64}}),
        "the version is found among others": (MET, {r.Registry: {"versions": (OTHER, FIRST)}}),
        "a version that names other landed rows": (NOT_MET, tagged(landed_sha256="0" * 64)),
        "a version that names no landed rows": (NOT_MET, tagged(landed_sha256="")),
        "no drill yet": (UNKNOWN, {r.Drills: {"drills": {}}}),
        "a gap is told also where no drill was made": (
            NOT_MET,
            {r.Drills: {"drills": {}}, r.Lineage: {"edges": WHOLE.edges[1:]}},
        ),
        "tampering that nobody noticed": (NOT_MET, drilled("tamper", passed=False)),
        "a drill of long ago": (NOT_MET, drilled("tamper", made=LONG_AGO)),
        "a drill that the ledger does not know": (NOT_MET, written_by_hand("tamper")),
    },
}

ROOT = {r.Exposure: {"uid": 0}}
CONTAINED = ROOT | given(administrator="The container holds nothing else.")
KEY = ".lifecycle/keys/signing.pem"
VERDICTS[checks.assets_are_reached_by_those_who_need_them] = {
    "each role has what it needs, and the stranger got at nothing": (MET, {}),
    "as root, with a reason": (MET, CONTAINED),
    "as root, without a reason": (NOT_MET, ROOT),
    "nobody has said who may do what": (UNKNOWN, given(roles={})),
    "a role of the charter has no rights": (NOT_MET, given(roles={n: v for n, v in ROLES.items() if n != "data"})),
    "rights of a role that the charter does not know": (NOT_MET, given(roles=ROLES | {"guest": {"data": ["read"]}})),
    "a resource that nobody may reach": (NOT_MET, given(roles=ROLES | {"business": {"models": ["read"]}})),
    "a role that reaches everything": (
        NOT_MET,
        given(roles=ROLES | {"model": {resource: ["read"] for resource in Resource}}),
    ),
    "who approves may write": (NOT_MET, given(roles=ROLES | {"approver": {"models": ["write", "approve"]}})),
    "the keys are within reach of two": (NOT_MET, given(roles=ROLES | {"data": {"data": ["read"], "keys": ["read"]}})),
    "nobody has reviewed the roles": (UNKNOWN, given(reviewed=None)),
    "the review has run out": (NOT_MET, given(reviewed=LONG_AGO.date(), review_days=30)),
    "the review is dated in the future": (NOT_MET, given(reviewed=NOW.date().replace(year=2099))),
    "a place that everybody may read": (
        NOT_MET, {r.Exposure: {"modes": (mode(KEY), mode("data/landed", readable=True))}}
    ),
    "a place that everybody may write to": (
        NOT_MET, {r.Exposure: {"modes": (mode(KEY), mode("ledger", writable=True))}}
    ),
    "no key to look at": (UNKNOWN, {r.Exposure: {"modes": ()}}),
    "no drill yet": (UNKNOWN, {r.Drills: {"drills": {}}}),
    "a drill of long ago": (NOT_MET, drilled("access", made=LONG_AGO)),
    "a drill that the ledger does not know": (NOT_MET, written_by_hand("access")),
    "a stranger got at the key": (
        NOT_MET, drilled("access", stranger=TRIED["stranger"] | {"entered": ["key"]})
    ),
    "nobody tried to get at the key": (
        UNKNOWN, drilled("access", stranger=TRIED["stranger"] | {"tried": [d for d in DOORS if d != "key"]})
    ),
    "the own identity may write to the system": (
        NOT_MET, drilled("access", identity={"uid": 1000, "above": ["/etc/passwd"]})
    ),
}  # fmt: skip
PRIVATE = {Data: {"columns": {
    "delay": Column(type="number", sensitivity="internal"), "late": Column(type="boolean", role="target"),
}}}  # fmt: skip
SECRET = r.SecretFinding(path="config/runtime.yaml", line=3, kind="AWS access key")
LOCAL = address("tracking", "local")
LOOSE = r.StageFile(path="data/landed", recorded="1", on_disk="1", cached=True, sealed=False)


def looked(**change: object) -> Changes:
    return drilled("access", advisories=TRIED["advisories"] | change)


VERDICTS[checks.the_place_that_builds_models_is_locked_down] = {
    "nothing lies about, and the way out is shut": (MET, {}),
    "the outside may be reached, with a reason": (
        MET, drilled("access", outside={"address": "example.org:443", "reached": True}) | given(egress="All is public.")
    ),
    "a vulnerability that was accepted": (
        MET, looked(found={"OSV-1": "numpy 1"}) | given(vulnerabilities={"OSV-1": "Not reached from here."})
    ),
    "rows that are not public, on a disk that is encrypted": (MET, PRIVATE | {r.Premises: {"encrypted": True}}),
    "rows that are not public, on a disk of which people tell": (MET, PRIVATE | given(at_rest="LUKS, by operations")),
    "rows that are not public, on a disk of which nothing is told": (UNKNOWN, PRIVATE),
    "rows that are not public, on a disk in the clear": (
        NOT_MET, PRIVATE | given(at_rest="LUKS") | {r.Premises: {"encrypted": False}}
    ),
    "a secret in a file": (NOT_MET, {r.Exposure: {"secrets": (SECRET,)}}),
    "no file was scanned": (UNKNOWN, {r.Exposure: {"scanned_files": 0}}),
    "a store over plain HTTP": (NOT_MET, {r.Premises: {"addresses": (LOCAL, address("artefacts", "clear"))}}),
    "landed rows that can be overwritten": (
        NOT_MET, {r.Pipeline: {"snapshots": {"data/landed": LOOSE}}}
    ),
    "as root, without a reason": (NOT_MET, ROOT),
    "a known vulnerability": (NOT_MET, looked(found={"OSV-1": "numpy 1"})),
    "a vulnerability accepted without a reason": (
        NOT_MET, looked(found={"OSV-1": "numpy 1"}) | given(vulnerabilities={"OSV-1": " "})
    ),
    "a look-up that failed": (UNKNOWN, looked(trouble="URLError: no route to host")),
    "a look-up of nothing": (UNKNOWN, looked(packages=0)),
    "the outside can be reached": (
        NOT_MET, drilled("access", outside={"address": "example.org:443", "reached": True})
    ),
    "nobody tried to reach the outside": (UNKNOWN, drilled("access", outside={"address": "", "reached": None})),
    "no drill yet": (UNKNOWN, {r.Drills: {"drills": {}}}),
}  # fmt: skip

BOTH = {"delay": "public", "late": "public"}
NAMED = r.PersonalData(column="delay", pattern="name of a person", share=1.0)
NUMBER = GOOD.get(r.Profile).columns["delay"]
DATA = GOOD.get(Data)
ASSESSED = Privacy(impact_assessment="docs/impact.md")


def classed(sensitivity: str, *, tag: str | None = None, **change: object) -> Changes:
    """Let the delay be of another class, in landed and prepared rows, and on the version."""
    columns = GOOD.get(r.Profile).columns | {"delay": replace(NUMBER, sensitivity=sensitivity)}
    told = {"columns": BOTH | {"delay": sensitivity}, "highest": sensitivity, "people": ("delay",), "smallest_group": 9}
    return {r.Profile: {"columns": columns}, r.Derived: told | change} | tagged(sensitivity=tag or sensitivity)


HASHED = classed("personal", treated={"delay": "hash"})
MARKED = HASHED | {Data: {"privacy": ASSESSED}}
VERDICTS[checks.people_are_out_of_the_training_data] = {
    "nobody is in the rows, and rows and version say so": (MET, {}),
    "people are marked by a hash, and the impact was assessed": (MET, MARKED),
    "groups are as large as promised": (
        MET, HASHED | {Data: {"privacy": ASSESSED.model_copy(update={"k_anonymity": 9})}}
    ),
    "people without an impact assessment": (UNKNOWN, HASHED),
    "people who are dropped before training need none": (
        MET,
        {r.Profile: {"columns": GOOD.get(r.Profile).columns | {"age": replace(NUMBER, sensitivity="special")}}},
    ),
    "groups are smaller than promised": (
        NOT_MET, HASHED | {Data: {"privacy": ASSESSED.model_copy(update={"k_anonymity": 10})}}
    ),
    "an epsilon was promised that nobody recorded": (UNKNOWN, {Data: {"privacy": Privacy(epsilon=1.0)}}),
    "prepared values look like people": (NOT_MET, {r.Derived: {"found": (NAMED,)}}),
    "a personal column came through as it is": (NOT_MET, classed("personal") | {Data: {"privacy": ASSESSED}}),
    "prepared rows are classed lower than landed ones": (
        NOT_MET, classed("internal", columns=BOTH, highest="public", people=(), smallest_group=None, tag="public")
    ),
    "the version carries no tag": (NOT_MET, tagged(sensitivity="")),
    "the version is tagged lower than its rows": (NOT_MET, classed("internal", people=(), tag="public")),
    "the search was of other rows": (NOT_MET, {r.Profile: {"data_sha256": "0" * 64}}),
    "the prepared rows are of other rows": (NOT_MET, {r.Derived: {"data_sha256": "0" * 64}}),
    "nothing is registered yet": (UNKNOWN, {r.Registry: {"versions": ()}}),
}  # fmt: skip
OLD = stored("data/quarantine/q.parquet", days=366)
UNSAID = {n: c.model_copy(update={"description": ""}) for n, c in DATA.columns.items()}
IGNORED = DATA.columns | {"delay": DATA.columns["delay"].model_copy(update={"role": Role.IGNORED})}
IDLE = {r.Explanation: {"importances": {"delay": -0.01}}}
UNBOUNDED: Changes = {Data: {"retention_days": None}, r.Expiry: {"retention_days": None}}
PART = GOOD.get(r.Parts).parts["train"]


def begins(start: str | None) -> Changes:
    return {r.Parts: {"parts": GOOD.get(r.Parts).parts | {"train": replace(PART, start=start)}}}


def copied(rows: int, *columns: str) -> Changes:
    return {r.Copies: {"files": (r.Copy(path="examples/rows.csv", rows=rows, columns=columns),)}}


VERDICTS[checks.only_needed_rows_are_kept_for_a_bounded_time] = {
    "needed columns, young rows, an expiry that ran, and samples": (MET, {}),
    "a feature that carries nothing is told, and no fault": (MET, IDLE),
    "a column that nothing needs": (NOT_MET, {Data: {"columns": IGNORED}}),
    "a column that nobody declared": (NOT_MET, {r.Derived: {"columns": BOTH | {"gate": "public"}}}),
    "nobody said what a column is for": (UNKNOWN, {Data: {"columns": UNSAID}}),
    "nobody said how long rows are kept": (UNKNOWN, UNBOUNDED),
    "a row older than the retention": (NOT_MET, begins("2012-08-31T23:00:00+00:00")),
    "a part whose oldest row has no time": (UNKNOWN, begins(None)),
    "the prepared rows are of other rows": (NOT_MET, {r.Parts: {"data_sha256": "0" * 64}}),
    "the look into prepared rows was of other rows": (NOT_MET, {r.Derived: {"data_sha256": "0" * 64}}),
    "the expiry has not run for long": (NOT_MET, {r.Expiry: {"made": LONG_AGO}}),
    "the expiry went by another rule": (NOT_MET, {r.Expiry: {"retention_days": 9999}}),
    "what was logged as removed is there": (
        NOT_MET, {r.Storage: {"files": (stored("data/quarantine/old.parquet"),)}}
    ),
    "quarantined rows are there for too long": (NOT_MET, {r.Storage: {"files": (OLD,)}}),
    "the log of removals is gone": (UNKNOWN, {r.Expiry: None}),
    "a whole copy under version control": (NOT_MET, copied(1000, "delay")),
    "a sample that tells of people": (
        NOT_MET, copied(9, "delay") | {r.Profile: {"personal_data_found": (NAMED,)}}
    ),
    "an importance that is not a number": (UNKNOWN, {r.Explanation: {"importances": {"delay": None}}}),
}  # fmt: skip


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("check", "changes", "words"),
    [
        (checks.assets_are_reached_by_those_who_need_them, {}, "it runs as user 1000"),
        (checks.assets_are_reached_by_those_who_need_them, CONTAINED, "as root, because: The container holds nothing"),
        (checks.people_are_out_of_the_training_data, {}, "the rows tell of nobody"),
        (checks.people_are_out_of_the_training_data, MARKED, "the rows tell of groups of 9 or more by delay"),
        (checks.only_needed_rows_are_kept_for_a_bounded_time, {}, "carry nothing: none"),
        (checks.only_needed_rows_are_kept_for_a_bounded_time, IDLE, "carry nothing: delay"),
    ],
)
def test_what_was_seen_is_told(check: Check, changes: Changes, words: str) -> None:
    assert words in because(check, changes)


def test_the_lineage_begins_with_the_landed_rows() -> None:
    assert next(node for node in WHOLE.nodes if node.kind == "landed").sha256 == ROWS
