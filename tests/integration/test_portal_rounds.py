"""A round's lists at their full size: pages of them, from whose address they come again, and what is asked for one."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from tests.portal import StandIn

ROUND = UUID(int=1)
POOL = [str(UUID(int=1_000 + number)) for number in range(3_740)]
MEMBERS = [str(UUID(int=9_000 + number)) for number in range(120)]
WORD = "q=jardin"


def results() -> dict[str, Any]:
    """The ranking is the pool the other way round; every third was read by citizens only."""
    order = POOL[::-1]
    means = [{"citizens": f"{rank % 97}.5", **({"experts": "50.0"} if rank % 3 else {})} for rank in range(len(order))]
    ranking = [
        {"application_id": each, "rank": rank + 1, "score": "1/2", "colleges": means[rank]}
        for rank, each in enumerate(order)
    ]
    return {
        "status": "closed", "ranking": ranking, "order": order, "left": [], "decision": None, "minutes": None,
        "prepared": {"selected": order[:150], "reserve": order[150:200]}, "counts": None, "announced_at": None,
        "published_digest": None, "pool_digest": None, "draw_seed": None,
    }  # fmt: skip


def answers(line: str) -> Any:
    address = urlsplit(line.split(" ", 1)[1])
    path, given = address.path, parse_qs(address.query)
    if path == f"/rounds/{ROUND}":
        colleges = [{"name": "citizens", "seats": 60}, {"name": "experts", "seats": 60}]
        return {"round_id": str(ROUND), "number": "AIC-2021", "status": "closed", "colleges": colleges}
    if path.endswith("/results"):
        return results()
    if path.endswith("/members"):
        kept = {"college": "citizens", "status": "waiting", "stratum": None, "stands_in_for": None}
        return {"members": [{"member_id": each, **kept} for each in MEMBERS]}
    if path.endswith("/conflicts"):
        kept = {"source": "same_commune", "status": "blocking", "dismissed_by": None, "confirmed_by": None}
        pairs = zip(MEMBERS, POOL, strict=False)
        return {"conflicts": [{"member_id": member, "application_id": each, **kept} for member, each in pairs]}
    if path.endswith("/applications/ids"):
        return {"application_ids": POOL[::2] if "q" in given else POOL}
    if path == "/applications":
        rows = [{"application_id": each, "number": f"AIC-2021-{POOL.index(each):06d}"} for each in given["ids"]]
        return {"applications": [{**row, "status": "eligible", "answers": {"title": "Jardin"}} for row in rows]}
    if path == "/persons/names":
        return {"names": {}}
    return {"title": {"fr": "Appel", "en": "Call"}}


def numbers(text: str) -> list[int]:
    """The numbers of the applications that a page shows, in its order."""
    return [int(each.partition("<")[0]) for each in text.split(">AIC-2021-")[1:]]


async def test_a_long_ranking_comes_in_pages_and_asks_for_the_titles_of_one(
    mongodb: str, master_key: Path, tmp_path: Path
) -> None:
    stand_in = StandIn(answers, "evaluation", "applications", "people")
    async with stand_in.before(mongodb, master_key, tmp_path) as portal:
        visitor, base = await portal.visitor("programme_officer"), f"/fr/office/rounds/{ROUND}/results"
        last = len(POOL) - 1

        async def shown(query: str) -> list[int]:
            stand_in.asked.clear()
            page = await visitor.get(f"{base}?{query}")
            assert page.status_code == 200
            titled = [line for line in stand_in.asked if line.startswith("GET /applications?")]
            assert len(titled) == 1
            assert len(page.text) < 150_000
            return numbers(page.text)

        assert await shown("") == list(range(last, last - 50, -1))
        assert not any("/ids" in line for line in stand_in.asked)
        assert await shown("from=3700") == list(range(39, -1, -1))
        assert await shown("sort=number&from=50") == list(range(50, 100))
        assert await shown(f"{WORD}&sort=number&order=desc") == list(range(last - 1, last - 101, -2))
        assert await shown("outcome=reserve&sort=order&order=desc") == list(range(last - 199, last - 149))
        assert last not in await shown("sort=experts")
        assert last not in await shown("sort=experts&order=desc")
        assert await shown("sort=nonsense&from=-1&outcome=nonsense&order=up") == list(range(last, last - 50, -1))
        page = await visitor.get(f"{base}?{WORD}&outcome=reserve&sort=rank&order=desc")
        assert f"/results/export/csv?{WORD}&amp;outcome=reserve&amp;sort=rank&amp;order=desc" in page.text
        file = await visitor.get(f"{base}/export/csv?{WORD}&outcome=reserve&sort=rank&order=desc")
        assert len(file.text.splitlines()) == 1 + 25


async def test_members_and_conflicts_come_in_pages_and_no_name_is_in_an_address(
    mongodb: str, master_key: Path, tmp_path: Path
) -> None:
    stand_in = StandIn(answers, "evaluation", "applications", "people")
    async with stand_in.before(mongodb, master_key, tmp_path) as portal:
        visitor, base = await portal.visitor("programme_officer"), f"/fr/office/rounds/{ROUND}"
        page = await visitor.get(f"{base}/panel?sort=name&order=desc")
        assert page.text.count('<th scope="row">') == 50
        assert (
            'href="/fr/office/rounds/00000000-0000-0000-0000-000000000001/panel?sort=name&amp;order=desc&amp;from=50"'
            in page.text
        )
        page = await visitor.get(f"{base}/panel?sort=name&order=desc&from=100")
        assert page.text.count('<th scope="row">') == 20
        page = await visitor.get(f"{base}/panel?member=Dupont")
        assert page.text.count('<th scope="row">') == 50
        page = await visitor.get(f"{base}/conflicts?sort=number&order=desc&from=50")
        assert numbers(page.text)[:1] == [69]
        page = await visitor.get(f"{base}/conflicts?member={MEMBERS[3]}")
        assert page.text.count('<th scope="row">') == 1
        page = await visitor.get(f"{base}/conflicts?{WORD}&state=open&source=same_commune")
        assert "À examiner (60)" in page.text
        page = await visitor.get(f"{base}/conflicts?state=dismissed")
        assert "Aucun conflit ne correspond." in page.text
        assert "À examiner (120)" in page.text
