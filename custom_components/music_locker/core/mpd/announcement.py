"""What an announcement in the local network says of an MPD server (RFC 6763); who sends it is each face's matter."""

from ipaddress import ip_address
from typing import Final

SERVICE: Final = "_mpd._tcp.local."
_LONGEST_LABEL: Final = 59  # bytes: 63 (RFC 6763, section 4.1.1), but for a number that may be put behind it
_IPV6: Final = 6


def label(text: str) -> str:
    """Return a text as one label of a name, in which a dot would begin the next one."""
    return text.replace(".", " ").encode()[:_LONGEST_LABEL].decode(errors="ignore")


def is_usable(text: str) -> bool:
    """Tell whether other machines can use an address, and not one of IPv6 that means something on one link only."""
    address = ip_address(text)
    return not address.is_loopback and not (address.version == _IPV6 and address.is_link_local)
