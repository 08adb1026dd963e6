"""The demo music: synthesised tracks that an ear can tell apart and a program can identify."""
