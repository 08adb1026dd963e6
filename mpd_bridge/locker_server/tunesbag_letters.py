"""messages/get, messages/send, misc/sendinvitation."""

import re
from collections.abc import Mapping

from .accounts_file import account_key
from .tunesbag_call import Call, Fields
from .tunesbag_errors import invalid
from .tunesbag_keys import new_key
from .tunesbag_method import Method
from .tunesbag_site import Site, user_key
from .tunesbag_social_store import Message, SocialStore
from .tunesbag_users import find_user
from .tunesbag_writer import Date, Scalar, Table

_COLUMNS = (
    "body",
    "dt_created",
    "entrykey",
    "linked_objectkey",
    "status_read",
    "subject",
    "userkey_from",
    "userkey_to",
    "username_from",
    "username_to",
)
_ADDRESS = re.compile(r"[^@\s,]+@[^@\s,]+")
_LONGEST_SUBJECT = 250
_LONGEST_BODY = 10_000
_LONGEST_INVITATION = 250


class Letters:
    """The methods by which users write to each other."""

    def __init__(self, site: Site) -> None:
        """Keep what the methods work on."""
        self._site = site

    def methods(self) -> Mapping[str, Method]:
        """Return the methods by their names."""
        return {
            "messages/get": Method(self._get),
            "messages/send": Method(self._send, changes=True),
            "misc/sendinvitation": Method(self._invite, changes=True),
        }

    async def send(self, sender: str, recipient: str, subject: str, body: str, linked: str = "") -> str:
        """Keep a message from user to user, and return its key."""
        key = new_key()
        message = Message(key, sender, recipient, subject, body, linked, is_read=False, created=self._site.clock())
        await self._site.remember(SocialStore.send, message)
        return key

    async def _get(self, call: Call) -> Fields:
        messages = await self._site.remember(SocialStore.messages, call.user)
        return {"data": Table(_COLUMNS, [self._row(message) for message in messages])}

    def _row(self, message: Message) -> tuple[Scalar, ...]:
        return (
            message.body,
            Date(message.created),
            message.key,
            message.object_key,
            int(message.is_read),
            message.subject,
            user_key(message.sender),
            user_key(message.recipient),
            self._name(message.sender),
            self._name(message.recipient),
        )

    def _name(self, user: str) -> str:
        account = self._site.accounts.get(user)
        return account.user if account else user

    async def _send(self, call: Call) -> Fields:
        recipient = find_user(self._site, call.required("userkey_to"))
        subject = call.short("subject", _LONGEST_SUBJECT)
        body = call.short("body", _LONGEST_BODY)
        if not subject and not body:
            raise invalid("body")
        return {"entrykey": await self.send(call.user, recipient, subject, body)}

    async def _invite(self, call: Call) -> Fields:
        """Keep an invitation; who has an account under this address already gets it as a message."""
        address = call.required("email")
        text = call.short("customtext", _LONGEST_INVITATION)
        if not _ADDRESS.fullmatch(address):
            raise invalid("email")
        await self._site.remember(SocialStore.invite, call.user, address, text)
        account = self._site.accounts.get(address)
        if account is not None:
            await self.send(call.user, account_key(account.user), "Become my friend on tunesBag", text)
        return {}
