"""The calls of tunesBag's API about people: news, shares, recommendations, artists, messages, invitations."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from ..errors import LockerError
from . import tunesbag_social_parse as parse
from .tunesbag_client import LONGEST_TEXT, TunesbagClient
from .tunesbag_parse import Friend, Set, parse_key, parse_nothing


class TunesbagSocial:
    """Speak with the account's friends; every method raises LockerError's classes only."""

    def __init__(self, client: TunesbagClient) -> None:
        """Keep the client, which its owner closes."""
        self._client = client

    async def feed(
        self,
        user: str | None = None,
        *,
        days: int | None = None,
        since: datetime | None = None,
        own: bool = False,
        actions: Iterable[parse.Action] = (),
    ) -> Sequence[parse.News]:
        """Return the news of a user, the account's own without a name, of at most ``days`` (the service's default: 30).

        ``own`` takes in what the user did; ``actions`` leaves out all others.
        """
        return await self._client.ask(
            "user/feed",
            parse.parse_feed,
            feedusername=user or self._client.user_name,
            maxagedays=days,
            sincedate=None if since is None else since.astimezone(UTC).strftime("%Y%m%d%H%M%S"),
            options="includeownitems" if own else None,
            actions=",".join(str(int(action)) for action in actions),
        )

    async def friends(self) -> Sequence[Friend]:
        """Return friends and followers."""
        return await self._client.friends()

    async def search_playlists(self, words: str) -> Sequence[Set]:
        """Return the playlists that an artist, a track or their own name leads to."""
        return await self._client.search_sets(words)

    async def share(self, item: parse.ItemType, identifier: str, recipients: Sequence[str], comment: str = "") -> str:
        """Recommend something; return the key of the share.

        ``recipients`` are ``mailto:`` and an e-mail address, or ``user:`` and the name of a user of the service.
        """
        if not recipients or not all(_is_recipient(recipient) for recipient in recipients):
            raise LockerError("A recipient is mailto: and an address, or user: and a name")
        return await self._client.change(
            "social/share",
            parse_key,
            itemtype=int(item),
            identifier=identifier,
            recipients=",".join(recipients),
            comment=comment,
        )

    async def shared(
        self, types: Iterable[parse.ItemType] = (), direction: int | None = None
    ) -> Sequence[parse.Shared]:
        """Return what the user has recommended, and what was recommended to the user."""
        wanted = ",".join(str(int(item)) for item in types)
        return await self._client.ask("social/share/list", parse.parse_shared, filter_type=wanted, direction=direction)

    async def recommendations(self) -> Sequence[parse.Recommendation]:
        """Return the open recommendations."""
        return await self._client.ask("social/recommendations/list", parse.parse_recommendations)

    async def new_items(self) -> parse.NewItems:
        """Return the new playlists and tracks of friends."""
        return await self._client.ask("social/explore/newitems", parse.parse_new_items)

    async def artist(self, name: str) -> parse.ArtistInfo:
        """Return events, playlists and fans of an artist."""
        return await self._client.ask("social/artist/info", parse.parse_artist, artist=name)

    async def messages(self) -> Sequence[parse.Message]:
        """Return the messages that the user has got and sent."""
        return await self._client.ask("messages/get", parse.parse_messages)

    async def send_message(self, user_key: str, subject: str, body: str) -> None:
        """Send a message to a user, named by key."""
        await self._client.change("messages/send", parse_nothing, userkey_to=user_key, subject=subject, body=body)

    async def invite(self, address: str, text: str = "") -> None:
        """Invite somebody by e-mail to become a friend, with a text of at most 250 letters."""
        if len(text) > LONGEST_TEXT:
            raise LockerError(f"The text has at most {LONGEST_TEXT} letters")
        await self._client.change("misc/sendinvitation", parse_nothing, email=address, customtext=text)


def _is_recipient(recipient: str) -> bool:
    kind, _, name = recipient.partition(":")
    return kind in {"mailto", "user"} and bool(name.strip()) and "," not in name
