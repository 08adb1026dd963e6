"""The JSON forms of collections, tracks and sessions."""

import re
from typing import Any

from .audiodelivery_records import Details, PlaySession, Status, Upload, UploadSession
from .audiodelivery_service import iso_time
from .audiodelivery_shelf import Item, Shelf
from .catalog import Track

type Value = dict[str, Any]

DELIVERY = "/delivery"
# The two vocabularies of the service: its guide's, and the one of its OpenAPI document.
_OPENAPI_STATUS = {
    Status.INITIALIZED: "initializing",
    Status.PROCESSING: "processing",
    Status.READY: "ready",
    Status.INCOMPLETE: "incomplete",
    Status.ERROR: "failed",
}


def _colors(details: Details) -> Value:
    color = details.get("player_color")
    return {"player_color": color, "player_color_light": color, "player_color_dark": color}


def _common(details: Details) -> Value:
    return {
        "creator_id": details.get("creator_id"),
        "organization_index": details.get("organization_index"),
        "theme": details.get("theme", []),
        "is_cover_overridable": details.get("is_cover_overridable", True),
        "is_theme_overridable": details.get("is_theme_overridable", True),
    }


def collection(shelf: Shelf) -> Value:
    """Return a collection; an album tells its artist as its subtitle and in its metadata."""
    metadata: object = shelf.details.get("metadata")
    subtitle = shelf.details.get("player_subtitle")
    if shelf.album is not None:
        years = [track.year for track in shelf.album.tracks if track.year]
        own = {"artist": shelf.album.artist, "album": shelf.album.title, "year": min(years, default=None)}
        metadata = own if metadata is None else metadata
        subtitle = shelf.album.artist if subtitle is None else subtitle
    return {
        "id": shelf.id,
        "title": shelf.title,
        "metadata": metadata,
        "player_subtitle": subtitle,
        "track_count": len(shelf.items),
        **_common(shelf.details),
        **_colors(shelf.details),
    }


def shown_status(item: Item, now: float) -> Status:
    """Return the status that is told: in processing for as long as that shall take at least."""
    if item.upload is not None and item.status in {Status.READY, Status.ERROR} and now < item.upload.shown_from:
        return Status.PROCESSING
    return item.status


def prefix(track_id: str) -> str:
    """Return where the files of a track are: a variant's name and ending follow."""
    return f"{DELIVERY}/{track_id}"


def track(item: Item, base: str, now: float) -> Value:
    """Return a track; one of the folder tells its tags in its metadata, an uploaded one what its sender gave."""
    status = shown_status(item, now)
    music = item.track if status is Status.READY else None
    metadata = item.details.get("metadata")
    if metadata is None and item.upload is None and music is not None:
        metadata = _tags(music)
    path = prefix(item.id)
    return {
        "id": item.id,
        "index": str(item.upload.index if item.upload else item.order),
        "path": path,
        "base_path": path,
        "base_url": f"{base}{path}",
        "collection_id": item.collection_id,
        "file_name": _file_name(item),
        "duration": None if music is None else round(music.length / 1000, 3),
        "status": _OPENAPI_STATUS[status],
        "track_status_id": str(status),
        "order": item.order,
        "metadata": metadata,
        "info": None if music is None else _info(music),
        "player_title": item.details.get("player_title") or (music.title if music else ""),
        "player_subtitle": item.details.get("player_subtitle") or (music.artist if music else ""),
        "cover_image_prefix": f"{path}_cover" if music is not None and music.has_cover else None,
        **_common(item.details),
        **_colors(item.details),
    }


def _file_name(item: Item) -> str:
    given = item.details.get("file_name")
    if given is not None:
        return str(given)
    return item.track.file_name if item.track else ""


def _tags(music: Track) -> Value:
    return {
        "title": music.title,
        "artist": music.artist,
        "album": music.album,
        "album_artist": music.album_artist,
        "track_number": music.number,
        "disc_number": music.disc,
        "year": music.year,
        "genre": music.genre,
    }


def _info(music: Track) -> Value:
    """Return what is known of a track's file: its tags, its size in bytes, its bit rate in kbit/s."""
    known = {"size": music.size, "bitrate": round(music.bit_rate / 1000), "content_type": music.mime_type}
    return {**_tags(music), **known}


def new_track(upload: Upload, base: str) -> Value:
    """Return a track that has no music yet."""
    return track(Item(upload.id, upload.collection_id, upload.index, None, upload, upload.details), base, 0.0)


def created_session(session: UploadSession) -> Value:
    """Return an upload session as its making is answered."""
    return {"id": session.id, "collection_id": session.collection_id, "expires_at": iso_time(session.expires)}


def upload_session(session: UploadSession) -> Value:
    """Return an upload session as it is looked up."""
    return {
        "id": session.id,
        "creator_id": session.details.get("creator_id"),
        "collection_id": session.collection_id,
        "organization_index": session.details.get("organization_index"),
        "metadata": session.details.get("metadata"),
        "expires_at": iso_time(session.expires),
    }


def play_session(session: PlaySession) -> Value:
    """Return a play session."""
    return {
        "id": session.id,
        "creator_id": session.details.get("creator_id"),
        "organization_index": session.details.get("organization_index"),
        "metadata": session.details.get("metadata"),
        "variants": list(session.variants),
        "is_downloadable": session.downloadable,
        "expires_at": iso_time(session.expires),
    }


def image_type(mime_type: str) -> str:
    """Return a picture's type, or that of any bytes where a file's tag names none."""
    return mime_type if re.fullmatch(r"image/[a-z0-9.+-]+", mime_type) else "application/octet-stream"
