"""News as RSS 2.0."""

from collections.abc import Mapping
from email.utils import formatdate
from xml.sax.saxutils import escape

from .tunesbag_call import Fields
from .tunesbag_writer import NOT_XML, Date, Scalar, Table


def to_rss(fields: Fields, base: str) -> str:
    """Return the ``items`` of an answer as RSS; ``base`` is the server's URL."""
    items = fields.get("items")
    rows = items.rows if isinstance(items, Table) else ()
    columns = items.columns if isinstance(items, Table) else ()
    entries = "".join(_entry(dict(zip(columns, row, strict=True))) for row in rows)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>tunesBag news</title><link>{escape(base)}/</link><description>What is new</description>"
        f"{entries}</channel></rss>\n"
    )


def _entry(entry: Mapping[str, Scalar]) -> str:
    created = entry["dt_created"]
    date = formatdate(created.at, usegmt=True) if isinstance(created, Date) else ""
    return (
        f"<item><title>{_text(entry['content'])}</title><link>{_text(entry['content_link'])}</link>"
        f'<guid isPermaLink="false">{_text(entry["entrykey"])}</guid><pubDate>{date}</pubDate></item>'
    )


def _text(value: Scalar) -> str:
    return escape(NOT_XML.sub("", str(value)))
