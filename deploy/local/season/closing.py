"""The end: every event consumed everywhere, every mail written."""

from deploy.local.season.ledgers import settled
from deploy.local.season.stage import Stage


async def close(stage: Stage) -> None:
    """Wait until the season is wholly told."""
    await settled(stage.door)

    async def mails_written() -> bool:
        states = (await stage.door.operator("notifications", "/outbox/summary"))["states"]
        return not states.get("pending", 0) and not states.get("sending", 0)

    await stage.door.until(mails_written, "every mail is written")
    stage.tell("closing", 1, 1)
