"""test/ping, user/checkaccess, user/info, user/friends."""

import asyncio
import shutil
from collections.abc import Mapping

from aiohttp import web

from .accounts import Account
from .accounts_file import account_key
from .tunesbag_call import Call, Fields
from .tunesbag_errors import CallError, Fault
from .tunesbag_keys import key_of
from .tunesbag_libraries import Libraries, Library, library_key
from .tunesbag_method import Access, Method
from .tunesbag_pictures import profile_path
from .tunesbag_sets import Sets
from .tunesbag_site import Site, user_key
from .tunesbag_writer import Date, Scalar, Table

_INFO = (
    "lang_id",
    "quota_currentsize",
    "librarykey",
    "errormessage",
    "homepage",
    "libraryitemscount",
    "error",
    "sex",
    "countryisocode",
    "surname",
    "firstname",
    "online",
    "quota_maxsize",
    "city",
    "requestkey",
    "pic",
    "result",
)
_FRIEND = (
    "about_me",
    "accesslibrary",
    "accesslibrary_seen_from_friend",
    "city",
    "displayname",
    "dt_created",
    "entrykey",
    "fb_uid",
    "firstname",
    "libraryitemscount",
    "librarykey",
    "music_preferences",
    "online",
    "otheruserkey",
    "photourl",
    "playlistscount",
    "surname",
    "taste",
    "userkey",
)


class Users:
    """The methods about users."""

    def __init__(self, site: Site, libraries: Libraries, sets: Sets) -> None:
        """Keep what the methods work on."""
        self._site = site
        self._libraries = libraries
        self._sets = sets

    def methods(self) -> Mapping[str, Method]:
        """Return the methods by their names."""
        friends = ("requestkey", "errormessage", "error", "items", "result")
        return {
            "test/ping": Method(self._ping, Access.APPLICATION),
            "user/checkaccess": Method(self._check),
            "user/info": Method(self._info, order=_INFO),
            "user/friends": Method(self._friends, order=friends),
        }

    async def _ping(self, call: Call) -> Fields | web.StreamResponse:
        code = call.number("returncode")
        return {"error": code, "errormessage": "This error was asked for", "result": False} if code else {}

    async def _check(self, call: Call) -> Fields:
        return {"userkey": user_key(call.user)}

    async def _info(self, call: Call) -> Fields:
        account = call.account
        library = await self._libraries.default(call.user)
        used, most = await self._quota(account, library)
        return {
            "lang_id": "en",
            "quota_currentsize": used,
            "librarykey": library.key,
            "homepage": "",
            "libraryitemscount": len(library.tracks),
            "sex": 0,
            "countryisocode": "",
            "surname": account.last_name or "",
            "firstname": account.first_name or "",
            "online": 1,
            "quota_maxsize": most,
            "city": "",
            "pic": profile_path(account.user),
            "entrykey": user_key(call.user),
            "username": account.user,
        }

    async def _quota(self, account: Account, library: Library) -> tuple[int, int]:
        """Return what an account has added and may add; without a quota that is the library and the disk's room."""
        if account.quota is not None:
            return await self._site.locker.used(account_key(account.user)), account.quota
        free = await asyncio.to_thread(lambda: shutil.disk_usage(self._site.locker.folder).free)
        return library.size, library.size + free

    async def _friends(self, call: Call) -> Fields:
        shown = self._site.book.friends(call.user)
        entries = [
            await self._friend(call.user, account, shown[friend].library, shown[friend].since)
            for friend in shown
            if (account := self._site.accounts.get(friend)) is not None
        ]
        return {"items": Table.of(_FRIEND, entries)}

    async def _friend(self, user: str, account: Account, shows: bool, since: float) -> Mapping[str, Scalar]:  # noqa: FBT001 - a fact
        friend = account_key(account.user)
        readable = self._libraries.may_read(user, friend)
        library = await self._libraries.default(friend)
        return dict.fromkeys(_FRIEND, "") | {
            "accesslibrary": int(readable),
            "accesslibrary_seen_from_friend": int(shows),
            "displayname": account.nick_name or account.user,
            "dt_created": Date(since),
            "entrykey": key_of("friend", user, friend),
            "firstname": account.first_name or "",
            "libraryitemscount": len(library.tracks),
            "librarykey": library_key(friend),
            "online": int(self._site.is_online(friend)),
            "otheruserkey": user_key(friend),
            "photourl": profile_path(account.user),
            "playlistscount": await self._sets.count(friend),
            "surname": account.last_name or "",
            "userkey": user_key(user),
        }


def find_user(site: Site, key: str) -> str:
    """Return the key of the account of a user, of his own key; raise CallError."""
    account = site.users().get(key.upper())
    if account is None:
        raise CallError(Fault.NO_USER)
    return account_key(account.user)
