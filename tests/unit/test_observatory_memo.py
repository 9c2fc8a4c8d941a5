"""Answers are kept until something new was heard."""

from services.observatory.memo import Memo


class Projection:
    """How far a projection is, and how often somebody worked something out from it."""

    def __init__(self) -> None:
        self.at = {"people:0": 1}
        self.times = 0
        self.meanwhile: dict[str, int] | None = None

    async def positions(self) -> dict[str, int]:
        return dict(self.at)

    async def answer(self) -> int:
        self.at = self.meanwhile or self.at
        self.times += 1
        return self.times


async def test_an_answer_is_worked_out_once_for_each_position() -> None:
    projection = Projection()
    memo = Memo(projection.positions)
    assert [await memo.get("a", projection.answer) for _ in range(3)] == [1, 1, 1]
    assert await memo.get("b", projection.answer) == 2
    projection.at = {"people:0": 2}
    assert await memo.get("a", projection.answer) == 3
    memo.forget()
    assert await memo.get("a", projection.answer) == 4


async def test_an_answer_worked_out_while_something_was_heard_is_worked_out_again() -> None:
    projection = Projection()
    memo = Memo(projection.positions)
    projection.meanwhile = {"people:0": 2}
    assert await memo.get("a", projection.answer) == 1
    projection.meanwhile = None
    assert [await memo.get("a", projection.answer) for _ in range(2)] == [2, 2]


async def test_an_answer_that_another_overtook_is_not_kept() -> None:
    projection = Projection()
    memo = Memo(projection.positions)

    async def overtaken() -> str:
        projection.at = {"people:0": 2}
        await memo.get("b", projection.answer)
        return "old"

    assert await memo.get("a", overtaken) == "old"
    assert await memo.get("a", projection.answer) == 2
