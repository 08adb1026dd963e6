"""A service that tells everybody what it was told: whoever shows its answers shows his own secrets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

SESSION = "planted-session-0123456789"


@asynccontextmanager
async def repeating_service(user: str) -> AsyncIterator[str]:
    """Serve MP3tunes at the address that this gives: let everybody in, answer any other call with what was sent."""

    async def answer(request: web.Request) -> web.Response:
        if request.path.endswith("/login"):
            return web.json_response({"status": 1, "session_id": SESSION})
        if request.path.endswith("/accountData"):
            return web.json_response({"status": 1, "user": {"email": user, "nickName": "Ann"}})
        sent = f"{request.url} {request.raw_path} {dict(request.query)} {dict(request.headers)}"
        return web.json_response({"status": 0, "errorMessage": sent}, headers={"X-MP3tunes-ErrorString": sent})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
