"""Read the parameters of a request: its query, a form, or a form with files, which are written to disk."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from aiohttp import BodyPartReader, hdrs, web
from aiohttp.http import HttpProcessingError

from .tunesbag_call import Form, Upload
from .tunesbag_errors import CallError, Fault
from .uploads import TooLargeError, receive

_CHUNK = 65_536
_LONGEST_FIELD = 2**20  # bytes
_MOST_FIELDS = 100
type Check = Callable[[Mapping[str, str]], Awaitable[None]]

_MULTIPART = "multipart/form-data"


@asynccontextmanager
async def read_form(request: web.Request, folder: Path | None, limit: int, check: Check) -> AsyncIterator[Form]:
    """Give the parameters and files of a request; the files are gone at the end, unless they were moved.

    ``folder`` takes files of at most ``limit`` bytes; without one they are refused. ``check`` gets the parameters that
    stand before a file. Raise CallError, OSError, and
    aiohttp's errors where the sender breaks off.
    """
    parameters = {name.lower(): value for name, value in request.query.items()}
    async with AsyncExitStack() as stack:
        files: dict[str, Upload] = {}
        if request.method == hdrs.METH_POST and request.content_type == _MULTIPART:
            await _read_parts(request, stack, parameters, files, folder, limit, check)
        elif request.method == hdrs.METH_POST:
            parameters |= await _read_fields(request)
        yield Form(parameters, files)


async def _read_fields(request: web.Request) -> dict[str, str]:
    try:
        form = await request.post()
        fields = {name.lower(): value for name, value in form.items() if isinstance(value, str)}
        "".join(fields.values()).encode()  # a charset of the client's choice may have made what is no text
    except (ValueError, LookupError, HttpProcessingError) as error:
        raise CallError(Fault.GENERAL, "The form cannot be read") from error
    return fields


async def _read_parts(  # noqa: PLR0913, PLR0917 - what a form fills, and the bounds of it
    request: web.Request,
    stack: AsyncExitStack,
    parameters: dict[str, str],
    files: dict[str, Upload],
    folder: Path | None,
    limit: int,
    check: Check,
) -> None:
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
                parameters[name] = await _text(part)
            elif folder is not None:
                await check(parameters)
                received = await stack.enter_async_context(receive(request, folder, limit, _chunks(part)))
                kind = part.headers.get(hdrs.CONTENT_TYPE, "").partition(";")[0].strip().lower()
                files[name] = Upload(part.filename, kind, received)
            else:
                raise CallError(Fault.GENERAL, "This request takes no file")
    except TooLargeError:
        raise CallError(Fault.INVALID_FILE, "The file is too large") from None
    except (ValueError, LookupError, AssertionError, HttpProcessingError) as error:
        raise CallError(Fault.GENERAL, "The form cannot be read") from error
    raise CallError(Fault.GENERAL, "The form has too many fields")


async def _text(part: BodyPartReader) -> str:
    content = bytearray()
    async for chunk in _chunks(part):
        content += chunk
        if len(content) > _LONGEST_FIELD:
            raise CallError(Fault.GENERAL, "A field of the form is too long")
    return content.decode()


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_CHUNK):
        yield chunk
        await asyncio.sleep(0)
