"""The printed examples of the tunesBag document, as they are, made whole where they are cut, and in JSON."""

import json
from pathlib import Path
from typing import Any

from defusedxml.ElementTree import fromstring

FOLDER = Path(__file__).parents[3] / "fixtures/seeds/tunesbag"
_MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()  # noqa: SIM905 - a list of words
_NUMBERS = frozenset(
    {"error", "times", "size", "totaltime", "tracknumber", "libraryitemscount", "quota_maxsize", "action"}
)
# What is missing at the end of an example, or stands in it by mistake.
_MENDED = {
    "user_info": [("<result>true\n</result>", "<result>true\n</result></result>")],
    "social_share_list": [("</items>", "</item></items>")],
    "items_checkhashvalues": [("</items>", "</items></result>")],
    "sets_get": [("</result>", "</items></result>")],
    "social_explore_newitems": [("</name><\n\t\t\tprivacy", "</name>\n\t\t\t<privacy")],
}


def printed(name: str) -> bytes:
    """An example exactly as it is printed."""
    (path,) = FOLDER.glob(f"{name}.*")
    return path.read_bytes()


def mended(name: str) -> bytes:
    """An example with the few letters that make it XML."""
    text = printed(name).decode().strip()
    for wrong, right in _MENDED.get(name, []):
        text = text.replace(wrong, right)
    if name == "misc_check_albumcovers":
        text += "</data></result>"
    return text.encode()


def in_json(name: str, *, tables: bool) -> bytes:
    """The same answer in JSON: keys in upper case, numbers as doubles, lists as objects or as tables."""
    return json.dumps(_value(fromstring(mended(name)), tables=tables), ensure_ascii=False).encode()


def _value(element: Any, *, tables: bool) -> Any:
    children = list(element)
    if not children:
        return _leaf(element.tag, (element.text or "").strip())
    if all(child.tag == "item" for child in children):
        rows = [_value(child, tables=tables) for child in children]
        if not tables:
            return rows
        columns = list(rows[0])
        return {"COLUMNS": columns, "DATA": [[row[name] for name in columns] for row in rows]}
    return {child.tag.upper(): _value(child, tables=tables) for child in children}


def _leaf(tag: str, text: str) -> Any:
    if tag == "result" and text in {"true", "false"}:
        return text == "true"
    if tag in _NUMBERS and text.isdigit():
        return float(text)
    if len(text) == 21 and text.endswith(".0") and text[4] == "-":
        year, month, day = text[:10].split("-")
        return f"{_MONTHS[int(month) - 1]}, {day} {year} {text[11:19]}"
    return text
