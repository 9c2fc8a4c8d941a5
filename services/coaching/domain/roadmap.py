"""Diagnosis, roadmap and the indicators by which an initiative is followed."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Literal

from contracts import coaching
from contracts.decision import Decision, NotFound
from services.coaching.commands import IndicatorPlan, RecordDiagnosis, RecordIndicator, SetRoadmap
from services.coaching.domain import refusals
from services.coaching.domain.cycles import follow
from services.coaching.domain.state import Cycle, Indicator


def diagnose(cycle: Cycle | None, command: RecordDiagnosis) -> Decision[Cycle]:
    cycle = follow(cycle, command)
    needs = tuple(dict.fromkeys(command.diagnosis.needs))
    texts = cycle.texts.model_copy(update={"diagnosis": command.diagnosis.text})
    told = coaching.DiagnosisRecorded(initiative_id=cycle.initiative_id, recorded_by=command.by)
    return Decision(cycle.model_copy(update={"needs": needs, "private": texts}), (told,), {"needs": list(needs)})


def set_roadmap(cycle: Cycle | None, command: SetRoadmap, offered: Collection[str], now: datetime) -> Decision[Cycle]:
    """Objectives and levers are replaced; indicators are added or revised, and each changed value is told with its date."""
    cycle, roadmap = follow(cycle, command), command.roadmap
    for lever in roadmap.levers:
        if lever not in offered:
            raise refusals.LeverUnknown(field="levers", allowed=sorted(offered))
    if len({plan.code for plan in roadmap.indicators}) < len(roadmap.indicators):
        raise refusals.IndicatorTwice(field="indicators")
    levers = tuple(dict.fromkeys(roadmap.levers))
    count = len(roadmap.objectives)
    indicators, values = _revised(cycle, roadmap.indicators, now)
    texts = cycle.texts.model_copy(update={"objectives": roadmap.objectives})
    update = {"objectives": count, "levers": levers, "indicators": indicators, "private": texts}
    told = coaching.RoadmapSet(initiative_id=cycle.initiative_id, objectives=count, levers=levers)
    answer = {"objectives": count, "levers": list(levers), "indicators": [item.code for item in indicators]}
    return Decision(cycle.model_copy(update=update), (told, *values), answer)


def record_indicator(cycle: Cycle | None, command: RecordIndicator, now: datetime) -> Decision[Cycle]:
    """A current value, dated now or before; the one with the latest date counts."""
    cycle = follow(cycle, command)
    known = {item.code: item for item in cycle.indicators}
    if command.code not in known:
        raise NotFound(field="code", allowed=sorted(known))
    valued_at = command.reading.valued_at or now
    if valued_at > now:
        raise refusals.ValuedInTheFuture(field="valued_at")
    indicator, value = known[command.code], milli(command.reading.value)
    if indicator.current_milli is None or valued_at >= indicator.valued_at:
        known[command.code] = indicator.model_copy(update={"current_milli": value, "valued_at": valued_at})
    told = _value(cycle, command.code, "current", value, valued_at)
    answer = {"code": command.code, "valued_at": valued_at.isoformat()}
    return Decision(cycle.model_copy(update={"indicators": tuple(known.values())}), (told,), answer)


def milli(value: Decimal) -> int:
    """``value`` in thousandths; values have three decimals at most."""
    return int(value * 1000)


def _revised(
    cycle: Cycle, plans: tuple[IndicatorPlan, ...], now: datetime
) -> tuple[tuple[Indicator, ...], list[coaching.IndicatorValue]]:
    known = {item.code: item for item in cycle.indicators}
    values: list[coaching.IndicatorValue] = []
    for plan in plans:
        before, initial, target = known.get(plan.code), milli(plan.initial), milli(plan.target)
        if before is None or before.initial_milli != initial:
            values.append(_value(cycle, plan.code, "initial", initial, now))
        if before is None or before.target_milli != target:
            values.append(_value(cycle, plan.code, "target", target, now))
        fresh = before or Indicator(code=plan.code, initial_milli=initial, target_milli=target, valued_at=now)
        known[plan.code] = fresh.model_copy(update={"initial_milli": initial, "target_milli": target})
    return tuple(known.values()), values


def _value(
    cycle: Cycle, code: str, kind: Literal["initial", "current", "target"], value: int, at: datetime
) -> coaching.IndicatorValue:
    return coaching.IndicatorValue(
        initiative_id=cycle.initiative_id, indicator=code, kind=kind, value_milli=value, valued_at=at
    )
