"""Sends answers into the WA Tool through boto3, which is an extra and is imported only here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from config.errors import ConfigError, LifecycleError
from lens_checks.interchange.answers import Body

INSTALL = "`.venv/bin/python -m pip install 'boto3>=1.40'`, or install this project with its extra `aws`"
REGION = "us-east-1"  # where an endpoint is given, any will do
ONE_QUESTION = ("ConflictException", "ResourceNotFoundException", "ValidationException")


@dataclass(frozen=True)
class Answered:
    """A question as the WA Tool has it now: the risk that it computes, or why it took no answer."""

    question: str
    risk: str
    refused: str = ""


@dataclass(frozen=True)
class Pushed:
    """What became of all answers that were sent."""

    workload: str
    lens: str
    questions: tuple[Answered, ...]

    @property
    def refused(self) -> tuple[Answered, ...]:
        """The questions that took no answer."""
        return tuple(question for question in self.questions if question.refused)


def push(
    bodies: Sequence[Body], *, workload: str, lens_alias: str = "", lens_name: str = "", endpoint_url: str = ""
) -> Pushed:
    """Send every body to a workload's lens review; one that is refused does not keep the others back (LifecycleError).

    Without an alias the lens is looked for by its name among those of the workload.
    """
    client = _client(endpoint_url)
    try:
        lens = lens_alias or _lens_called(client, workload, lens_name)
        return Pushed(workload, lens, tuple(_sent(client, workload, lens, bodies)))
    except LifecycleError:
        raise
    except Exception as error:
        raise _in_words(error) from error


def _client(endpoint_url: str) -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise ConfigError("boto3 is not installed", expected="boto3, to send answers", next_step=INSTALL) from error
    config = Config(connect_timeout=10, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3})
    try:
        session = boto3.Session()
        region = session.region_name or (REGION if endpoint_url else None)
        return session.client("wellarchitected", region, endpoint_url=endpoint_url or None, config=config)
    except Exception as error:
        raise _in_words(error) from error


def _sent(client: Any, workload: str, lens: str, bodies: Sequence[Body]) -> Iterator[Answered]:
    from botocore.exceptions import ClientError

    for body in bodies:
        try:
            answer = client.update_answer(WorkloadId=workload, LensAlias=lens, **body).get("Answer", {})
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in ONE_QUESTION:
                raise
            yield Answered(body["QuestionId"], "", _said(error))
        else:
            yield Answered(body["QuestionId"], str(answer.get("Risk", "")))


def _lens_called(client: Any, workload: str, name: str) -> str:
    pages = client.get_paginator("list_lens_reviews") if client.can_paginate("list_lens_reviews") else None
    found = pages.paginate(WorkloadId=workload) if pages else [client.list_lens_reviews(WorkloadId=workload)]
    there = [review for page in found for review in page.get("LensReviewSummaries", ())]
    arns = [r["LensArn"] for r in there if r.get("LensName") == name and not _built_in(r)]
    if len(arns) == 1:
        return str(arns[0])
    names = ", ".join(f"{r.get('LensName')} ({r.get('LensAlias') or r.get('LensArn')})" for r in there) or "none"
    raise ConfigError(
        f"the custom lenses named {name!r} that the workload has: {len(arns)}; its lenses: {names}",
        expected="the lens file of these questions, imported and applied to the workload",
        next_step="apply it in the WA Tool, or say which with `--lens-alias ARN`",
    )


def _built_in(review: dict[str, Any]) -> bool:
    """The WA Tool's own lenses have other question ids than the files."""
    return "::aws:lens/" in str(review.get("LensArn", ""))


def _in_words(error: Exception) -> LifecycleError:
    from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

    said, again = f"nothing more was sent: {_said(error)}", "push again; sending twice does no harm"
    if isinstance(error, ParamValidationError):
        return ConfigError(said, expected="a workload id of 32 digits, and a lens alias or ARN", next_step=again)
    if isinstance(error, ClientError):
        return LifecycleError(said, expected="the WA Tool to take an answer", next_step=f"mend that and {again}")
    if isinstance(error, BotoCoreError | ValueError):
        return ConfigError(said, expected="credentials, a region and an endpoint that answers", next_step=again)
    raise error


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
