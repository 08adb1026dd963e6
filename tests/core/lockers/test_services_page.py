"""The table of services in the documentation is what the adapters say."""

import pytest

from music_locker_core.lockers import ADAPTERS
from music_locker_core.lockers.base import Capability
from script import services_table


@pytest.mark.row("X9")
def test_the_table_of_services_is_up_to_date() -> None:
    assert services_table.PAGE.read_text(encoding="utf-8") == services_table.page()


@pytest.mark.row("X9")
def test_every_capability_has_its_words_and_every_service_its_page() -> None:
    assert set(services_table.WORDS) == set(Capability)
    assert {adapter.info.service for adapter in ADAPTERS.values()} <= {
        path.stem for path in services_table.FOLDER.glob("*.md")
    }
