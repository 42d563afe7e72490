"""Configuration is read once, and every mistake is told by file, key, what was seen and what is allowed."""

import inspect
from pathlib import Path

import pytest

import config.settings as settings_module
from config.errors import ConfigError
from config.load import FILES, explain, file_sha256, load, schema, write_columns
from config.settings import Closed, Column, ColumnType, Role, Settings

SMALL = {
    "charter": """
project: tiny
goal: Tell apart what is worth telling apart here.
problem_type: binary
kpis:
  - {name: found, unit: share, metric: roc_auc, baseline: 0.5, floor: 0.6, target: 0.8, max_error: one in ten}
owners: {business: a, data: b, model: c, operations: d, approver: e}
explanation: {level: global, owner: a}
fairness: {reason: "Rows are things, not people at all."}
""",
    "data": """
# sources
source: {reader: csv, path: rows.csv, licence: CC0, purpose: tests, owner: b}
target: y   # what is predicted
columns:
  x: {type: number}
  y: {role: target, type: boolean}
minimum_rows: 20
""",
    "params": """
split: {strategy: fingerprint}
search: {candidates: [dummy]}
metrics: {primary: roc_auc}
""",
    "policy": """
gates:
  phase: {measured: [high]}
  staging: {measured: [high]}
  champion: {measured: [high], attested: [high]}
thresholds:
  - {metric: roc_auc, floor: 0.6}
""",
    "runtime": "log_level: INFO\n",
    "attestations": "attestations: []\n",
    "waivers": "",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("MLFLOW_TRACKING_URI", "PREFECT_API_URL"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "config").mkdir()
    for name, text in SMALL.items():
        (tmp_path / "config" / f"{name}.yaml").write_text(text)
    return tmp_path


def change(root: Path, name: str, old: str, new: str) -> None:
    path = root / "config" / f"{name}.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def said(root: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load(root)
    assert caught.value.exit_code == 2
    assert caught.value.expected and caught.value.next_step
    return caught.value.seen


def test_the_files_become_settings(root: Path) -> None:
    settings = load(root)
    assert isinstance(settings, Settings)
    assert settings.data.columns["y"].role is Role.TARGET
    assert settings.runtime.log_level == "INFO"


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        pytest.param(
            "params",
            "candidates",
            "candidats",
            [
                "config/params.yaml, line 3: search.candidats",
                "did you mean 'candidates'",
                "search.candidates: is missing",
            ],
            id="an unknown key is met with the nearest known one",
        ),
        pytest.param(
            "charter",
            "type: binary",
            "type: binry",
            ['charter.yaml, line 4: problem_type: saw "binry"', "one of binary, multiclass, regression"],
            id="a word outside an enum lists the enum",
        ),
        pytest.param(
            "params",
            "[dummy]",
            "[dummy], trials: 0",
            ["search.trials: saw 0", "at least 1", "at most 1000"],
            id="bounds",
        ),
        pytest.param(
            "params", "[dummy]", "[dummy], trials: '8'", ['saw "8"', "a whole number"], id="text for a number"
        ),
        pytest.param(
            "params", "[dummy]", "[dummy], trials: true", ["saw true", "a whole number"], id="true for a number"
        ),
        pytest.param("params", "[dummy]", "dummy", ['saw "dummy"', "a list"], id="a word for a list"),
        pytest.param("policy", "floor: 0.6", "floor: .nan", ["thresholds[0].floor: saw NaN"], id="NaN is no floor"),
        pytest.param("policy", ", floor: 0.6", "", ["neither floor nor ceiling"], id="a threshold that bounds nothing"),
        pytest.param(
            "policy", "\n  - {metric: roc_auc, floor: 0.6}", " []", ["at least 1 entries"], id="no thresholds"
        ),
        pytest.param(
            "policy",
            "attested: [high]",
            "attested: []",
            ["there is no warn-only"],
            id="a champion gate that only warns",
        ),
        pytest.param(
            "data",
            "target: y ",
            "target: z ",
            ["line 4: target: target 'z' is not among columns: x, y"],
            id="no such target",
        ),
        pytest.param(
            "data", "minimum_rows: 20", "minimum_rows: 20\nminimum_rows: 30", ["line 9", "stands twice"], id="twice"
        ),
        pytest.param("data", "columns:", "columns: [", ["config/data.yaml, line"], id="broken YAML has a line"),
        pytest.param("data", "columns:", "\tcolumns:", ["config/data.yaml, line 5"], id="a tab has a line"),
        pytest.param(
            "params", "fingerprint", "time", ["split.strategy", "role 'time'"], id="a time split without time"
        ),
        pytest.param("params", "metrics:", "slices: [z]\nmetrics:", ["slices[0]: saw 'z'"], id="a slice of no column"),
        pytest.param(
            "charter", "Rows are things, not people at all.", "", ["fairness.reason"], id="unreasoned fairness"
        ),
        pytest.param(
            "data", "target: y ", "window: {start: 2013-09-01, end: 2013-01-01}\ntarget: y ", ["not before"], id="a"
        ),
        pytest.param(
            "data", "target: y ", "window: {start: 2013-02-30, end: 2013-09-01}\ntarget: y ", ["2013-02-30"], id="b"
        ),
        pytest.param(
            "policy", "gates:", "monitoring: {cron: daily}\ngates:", ["five fields"], id="a schedule in words"
        ),
        pytest.param("waivers", "", "- a\n- b\n", ["not keys"], id="a list where keys belong"),
    ],
)
def test_a_mistake_is_told(root: Path, name: str, old: str, new: str, words: list[str]) -> None:
    change(root, name, old, new)
    message = said(root)
    assert [word for word in words if word not in message] == []


def test_all_mistakes_are_told_at_once_but_at_most_five(root: Path) -> None:
    change(root, "params", "[dummy]", "[dummy], trials: 0, seed: -1, timeout_seconds: 1, sample_rows: 1, a: 1, b: 2")
    message = said(root)
    assert len(message.splitlines()) == 6
    assert message.splitlines()[-1] == "and 1 more"


def test_a_missing_file_is_named(root: Path) -> None:
    (root / "config" / "policy.yaml").unlink()
    assert "config/policy.yaml is missing" in said(root)


def test_bytes_that_are_not_text_are_refused(root: Path) -> None:
    (root / "config" / "policy.yaml").write_bytes(b"gates: \xff\xfe")
    assert "not UTF-8" in said(root)


@pytest.mark.parametrize(
    ("text", "value"),
    [("NO", "NO"), ("2013-01-01", "2013-01-01"), ("12:30", "12:30"), ("yes", "yes"), ("'1'", "1")],
)
def test_words_that_yaml_1_1_would_turn_stay_words(root: Path, text: str, value: str) -> None:
    change(root, "data", "target: y ", f"positive: {text}\ntarget: y ")
    assert load(root).data.positive == value


def test_the_environment_wins_and_is_named_as_source(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFECYCLE_RUNTIME__LEDGER", "elsewhere")
    assert load(root).runtime.ledger == "elsewhere"
    sources = {(row.file, row.key): row.source for row in explain(root).settings}
    assert sources["runtime", "ledger"] == "LIFECYCLE_RUNTIME__LEDGER"
    assert sources["params", "metrics.primary"] == "config/params.yaml, line 4"
    assert sources["params", "search.trials"] == "default"


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("LIFECYCLE_POLCY__APPROVAL", "person", "did you mean 'policy'"),
        ("LIFECYCLE_POLICY__THRESHOLDS__0__FLOOR", "0", "would change config/policy.yaml unseen"),
        ("LIFECYCLE_PARAMS__SEARCH__TRIALS", "1", "would change config/params.yaml unseen"),
        ("LIFECYCLE_RUNTIME__LEDGR", "here", "did you mean 'ledger'"),
        ("LIFECYCLE_RUNTIME__LOG_LEVEL", "loud", "LIFECYCLE_RUNTIME__LOG_LEVEL: log_level: saw"),
        ("LIFECYCLE_RUNTIME__LEDGER", "[", "cannot be laid over config/runtime.yaml"),
    ],
)
def test_a_mistaken_variable_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert words in said(root)


def test_a_password_is_not_shown(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://me:" + "s3cret@tracking/x")
    shown = {(row.file, row.key): row.value for row in explain(root).settings}
    assert shown["runtime", "tracking_uri"] == "https://me:***@tracking/x"


def test_the_tools_own_variables_fill_defaults_only(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://tracking:5000")
    assert load(root).runtime.tracking_uri == "http://tracking:5000"
    change(root, "runtime", "log_level", "tracking_uri: sqlite:///mine.db\nlog_level")
    assert load(root).runtime.tracking_uri == "sqlite:///mine.db"


def test_described_columns_are_written_and_nothing_else_moves(root: Path) -> None:
    columns = {
        "x: odd, #name": Column(
            type=ColumnType.CATEGORY, allowed=("NO", "1e3", "2013-01-01", "a, b", ""), max_missing=0.1
        ),
        "y": Column(role=Role.TARGET, type=ColumnType.BOOLEAN),
        "z": Column(type=ColumnType.NUMBER, minimum=-1e-7, maximum=12.0),
    }
    write_columns(root, columns)
    assert load(root).data.columns == columns
    text = (root / "config" / "data.yaml").read_text()
    assert "# sources" in text and "target: y   # what is predicted\n" in text and text.endswith("minimum_rows: 20\n")


@pytest.mark.parametrize("block", ["columns: {}   # filled by the first run\n", "columns:\n", ""])
def test_columns_are_written_where_there_were_none(root: Path, block: str) -> None:
    path = root / "config" / "data.yaml"
    start, end = path.read_text().index("columns:"), path.read_text().index("minimum_rows")
    path.write_text(path.read_text()[:start] + block + path.read_text()[end:])
    columns = {"y": Column(role=Role.TARGET, type=ColumnType.BOOLEAN)}
    write_columns(root, columns)
    settings = load(root)
    assert settings.data.columns == columns and settings.data.minimum_rows == 20


def test_a_hash_follows_the_bytes(root: Path) -> None:
    before = file_sha256("policy", root)
    change(root, "policy", "0.6", "0.61")
    assert file_sha256("policy.yaml", root) != before


def test_every_setting_is_described() -> None:
    models = [model for _, model in inspect.getmembers(settings_module, inspect.isclass) if issubclass(model, Closed)]
    fields = [(m.__name__, name, f) for m in models if m is not Settings for name, f in m.model_fields.items()]
    assert len(fields) > 100
    assert [(owner, name) for owner, name, field in fields if not field.description] == []


def test_the_schema_names_every_file() -> None:
    assert list(schema()["properties"]) == list(FILES)


def test_shipped_files_are_read_alike_by_dvc() -> None:
    """DVC reads YAML 1.2 by ruamel; both must see the same values."""
    from ruamel.yaml import YAML

    from config.yaml_text import read

    root = Path(__file__).parents[2]
    for name in FILES:
        theirs = YAML(typ="safe").load((root / "config" / f"{name}.yaml").read_text())
        ours = read(root, name).values
        assert _as_text(ours) == _as_text(theirs)


def _as_text(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _as_text(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_as_text(below) for below in value]
    return str(value)
