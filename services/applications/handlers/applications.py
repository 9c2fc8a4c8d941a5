"""An applicant's way: draft, save, share, submit, correct, withdraw."""

from typing import Any

from services.applications import commands
from services.applications.domain import corrections, drafting, submission
from services.applications.domain.refusals import ApplicationExists
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.database import Taken

Answer = dict[str, Any]


async def start_draft(command: commands.StartDraft, store: Store, clock: Clock) -> Answer:
    call = await store.call(command.call_id, clock.now())
    try:
        return await store.applications.decide(
            str(command.application_id), command, lambda state: drafting.start(state, command, call, clock.now())
        )
    except Taken:
        raise ApplicationExists from None


async def save_draft(command: commands.SaveDraft, store: Store, clock: Clock) -> Answer:
    call = await store.call_of(command.application_id)
    return await store.applications.decide(
        str(command.application_id), command, lambda state: drafting.save(state, command, call, clock.now())
    )


async def add_editor(command: commands.AddEditor, store: Store) -> Answer:
    return await store.applications.decide(
        str(command.application_id), command, lambda state: drafting.add_editor(state, command)
    )


async def remove_editor(command: commands.RemoveEditor, store: Store) -> Answer:
    return await store.applications.decide(
        str(command.application_id), command, lambda state: drafting.remove_editor(state, command)
    )


async def submit_application(command: commands.SubmitApplication, store: Store, clock: Clock) -> Answer:
    """A number is drawn only for what can be submitted, so that refusals leave no holes in the numbers."""
    stored = await store.application(command.application_id)
    if (first := stored.answered(command)) is not None:
        return first
    call = await store.call(stored.state.call_id, clock.now())
    ready = submission.check(stored.state, command, call, clock.now())
    ordinal = ready.ordinal or await store.numbers.draw(call.call_id)
    return await store.applications.decide(
        str(command.application_id),
        command,
        lambda state: submission.submit(state, command, call, ordinal, clock.now()),
        loaded=stored,
    )


async def correct_application(command: commands.CorrectApplication, store: Store, clock: Clock) -> Answer:
    call = await store.call_of(command.application_id)
    return await store.applications.decide(
        str(command.application_id), command, lambda state: corrections.correct(state, command, call, clock.now())
    )


async def withdraw_application(command: commands.WithdrawApplication, store: Store) -> Answer:
    return await store.applications.decide(
        str(command.application_id), command, lambda state: drafting.withdraw(state, command)
    )
