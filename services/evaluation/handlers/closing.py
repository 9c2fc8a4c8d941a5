"""Closing a round: every step can be repeated, and nothing is counted before everything is sealed."""

import asyncio
import secrets
from collections import Counter, defaultdict
from uuid import UUID, uuid5

from contracts.evaluation import CloseRound
from services.chassis.clock import Clock
from services.evaluation.commands import BeginClosing, BeginSealing
from services.evaluation.domain import closing
from services.evaluation.domain.ballots import Tally, below_quorum
from services.evaluation.domain.ranking import Vote
from services.evaluation.domain.results import conclude
from services.evaluation.domain.rounds import Counts, Round
from services.evaluation.handlers import assignment
from services.evaluation.store.pools import Conclusion
from services.evaluation.store.store import Store

Tallies = dict[tuple[UUID, str], Tally]


async def close_round(command: CloseRound, store: Store, clock: Clock) -> None:
    """Seal and count the round or, when its one extension is due, leave it open for it."""
    round_id = command.round_id
    if await store.answered(round_id, command):
        return
    state = await _begin(command, store, clock)
    await assignment.carry_out(round_id, store)
    await assignment.reconcile(round_id, store)
    if state.status == "closing" and state.may_be_extended and not command.final:
        below = await _below_quorum(state, store)
        if below:
            await store.decide(round_id, command, lambda found: closing.miss_quorum(found, command, below))
            return
    sealing = BeginSealing(command_id=uuid5(command.command_id, "seal"), round_id=round_id)
    await store.decide(round_id, sealing, lambda found: closing.begin_sealing(found, sealing))
    for seat in (await store.panel(round_id)).seats:
        await store.ballots.seal(round_id, seat.member_id)
    found = await _count(state, store)
    published = (found.digest, found.ballots)
    await store.decide(round_id, command, lambda current: closing.close(current, command, found.counts, published))


async def _begin(command: CloseRound, store: Store, clock: Clock) -> Round:
    begin = BeginClosing(command_id=uuid5(command.command_id, "begin"), round_id=command.round_id)
    await store.decide(command.round_id, begin, lambda state: closing.begin_closing(state, begin, clock.now()))
    return await store.round(command.round_id)


async def _below_quorum(state: Round, store: Store) -> int:
    tallies: Tallies = defaultdict(Tally)
    for seat in (await store.panel(state.round_id)).seats:
        async for ballot in store.ballots.of(state.round_id, seat.member_id):
            if not ballot.set_aside:
                tallies[ballot.application_id, seat.college].add(ballot.state)
    left = await store.facts.left(state.round_id)
    staying = [each for each in await store.pools.pool(state.round_id) if each not in left]
    return below_quorum(staying, state.colleges, tallies)


async def _count(state: Round, store: Store) -> Conclusion:
    """Open every sealed ballot once: the counts, the ranking, and the document to publish."""
    labels = await store.pools.labels(state.round_id)
    left = await store.facts.left(state.round_id)
    tallies: Tallies = defaultdict(Tally)
    kinds: Counter[str] = Counter()
    votes: list[Vote] = []
    for seat in (await store.panel(state.round_id)).seats:
        reader = secrets.token_hex(6)
        async for ballot in store.ballots.of(state.round_id, seat.member_id, contents=True):
            aside = ballot.set_aside or ballot.application_id in left
            kinds["set_aside" if aside else ballot.state] += 1
            if aside:
                continue
            tallies[ballot.application_id, seat.college].add(ballot.state)
            content = await store.ballots.content(state.round_id, ballot)
            if content and content.scores is not None:
                scores = tuple(content.scores[criterion.code] for criterion in state.criteria)
                votes.append(Vote(seat.college, labels[str(ballot.application_id)], reader, scores))
    staying = [each for each in await store.pools.pool(state.round_id) if each not in left]
    counts = Counts(
        expected=kinds.total(),
        counted=kinds["cast"],
        abstained=kinds["abstained"],
        set_aside=kinds["set_aside"],
        missing=kinds["empty"],
        below_quorum=below_quorum(staying, state.colleges, tallies),
    )
    results, document = await asyncio.to_thread(conclude, state, labels, left, votes)
    return await store.pools.conclude(state.round_id, results, document, counts)
