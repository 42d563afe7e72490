"""What a world of the proof takes from the project, and what from the sample."""

from proving.building import policy_of


def test_the_project_decides_but_on_what_belongs_to_the_sample_and_to_who_runs_the_proof() -> None:
    own = {
        "approval": "person",
        "thresholds": [1],
        "comparison": {"margin": 0.1, "looks": 3},
        "platform": {"roles": {}},
    }
    sample = {"approval": "policy", "thresholds": [2], "platform": {"administrator": "a container", "roles": {"a": []}}}
    merged = policy_of(own, sample)
    assert (merged["approval"], merged["thresholds"], merged["comparison"]) == ("person", [2], {"looks": 3})
    assert merged["platform"] == {"roles": {}, "administrator": "a container"}
    assert own["comparison"] == {"margin": 0.1, "looks": 3}


def test_what_is_no_mapping_is_left_for_the_settings_to_refuse() -> None:
    assert policy_of({"platform": "none"}, {"platform": {"administrator": "a container"}})["platform"] == "none"
