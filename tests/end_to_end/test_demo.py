"""script/demo itself: what it says when something is in its way, and that it leaves nothing behind."""

import os
import socket
from pathlib import Path

from tests.end_to_end.running import end_demo, free_ports, ready_line, start_demo


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        demo = start_demo("--bridge-only", "--state", str(tmp_path), "--mpd-port", str(port))
        output, _ = demo.communicate(timeout=120)
    assert demo.returncode == 1
    assert output.splitlines()[-1] == f"script/demo: Port {port} (MPD) is taken. Choose another with --mpd-port."


def test_ctrl_c_ends_every_process_that_it_started(tmp_path: Path) -> None:
    demo = start_demo("--bridge-only", "--state", str(tmp_path), *free_ports())
    stage = ready_line(demo)
    running = stage["processes"].values()
    assert all(Path(f"/proc/{pid}").exists() for pid in running)
    assert end_demo(demo) == 0
    assert not [pid for pid in running if pid != os.getpid() and Path(f"/proc/{pid}").exists()]
