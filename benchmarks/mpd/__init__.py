"""The bridge beside two real MPDs: the same work on all three, in turns."""
