"""Read the form that a browser or a program sends, without its files."""

from aiohttp import web
from aiohttp.http import HttpProcessingError


class FormError(ValueError):
    """What was sent is no form, or no text."""


async def form_fields(request: web.Request) -> dict[str, str]:
    """Return the fields of a form; raise FormError."""
    try:
        form = await request.post()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        "".join(fields.values()).encode()  # a charset of the client's choice may have made what is no text
    except (ValueError, LookupError, RuntimeError, HttpProcessingError) as error:
        raise FormError("The form cannot be read.") from error
    return fields
