"""The parts of the demo: the processes that it runs, the user it makes, the checks it does."""
