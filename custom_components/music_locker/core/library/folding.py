"""Folding: what text is compared by in a search, without case, accents, width and punctuation."""

import unicodedata

_APOSTROPHES = frozenset("'\u2018\u2019\u02bc\u0060\u00b4")
_ACCENTS = range(0x0300, 0x0370)
_LETTERS = {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "ħ": "h"}
_SEPARATING = frozenset("PSZC")


class _Folder(dict[int, str]):
    """Fold a character when it is met for the first time; a table for str.translate."""

    def __init__(self, *, keep_symbols: bool) -> None:
        super().__init__()
        self._keep_symbols = keep_symbols

    def __missing__(self, code: int) -> str:
        folded = self[code] = self._fold(chr(code))
        return folded

    def _fold(self, character: str) -> str:
        if character in _APOSTROPHES and not self._keep_symbols:
            return ""
        category = unicodedata.category(character)
        if category[0] in _SEPARATING and not (self._keep_symbols and category[0] in "PS"):
            return " "
        parts = unicodedata.normalize("NFKD", character)
        bare = "".join(part for part in parts if ord(part) not in _ACCENTS)
        folded = unicodedata.normalize("NFKC", bare).casefold()
        return "".join(_LETTERS.get(letter, letter) for letter in folded)


_WORDS = _Folder(keep_symbols=False)
_SYMBOLS = _Folder(keep_symbols=True)


def fold(text: str) -> str:
    """Return the words of a text in one plain form, with one space between them.

    Accents of Latin, Greek and Cyrillic letters go, voiced kana stay. A text of symbols only keeps them, so that a
    band called "!!!" can be found.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.translate(_WORDS).split()) or " ".join(text.translate(_SYMBOLS).split())
