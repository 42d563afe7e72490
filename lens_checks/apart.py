"""What keeps a model from having seen its test: parts that hold different rows, preprocessing inside the pipeline."""

from collections.abc import Iterator

from config.settings import Policy
from lens_checks.evidence.records import Parts, Training
from lens_checks.runner import Source
from lens_checks.statements import Subject

Found = Iterator[tuple[str, str, str]]  # as a bound gives them
AGAIN = "Run `lifecycle run --force`: data preparation parts the rows anew."


def parts_apart(source: Source, policy: Policy, subject: Subject) -> Found:
    """Train, tune and promotion hold different rows, in whatever order these lie."""
    rows = {name: part.rows_sha256 for name, part in source.get(Parts).parts.items()}
    if missing := [name for name, digest in rows.items() if not digest]:
        yield "parts apart", f"what rows are in {', '.join(missing)} is not recorded", AGAIN
    elif not {"train", "tune", "promotion"} <= rows.keys() or len(set(rows.values())) < len(rows):
        yield "parts apart", f"{', '.join(sorted(rows))} do not all hold rows of their own", AGAIN


def preprocessing(source: Source, policy: Policy, subject: Subject) -> Found:
    """The logged pipeline begins with the preprocessing, which reads the declared features and nothing else."""
    training = source.get(Training)
    fix = "Build the family in tasks/estimators.py with preprocessing(schema, kind=...) as its first step."
    if training.pipeline is None:
        yield "preprocessing", "how the logged pipeline reads its rows is not recorded", AGAIN
        return
    steps = ", ".join(training.pipeline.steps) or "nothing"
    if not training.pipeline.preprocessing:
        yield "preprocessing", f"the logged pipeline is {steps}: it does not begin with fitted preprocessing", fix
        return
    reads, declared = set(training.pipeline.reads), set(training.features)
    if reads != declared:
        more, fewer = (", ".join(sorted(names)[:5]) or "none" for names in (reads - declared, declared - reads))
        yield "preprocessing", f"the logged pipeline reads {more} beside the declared features, and not {fewer}", fix


def own_parts(source: Source, policy: Policy, subject: Subject) -> Found:
    """The winner was trained and tuned on those parts of the split, and on no other file."""
    seen, parts = source.get(Training).data_sha256, source.get(Parts).parts
    told = {name: part.sha256 for name, part in parts.items() if name in ("train", "tune")}
    if {name: seen.get(name) for name in told} != told or set(seen.values()) - set(told.values()):
        yield "own parts", "the winner was not trained on train and tuned on tune of this split alone", AGAIN
