"""The pages of authorisation, for a user's browser."""

from html import escape

from aiohttp import hdrs, web

_STYLE = """
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
main { max-width: 24rem; margin: 10vh auto; padding: 0 1rem; }
label { display: block; margin: 0.75rem 0; }
input { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: 0.5rem; }
button { font: inherit; padding: 0.5rem 1rem; margin-right: 0.5rem; }
.pin { font: 700 2rem ui-monospace, monospace; letter-spacing: 0.15em; }
[role=alert] { font-weight: 700; }
"""
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>{style}</style></head>
<body><main><h1>{title}</h1>
{content}
</main></body>
</html>
"""
_FORM = """<p>The program <strong>{consumer}</strong> asks to list and to play the music of your locker.</p>
{problem}<form method="post">
<input type="hidden" name="oauth_token" value="{token}">
<label>User name <input name="username" value="{user}" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button name="answer" value="allow">Allow</button>
<button name="answer" value="refuse" formnovalidate>Refuse</button>
</form>"""
_HEADERS = {
    hdrs.CACHE_CONTROL: "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def form(consumer: str, token: str, user: str = "", problem: str | None = None) -> web.Response:
    """Return the page that asks the user; with a problem it is that of the last answer."""
    alert = f'<p role="alert">{escape(problem)}</p>\n' if problem else ""
    content = _FORM.format(consumer=escape(consumer), token=escape(token), user=escape(user), problem=alert)
    return _page("Allow access to your locker?", content, 403 if problem else 200)


def pin(consumer: str, verifier: str) -> web.Response:
    """Return the page that shows what the user types into the program."""
    content = f'<p>Type this into <strong>{escape(consumer)}</strong>:</p>\n<p class="pin" id="pin">{verifier}</p>'
    return _page("Access is allowed", content)


def told(title: str, text: str, status: int = 200) -> web.Response:
    """Return a page that only tells."""
    return _page(title, f"<p>{escape(text)}</p>", status)


def redirect(address: str) -> web.Response:
    """Send the browser back to the program."""
    return web.Response(status=303, headers={**_HEADERS, hdrs.LOCATION: address})


def _page(title: str, content: str, status: int = 200) -> web.Response:
    text = _PAGE.format(title=escape(title), style=_STYLE, content=content)
    return web.Response(status=status, text=text, content_type="text/html", charset="utf-8", headers=_HEADERS)
