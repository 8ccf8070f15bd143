"""What connections cost that nobody uses."""

import resource
import socket
import time

from bench import figure, say

IDLE = 10_000
BUSY = 100
BUSY_CALLS_PER_SECOND = 20_000
FILES_MIN = IDLE + 1_000

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
SETTINGS_ACKNOWLEDGEMENT = b"\x00\x00\x00\x04\x01\x00\x00\x00\x00"
FRAME_HEAD_BYTES, PING, ACKNOWLEDGEMENT = 9, 6, 1


@figure("rpc_idle_connections")
def rpc_idle_connections(bench):
    """Memory of an idle connection, and p99 of 100 busy ones with and without 10,000 idle ones.

    The p99 is the median of a run's windows of a fiftieth of a second, as at half load: each has
    400 calls, so idle connections that slow every hundredth call show, and a stall of the machine
    belongs to its window. The p99 over whole runs is told beside it.
    """
    allow_files(FILES_MIN)
    server = [bench.program("echo-server"), "typed", "127.0.0.1:0"]
    client = bench.program("echo-client")
    with bench.server(server) as crowded, bench.server(server) as quiet:
        # Something of everything is in memory before the idle ones come.
        bench.load(client, "open", crowded.address, BUSY_CALLS_PER_SECOND, 1, BUSY)
        before = crowded.resident_bytes()
        with_idle, without_idle = [], []
        with IdleConnections(crowded.address, IDLE) as idle:
            memory = (crowded.resident_bytes() - before) / IDLE / 1024
            for _ in range(bench.runs):
                for address, values in [(crowded.address, with_idle), (quiet.address, without_idle)]:
                    values.append(bench.load(
                        client, "open", address, BUSY_CALLS_PER_SECOND, bench.seconds, BUSY))
                    idle.answer_pings()
            idle.check()

    def beside_idle(name, key, **limits):
        return bench.result(
            name, "us", [run[key] for run in with_idle],
            "no idle ones", [run[key] for run in without_idle], **limits)

    return [
        bench.result("rpc_idle_connection_memory", "KiB", [memory], floor=40),
        # Within the noise of this machine, twice over.
        beside_idle("rpc_busy_p99_beside_10000_idle", "window_p99_us", floor=1.2),
        beside_idle("rpc_busy_p99_beside_10000_idle_whole_runs", "p99_us"),
    ]


def allow_files(count):
    """Lets this process, and those it starts, have so many files open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, max(hard, count)))
    except (ValueError, OSError):
        raise SystemExit(
            f"{IDLE} idle connections need {count} open files; the limit is {hard}: "
            f"raise it (ulimit -n {count}) or run as root")


class IdleConnections:
    """So many HTTP/2 connections that ask for nothing."""

    def __init__(self, address, count):
        host, port = address.rsplit(":", 1)
        self.address = (host, int(port))
        self.count = count
        self.sockets = []

    def __enter__(self):
        say(f"opening {self.count} connections")
        for _ in range(self.count):
            connection = socket.create_connection(self.address)
            connection.sendall(PREFACE + SETTINGS + SETTINGS_ACKNOWLEDGEMENT)
            self.sockets.append(connection)
        for connection in self.sockets:
            connection.recv(4096)
            connection.setblocking(False)
        return self

    def __exit__(self, *_):
        for connection in self.sockets:
            connection.close()
        # The server tells that they are gone before it is measured again.
        time.sleep(0.5)

    def answer_pings(self):
        """Answers what the server asks of connections that are silent for long."""
        for connection in self.sockets:
            for kind, flags, payload in frames(receive(connection)):
                if kind == PING and not flags & ACKNOWLEDGEMENT:
                    head = len(payload).to_bytes(3, "big") + bytes([PING, ACKNOWLEDGEMENT])
                    connection.sendall(head + bytes(4) + payload)

    def check(self):
        """Raises unless all connections are still open."""
        for connection in self.sockets:
            if receive(connection, peek=True) == b"":
                raise RuntimeError("the server closed an idle connection")


def receive(connection, peek=False):
    """What has come; `None` for nothing, nothing for the end."""
    try:
        return connection.recv(4096, socket.MSG_PEEK if peek else 0)
    except BlockingIOError:
        return None


def frames(data):
    """The whole frames of some bytes: type, flags, payload."""
    while data and len(data) >= FRAME_HEAD_BYTES:
        end = FRAME_HEAD_BYTES + int.from_bytes(data[:3], "big")
        yield data[3], data[4], data[FRAME_HEAD_BYTES:end]
        data = data[end:]
