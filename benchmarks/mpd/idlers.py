"""Clients that wait in ``idle``; run as a process, it prints when the last of them was told of each change."""

import selectors
import sys
import time

import click

from benchmarks.mpd.client import Client

_COME_IN = 0.2  # seconds until the server has taken the last ``idle``


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--count", type=int, required=True)
def main(port: int, count: int) -> None:
    """Wait with so many clients until the standard input ends."""
    selector = selectors.DefaultSelector()
    for _ in range(count):
        client = Client(port)
        client.send("idle options")
        selector.register(client.socket, selectors.EVENT_READ, client)
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    time.sleep(_COME_IN)
    print("ready", flush=True)
    told = 0
    while True:
        for key, _ in selector.select():
            client = key.data
            if client is None:
                return
            client.read()
            last = time.perf_counter()
            client.send("idle options")
            told += 1
        if told == count:
            print(f"{last:.9f}", flush=True)
            told = 0


if __name__ == "__main__":
    main()
