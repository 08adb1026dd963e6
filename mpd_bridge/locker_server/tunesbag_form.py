"""Read the parameters of a request: its query, a form, or a form with files, which are written to disk."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import BodyPartReader, hdrs, web
from aiohttp.http import HttpProcessingError

from .form_fields import FormError, form_fields
from .tunesbag_call import Form, Upload
from .tunesbag_errors import CallError, Fault
from .uploads import TooLargeError, receive

_CHUNK = 65_536
_LONGEST_FIELDS = 2**21  # bytes, of all fields together
_MOST_FIELDS = 100
type Check = Callable[[Mapping[str, str]], Awaitable[None]]

_MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class FileField:
    """The one field of a form that takes a file: of at most ``limit`` bytes, written into ``folder``."""

    name: str
    folder: Path
    limit: int


@asynccontextmanager
async def read_form(request: web.Request, file: FileField | None, check: Check) -> AsyncIterator[Form]:
    """Give the parameters of a request and its file; this is gone at the end, unless it was moved.

    Without a ``file`` none is taken; those of other fields are passed over. ``check`` gets the parameters that stand
    before the file. Raise CallError, OSError, and aiohttp's errors where the sender breaks off.
    """
    parameters = {name.lower(): value for name, value in request.query.items()}
    async with AsyncExitStack() as stack:
        files: dict[str, Upload] = {}
        if request.method == hdrs.METH_POST and request.content_type == _MULTIPART:
            await _read_parts(request, stack, parameters, files, file, check)
        elif request.method == hdrs.METH_POST:
            parameters |= await _read_fields(request)
        yield Form(parameters, files)


async def _read_fields(request: web.Request) -> dict[str, str]:
    try:
        return {name.lower(): value for name, value in (await form_fields(request)).items()}
    except FormError as error:
        raise CallError(Fault.GENERAL, "The form cannot be read") from error


async def _read_parts(  # noqa: PLR0913, PLR0917 - what a form fills, and the bounds of it
    request: web.Request,
    stack: AsyncExitStack,
    parameters: dict[str, str],
    files: dict[str, Upload],
    file: FileField | None,
    check: Check,
) -> None:
    room = _LONGEST_FIELDS
    try:
        reader = await request.multipart()
        for _number in range(_MOST_FIELDS):
            part = await reader.next()
            if part is None:
                return
            if not isinstance(part, BodyPartReader):
                raise CallError(Fault.GENERAL, "The form cannot be read")
            name = (part.name or "").lower()
            if part.filename is None:
                content = await _content(part, room)
                room -= len(content)
                parameters[name] = content.decode()
            elif file is None:
                raise CallError(Fault.GENERAL, "This request takes no file")
            elif name in files:
                raise CallError(Fault.GENERAL, "This request takes one file")
            elif name == file.name:
                await check(parameters)
                received = await stack.enter_async_context(receive(request, file.folder, file.limit, _chunks(part)))
                kind = part.headers.get(hdrs.CONTENT_TYPE, "").partition(";")[0].strip().lower()
                files[name] = Upload(part.filename, kind, received)
    except TooLargeError:
        raise CallError(Fault.INVALID_FILE, "The file is too large") from None
    except (ValueError, LookupError, AssertionError, HttpProcessingError) as error:
        raise CallError(Fault.GENERAL, "The form cannot be read") from error
    raise CallError(Fault.GENERAL, "The form has too many fields")


async def _content(part: BodyPartReader, most: int) -> bytes:
    content = bytearray()
    async for chunk in _chunks(part):
        content += chunk
        if len(content) > most:
            raise CallError(Fault.GENERAL, "The fields of the form are too long")
    return bytes(content)


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_CHUNK):
        yield chunk
        await asyncio.sleep(0)
