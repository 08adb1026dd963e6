"""A disk that is full, and secrets in what is logged."""

import logging
import shutil
from pathlib import Path

import pytest

from tests.mpd_bridge.locker_server.audiodelivery.conftest import Adn, refusal
from tests.mpd_bridge.locker_server.audiodelivery.test_uploads import put, session, settled, track
from tests.mpd_bridge.locker_server.test_full_disk import LARGE, SMALL, disk_that_takes, held, written


@pytest.fixture
def state(state_template: Path, tmp_path: Path) -> Path:
    """A state folder whose index is still to be written."""
    folder = tmp_path / "state"
    folder.mkdir()
    shutil.copy(state_template / "accounts.json", folder)
    return folder


async def test_music_that_does_not_fit_leaves_nothing_and_can_be_sent_again(adn: Adn, music: Path) -> None:
    made = await track(adn, await session(adn))
    before = held(music)
    with disk_that_takes(100_000):
        answer = await adn.at("PUT", made["track_upload"]["upload_url"], data=LARGE)
    assert refusal(answer) == (500, "The locker cannot be written to.")
    assert held(music) == before
    assert (await put(adn, made, LARGE))["track_status_id"] == "ready"


async def test_where_the_index_cannot_be_written_the_track_is_incomplete_and_can_be_sent_again(
    adn: Adn, music: Path, state: Path
) -> None:
    made = await track(adn, await session(adn))
    before = held(music)
    with disk_that_takes(written(state)):
        assert (await put(adn, made, SMALL))["track_status_id"] == "incomplete"
    assert held(music) == before
    assert (await put(adn, made, SMALL))["track_status_id"] == "ready"
    assert len(held(music)) == len(before) + 1


async def test_keys_sessions_and_signatures_are_in_no_log(adn: Adn, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        upload_session = await session(adn)
        made = await track(adn, upload_session)
        await put(adn, made, b"no music")
        await adn.at("PUT", made["track_upload"]["upload_url"] + "0", data=SMALL)
        await settled(adn, made["track_id"])
        await adn.get("/v1/collection", key="adn_wrong_key")
    secrets = (adn.key, upload_session["upload_session_id"], "verify=", "adn_wrong_key")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("mpd_bridge")]
    assert [text for text in ours if any(secret in text for secret in secrets)] == []
