"""The adapter layer: one module per service behind one contract."""
