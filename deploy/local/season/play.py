"""A whole season, phase after phase, from the opening of the call to the public record of its last tranche."""

from collections.abc import Awaitable, Callable

from deploy.local.season import closing, enrolment, evaluation, instruction, months, results, submission
from deploy.local.season.stage import Stage

Phase = tuple[str, Callable[[Stage], Awaitable[None]]]

PHASES: tuple[Phase, ...] = (
    ("People and roles", enrolment.enrol),
    ("Call published and opened", enrolment.publish_call),
    ("Applications submitted", submission.submit_all),
    ("Admissibility and eligibility", instruction.instruct),
    ("Panel and assignments", evaluation.set_up),
    ("Ballots", evaluation.vote),
    ("Opinion, decision, announcement", results.announce),
    ("Places accepted", results.accept),
    ("Three months of acceleration", months.accelerate),
    ("Accounts and open data", closing.close),
)
