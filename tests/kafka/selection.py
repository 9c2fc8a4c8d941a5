"""A pytest plugin: of all tests, those that use a broker, without those that are about the embedded one."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def _uses_a_broker(item: pytest.Item) -> bool:
    return "apache" in getattr(item, "fixturenames", ()) or HERE in item.path.parents


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if not _uses_a_broker(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if _uses_a_broker(item)]
    for item in items:
        if about := item.get_closest_marker("embedded_broker"):
            item.add_marker(pytest.mark.skip(reason=about.args[0]))
