"""Numbers in answers, with as few digits as tell them apart from all others, as MPD prints them."""

from ctypes import c_float

_SINGLE_DIGITS = 9
_SINGLE_INTEGERS = 2.0**24  # up to there none is like another


def shortest(number: float) -> str:
    """Return a number of double precision."""
    return repr(number).removesuffix(".0")


def shortest_single(number: float) -> str:
    """Return a number of single precision."""
    if number.is_integer() and abs(number) < _SINGLE_INTEGERS:
        return f"{number:.0f}"
    texts = (f"{number:.{digits}g}" for digits in range(1, _SINGLE_DIGITS))
    found = next((text for text in texts if c_float(float(text)).value == number), f"{number:.{_SINGLE_DIGITS}g}")
    return shortest(float(found))
