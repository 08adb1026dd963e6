"""Custom components, as Home Assistant finds them."""
