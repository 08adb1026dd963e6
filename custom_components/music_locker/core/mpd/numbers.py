"""Numbers in answers, with as few digits as tell them apart from all others, as MPD prints them."""

from ctypes import c_float

_SINGLE_DIGITS = 9


def shortest(number: float) -> str:
    """Return a number of double precision."""
    return repr(number).removesuffix(".0")


def shortest_single(number: float) -> str:
    """Return a number of single precision."""
    texts = (f"{number:.{digits}g}" for digits in range(1, _SINGLE_DIGITS))
    found = next((text for text in texts if c_float(float(text)).value == number), f"{number:.{_SINGLE_DIGITS}g}")
    return shortest(float(found))
