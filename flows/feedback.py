"""The drill of feedback: figures that no bound lets pass lead back to data preparation, until an evaluation passes."""

from pathlib import Path

from config.errors import LifecycleError
from config.settings import Settings, Threshold
from flows.auditor import Auditor, at_hand
from lens_checks import bounds
from lens_checks.evidence.place import Malformed, NoEvidence
from tasks import findings
from tasks.drills import Practised

OUT_OF_REACH = 1e12


def feedback(place: Path, settings: Settings) -> Practised:
    """Refuse the last evaluation by a floor out of reach, and follow what it leaves, in a scratch place."""
    refused = _refused(settings)
    findings.leave(1, refused, run_id=None, folder=place)
    waiting = findings.waiting(place)
    findings.close(2, place)
    reached = [finding.to for finding in waiting if finding.because == tuple(refused)]
    about = {"refused": refused, "reached": reached, "closed": not findings.waiting(place)}
    passed = bool(refused) and reached == [findings.TO] and bool(about["closed"])
    words = "a refused evaluation left word for data preparation, and one that passed closed it"
    return Practised(passed, words if passed else f"the way back is not whole: {about}"[:300], about=about)


def _refused(settings: Settings) -> list[str]:
    planted = (Threshold(metric=settings.params.metrics.primary, floor=OUT_OF_REACH),)
    policy = settings.policy.model_copy(update={"thresholds": planted})
    auditor = Auditor(settings, subject=at_hand)
    try:
        return [because for _, because, _ in bounds.thresholds(auditor.evidence, policy, auditor.subject)]
    except (NoEvidence, Malformed) as reason:
        raise LifecycleError(str(reason), expected="an evaluation", next_step="lifecycle run") from reason
