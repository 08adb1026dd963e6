"""The commands of the MPD protocol, one module per section of its documentation."""
