"""Queues, players and the outputs that they play to."""
