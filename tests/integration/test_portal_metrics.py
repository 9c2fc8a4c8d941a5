"""What the portal counts of itself: by route and status, without anybody in it, and at a port that visitors do not know."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.local import ports
from tests.portal import Standing, environment, standing

ROUTE = re.compile(r"^(none|/[a-z{}_/:.-]*)$")


@pytest.fixture
async def portal(mongodb: str, master_key: Path, tmp_path: Path) -> AsyncIterator[Standing]:
    given = environment(mongodb, master_key, tmp_path, f"metrics_{uuid4().hex[:8]}_")
    async with standing(given | {"TREMPLIN_PORTAL_METRICS_PORT": str(ports.free_port())}) as found:
        yield found


async def _read(portal: Standing) -> str:
    at = f"http://{ports.LOOPBACK}:{portal.portal.parts.settings.metrics_port}"
    async with httpx.AsyncClient(base_url=at, trust_env=False) as client:
        assert (await client.get("/")).status_code == 404
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    return answer.text


async def _counted(portal: Standing) -> dict[tuple[str, str], float]:
    """How many requests the portal has answered, by route and status."""
    found = {}
    for family in text_string_to_metric_families(await _read(portal)):
        for sample in family.samples:
            if sample.name == "tremplin_request_seconds_count" and sample.labels["service"] == "portal":
                found[sample.labels["route"], sample.labels["status"]] = sample.value
    return found


async def test_requests_are_counted_by_the_route_that_answers(portal: Standing) -> None:
    before, visitor, about = await _counted(portal), await portal.visitor("applicant"), uuid4()
    for path in (f"/fr/go/applications/{about}", "/en/account", "/fr/legal", "/fr/legal", f"/fr/nowhere/{about}"):
        await visitor.get(path)
    for path in ("/health/live", "/static/x/portal.css", "/fr/login"):
        await portal.client.get(path)
    after = await _counted(portal)
    more = {key: value - before.get(key, 0) for key, value in after.items() if value != before.get(key, 0)}
    assert more == {
        ("/go/{kind}/{about}", "303"): 1, ("/account", "200"): 1, ("/legal", "200"): 2, ("none", "404"): 1,
        ("/health/live", "200"): 1, ("/static/{path:path}", "404"): 1, ("/login", "200"): 1,
    }  # fmt: skip
    assert all(ROUTE.match(route) for route, _ in after)
    text = await _read(portal)
    for secret in (str(about), visitor.token, visitor.session.person_id, "Essai"):
        assert secret not in text


async def test_sessions_and_streams_are_counted_when_they_are_asked_for(portal: Standing) -> None:
    await portal.visitor("applicant")
    await portal.visitor("applicant", idle=timedelta(minutes=31))
    await portal.visitor("applicant", open_for=timedelta(hours=13))
    assert 'tremplin_sessions{service="portal"} 1.0' in await _read(portal)

    async def look() -> str:
        return "seen"

    with portal.portal.app.state.live.watching("a subject", "somebody", look):
        assert 'tremplin_open_streams{service="portal"} 1.0' in await _read(portal)
    assert 'tremplin_open_streams{service="portal"} 0.0' in await _read(portal)


async def test_visitors_find_no_metrics(portal: Standing, mongodb: str, master_key: Path, tmp_path: Path) -> None:
    for path in ("/metrics", "/fr/metrics", "/en/metrics/"):
        answer = await portal.client.get(path, follow_redirects=True)
        assert answer.status_code == 404, path
        assert "tremplin_request" not in answer.text
    async with standing(environment(mongodb, master_key, tmp_path, f"plain_{uuid4().hex[:8]}_")) as other:
        assert (other.portal.parts.settings.metrics_port, len(other.portal._servers)) == (None, 1)
