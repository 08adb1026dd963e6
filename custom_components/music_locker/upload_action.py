"""The action that sends files to a locker."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import probatio
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv

from .action_lockers import named_locker
from .const import DOMAIN
from .core.library import Catalog
from .core.lockers.base import UploadMetadata
from .core.models import MediaKind, TrackKey
from .core.uploads import UploadOutcome, takes_uploads, upload
from .identifier import ItemNode, shortened, uri

ACTION_UPLOAD: Final = "upload"

ATTR_ALBUM: Final = "album"
ATTR_ARTIST: Final = "artist"
ATTR_NUMBER: Final = "number"
ATTR_PATH: Final = "path"
ATTR_TITLE: Final = "title"
ATTR_YEAR: Final = "year"

_MOST_FILES: Final = 1_000
_LONGEST_TEXT: Final = 1_000  # characters
_HIGHEST: Final = 9_999
_OF_ONE_FILE: Final = (ATTR_TITLE, ATTR_NUMBER)
_TOLD: Final = 3  # files that an error names

_TEXT = probatio.All(cv.string, probatio.Length(min=1, max=_LONGEST_TEXT))
_COUNT = probatio.All(probatio.Coerce(int), probatio.Range(min=0, max=_HIGHEST))

UPLOAD_SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_CONFIG_ENTRY_ID): cv.string,
        probatio.Required(ATTR_PATH): probatio.All(
            cv.ensure_list, probatio.Length(min=1, max=_MOST_FILES), [probatio.All(cv.string, probatio.Length(min=1))]
        ),
        probatio.Optional(ATTR_TITLE): _TEXT,
        probatio.Optional(ATTR_ARTIST): _TEXT,
        probatio.Optional(ATTR_ALBUM): _TEXT,
        probatio.Optional(ATTR_NUMBER): _COUNT,
        probatio.Optional(ATTR_YEAR): _COUNT,
    }
)


async def upload_files(call: ServiceCall) -> ServiceResponse:
    """Send files to a locker, read it, and return what became of each; without a response, failures are an error."""
    entry = named_locker(call.hass, call.data[ATTR_CONFIG_ENTRY_ID])
    core = entry.runtime_data.core
    if not takes_uploads(core.adapter(entry.entry_id)):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_uploads", translation_placeholders={"name": entry.title}
        )
    files = [Path(path) for path in call.data[ATTR_PATH]]
    if len(files) > 1 and any(key in call.data for key in _OF_ONE_FILE):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="one_file_only")
    await call.hass.async_add_executor_job(_check_allowed, call.hass, files)
    outcomes = await upload(core, entry.entry_id, files, _metadata(call.data))
    if not call.return_response:
        _raise_for(entry.title, outcomes)
        return None
    return {"files": [_described(outcome, entry.entry_id, core.library.catalog) for outcome in outcomes]}


def _metadata(data: dict[str, Any]) -> UploadMetadata:
    return UploadMetadata(
        title=data.get(ATTR_TITLE),
        artist=data.get(ATTR_ARTIST),
        album=data.get(ATTR_ALBUM),
        number=data.get(ATTR_NUMBER),
        year=data.get(ATTR_YEAR),
    )


def _check_allowed(hass: HomeAssistant, files: Sequence[Path]) -> None:
    """Raise ServiceValidationError, before anything is sent, for a file that actions may not read; blocks."""
    for path in files:
        if not path.is_absolute() or not hass.config.is_allowed_path(str(path)):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="path_not_allowed",
                translation_placeholders={"path": shortened(str(path))},
            )


def _described(outcome: UploadOutcome, locker: str, catalog: Catalog) -> dict[str, Any]:
    """Return what the response tells of a file; its track is told once players can take it."""
    track_id = outcome.track_id
    found = None if track_id is None else catalog.track(TrackKey(locker, track_id))
    return {
        "path": str(outcome.path),
        "status": outcome.status.value,
        "reason": outcome.reason,
        "track": None if found is None else uri(ItemNode(locker, MediaKind.TRACK, found.id)),
    }


def _raise_for(name: str, outcomes: Sequence[UploadOutcome]) -> None:
    failed = [outcome for outcome in outcomes if not outcome.there]
    if failed:
        told = [f"{outcome.path.name}: {outcome.reason}" for outcome in failed[:_TOLD]]
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="upload_failed",
            translation_placeholders={
                "name": name,
                "count": str(len(failed)),
                "total": str(len(outcomes)),
                "files": "; ".join(told),
            },
        )
