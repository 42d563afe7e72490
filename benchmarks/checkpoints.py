"""Judges every checkpoint of a finished project once more, and prints the CPU seconds of each."""

import json
import time

from config import environment
from config.load import load
from flows import review
from lens_checks.check import Checkpoint
from lens_checks.gates import GateName


def main() -> None:
    """Ask each gate and the operation checkpoint as a run does, after one that pays for the imports."""
    environment.prepare()
    settings, spent = load(), {}
    review.decide(GateName.CHAMPION, settings)
    for gate in GateName:
        start = time.process_time()
        review.decide(gate, settings)
        spent[gate.value] = time.process_time() - start
    start = time.process_time()
    review.judge(Checkpoint.OPERATION, settings)
    spent["operation"] = time.process_time() - start
    start = time.process_time()
    review.report(settings)
    spent["the whole review, written"] = time.process_time() - start
    print(json.dumps(spent))


if __name__ == "__main__":
    main()
