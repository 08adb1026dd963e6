"""In which form texts are compared: as they are, blind for case, blind for diacritics, or for both."""

import unicodedata
from enum import Flag, auto

from .tags import fold

__all__ = ["Form", "in_form"]


class Form(Flag):
    """Tell what a comparison does not see; nothing is EXACT."""

    EXACT = 0
    FOLDED = auto()
    """No case and no compatibility characters (``search``, ``_ci``)."""
    STRIPPED = auto()
    """No diacritics (``stringnormalization enable strip_diacritics``, protocol 0.25)."""


def in_form(text: str, form: Form) -> str:
    """Return what of a text counts in a comparison."""
    if form is Form.EXACT:
        return text
    if Form.STRIPPED in form and not text.isascii():
        text = _strip_diacritics(text)
    return fold(text) if Form.FOLDED in form else text


def _strip_diacritics(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(character for character in decomposed if unicodedata.category(character) != "Mn")
    return unicodedata.normalize("NFC", bare)
