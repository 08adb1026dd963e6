"""Commands by which a client says what it wants answers to be like (protocol, "Connection settings")."""

from ..errors import AckCode, AckError
from ..negotiation import Negotiable
from ..registry import command, several
from ..session import HIDE_PLAYLISTS_IN_ROOT, STRIP_DIACRITICS, Session
from ..tags import CANONICAL, HIDDEN_TAGS

_SECTION = "connection"
_TAGS = Negotiable(
    "tagtype",
    {tag: name for tag, name in CANONICAL.items() if tag not in HIDDEN_TAGS},
    "Unknown tag type",
    ignored=HIDDEN_TAGS,
)
_FEATURES = Negotiable("feature", {HIDE_PLAYLISTS_IN_ROOT: HIDE_PLAYLISTS_IN_ROOT}, "Unknown protcol feature")
_NORMALIZATIONS = Negotiable(
    "stringnormalization", {STRIP_DIACRITICS: STRIP_DIACRITICS}, "Unknown string normalization"
)


@command("tagtypes", several(at_least=0), section=_SECTION, since="0.13")
def tagtypes(session: Session, *arguments: str) -> None:
    """Print the tags that answers show, or change them: ``all clear enable disable reset available``."""
    match arguments:
        case ["reset"]:
            raise AckError(AckCode.ARG, "Not enough arguments")
        case ["reset", *names]:
            session.tag_types = _TAGS.parse(names)
        case ["available", *_]:  # MPD takes more arguments here, and here only
            _TAGS.negotiate(session.reply, session.tag_types, ["available"])
        case _:
            session.tag_types = _TAGS.negotiate(session.reply, session.tag_types, arguments)


@command("protocol", several(at_least=0), section=_SECTION, since="0.24")
def protocol(session: Session, *arguments: str) -> None:
    """Print the features of the protocol that are on, or change them: ``all clear enable disable available``."""
    session.features = _FEATURES.negotiate(session.reply, session.features, arguments)


@command("stringnormalization", several(at_least=0), section=_SECTION, since="0.25")
def stringnormalization(session: Session, *arguments: str) -> None:
    """Print what ``search`` takes out of texts, or change it: ``all clear enable disable available``."""
    session.normalizations = _NORMALIZATIONS.negotiate(session.reply, session.normalizations, arguments)
