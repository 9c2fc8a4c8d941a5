"""Where the portal keeps sessions, log-ins under way and forms that a lost session interrupted. It keeps nothing else.

A cookie holds a random token; the database holds its SHA-256 only. What is personal is sealed under the person's key.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic_core import from_json, to_json

from services.chassis.database import Database

LOGIN_SECONDS = 600
PARKED_SECONDS = 3_600
KEPT_EXPIRED = timedelta(hours=12)
TOKEN_BYTES = 32


def digest(token: str) -> str:
    """What is kept of a secret token: its SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """A token of 256 random bits, safe in a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


@dataclass(frozen=True, slots=True)
class Session:
    """A person's session. Instants are the system's, never the season's. ``applies``: they were seen to have applications.

    ``csrf`` is made when it is kept.
    """

    key: str
    person_id: str
    provider: str
    opened: datetime
    seen: datetime
    csrf: str = ""
    name: str = ""
    id_token: str = ""
    zone: str = ""
    flash: tuple[dict[str, Any], ...] = ()
    roles: tuple[str, ...] = ()
    applies: bool = False
    roles_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    def changed(self, **changes: Any) -> "Session":
        return replace(self, **changes)


_PRIVATE = ("name", "id_token", "flash")


class Store:
    def __init__(self, database: Database) -> None:
        self._database, self._vault = database, database.vault
        self._sessions = database.collection("sessions")
        self._logins = database.collection("logins")
        self._parked = database.collection("parked")
        self._ending = (self._sessions, self._logins, self._parked)

    async def prepare(self) -> None:
        """What is over is found by its end, downwards: ``expires`` upwards was an index of the database's own expiry."""
        for collection in self._ending:
            await collection.create_index([("expires", -1)], name="over")
        await self._sessions.create_index("person_id", name="person")

    async def forget_expired(self, now: datetime) -> int:
        """Delete what is over at ``now``; how many documents that was."""
        gone = [await each.delete_many({"expires": {"$lte": now}}) for each in self._ending]
        return sum(each.deleted_count for each in gone)

    async def ping(self) -> None:
        await self._database.ping()

    def close(self) -> None:
        self._database.close()

    async def open(self, session: Session, lifetime: timedelta) -> str:
        """Keep a new session for ``lifetime``; the token for its cookie."""
        token, expires = new_token(), session.opened + lifetime + KEPT_EXPIRED
        said = f"{session.person_id}.{int(expires.timestamp())}.{new_token()}"
        document = await self._sealed(session.changed(key=digest(token), csrf=f"{said}.{self._tag(said)}"))
        await self._sessions.insert_one({**document, "expires": expires})
        return token

    def whose(self, csrf: str, now: datetime) -> str | None:
        """The person whose session had this CSRF token, be it ended: known by its keyed digest until its record would be gone."""
        said, _, tag = csrf.rpartition(".")
        if not hmac.compare_digest(tag.encode(), self._tag(said).encode()):
            return None
        person_id, expires, _ = said.split(".")
        return person_id if int(expires) > now.timestamp() else None

    async def session(self, token: str) -> Session | None:
        """The session of a cookie's token, live or expired; nothing for one that was ended."""
        found = await self._sessions.find_one({"_id": digest(token)})
        return await self._opened(found) if found else None

    async def save(self, session: Session, *names: str) -> None:
        """Write these fields of a session; one that was ended meanwhile stays ended."""
        document = await self._sealed(session)
        wanted = {name: document[name] for name in names if name not in _PRIVATE}
        if set(names) & set(_PRIVATE):
            wanted["private"] = document["private"]
        await self._sessions.update_one({"_id": session.key}, {"$set": wanted})

    async def end(self, key: str) -> None:
        await self._sessions.delete_one({"_id": key})

    async def end_all(self, person_id: str) -> None:
        """End every session of a person, on all their devices."""
        await self._sessions.delete_many({"person_id": person_id})

    async def sessions_of(self, person_id: str) -> list[Session]:
        """The person's sessions, the one used last first."""
        found = [await self._opened(document) async for document in self._sessions.find({"person_id": person_id})]
        return sorted(found, key=lambda session: session.seen, reverse=True)

    async def live_sessions(self, used_since: datetime, opened_since: datetime) -> int:
        """How many sessions were used, and opened, since these instants."""
        wanted = {"seen": {"$gte": used_since}, "opened": {"$gte": opened_since}}
        return await self._sessions.count_documents(wanted)

    async def start_login(self, state: str, login: dict[str, Any], now: datetime) -> None:
        expires = now + timedelta(seconds=LOGIN_SECONDS)
        await self._logins.insert_one({"_id": digest(state), **login, "started": now, "expires": expires})

    async def take_login(self, state: str, now: datetime) -> dict[str, Any] | None:
        """The log-in that ``state`` began, once: whoever asks again finds nothing."""
        found = await self._logins.find_one({"_id": digest(state)})
        if found is None or (await self._logins.delete_one({"_id": digest(state)})).deleted_count == 0:
            return None
        return found if found["expires"] > now else None

    async def park(self, person_id: str, path: str, fields: list[tuple[str, str]], now: datetime) -> str:
        """Keep a form that a lost session interrupted, sealed for its person; the token with which it is taken up."""
        token = new_token()
        sealed = await self._vault.seal(person_id, to_json({"path": path, "fields": fields}))
        expires = now + timedelta(seconds=PARKED_SECONDS)
        await self._parked.insert_one(
            {"_id": digest(token), "person_id": person_id, "sealed": sealed, "expires": expires}
        )
        return token

    async def parked(self, token: str, person_id: str, now: datetime) -> dict[str, Any] | None:
        """The form that was kept for this very person."""
        found = await self._parked.find_one({"_id": digest(token)})
        if found is None or found["person_id"] != person_id or found["expires"] <= now:
            return None
        plain = await self._vault.open(person_id, found["sealed"])
        return from_json(plain) if plain else None

    async def unpark(self, token: str) -> None:
        await self._parked.delete_one({"_id": digest(token)})

    def _tag(self, said: str) -> str:
        return self._vault.tag(f"csrf {said}".encode())

    async def _sealed(self, session: Session) -> dict[str, Any]:
        private = to_json({name: getattr(session, name) for name in _PRIVATE})
        return {
            "_id": session.key,
            "person_id": session.person_id,
            "provider": session.provider,
            "csrf": session.csrf,
            "opened": session.opened,
            "seen": session.seen,
            "zone": session.zone,
            "roles": list(session.roles),
            "applies": session.applies,
            "roles_at": session.roles_at,
            "private": await self._vault.seal(session.person_id, private),
        }

    async def _opened(self, document: dict[str, Any]) -> Session:
        plain = await self._vault.open(document["person_id"], document["private"])
        private = from_json(plain) if plain else {}
        names = ("person_id", "provider", "csrf", "opened", "seen", "zone", "roles_at")
        kept = {"applies": False, **{name: document[name] for name in (*names, "applies") if name in document}}
        return Session(
            key=document["_id"], **kept, roles=tuple(document["roles"]), name=private.get("name", ""),
            id_token=private.get("id_token", ""), flash=tuple(private.get("flash", ())),
        )  # fmt: skip
