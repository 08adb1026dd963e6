"""Regular expressions of clients (``=~``, ``!~``), so that none of them can stall or kill the server.

MPD's are PCRE2's; here they are those of the library ``regex``, whose searches end when their time is up. What it
cannot bound is refused before: long patterns, large repetitions, recursion. What the two write differently is
translated.
"""

import re
import sys
import time
from dataclasses import dataclass
from functools import lru_cache

import regex

from .errors import AckCode, AckError

__all__ = ["Patience", "Pattern", "compile_pattern"]

_QUICK = 20_000  # steps, some 50 nanoseconds each: a search of so few needs no look at the clock, which takes as long


@dataclass(frozen=True, slots=True)
class Pattern:
    """Hold a pattern that can be searched for.

    A search takes (n + 1) ** ``degree`` steps at most in a text of n characters; None where that is not known.
    """

    compiled: regex.Pattern[str]
    degree: int | None

    def is_quick(self, text: str) -> bool:
        """Tell whether a search in this text takes few steps."""
        return self.degree is not None and (len(text) + 1) ** self.degree <= _QUICK


LONGEST = 255  # characters: the library's tables for a text grow with the third power of its length
_MOST_PLACES = 300  # characters and groups, each as often as it is repeated at least
_MOST_REPEATS = 65535  # PCRE2's own
_SECONDS = 1.0

_POSIX = "alpha|lower|upper|alnum|ascii|blank|cntrl|digit|graph|print|punct|space|word|xdigit"
_TOKEN = re.compile(
    rf"""
    \\Q(?P<quoted>.*?)(?:\\E|\Z)
    | \\x\{{(?P<hexadecimal>[0-9A-Fa-f]{{1,6}})\}}
    | (?P<end>\\[zZ])
    | (?P<property>\\[pP]\{{\^?[\w=:\ -]*\}})
    | \\g(?:(?P<number>\d+)|\{{(?P<braced>\d+)\}})
    | \\k(?:<(?P<name>\w+)>|\{{(?P<braced_name>\w+)\}}|'(?P<quoted_name>\w+)')
    | (?P<call>\\g)
    | (?P<escape>\\.)
    | (?P<class>\[\^?\]?(?:\[:\^?(?:{_POSIX}):\]|\\.|[^\]\\])*(?P<closed>\])?)
    | \(\?\#(?P<comment>[^)]*\))
    | (?P<recursion>\(\?(?:R|[+-]?\d+|&|P>))
    | (?P<verb>\(\*)
    | \(\?(?P<flags>[a-zA-Z0-9^-]*)(?P<after_flags>[:)])
    | (?P<group>\((?:\?(?:<?[=!]|>|\||P?<\w*>|'\w*'|P=\w*\)))?)
    | (?P<close>\))
    | \{{(?P<least>\d*)(?P<to>,(?P<most>\d*))?\}}
    | (?P<brace>\{{)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_FLAGS = re.compile(r"[ims]*-?[ims]*")  # not "x": where its comments end is another rule
_TEXTS = {
    "unbalanced parenthesis": ("unmatched closing parenthesis", 0),
    "missing )": ("missing closing parenthesis", 0),
    "unterminated character set": ("missing terminating ] for character class", 0),
    "bad character range": ("range out of order in character class", -1),
    "nothing to repeat": ("quantifier does not follow a repeatable item", 0),
    "multiple repeat": ("quantifier does not follow a repeatable item", 0),
    "min repeat greater than max repeat": ("numbers out of order in {} quantifier", 0),
    "bad escape (end of pattern)": ("\\ at end of pattern", 0),
    "unknown extension": ("unrecognized character after (? or (?-", 0),
    "invalid group reference": ("reference to non-existent subpattern", -1),
    "unknown group": ("reference to non-existent subpattern", -1),
    "unknown property": ("unknown property after \\P or \\p", 0),
}
"""What PCRE2 says, and so many characters further on, by what the library says."""


class Patience:
    """Bound the time of all searches for one answer; it begins with the first of them."""

    __slots__ = ("_end", "_seconds")

    def __init__(self, seconds: float = _SECONDS) -> None:
        """Allow so many seconds."""
        self._seconds = seconds
        self._end: float | None = None

    def finds(self, pattern: Pattern, text: str) -> bool:
        """Tell whether a pattern is somewhere in a text; raise AckError if the time is up."""
        now = time.monotonic()
        if self._end is None:
            self._end = now + self._seconds
        try:
            if now < self._end:
                if pattern.is_quick(text):
                    return pattern.compiled.search(text, concurrent=True) is not None
                return pattern.compiled.search(text, timeout=self._end - now, concurrent=True) is not None
        except TimeoutError:
            pass
        raise AckError(AckCode.ARG, f"Regular expression took longer than {self._seconds:g} s")

    def lose(self) -> None:
        """Let the next search raise AckError: nobody waits for the answer any more."""
        self._end = 0.0


def _bad(pattern: str, at: int, text: str) -> AckError:
    return AckError(AckCode.ARG, f"Error in regex at offset {len(pattern[:at].encode(errors='replace'))}: {text}")


@lru_cache(maxsize=64)
def compile_pattern(text: str, *, folded: bool) -> Pattern:
    """Return a pattern that can be searched for; raise AckError with PCRE2's text."""
    translated = _translate(text)
    try:
        compiled = regex.compile(translated, regex.VERSION0 | (regex.IGNORECASE if folded else 0))
    except regex.error as error:
        message, at = _reason(error, translated)
        if translated != text:
            at = len(text)
        raise _bad(text, at, message) from None
    except RecursionError, OverflowError, MemoryError, ValueError:
        raise _bad(text, len(text), "regular expression is too large") from None
    return Pattern(compiled, _degree(text))


def _degree(pattern: str) -> int | None:
    """Return how many choices a search has, each of as many as the text has places; None for groups repeated."""
    choices, last = 1, None
    for match in _TOKEN.finditer(pattern):
        kind = match.lastgroup
        if kind in {"least", "to", "most"} or (kind == "other" and match[0] in "*+?"):
            if last == "close":
                return None
            choices += 1
        elif match[0] == "|":
            choices += 1
        last = kind
    return choices


def _reason(error: regex.error, pattern: str) -> tuple[str, int]:
    """Return what PCRE2 would say, and where."""
    said, position = str(vars(error)["msg"]), vars(error)["pos"]
    at = position if isinstance(position, int) else len(pattern)
    if said == "unknown extension" and at == len(pattern):
        said = "missing )"
    if said.startswith("bad escape \\"):
        return "unrecognized character follows \\", at - 1
    message, further = _TEXTS.get(said, (said, 0))
    return message, at + further


def _translate(pattern: str) -> str:
    if len(pattern) > LONGEST:
        raise _bad(pattern, LONGEST, "regular expression is too large")
    size = _Size()
    parts = []
    for match in _TOKEN.finditer(pattern):
        part = _translate_token(match, pattern)
        size.count(match)
        if size.total() > _MOST_PLACES:
            raise _bad(pattern, match.end(), "regular expression is too large")
        parts.append(part)
    return "".join(parts)


def _translate_token(match: re.Match[str], pattern: str) -> str:  # noqa: PLR0911 - one answer for each kind of token
    """Return what the library writes for it; raise AckError for what it cannot bound."""
    kind = match.lastgroup or ""
    text = match[kind] or ""
    _check_token(kind, match, pattern)
    match kind:
        case "quoted":
            return re.escape(text)
        case "hexadecimal":
            return re.escape(chr(int(text, 16)))
        case "end":
            return r"\Z" if text == r"\z" else r"(?=\n?\Z)"
        case "number" | "braced":
            return rf"(?:\{text})"
        case "name" | "braced_name" | "quoted_name":
            return f"(?P={text})"
        case "least" | "to" | "most":
            return _repeat(match, pattern)
        case "brace":
            return r"\{"
    return match[0]


def _check_token(kind: str, match: re.Match[str], pattern: str) -> None:
    if kind in {"recursion", "call"}:
        raise _bad(pattern, match.start(), "recursion is not supported")
    if kind == "verb":
        raise _bad(pattern, match.end(), "(*VERB) not recognized or malformed")
    if kind == "hexadecimal" and int(match[kind], 16) > sys.maxunicode:
        raise _bad(pattern, match.end() - 1, "character code point value in \\x{} or \\o{} is too large")
    if kind == "escape" and match[kind] == r"\L":
        raise _bad(pattern, match.end(), "PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u")
    if kind == "after_flags" and _FLAGS.fullmatch(match["flags"]) is None:
        raise _bad(pattern, match.start() + 2, "unrecognized character after (? or (?-")


def _repeat(match: re.Match[str], pattern: str) -> str:
    least, to, most = match["least"], match["to"], match["most"]
    if not least and not most:  # not a repetition
        return re.escape(match[0])
    if max(int(least or 0), int(most or 0)) > _MOST_REPEATS:
        raise _bad(pattern, match.end() - 1, "number too big in {} quantifier")
    return f"{{{least or 0}}}" if to is None else match[0]


class _Size:
    """Count the places of a pattern, those of a group as often as it is repeated."""

    def __init__(self) -> None:
        self._groups = [0]
        self._last = 0

    def total(self) -> int:
        return sum(self._groups)

    def count(self, match: re.Match[str]) -> None:
        kind = match.lastgroup
        if kind in {"least", "to", "most"} and (match["least"] or match["most"]):
            self._add(self._last * (int(match["least"] or 0) - 1))
        elif kind == "group" or (kind == "after_flags" and match["after_flags"] == ":"):
            self._groups.append(0)
        elif kind == "close" and len(self._groups) > 1:
            self._last = self._groups.pop() + 1
            self._groups[-1] += self._last
        else:
            self._last = len(match["quoted"]) if kind == "quoted" else 1
            self._groups[-1] += self._last

    def _add(self, places: int) -> None:
        if places > 0:
            self._groups[-1] += places
            self._last += places
