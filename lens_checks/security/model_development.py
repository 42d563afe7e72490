"""Security while the model is developed: traffic between training nodes."""

from config.settings import Charter
from lens_checks.check import Checkpoint, Missing, Phase, Verdict, check, not_applicable
from lens_checks.evidence.records import Training


@check(
    "MLSEC-09",
    phase=Phase.MODEL_DEVELOPMENT,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Train on one node (`compute_nodes: 1` in config/charter.yaml), or encrypt the traffic between nodes.",
)
def traffic_between_training_nodes_is_encrypted(charter: Charter, training: Training) -> Verdict:
    """No training data crosses a network in the clear."""
    if charter.compute_nodes > 1:
        raise Missing(f"the addresses and certificates of {charter.compute_nodes} training nodes")
    return not_applicable(f"one node trained run {training.run_id[:8]}, on {training.threads} threads of one process")
