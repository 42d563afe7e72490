"""Security at deployment: what is hostile or malformed is refused, noticed, and kept out of the next training."""

from config.settings import Policy, Runtime
from lens_checks import doors
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import Evaluation, Landing, Parts, Release, Robustness, Validation, at_most, finite


@check(
    "MLSEC-11",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Run `lifecycle run`; `serving` in config/runtime.yaml has the limits, docs/serving.md says what is noticed.",
)
def hostile_inputs_are_refused_noticed_and_kept_out(
    policy: Policy, runtime: Runtime, evaluation: Evaluation, release: Release, landing: Landing,
    validation: Validation, parts: Parts,
) -> Verdict:  # fmt: skip
    """Noise costs little, bad requests are refused, bursts and probes noticed, bad rows kept from training."""
    tried = need(release.access, "a trial of the server's doors: `lifecycle run` makes one")
    serving, noise, bad = runtime.serving, evaluation.robustness, release.server.malformed
    faults = [
        *_of_noise(noise, evaluation, release, policy.bounds.perturbation_drop),
        *([] if 0 < bad.sent == bad.refused else [f"{bad.refused} of {bad.sent} malformed requests were refused"]),
        *doors.of_rate(tried, serving),
        *doors.of_probing(tried, serving),
        *doors.of_quarantine(landing, validation, parts, serving),
    ]
    if faults:
        return not_met("; ".join(faults[:5]))
    return met(
        f"noise of {noise.noise} costs {noise.drop:.3g}; {bad.sent} malformed requests refused; "
        f"{tried.limited.refused} of {tried.limited.sent} in a minute stopped; {tried.probed.sent} probes noticed; "
        f"{validation.quarantined} rows set aside, none of them among those that train"
    )


def _of_noise(noise: Robustness, evaluation: Evaluation, release: Release, limit: float) -> list[str]:
    if evaluation.model_digest != release.digest:
        return ["the noise was tried on other model bytes than those released"]
    if not finite(noise.noise) or noise.noise <= 0 or not at_most(noise.drop, limit):
        return [f"noise of {noise.noise} costs {noise.drop} of the primary metric, {limit} is accepted"]
    return []
